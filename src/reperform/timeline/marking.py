"""Where the markers stand. The dialect says in which time they count; what no editor claims is settled by all marks together."""

from __future__ import annotations

from typing import Any

from reperform.timeline.cut import Cut
from reperform.timeline.dialects.base import Dialect, ItemFacts, MarkerTime
from reperform.timeline.dialects.generic import settle
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.facts import Times, speed_of
from reperform.timeline.placed import Mark, On, PlacedClip, PlacedMarker, Where
from reperform.timeline.spaces import FLICKS, Flicks, Frames, Item, Space, seconds_of, whole
from reperform.timing import SNAP

__all__ = ["Marking"]


class Marking:
    """Gathers the markers of a walk, and places them when it is over."""

    def __init__(self, cut: Cut, times: Times) -> None:
        self._cut = cut
        self._dialect = cut.dialect
        self._own_times = False
        """Whether the dialect counts in each item's own time, and nothing has to be asked."""
        self._times = times
        self._frames = Frames(cut.rate)
        self._start = whole(cut.start_frame * FLICKS / cut.rate)
        self._snap = SNAP / cut.rate * FLICKS
        self._found: list[PlacedMarker] = []
        self._all_fit = True

    def on_clip(self, item: Item, space: Space, seen: tuple[Flicks, Flicks], placed: PlacedClip | None) -> None:
        """The markers on a clip of which `seen` is visible; `placed` None where that is nothing."""
        for marker, start, offset in self._timed(item):
            self._all_fit = self._all_fit and 0 <= offset < item.duration
            self._found.append(PlacedMarker(marker, "clip", placed, Mark(item, space, seen, start, offset), self))

    def on_item(self, item: Item, on: On, space: Space) -> None:
        """The markers on a gap or a nested stack."""
        for marker, start, offset in self._timed(item):
            self._all_fit = self._all_fit and (on == "gap" or 0 <= offset < item.duration)
            written = Mark(item, space, space.seen(item), start, offset, own=on == "gap")
            self._found.append(PlacedMarker(marker, on, None, written, self))

    def around(self, item: Item, on: On, space: Space, *, top: bool) -> None:
        """The markers on a track, or on the timeline; there, at or past its start, they are record timecode."""
        for marker, start, into in self._timed(item):
            is_timecode = top and start is not None and 0 < self._start <= start
            offset = start - self._start if start is not None and is_timecode else into
            written = Mark(item, space, space.seen(item), start, offset, own=True)
            self._found.append(PlacedMarker(marker, on, None, written, self))

    def settled(self) -> tuple[Dialect, tuple[PlacedMarker, ...]]:
        """The dialect that the marks of the file have settled, and all of them."""
        if type(self._dialect) is OtioDialect and not self._all_fit:
            marks = [mark for mark in self._found if mark.written.start is not None and not mark.written.own]
            self._dialect = settle(self._dialect, [(self._time_of(mark), self._facts(mark)) for mark in marks])
        self._own_times = type(self._dialect) is OtioDialect
        # Not kept: they know this, and a circle would keep the timeline in memory.
        found, self._found = tuple(self._found), []
        return self._dialect, found

    def frame(self, mark: PlacedMarker) -> int | None:
        """The record frame that a marker begins on, without asking how long it is; None where it stands nowhere."""
        item, space, seen, _, offset, own = mark.written
        if (own or self._own_times) and space.is_plain and (mark.clip is not None or mark.on != "clip"):
            start = space.origin + item.local + offset
            if mark.written.start is not None and seen[0] <= start < seen[1]:
                return self._frames.floor(start)
        return None if mark.record_start is None else self._cut.record_frame(mark.record_start)

    def where(self, mark: PlacedMarker) -> Where:
        """When a marker stands."""
        written = mark.written
        if written.start is None:
            return Where(None, None, uncertain="its time is none that can be read")
        if self._own_times or written.own:
            return self._at(mark, written.offset, self._duration(mark))
        span = self._dialect.marker_span(self._time_of(mark), self._facts(mark))
        if span.offset is None:
            return Where(None, None, uncertain=span.uncertain)
        return self._at(mark, span.offset * FLICKS, span.duration * FLICKS, span.uncertain)

    def _at(self, mark: PlacedMarker, offset: Flicks, duration: Flicks, uncertain: str | None = None) -> Where:
        if mark.on == "clip" and mark.clip is None:
            return Where(None, None, trimmed_away=True)
        item, space, seen = mark.written[:3]
        start, end, inside = self._within(*space.record(item.local + offset, duration), *seen)
        return Where(seconds_of(start), seconds_of(end), not inside, uncertain)

    def _within(self, start: Flicks, end: Flicks, low: Flicks, high: Flicks) -> tuple[Flicks, Flicks, bool]:
        """What of a marker is visible, and whether anything is; a hair before the first frame is the first frame."""
        if low - self._snap <= start < low:
            start, end = low, max(low, end)
        if start >= high or (start < low and end <= low):
            return start, end, False
        return max(start, low), max(min(end, high), low), True

    def _facts(self, mark: PlacedMarker) -> ItemFacts:
        item, space = mark.written[:2]
        available = None
        if mark.on == "clip" and (reference := item.item.media_reference) is not None:
            available = self._times.span(reference.available_range)
        return ItemFacts(
            source_start=seconds_of(item.source_start),
            duration=seconds_of(item.duration),
            speed=speed_of(item.item),
            available_start=seconds_of(available[0]) if available else None,
            available_end=seconds_of(available[0] + available[1]) if available else None,
            record_timecode=seconds_of(self._start + space.record(item.local, item.duration)[0]),
        )

    def _time_of(self, mark: PlacedMarker) -> MarkerTime:
        return MarkerTime(seconds_of(mark.written.start or 0), seconds_of(self._duration(mark)))

    def _duration(self, mark: PlacedMarker) -> Flicks:
        return self._times.length(mark.marker.marked_range.duration)

    def _timed(self, item: Item) -> list[tuple[Any, Flicks | None, Flicks]]:
        """The markers of an item, each with its time as written and counted from the item's start."""
        markers = item.item.markers
        timed: list[tuple[Any, Flicks | None, Flicks]] = []
        # Asked one by one: OTIO takes ten times as long to say that there are no more.
        for number in range(len(markers)):
            marker = markers[number]
            try:
                start = self._times.flicks(marker.marked_range.start_time)
            except (ValueError, OverflowError):
                timed.append((marker, None, 0))
            else:
                timed.append((marker, start, start - item.source_start))
        return timed
