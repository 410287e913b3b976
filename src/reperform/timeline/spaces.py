"""The times that items stand in: the time inside a composition, seen from record time.

The walk counts in flicks: a whole number of them makes a frame at every rate in use, and a sample too. So its times are
plain whole numbers, exact and quick; a time that is no whole frame is a fraction of flicks, exact as well.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from reperform.timing import FrameRange, Rate, ceil_frame, floor_frame

__all__ = ["FLICKS", "ONE", "Flicks", "Frames", "Item", "Space", "product", "seconds_of", "whole"]

Flicks = int | Fraction

FLICKS = 705_600_000
"""In a second."""

ONE = Fraction(1)
"""The speed of what is not retimed; compared by identity where it saves time."""


def seconds_of(flicks: Flicks) -> Fraction:
    """The same time in seconds."""
    return Fraction(flicks, FLICKS)


class Frames:
    """The frames of a rate on the clock of flicks: whole numbers where a time is a whole frame."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._frame = whole(FLICKS / rate)

    def floor(self, time: Flicks) -> int:
        """The frame shown at a time."""
        frame, rest = divmod(time, self._frame)
        return floor_frame(seconds_of(time), self.rate) if rest else int(frame)

    def ceil(self, time: Flicks) -> int:
        """Where a half-open range that reaches a time ends."""
        frame, rest = divmod(time, self._frame)
        return ceil_frame(seconds_of(time), self.rate) if rest else int(frame)

    def between(self, start: Flicks, end: Flicks) -> FrameRange:
        """The frames that a range touches."""
        return FrameRange.between(self.floor(start), self.ceil(end))


class Item(NamedTuple):
    """What every item has: its place in what it stands in, and in its own time."""

    item: Any
    local: Flicks
    """Start in the time of what it stands in."""
    source_start: Flicks
    duration: Flicks


class Space(NamedTuple):
    """The time inside a composition: record time = origin + its time × scale; visible from `low` up to `high`."""

    origin: Flicks
    scale: Fraction = ONE
    low: Flicks | None = None
    high: Flicks | None = None
    speed: Fraction | None = ONE
    """The product of the retimes around it; None where one of them varies."""
    enabled: bool = True
    within: tuple[Space, Item] | None = None
    """What the composition stands in, and its place there. None for the timeline's own stack."""

    def at(self, time: Flicks) -> Flicks:
        """Its record time."""
        return self.origin + (time if self.scale is ONE else time * self.scale)

    def record(self, start: Flicks, duration: Flicks) -> tuple[Flicks, Flicks]:
        """A range in record time, earlier end first."""
        if self.scale is ONE:
            first = self.origin + start
            return first, first + duration
        first, last = self.at(start), self.at(start + duration)
        return (first, last) if first <= last else (last, first)

    def visible(self, start: Flicks, end: Flicks) -> tuple[Flicks, Flicks]:
        """What of a record range is seen; empty where its end is not after its start."""
        if self.low is not None and start < self.low:
            start = self.low
        if self.high is not None and end > self.high:
            end = self.high
        return start, end

    def seen(self, item: Item) -> tuple[Flicks, Flicks]:
        """What of an item in this space is visible, in record time; empty where its end is not after its start."""
        if self.low is None and self.high is None and self.scale is ONE:
            start = self.origin + item.local
            return start, start + item.duration
        return self.visible(*self.record(item.local, item.duration))

    def inside(self, item: Item, own_speed: Fraction | None, *, bounded: bool, enabled: bool) -> Space:
        """The time inside a composition that stands in this one; `bounded` where its source_range trims it.

        Where its speed varies or is zero, what is in it is placed as if it were not retimed.
        """
        speed = own_speed or None
        low, high = self.low, self.high
        if bounded:
            low, high = self.seen(item)
        scale = self.scale if speed is None or speed == 1 else self.scale / speed
        backward = speed is not None and speed < 0
        anchor = self.at(item.local + item.duration if backward else item.local)
        origin = anchor - item.source_start * scale if item.source_start else anchor
        return Space(whole(origin), scale, low, high, product(speed, self.speed), enabled, (self, item))


def whole(flicks: Flicks) -> Flicks:
    """The same time, as a whole number if it is one."""
    return flicks.numerator if flicks.denominator == 1 else flicks


def product(own: Fraction | None, around: Fraction | None) -> Fraction | None:
    """The speed of a retimed item in a retimed item; None where one of them varies."""
    if around is ONE:
        return own
    if own is ONE:
        return around
    return None if own is None or around is None else own * around
