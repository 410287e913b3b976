"""Where the markers stand. The dialect says in which time they count; what no editor claims is settled by all marks together."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from reperform.errors import MediaRefused
from reperform.timeline.cut import Cut
from reperform.timeline.dialects.base import Dialect, ItemFacts, MarkerTime
from reperform.timeline.dialects.generic import settle
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.facts import Times, speed_of
from reperform.timeline.placed import Mark, On, PlacedClip, PlacedMarker, Where
from reperform.timeline.respelled import start_on_media
from reperform.timeline.retimes.reading import of_item
from reperform.timeline.retimes.retime import Ramp
from reperform.timeline.spaces import FLICKS, ONE, Flicks, Frames, Item, Space, seconds_of, whole
from reperform.timing import SNAP

__all__ = ["Marking"]

_ZERO: Flicks = 0


class Marking:
    """Gathers the markers of a walk, and places them when it is over."""

    def __init__(self, cut: Cut, times: Times) -> None:
        self._cut = cut
        self._dialect = cut.dialect
        self._own_times = False
        """Whether the dialect always counts in each item's own time."""
        self._times = times
        self._frames = Frames(cut.rate)
        self._timecode = whole(cut.start_frame * FLICKS / cut.rate)
        self._snap = SNAP / cut.rate * FLICKS
        self._found: list[PlacedMarker] = []
        self._all_fit = True

    def add(
        self, item: Item, on: On, space: Space, seen: tuple[Flicks, Flicks], clip: PlacedClip | None = None
    ) -> None:
        """The markers on a clip, a gap or a nested stack, of which `seen` is visible; `clip` None for one that is not."""
        markers = item.item.markers
        # Asked one by one: OTIO takes ten times as long to say that there are no more.
        for number in range(len(markers)):
            marker = markers[number]
            start = self._start(marker)
            offset = 0 if start is None else start - item.source_start
            if on != "gap" and not 0 <= offset < item.duration:
                self._all_fit = False
            self._found.append(
                PlacedMarker(marker, on, clip, Mark(item, space, seen, start, offset, on == "gap"), self)
            )

    def around(self, item: Item, on: On, space: Space, *, top: bool) -> None:
        """The markers on a track, or on the timeline; there, at or past its start, they are record timecode."""
        for marker in item.item.markers[:]:
            start = self._start(marker)
            offset = 0 if start is None else start - item.source_start
            if top and start is not None and 0 < self._timecode <= start:
                offset = start - self._timecode
            written = Mark(item, space, space.seen(item), start, offset, own=True)
            self._found.append(PlacedMarker(marker, on, None, written, self))

    def settled(self) -> tuple[Dialect, tuple[PlacedMarker, ...]]:
        """The dialect that the marks of the file have settled, and all of them."""
        if type(self._dialect) is OtioDialect and not self._all_fit:
            marks = [mark for mark in self._found if mark.written.start is not None and not mark.written.own]
            self._dialect = settle(
                self._dialect, [(self._time_of(mark), self.facts(*mark.written[:2], on=mark.on)) for mark in marks]
            )
        self._own_times = type(self._dialect) is OtioDialect
        # Not kept: they know this, and a circle would keep the timeline in memory.
        found, self._found = tuple(self._found), []
        return self._dialect, found

    def frame(self, mark: PlacedMarker) -> int | None:
        """The record frame that a marker begins on, without asking how long it is; None where it stands nowhere."""
        item, space, seen, written, offset, _ = mark.written
        if written is not None and space.scale is ONE and self._is_in_own_time(mark):
            start = space.origin + item.local + offset
            if seen[0] <= start < seen[1]:
                return self._frames.floor(start)
        return None if mark.record_start is None else self._cut.record_frame(mark.record_start)

    def where(self, mark: PlacedMarker) -> Where:
        """When a marker stands."""
        written = mark.written
        if written.start is None:
            return Where(None, None, uncertain="its time is none that can be read")
        if self._is_in_own_time(mark):
            return self._at(mark, written.offset, self._duration(mark))
        span = self._dialect.marker_span(self._time_of(mark), self.facts(*mark.written[:2], on=mark.on))
        if span.offset is None:
            return Where(None, None, uncertain=span.uncertain)
        return self._at(mark, span.offset * FLICKS, span.duration * FLICKS, span.uncertain)

    def own_time(self, mark: PlacedMarker) -> tuple[Fraction, Fraction]:
        """Start and length of a marker as OpenTimelineIO would count them."""
        written = mark.written
        start = seconds_of(written.item.source_start)
        if self._is_in_own_time(mark):
            return start + seconds_of(written.offset), seconds_of(self._duration(mark))
        span = self._dialect.marker_span(self._time_of(mark), self.facts(*written[:2], on=mark.on))
        return start + (span.offset or 0), span.duration

    def _is_in_own_time(self, mark: PlacedMarker) -> bool:
        if self._own_times or mark.written.own:
            return True
        return self._dialect.counts_in_own_time(speed_of(mark.written.item.item))

    def _at(self, mark: PlacedMarker, offset: Flicks, duration: Flicks, uncertain: str | None = None) -> Where:
        if not mark.is_visible:
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

    def facts(self, item: Item, space: Space, *, on: On) -> ItemFacts:
        """What a dialect needs to know of an item to place its marks."""
        reference = item.item.media_reference if on == "clip" else None
        available = self._times.span(reference.available_range) if reference is not None else None
        return ItemFacts(
            source_start=seconds_of(item.source_start),
            duration=seconds_of(item.duration),
            speed=speed_of(item.item),
            available_start=seconds_of(available[0]) if available else None,
            available_end=seconds_of(available[0] + available[1]) if available else None,
            skipped=_skipped(item, available),
            record_timecode=seconds_of(self._timecode + space.record(item.local, item.duration)[0]),
            retimed_start=self._on_ramp(item, available[0] if available else _ZERO),
        )

    def _on_ramp(self, item: Item, available: Flicks) -> Fraction | None:
        """When on a speed ramp's own clock the item begins; None where it has none, or that cannot be told."""
        if speed_of(item.item) is not None:
            return None
        ramps = (each for each in of_item(item.item, self._dialect).retimes if isinstance(each, Ramp))
        ramp = next(ramps, None)
        try:
            return None if ramp is None else ramp.time_out(seconds_of(item.source_start - available))
        except MediaRefused:
            return None

    def _time_of(self, mark: PlacedMarker) -> MarkerTime:
        of_media = self._dialect.marks_media(mark.marker)
        return MarkerTime(seconds_of(mark.written.start or 0), seconds_of(self._duration(mark)), of_media)

    def _duration(self, mark: PlacedMarker) -> Flicks:
        return self._times.length(mark.marker.marked_range.duration)

    def _start(self, marker: Any) -> Flicks | None:
        try:
            return self._times.flicks(marker.marked_range.start_time)
        except (ValueError, OverflowError):
            return None


def _skipped(item: Item, available: tuple[Flicks, Flicks] | None) -> Fraction | None:
    """Seconds of an item's media that come before it."""
    if available is None:
        return None
    own = item.item.source_range
    start = start_on_media(own, item.item.media_reference.available_range) if own is not None else None
    return (seconds_of(item.source_start) if start is None else start) - seconds_of(available[0])
