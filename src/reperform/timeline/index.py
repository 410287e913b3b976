"""Where everything in a cut stands: one walk over the tree, exact, in time that grows with the number of items only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.cut import Cut, Index, PlacedClip, TrackPlace
from reperform.timeline.facts import Times, speed_of
from reperform.timeline.lanes import TOP, Kind, Lane, bottom_up, kind_of, place_of
from reperform.timeline.marking import Marking
from reperform.timeline.picture import PictureFinder
from reperform.timeline.respelled import start_on_media
from reperform.timeline.spaces import FLICKS, Flicks, Frames, Item, Space, seconds_of, whole
from reperform.timeline.stacking import is_top_down
from reperform.timing import ceil_frame

__all__ = ["PictureFinder", "build", "by_address", "item_at", "picture_at"]

_ZERO: Flicks = 0


def build(cut: Cut) -> Index:
    """Everything in the cut with its place. The index's `cut` has the dialect that its marks have settled.

    Raises:
        TimelineError: an item has no length, so that nothing after it can be placed.

    """
    walk = _Walk(cut)
    frames = ceil_frame(seconds_of(walk.top(cut.timeline.tracks)), cut.rate)
    dialect, markers = walk.marking.settled()
    return Index(
        cut=replace(cut, dialect=dialect),
        tracks=tuple(walk.tracks),
        clips=tuple(walk.clips),
        markers=markers,
        frames=frames,
    )


def by_address(index: Index) -> dict[tuple[int, ...], PlacedClip]:
    """The clips by their child indices from the timeline's stack down."""
    return {clip.address: clip for clip in index.clips}


def item_at(timeline: otio.schema.Timeline, address: Sequence[int]) -> Any:
    """The OTIO object at these child indices from `timeline.tracks`. Raises IndexError where there is none."""
    item = timeline.tracks
    for position in address:
        if not isinstance(item, otio.core.Composition):
            raise IndexError(f"nothing at {tuple(address)}")
        item = item[position]
    return item


def picture_at(index: Index) -> PictureFinder:
    """Finds the picture that the audience sees."""
    return PictureFinder(index)


class _Walk:
    """One walk; what it finds gathers in its lists."""

    def __init__(self, cut: Cut) -> None:
        self.times = Times()
        self.tracks: list[TrackPlace] = []
        self.clips: list[PlacedClip] = []
        self.marking = Marking(cut, self.times)
        self._plays_source_frames = cut.dialect.plays_source_frames
        self._generates = cut.dialect.generates_unnamed_media
        self._top_down = is_top_down(cut)
        self._frames = Frames(cut.rate)

    def top(self, stack: Any) -> Flicks:
        """Walks the timeline's stack and returns its length."""
        trim = self._range(stack, "the timeline")
        start = trim[0] if trim else _ZERO
        space = Space(-start, low=_ZERO if trim else None, high=trim[1] if trim else None, enabled=stack.enabled)
        natural = self._stack(stack, Lane(TOP, space), ())
        length = trim[1] if trim else natural
        self.marking.around(Item(stack, start, start, length), "stack", space, top=True)
        return length

    def _stack(self, stack: Any, around: Lane, address: tuple[int, ...]) -> Flicks:
        """Walks what lies over one another; returns its natural length."""
        longest = _ZERO
        numbers: Counter[Kind] = Counter()
        children = stack[:]
        for rank, position in enumerate(bottom_up(children, reverse=not address and self._top_down)):
            child = children[position]
            kind = kind_of(child, around.place.kind)
            if kind is None:
                longest = max(longest, self._unseen(child))
                continue
            numbers[kind] += 1
            height = (*around.place.height, rank)
            place = place_of(child, stack, around, (*address, position), height, kind, numbers[kind])
            lane = Lane(place, around.space)
            if isinstance(child, otio.schema.Track):
                end = self._nested(child, lane, _ZERO)
            else:
                self.tracks.append(place)
                end = self._child(child, lane, position, _ZERO)
            longest = max(longest, end)
        return longest

    def _nested(self, track: Any, lane: Lane, local: Flicks) -> Flicks:
        """Walks a track that starts at `local` of what it stands in; returns when it ends there."""
        place = lane.place
        self.tracks.append(place)
        trim = self._range(track, place.label)
        start, length = trim or (_ZERO, _ZERO)
        item = Item(track, local, start, length)
        inner = lane.space.inside(item, speed_of(track), bounded=trim is not None, enabled=place.enabled)
        natural = self._track(track, Lane(place, inner))
        item = item if trim else item._replace(duration=natural)
        self.marking.around(item, "track", lane.space, top=len(place.address) == 1)
        return local + item.duration

    def _track(self, track: Any, lane: Lane) -> Flicks:
        """Walks what follows one another; returns its natural length, as OTIO counts it."""
        children = track[:]
        local = overhang = _ZERO
        for position, child in enumerate(children):
            if type(child) is otio.schema.Clip:
                local = self._clip(child, lane, position, local)
            elif not isinstance(child, otio.schema.Transition):
                local = self._child(child, lane, position, local)
            else:
                # A fade at a track's very end reaches beyond its items.
                overhang += self.times.length(child.in_offset) if position == 0 else _ZERO
                overhang += self.times.length(child.out_offset) if position == len(children) - 1 else _ZERO
        return local + overhang

    def _child(self, child: Any, lane: Lane, position: int, local: Flicks) -> Flicks:
        """Places one item; returns when it ends, in the time of what it stands in."""
        if isinstance(child, otio.schema.Clip):
            return self._clip(child, lane, position, local)
        address = (*lane.place.address, position)
        if isinstance(child, otio.schema.Stack):
            return self._compound(child, lane, address, local)
        if isinstance(child, otio.schema.Track):
            kind = kind_of(child, lane.place.kind)
            if kind is None:
                return local + self._unseen(child)
            place = place_of(child, None, lane, address, (*lane.place.height, 0), kind, 1)
            return self._nested(child, Lane(place, lane.space), local)
        span = self.times.span(child.source_range) if isinstance(child, otio.core.Item) else None
        item = Item(child, local, *self._must(child, span, lane.place.label))
        self.marking.add(item, "gap", lane.space, lane.space.seen(item))
        return local + item.duration

    def _compound(self, stack: Any, lane: Lane, address: tuple[int, ...], local: Flicks) -> Flicks:
        trim = self._range(stack, lane.place.label)
        start, length = trim or (_ZERO, _ZERO)
        item = Item(stack, local, start, length)
        enabled = lane.place.enabled and lane.space.enabled and stack.enabled
        inner = lane.space.inside(item, speed_of(stack), bounded=trim is not None, enabled=enabled)
        natural = self._stack(stack, Lane(lane.place, inner), address)
        item = item if trim else item._replace(duration=natural)
        self.marking.add(item, "stack", lane.space, lane.space.seen(item))
        return local + item.duration

    def _clip(self, clip: Any, lane: Lane, position: int, local: Flicks) -> Flicks:
        own = clip.source_range
        if own is None and (reference := clip.media_reference) is not None:
            own = reference.available_range
        start, length = self._must(clip, self.times.span(own), lane.place.label)
        duration = self._seen_length(clip, length) if self._plays_source_frames else length
        item = Item(clip, local, start, duration)
        seen = lane.space.seen(item)
        placed = None
        if seen[0] < seen[1]:
            placed = PlacedClip(_on_media(item, own), lane.place, position, lane.space, seen, self._frames)
            if self._generates and _is_unnamed(clip.media_reference):
                placed.moving = lane.place.kind == "audio"
            self.clips.append(placed)
        self.marking.add(item, "clip", lane.space, seen, placed)
        return local + duration

    def _seen_length(self, clip: Any, length: Flicks) -> Flicks:
        """How long a clip is seen whose length counts frames of its source: whole frames of the timeline."""
        speed = speed_of(clip)
        if not speed or speed == 1:
            return length
        return whole(round(seconds_of(length) / abs(speed) * self._frames.rate) * FLICKS / self._frames.rate)

    def _range(self, item: Any, label: str) -> tuple[Flicks, Flicks] | None:
        """An item's source_range, if it has one."""
        found = item.source_range
        return None if found is None else self._must(item, self.times.span(found), label)

    def _must(self, item: Any, span: tuple[Flicks, Flicks] | None, label: str) -> tuple[Flicks, Flicks]:
        if span is None:
            raise TimelineError(
                f"“{item.name or type(item).__name__}” on {label} has no length that can be read,"
                " so nothing after it can be placed",
                fix="Give it a length in the editor, or take it out, and export again.",
            )
        return span

    def _unseen(self, track: Any) -> Flicks:
        """The length of a track that is neither picture nor sound."""
        try:
            return self.times.flicks(track.duration())
        except Exception:  # noqa: BLE001 - what cannot be measured in a track of subtitles does not matter
            return _ZERO


def _on_media(item: Item, own: Any) -> Item:
    """The item, its start on the media's own frames where only the spelling of rates moved it off them."""
    if type(item.source_start) is int or (reference := item.item.media_reference) is None:
        return item
    start = start_on_media(own, reference.available_range)
    return item if start is None else item._replace(source_start=whole(start * FLICKS))


def _is_unnamed(reference: Any) -> bool:
    """Whether a reference names no file, not even one that is offline."""
    return reference is None or not (reference.name or getattr(reference, "target_url", None))
