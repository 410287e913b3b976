"""Where items stand inside the stack they belong to, each track walked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.facts import speed_of
from reperform.timing import Rate, ceil_frame, exact_seconds, floor_frame

__all__ = ["Place", "Places", "item_at", "occupied", "seconds_of"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is visible of an item in its stack. Times are exact seconds of the stack's own time."""

    stack: otio.schema.Stack = field(compare=False, repr=False)
    height: int
    """Of its track, among the stack's children."""
    start: Fraction
    end: Fraction
    cut: Fraction
    """How much of the item's beginning its track does not show."""
    before: otio.schema.Transition | None = field(default=None, compare=False, repr=False)
    after: otio.schema.Transition | None = field(default=None, compare=False, repr=False)
    followed: bool = False
    """Something comes after it, or after the transition at its end."""
    hidden: Fraction = Fraction(0)
    """How much of it after `start` compounds around do not show."""

    @property
    def origin(self) -> Fraction:
        """Where the item would begin if all of it were visible."""
        return self.start - self.cut


@dataclass(frozen=True)
class _Track:
    children: list[Any]
    starts: dict[int, tuple[int, Fraction, Fraction]]


class Places:
    """Finds places in one timeline, as long as nothing is added to or taken out of its tracks."""

    def __init__(self, *, plays_source_frames: bool = False) -> None:
        """`plays_source_frames`: the length that the file gives of a retimed clip is that of the media it plays."""
        self._tracks: dict[int, tuple[Any, _Track]] = {}
        self._plays_source_frames = plays_source_frames

    def of(self, item: Any) -> Place:
        """The place of an item. Raises ValueError for one that stands in no stack."""
        parent = item.parent()
        start, end = self._in_parent(item)
        origin = start
        child = item
        while isinstance(parent, otio.schema.Track):
            start, end, origin = _seen_through(parent, start, end, origin)
            child, parent = parent, parent.parent()
            if isinstance(parent, otio.schema.Track):
                offset, _ = self._in_parent(child)
                start, end, origin = start + offset, end + offset, origin + offset
        if not isinstance(parent, otio.schema.Stack):
            raise ValueError(f"“{item.name}” stands in no stack")
        before, after, followed = self._neighbours(item)
        height = next((n for n, other in enumerate(parent) if other is child), 0)
        return Place(
            stack=parent,
            height=height,
            start=start,
            end=end,
            cut=start - origin,
            before=before,
            after=after,
            followed=followed,
            hidden=self._hidden(parent, start),
        )

    def _hidden(self, stack: otio.schema.Stack, start: Fraction) -> Fraction:
        """How long after `start`, in the stack's own time, something in it is seen first."""
        hidden = Fraction(0)
        while True:
            opens = exact_seconds(stack.source_range.start_time) if stack.source_range is not None else Fraction(0)
            hidden = max(hidden, opens - start)
            if stack.parent() is None:
                return hidden
            outer = self.of(stack)
            start = outer.origin + start - opens
            hidden = max(hidden, outer.start - start)
            stack = outer.stack

    def shown(self, item: Any, *, rate: Rate | None = None) -> Place:
        """The place of an item as it is seen: of one inside a retimed composition, in the stack that the outermost such one
        stands in, for there its time is the timeline's. At a `rate`, on whole frames then.

        Raises ValueError for an item that stands in no stack.
        """
        around = [parent for parent in _parents(item) if speed_of(parent) != 1]
        if not around:
            return self.of(item)
        outer = self.of(around[-1])
        start, end = (outer.origin + time for time in self._since(item, around[-1]))
        if rate is not None:
            start, end = floor_frame(start, rate) / rate, ceil_frame(end, rate) / rate
        cut = max(Fraction(0), outer.start - start)
        start, end = max(start, outer.start), min(end, outer.end)
        hidden = self._hidden(outer.stack, start)
        return replace(outer, start=start, end=end, cut=cut, before=None, after=None, followed=False, hidden=hidden)

    def _since(self, item: Any, outer: Any) -> tuple[Fraction, Fraction]:
        """When an item starts and ends, counted from the start of a composition around it, on the clock of what that stands in."""
        times = self._in_parent(item)
        while True:
            item = item.parent()
            times = _through(item, times)
            if item is outer:
                return times
            start, _ = self._in_parent(item)
            times = start + times[0], start + times[1]

    def _in_parent(self, item: Any) -> tuple[Fraction, Fraction]:
        parent = item.parent()
        if not isinstance(parent, otio.schema.Track):
            return Fraction(0), seconds_of(item, plays_source_frames=self._plays_source_frames)
        _, start, end = self._walked(parent).starts[id(item)]
        return start, end

    def _neighbours(self, item: Any) -> tuple[Any, Any, bool]:
        parent = item.parent()
        if not isinstance(parent, otio.schema.Track):
            return None, None, False
        walked = self._walked(parent)
        index = walked.starts[id(item)][0]
        before = walked.children[index - 1] if index else None
        rest = walked.children[index + 1 : index + 3]
        after = rest.pop(0) if rest and isinstance(rest[0], otio.schema.Transition) else None
        return (before if isinstance(before, otio.schema.Transition) else None), after, bool(rest)

    def _walked(self, track: Any) -> _Track:
        if id(track) not in self._tracks:
            self._tracks[id(track)] = (track, _walk(track, self._plays_source_frames))
        return self._tracks[id(track)][1]


def _parents(item: Any) -> Iterator[Any]:
    while (item := item.parent()) is not None:
        yield item


def _through(item: Any, times: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """Times inside a composition as seconds since its start, on the clock of what it stands in."""
    own = item.source_range
    opens = Fraction(0) if own is None else exact_seconds(own.start_time)
    speed = speed_of(item) or Fraction(1)
    length = None if own is None else exact_seconds(own.duration)
    if speed < 0 and length is not None:
        opens += length * -speed
    low, high = sorted((time - opens) / speed for time in times)
    return (low, high) if length is None else (max(Fraction(0), low), min(high, length))


def _walk(track: Any, plays_source_frames: bool = False) -> _Track:
    children = list(track)
    starts: dict[int, tuple[int, Fraction, Fraction]] = {}
    position = Fraction(0)
    for index, child in enumerate(children):
        end = position + seconds_of(child, plays_source_frames=plays_source_frames)
        starts[id(child)] = (index, position, end)
        position = end
    return _Track(children, starts)


def _seen_through(track: Any, start: Fraction, end: Fraction, origin: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Times in a track as its parent sees them: moved and cut by the track's own source range."""
    if track.source_range is None:
        return start, end, origin
    opens = exact_seconds(track.source_range.start_time)
    closes = opens + exact_seconds(track.source_range.duration)
    start, end = max(start, opens), min(end, closes)
    return start - opens, max(start, end) - opens, origin - opens


def occupied(child: Any) -> list[tuple[Fraction, Fraction]]:
    """Where a child of a stack holds anything but gaps, enabled or not: spans of the stack's own time, in order."""
    if not isinstance(child, otio.schema.Track):
        return [(Fraction(0), seconds_of(child))]
    walked = _walk(child)
    spans = [walked.starts[id(item)] for item in walked.children if not isinstance(item, _EMPTY)]
    seen = (_seen_through(child, start, end, start)[:2] for _, start, end in spans)
    return [(start, end) for start, end in seen if start < end]


_EMPTY = (otio.schema.Gap, otio.schema.Transition)


def seconds_of(item: Any, *, plays_source_frames: bool = False) -> Fraction:
    """How long an item is in its track, exactly; a transition takes no time, and what has no range has no length."""
    if isinstance(item, otio.schema.Transition):
        return Fraction(0)
    try:
        found = item.source_range if item.source_range is not None else item.trimmed_range()
        length = exact_seconds(found.duration)
    except (otio.exceptions.OTIOError, AttributeError, ValueError):
        return Fraction(0)
    speed = speed_of(item) if plays_source_frames and len(item.effects) else None
    return length / abs(speed) if speed else length


def item_at(timeline: otio.schema.Timeline, address: tuple[int, ...]) -> Any:
    """The item at child indices from the timeline's stack down.

    Raises:
        LookupError: there is none.

    """
    item: Any = timeline.tracks
    for index in address:
        if not isinstance(item, otio.core.Composition) or not 0 <= index < len(item):
            raise LookupError(f"nothing stands at {address}")
        item = item[index]
    return item
