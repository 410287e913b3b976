"""Takes laid onto tracks of their own, above their shots and below what covers those: all disabled but the chosen ones, on top."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.editors import EDITORS
from reperform.timeline.places import occupied
from reperform.timeline.references import Span, time_at
from reperform.timeline.take_tracks import Placement

__all__ = ["lay_tracks"]


@dataclass(frozen=True, kw_only=True)
class _Lane:
    """What goes onto one track."""

    height: int
    """The child of the stack above which it goes; -1: below all."""
    items: Sequence[Placement]
    enabled: bool


def lay_tracks(
    placements: Sequence[Placement], *, rate: float, for_: str, earlier: Sequence[otio.schema.Track] = ()
) -> list[Placement]:
    """Puts the placements of one stack onto tracks as high as they cover nothing that covers their shots, the chosen ones on top.

    `earlier` are the tracks of takes that stood in this stack, bottom up: they are used again, with what is theirs.
    Returns those that stand without a transition of theirs, because the editor has none with one side only.
    """
    if not placements:
        return []
    stack, edge = placements[0].stack, EDITORS[for_].edge
    lanes = _lanes(stack, placements, for_)
    bare: list[Placement] = []
    tracks: list[otio.schema.Track] = []
    for number, lane in enumerate(lanes):
        track = earlier[number] if number < len(earlier) else _new_track(for_)
        track.clear()
        track.name = f"Takes {number + 1}"
        track.enabled = lane.enabled
        bare += _fill(track, lane.items, rate, edge)
        tracks.append(track)
    for lane, track in reversed(list(zip(lanes, tracks, strict=True))):
        stack.insert(lane.height + 1, track)
    return bare


def _lanes(stack: otio.schema.Stack, placements: Sequence[Placement], for_: str) -> list[_Lane]:
    """Lowest first. Where an editor shows what is disabled, a take whose shot plays its original goes below all picture."""
    shows_all = not EDITORS[for_].reads_enabled
    shown = [item for item in placements if item.covered or item.chosen or not shows_all]
    hidden = [item for item in placements if shows_all and not (item.covered or item.chosen)]
    lanes = [_Lane(height=-1, items=items, enabled=False) for items in _first_fit(hidden)]
    for height, items in _by_height(stack, shown):
        lower = _first_fit([item for item in items if not item.chosen])
        upper = _in_picture_order([item for item in items if item.chosen])
        lanes += [_Lane(height=height, items=lane, enabled=False) for lane in lower]
        lanes += [_Lane(height=height, items=lane, enabled=True) for lane in upper]
    return lanes


def _new_track(for_: str) -> otio.schema.Track:
    track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
    track.metadata[records.NAMESPACE] = {"version": 1, "takes": True}
    if for_ == "resolve":
        track.metadata["Resolve_OTIO"] = {"Locked": False}
    return track


def _by_height(stack: otio.schema.Stack, placements: Sequence[Placement]) -> list[tuple[int, list[Placement]]]:
    """The placements, lowest first, by the child of the stack above which they go.

    A take goes above all picture, but stays below a title or a cutaway that covers its shot: it would hide that.
    """
    pictures = [
        (number, child)
        for number, child in enumerate(stack)
        if not (isinstance(child, otio.schema.Track) and child.kind == otio.schema.TrackKind.Audio)
    ]
    lowest = min((item.height for item in placements), default=0)
    shown = {number: occupied(child) for number, child in pictures if number > lowest}
    groups: dict[int, list[Placement]] = defaultdict(list)
    for item in placements:
        height = min(item.height, len(stack) - 1)
        for number, _ in pictures:
            if number > item.height:
                if _overlaps(shown[number], item.reach):
                    break
                height = number
        groups[height].append(item)
    return sorted(groups.items())


def _overlaps(spans: Sequence[Span], reach: Span) -> bool:
    """Whether one of the spans, which are in order and apart, shares time with `reach`."""
    number = bisect_right(spans, reach[0], key=lambda span: span[1])
    return number < len(spans) and spans[number][0] < reach[1]


def _first_fit(placements: Sequence[Placement]) -> list[list[Placement]]:
    lanes: list[list[Placement]] = []
    for item in sorted(placements, key=lambda item: (item.start, item.height, item.rank)):
        lane = next((lane for lane in lanes if _fits(lane[-1], item)), None)
        if lane is None:
            lanes.append([item])
        else:
            lane.append(item)
    return lanes


def _in_picture_order(placements: Sequence[Placement]) -> list[list[Placement]]:
    """On one track if they can be; else so that what lay above lies above."""
    lanes: list[list[Placement]] = []
    by_height = sorted(placements, key=lambda item: item.height)
    for _, group in groupby(by_height, key=lambda item: item.height):
        fitted = _first_fit(list(group))
        merged = sorted([*(lanes[-1] if lanes else ()), *fitted[0]], key=lambda item: item.start)
        if lanes and len(fitted) == 1 and all(_fits(left, right) for left, right in pairwise(merged)):
            lanes[-1] = merged
        else:
            lanes += fitted
    return lanes


def _fits(left: Placement, right: Placement) -> bool:
    """Whether `right` can follow `left` on one track: apart, or joined by the transition that joined them before."""
    if left.end == right.start and left.after is not None and left.after is right.before:
        return True
    return left.reach[1] <= right.reach[0]


def _fill(track: otio.schema.Track, lane: Sequence[Placement], rate: float, edge: str) -> list[Placement]:
    """Returns what stands without a transition of its own."""
    position = Fraction(0)
    joined: Any = None
    bare: list[Placement] = []
    for item, follower in zip(lane, [*lane[1:], None], strict=True):
        if item.start > position:
            track.append(_gap(item.start - position, rate))
        whole = item.before is None or item.before is joined or _leads_in(track, item.before, rate, edge)
        track.append(item.clip)
        joined, position = None, item.end
        after = item.after
        if after is None:
            pass
        elif follower is not None and follower.before is after:
            joined = after
            track.append(joined.clone())
        else:
            whole = _leads_out(track, item, after, rate, edge, last=follower is None) and whole
        bare += [] if whole else [item]
    return bare


def _leads_in(track: otio.schema.Track, transition: otio.schema.Transition, rate: float, edge: str) -> bool:
    """Puts the transition before a clip against what is left of it on its track; whether the editor has such a one."""
    if edge == "none":
        return False
    if edge == "empty gap" and not len(track):
        track.append(_gap(Fraction(0), rate))
    track.append(transition.clone())
    return True


def _leads_out(
    track: otio.schema.Track, item: Placement, transition: otio.schema.Transition, rate: float, edge: str, *, last: bool
) -> bool:
    if edge == "none":
        return False
    track.append(transition.clone())
    if last and item.followed and item.reach[1] > item.end:
        track.append(_gap(item.reach[1] - item.end, rate))
    elif last and edge == "empty gap":
        track.append(_gap(Fraction(0), rate))
    return True


def _gap(seconds: Fraction, rate: float) -> otio.schema.Gap:
    zero = otio.opentime.RationalTime(0, rate)
    return otio.schema.Gap(source_range=otio.opentime.TimeRange(zero, time_at(seconds, rate)))
