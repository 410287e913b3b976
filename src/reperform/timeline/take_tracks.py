"""Takes on tracks of their own, above their shots and below what covers those: each a copy of its clip, all disabled but the
chosen ones, on top."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.alternates import Alternates, Entry
from reperform.timeline.places import Place, occupied
from reperform.timeline.records import TrackClipRecord
from reperform.timeline.references import (
    Span,
    covers,
    external_reference,
    origin_of,
    spelled_rate,
    start_of,
    time_at,
)
from reperform.timing import SNAP, exact_seconds

__all__ = ["Placement", "lay_tracks", "place_take", "visible_and_take"]

_DEFAULT = "DEFAULT_MEDIA"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A clip for a track of takes, and where it goes. Times are exact seconds of its stack's own time."""

    clip: otio.schema.Clip = field(compare=False, repr=False)
    stack: otio.schema.Stack = field(compare=False, repr=False)
    height: int
    start: Fraction
    end: Fraction
    before: otio.schema.Transition | None = None
    after: otio.schema.Transition | None = None
    followed: bool = False
    chosen: bool
    rank: int

    @property
    def reach(self) -> Span:
        """What it occupies, its transitions included."""
        head = exact_seconds(self.before.in_offset) if self.before else Fraction(0)
        tail = exact_seconds(self.after.out_offset) if self.after else Fraction(0)
        return self.start - head, self.end + tail


def visible_and_take(alternates: Alternates, entry: Entry, place: Place) -> tuple[Span, Fraction]:
    """What is visible of the clip, and where the take starts: seconds, both on the clock that the take was made on."""
    record, take = alternates.record, entry.record
    length = place.end - place.start
    if record.clock == "record":
        first = record.in_frame / record.rate
        return (first, first + length), take.in_frame / take.rate
    origin = origin_of(alternates.clip, alternates.original, record)
    shown = alternates.clip.source_range or getattr(alternates.original, "available_range", None)
    first = (exact_seconds(shown.start_time) if shown is not None else origin) + place.cut
    return (first, first + length), start_of(take, origin)


def place_take(
    alternates: Alternates, entry: Entry, place: Place, *, address: str, earlier: otio.schema.Clip | None, rank: int
) -> Placement | None:
    """The take as a clip for a track: the visible part of its shot that it holds, on the clock of its own file.

    `earlier` is that clip as it stood on a track of takes before: what someone put on it since stays. None when the take
    holds nothing of what is visible.
    """
    take = entry.record
    visible, start = visible_and_take(alternates, entry, place)
    piece = _held(alternates, entry, visible, start)
    if piece is None:
        return None
    clip = _bare_copy(alternates.clip) if earlier is None else earlier.clone()
    rate = spelled_rate(take.rate, getattr(alternates.original, "available_range", None), alternates.clip.source_range)
    own_start = (take.start_frame or 0) / take.rate
    reference = external_reference(
        take, start=own_start, rate=rate, address=address, name=entry.name, like=alternates.original
    )
    clip.set_media_references({_DEFAULT: reference}, _DEFAULT)
    clip.source_range = _source_range(alternates, piece, visible, own_start - start, rate)
    clip.name = entry.name
    clip.enabled = entry is alternates.chosen
    records.write(clip, TrackClipRecord(shot=alternates.record.shot, key=entry.key))
    first = place.start + piece[0] - visible[0]
    return Placement(
        clip=clip,
        stack=place.stack,
        height=place.height,
        start=first,
        end=first + piece[1] - piece[0],
        before=_kept_before(place, piece, visible, start),
        after=_kept_after(place, piece, visible, start + take.frames / take.rate),
        followed=place.followed,
        chosen=entry is alternates.chosen,
        rank=rank,
    )


def _held(alternates: Alternates, entry: Entry, visible: Span, start: Fraction) -> Span | None:
    """The visible part that the take holds; None where it holds none of it."""
    if covers(entry.record, start, visible, source_frames=alternates.record.source_frames):
        return visible
    end = start + entry.record.frames / entry.record.rate
    piece = max(visible[0], start), min(visible[1], end)
    return piece if piece[0] < piece[1] else None


def _bare_copy(clip: otio.schema.Clip) -> otio.schema.Clip:
    """The clip without its marks, which stay with the original, without retimes, and linked to no sound."""
    copy = clip.clone()
    records.erase(copy)
    del copy.markers[:]
    for index in range(len(copy.effects) - 1, -1, -1):
        if isinstance(copy.effects[index], otio.schema.TimeEffect):
            del copy.effects[index]
    resolve = copy.metadata.get("Resolve_OTIO")
    if resolve is not None and "Link Group ID" in resolve:
        del resolve["Link Group ID"]
    return copy


def _source_range(
    alternates: Alternates, piece: Span, visible: Span, shift: Fraction, rate: float
) -> otio.opentime.TimeRange:
    own = alternates.clip.source_range
    media = alternates.record.clock == "media"
    if own is not None and media and shift == 0 and piece == visible and exact_seconds(own.start_time) == piece[0]:
        return otio.opentime.TimeRange(own.start_time, own.duration)
    start_rate, length_rate = (own.start_time.rate, own.duration.rate) if own is not None and media else (rate, rate)
    return otio.opentime.TimeRange(time_at(piece[0] + shift, start_rate), time_at(piece[1] - piece[0], length_rate))


def _kept_before(place: Place, piece: Span, visible: Span, start: Fraction) -> otio.schema.Transition | None:
    """The transition at its head, where the take has the handle for it."""
    if place.before is None or piece[0] != visible[0]:
        return None
    return place.before if start <= piece[0] - exact_seconds(place.before.in_offset) + SNAP / 24 else None


def _kept_after(place: Place, piece: Span, visible: Span, end: Fraction) -> otio.schema.Transition | None:
    if place.after is None or piece[1] != visible[1]:
        return None
    return place.after if end >= piece[1] + exact_seconds(place.after.out_offset) - SNAP / 24 else None


def lay_tracks(
    placements: Sequence[Placement], *, rate: float, for_: str, earlier: Sequence[otio.schema.Track] = ()
) -> None:
    """Puts the placements of one stack onto tracks as high as they cover nothing that covers their shots, the chosen ones on top.

    `earlier` are the tracks of takes that stood in this stack, bottom up: they are used again, with what is theirs.
    """
    if not placements:
        return
    stack = placements[0].stack
    laid: list[tuple[int, otio.schema.Track]] = []
    for height, items in _by_height(stack, placements):
        lower = _first_fit([item for item in items if not item.chosen])
        upper = _in_picture_order([item for item in items if item.chosen])
        for number, lane in enumerate([*lower, *upper]):
            track = earlier[len(laid)] if len(laid) < len(earlier) else _new_track(for_)
            track.clear()
            track.name = f"Takes {len(laid) + 1}"
            track.enabled = number >= len(lower)
            _fill(track, lane, rate)
            laid.append((height, track))
    for height, track in reversed(laid):
        stack.insert(height + 1, track)


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
    lowest = min(item.height for item in placements)
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


def _fill(track: otio.schema.Track, lane: Sequence[Placement], rate: float) -> None:
    position = Fraction(0)
    joined: Any = None
    for item in lane:
        if item.start > position:
            track.append(_gap(item.start - position, rate))
        if item.before is not None and item.before is not joined:
            track.append(item.before.clone())
        track.append(item.clip)
        if item.after is not None:
            track.append(item.after.clone())
        joined, position = item.after, item.end
    last = lane[-1]
    if last.after is not None and last.followed and last.reach[1] > last.end:
        track.append(_gap(last.reach[1] - last.end, rate))


def _gap(seconds: Fraction, rate: float) -> otio.schema.Gap:
    zero = otio.opentime.RationalTime(0, rate)
    return otio.schema.Gap(source_range=otio.opentime.TimeRange(zero, time_at(seconds, rate)))
