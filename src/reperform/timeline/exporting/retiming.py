"""What a retimed item shows of its media, for formats that say a speed; and that it plays unchanged where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.cut import Cut
from reperform.timeline.dialects.base import Dialect
from reperform.timeline.exporting.preparing import each_track
from reperform.timeline.places import seconds_of
from reperform.timeline.retimes.reading import of_item
from reperform.timing import Rate, ceil_frame, exact_seconds, floor_frame

__all__ = ["AT_OWN_SPEED", "Retimed", "Retimes", "retimed"]

AT_OWN_SPEED = "The original stands in its place at its own speed, from the frame that it begins with: retime it again in the editor"
"""What becomes of a retime that a format does not hold."""


@dataclass(frozen=True, kw_only=True)
class Retimed:
    """What an item shows. Seconds from the first frame of its media."""

    speed: Fraction | None
    """Seconds of media a second: negative for backward, 0 for a freeze. None where it varies, or is not known."""
    first: Fraction
    """Where the earliest of what it shows begins; where the speed varies, what it shows first."""
    length: Fraction
    """How long it is seen."""
    media: Fraction
    """How much media there is."""

    @property
    def how(self) -> str:
        """In words, as in “it plays backward”."""
        if self.speed is None:
            return "its speed varies"
        if self.speed == 0:
            return "it is a freeze frame"
        return "it plays backward" if self.speed < 0 else f"it plays at {float(self.speed * 100):g} %"

    def end(self, rate: Rate) -> Fraction:
        """Where the latest of what it shows ends, at the end of a frame: backward, it begins there."""
        return ceil_frame(self.first + self.length * abs(self.speed or Fraction(0)), rate) / rate


def retimed(item: Any, dialect: Dialect, rate: Rate) -> Retimed | None:
    """What a clip or a compound shows; None where nothing changes its speed. `rate` is that of its cut."""
    retime = of_item(item, dialect)
    if retime.is_none:
        return None
    speed = retime.speed if retime.is_constant else None
    begins, media = _available(item)
    shown = item.source_range
    first = (exact_seconds(shown.start_time) if shown is not None else begins) - begins
    return Retimed(
        speed=speed,
        # A freeze shows a frame, and not the time between two.
        first=floor_frame(first, rate) / rate if speed == 0 else first,
        length=seconds_of(item, plays_source_frames=dialect.plays_source_frames),
        media=media,
    )


def _available(item: Any) -> tuple[Fraction, Fraction]:
    """Start and length of what it plays."""
    try:
        found = item.available_range()
        return exact_seconds(found.start_time), exact_seconds(found.duration)
    except (otio.exceptions.OTIOError, ValueError):
        return Fraction(0), Fraction(0)


class Retimes(dict[int, tuple[Retimed, int]]):
    """The retimes of a cut by the numbers of their items, which their metadata keep, each with the record frame at which the
    item begins in its media, counted from the media's first: 0 until `count`.
    """

    def __init__(self, cut: Cut) -> None:
        super().__init__()
        self._cut = cut
        for number, item in enumerate(self._items()):
            item.metadata["number"] = number
            untimed = isinstance(item, otio.schema.Transition | otio.schema.Gap)
            found = None if untimed else retimed(item, cut.dialect, cut.rate)
            if found is not None:
                self[number] = found, 0

    def count(self) -> None:
        """Notes where each begins, once ranges are settled."""
        for item in self._items():
            known = self.of(item)
            if known is not None:
                begins = exact_seconds(item.source_range.start_time) - exact_seconds(item.available_range().start_time)
                self[item.metadata["number"]] = known[0], round(begins * self._cut.rate)

    def of(self, item: Any) -> tuple[Retimed, int] | None:
        """Of an item, if it is retimed."""
        return self.get(int(item.metadata.get("number", -1)))

    def _items(self) -> Iterator[Any]:
        for track in each_track(self._cut.timeline.tracks):
            yield from track
