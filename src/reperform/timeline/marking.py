"""Where the markers stand. The dialect says in which time they count; what no editor claims is settled by all marks together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from reperform.timeline.cut import Cut, PlacedClip, PlacedMarker
from reperform.timeline.dialects.base import Dialect, ItemFacts, MarkerTime
from reperform.timeline.dialects.generic import settle
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.facts import Times
from reperform.timeline.spaces import FLICKS, Flicks, Item, Space, seconds_of, whole
from reperform.timing import SNAP

__all__ = ["Marking"]

On = Literal["clip", "gap", "transition", "track", "stack"]


class _Mark(NamedTuple):
    """A marker whose place waits for the dialect."""

    marker: Any
    on: On
    clip: PlacedClip | None
    item: Item
    space: Space
    time: tuple[Flicks, Flicks] | None
    """Start and duration, as written."""
    offset: Flicks
    """From the item's start, in the item's own time."""
    own: bool
    """Counted in the item's own time, whoever wrote it."""

    @property
    def fits(self) -> bool:
        """Whether the item's own time puts it on the item."""
        return 0 <= self.offset < self.item.duration


class Marking:
    """Gathers the markers of a walk, and places them when it is over."""

    def __init__(self, cut: Cut, times: Times) -> None:
        self._cut = cut
        self._times = times
        self._start = whole(cut.start_frame * FLICKS / cut.rate)
        self._marks: list[_Mark] = []
        self._snap = SNAP / cut.rate * FLICKS

    def item(self, item: Item, on: On, space: Space, placed: PlacedClip | None = None) -> None:
        """The markers on a clip, a gap or a nested stack; `placed` None for what is no clip or is trimmed away."""
        own = on == "gap"
        for marker, time in self._timed(item.item):
            offset = time[0] - item.source_start if time else 0
            self._marks.append(_Mark(marker, on, placed, item, space, time, offset, own))

    def around(self, item: Item, on: On, space: Space, *, top: bool) -> None:
        """The markers on a track, or on the timeline; there, at or past its start, they are record timecode."""
        for marker, time in self._timed(item.item):
            offset = time[0] - item.source_start if time else 0
            if top and time is not None and 0 < self._start <= time[0]:
                offset = time[0] - self._start
            self._marks.append(_Mark(marker, on, None, item, space, time, offset, own=True))

    def _timed(self, item: Any) -> Iterator[tuple[Any, tuple[Flicks, Flicks] | None]]:
        markers = item.markers
        # Asked one by one: OTIO takes ten times as long to say that there are no more.
        for number in range(len(markers)):
            marker = markers[number]
            yield marker, self._time(marker.marked_range)

    def _time(self, marked: Any) -> tuple[Flicks, Flicks] | None:
        try:
            start = self._times.flicks(marked.start_time)
        except (ValueError, OverflowError):
            return None
        try:
            return start, max(0, self._times.flicks(marked.duration))
        except (ValueError, OverflowError):
            return start, 0

    def placed(self) -> tuple[Dialect, tuple[PlacedMarker, ...]]:
        """The dialect that the marks of the file have settled, and every marker in its place."""
        dialect = self._cut.dialect
        if type(dialect) is OtioDialect and not all(mark.own or mark.fits for mark in self._marks):
            counted = [(_seconds(mark.time), self._facts(mark)) for mark in self._marks if mark.time and not mark.own]
            dialect = settle(dialect, counted)
        own = type(dialect) is OtioDialect
        return dialect, tuple(self._place(mark, dialect, own=own) for mark in self._marks)

    def _facts(self, mark: _Mark) -> ItemFacts:
        item = mark.item
        available = None
        if mark.on == "clip" and (reference := item.item.media_reference) is not None:
            available = self._times.span(reference.available_range)
        return ItemFacts(
            source_start=seconds_of(item.source_start),
            duration=seconds_of(item.duration),
            speed=item.own_speed,
            available_start=seconds_of(available[0]) if available else None,
            available_end=seconds_of(available[0] + available[1]) if available else None,
            record_timecode=seconds_of(self._start + mark.space.record(item.local, item.duration)[0]),
        )

    def _place(self, mark: _Mark, dialect: Dialect, *, own: bool) -> PlacedMarker:
        if mark.time is None:
            return _nowhere(mark, "its time is none that can be read")
        if own or mark.own:
            return self._at(mark, mark.offset, mark.time[1])
        span = dialect.marker_span(_seconds(mark.time), self._facts(mark))
        if span.offset is None:
            return _nowhere(mark, span.uncertain)
        return self._at(mark, span.offset * FLICKS, span.duration * FLICKS, span.uncertain)

    def _at(self, mark: _Mark, offset: Flicks, duration: Flicks, uncertain: str | None = None) -> PlacedMarker:
        if mark.on == "clip" and mark.clip is None:
            return _nowhere(mark, None, trimmed_away=True)
        start, end = mark.space.record(mark.item.local + offset, duration)
        low, high = mark.space.visible(*mark.space.record(mark.item.local, mark.item.duration))
        start, end, inside = self._within(start, end, low, high)
        return PlacedMarker(
            marker=mark.marker,
            on=mark.on,
            clip=mark.clip,
            record_start=seconds_of(start),
            record_end=seconds_of(end),
            trimmed_away=not inside,
            uncertain=uncertain,
        )

    def _within(self, start: Flicks, end: Flicks, low: Flicks, high: Flicks) -> tuple[Flicks, Flicks, bool]:
        """What of a marker is visible, and whether anything is; a hair before the first frame is the first frame."""
        if low <= start < high and end <= high:
            return start, end, True
        if low - self._snap <= start < low:
            start, end = low, max(low, end)
        if start >= high or (start < low and end <= low):
            return start, end, False
        return max(start, low), max(min(end, high), low), True


def _seconds(time: tuple[Flicks, Flicks]) -> MarkerTime:
    return MarkerTime(seconds_of(time[0]), seconds_of(time[1]))


def _nowhere(mark: _Mark, why: str | None, *, trimmed_away: bool = False) -> PlacedMarker:
    return PlacedMarker(
        marker=mark.marker,
        on=mark.on,
        clip=mark.clip,
        record_start=None,
        record_end=None,
        trimmed_away=trimmed_away,
        uncertain=why,
    )
