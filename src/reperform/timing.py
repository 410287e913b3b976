"""Exact time: rates as fractions, half-open frame ranges, timecode.

Positions are whole frames at a rate; seconds between functions are `Fraction`. Floats come in from OTIO, through
`exact_rate` and `exact_seconds`, and go out as wire seconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

__all__ = [
    "SNAP",
    "FrameRange",
    "OtioTime",
    "Rate",
    "ceil_frame",
    "drop_frame_allowed",
    "exact_rate",
    "exact_seconds",
    "floor_frame",
    "format_timecode",
    "nominal_rate",
    "parse_timecode",
    "sample_at",
    "seconds_at",
    "timecode_format",
    "wire_seconds",
]

Rate = Fraction
"""Frames (or samples) a second, exactly: 24000/1001, never 23.976."""

SNAP = Fraction(1, 100)
"""A position within this part of a frame from a whole frame is that frame: editors convert through floats."""

_NTSC_TOLERANCE = Fraction(1, 1000)
_TIMECODE = re.compile(r"^\s*(\d{1,2})[:;.](\d{2})[:;.](\d{2})([:;.,])(\d{2,3})\s*$")
_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))


class OtioTime(Protocol):
    """An `opentime.RationalTime`: a float value at a float rate."""

    value: float
    rate: float


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Whole frames, half-open: `start` is in it, `end` is the first frame after it."""

    start: int
    frames: int

    def __post_init__(self) -> None:
        if self.frames < 0:
            raise ValueError(f"a range cannot hold {self.frames} frames")

    @classmethod
    def between(cls, start: int, end: int) -> FrameRange:
        """From `start` up to, not including, `end`; empty when `end` is not after `start`."""
        return cls(start, max(0, end - start))

    @property
    def end(self) -> int:
        """The first frame after the range."""
        return self.start + self.frames

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.end

    def contains(self, other: FrameRange) -> bool:
        """Whether all of `other` lies inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: FrameRange) -> bool:
        """Whether at least one frame is in both."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: FrameRange) -> FrameRange:
        """The frames in both; empty, at the later start, when there is none."""
        return FrameRange.between(max(self.start, other.start), min(self.end, other.end))

    def grown(self, head: int, tail: int) -> FrameRange:
        """Longer by `head` frames before and `tail` frames after."""
        return FrameRange.between(self.start - head, self.end + tail)

    def shifted(self, frames: int) -> FrameRange:
        """The same length, `frames` later."""
        return FrameRange(self.start + frames, self.frames)


def exact_rate(rate: float | Fraction) -> Rate:
    """The rate that a file means: 23.976, 23.98 and float32 spellings are 24000/1001, 29.97 is 30000/1001.

    Raises:
        ValueError: the rate is not a positive, finite number, or less than a frame in half an hour.

    """
    if isinstance(rate, Fraction) and rate > 0:
        return rate
    return _meant_by(rate)


@lru_cache(maxsize=64)  # a cut has few rates, and says them with every clip
def _meant_by(rate: float | Fraction) -> Rate:
    if not math.isfinite(rate) or rate <= 0:
        raise ValueError(f"{rate} is not a frame rate")
    exact = Fraction(rate)
    whole = round(exact)
    if whole and abs(exact - whole) < Fraction(1, 10_000):
        return Fraction(whole)
    ntsc = Fraction(math.ceil(exact) * 1000, 1001)
    if abs(exact - ntsc) / ntsc < _NTSC_TOLERANCE and exact < 1000:
        return ntsc
    return _positive(exact.limit_denominator(1001), rate)


def _positive(exact: Fraction, rate: float | Fraction) -> Rate:
    if not exact:
        raise ValueError(f"{rate} is not a frame rate")
    return exact


def nominal_rate(rate: Rate) -> int:
    """The whole number that timecode counts by: 24 for 24000/1001, 30 for 30000/1001."""
    return max(1, math.ceil(rate - Fraction(1, 1000)))


def exact_seconds(time: OtioTime) -> Fraction:
    """Seconds of an OTIO time, exactly, its rate taken as `exact_rate` takes it.

    Raises:
        ValueError: its rate is no rate, or its value is not finite.

    """
    if not math.isfinite(time.value):
        raise ValueError(f"{time.value} is not a time")
    rate = exact_rate(time.rate)
    whole = round(time.value)
    # Editors leave 198771.99999999998 where they mean 198772.
    if abs(time.value - whole) < 1e-4:
        return Fraction(whole * rate.denominator, rate.numerator)
    return Fraction(time.value) / rate


def floor_frame(seconds: Fraction, rate: Rate) -> int:
    """The frame shown at `seconds`: a position within SNAP of a whole frame is that frame, else the frame before it."""
    position = seconds * rate
    if position.denominator == 1:
        return position.numerator
    nearest = round(position)
    return nearest if abs(position - nearest) <= SNAP else math.floor(position)


def ceil_frame(seconds: Fraction, rate: Rate) -> int:
    """The first frame at or after `seconds`, within SNAP: where a half-open range that reaches `seconds` ends."""
    position = seconds * rate
    if position.denominator == 1:
        return position.numerator
    nearest = round(position)
    return nearest if abs(position - nearest) <= SNAP else math.ceil(position)


def seconds_at(frame: int, rate: Rate) -> Fraction:
    """When `frame` starts, exactly."""
    return frame / rate


def sample_at(frame: int, rate: Rate, sample_rate: int) -> int:
    """The first whole sample of `frame`; both clocks count from zero together. Halves round up, so that ranges abut."""
    return (2 * frame * rate.denominator * sample_rate + rate.numerator) // (2 * rate.numerator)


def wire_seconds(frame: int, rate: Rate) -> Fraction:
    """Seconds as engines get them: up to the next hundredth, so that a boundary never falls into the frame before."""
    return Fraction(math.ceil(frame / rate * 100), 100)


def drop_frame_allowed(rate: Rate) -> bool:
    """Whether drop-frame timecode exists at this rate (SMPTE ST 12-1: 29.97 and 59.94; multiples in use)."""
    return rate.denominator == 1001 and nominal_rate(rate) % 30 == 0


def format_timecode(frame: int, rate: Rate, *, drop_frame: bool = False) -> str:
    """Timecode of a frame counted from 00:00:00:00; `;` before the frames where drop-frame. Wraps at 24 hours."""
    return timecode_format(rate, drop_frame=drop_frame)(frame)


def timecode_format(rate: Rate, *, drop_frame: bool = False) -> Callable[[int], str]:
    """`format_timecode` for many frames of one rate."""
    if drop_frame and not drop_frame_allowed(rate):
        raise ValueError(f"no drop-frame timecode at {rate}")
    nominal = nominal_rate(rate)
    day = _frames_per_day(rate, drop_frame=drop_frame)
    width = len(str(nominal - 1)) if nominal > 100 else 2
    mark = ";" if drop_frame else ":"

    def formatted(frame: int) -> str:
        frame %= day
        if drop_frame:
            frame = _with_dropped_numbers(frame, nominal)
        seconds = frame // nominal
        clock = f"{_TWO_DIGITS[seconds // 3600]}:{_TWO_DIGITS[seconds // 60 % 60]}:{_TWO_DIGITS[seconds % 60]}"
        return f"{clock}{mark}{str(frame % nominal).zfill(width)}"

    return formatted


def parse_timecode(text: str, rate: Rate, *, drop_frame: bool | None = None) -> int:
    """The frame, counted from 00:00:00:00, that a timecode names.

    `drop_frame` None reads the punctuation: `;` or `,` before the frames means drop-frame, where the rate has it.

    Raises:
        ValueError: not a timecode, or one that does not exist at this rate.

    """
    match = _TIMECODE.match(text)
    if not match:
        raise ValueError(f"“{text}” is not a timecode (HH:MM:SS:FF)")
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = nominal_rate(rate)
    if minutes > 59 or seconds > 59 or frames >= nominal or hours > 23:
        raise ValueError(f"“{text}” does not exist at {nominal} frames a second")
    drop = (match[4] in ";," and drop_frame_allowed(rate)) if drop_frame is None else drop_frame
    total_minutes = hours * 60 + minutes
    frame = (total_minutes * 60 + seconds) * nominal + frames
    if not drop:
        return frame
    dropped = nominal // 15
    if frames < dropped and seconds == 0 and minutes % 10:
        raise ValueError(f"“{text}” does not exist in drop-frame timecode")
    return frame - dropped * (total_minutes - total_minutes // 10)


def _frames_per_day(rate: Rate, *, drop_frame: bool) -> int:
    nominal = nominal_rate(rate)
    dropped = nominal // 15 * (24 * 60 - 24 * 6) if drop_frame else 0
    return 24 * 60 * 60 * nominal - dropped


def _with_dropped_numbers(frame: int, nominal: int) -> int:
    """The number that non-drop arithmetic needs to print this drop-frame frame."""
    dropped = nominal // 15
    ten_minutes, rest = divmod(frame, 600 * nominal - 9 * dropped)
    minutes_past_first = max(0, rest - dropped) // (60 * nominal - dropped)
    return frame + 9 * dropped * ten_minutes + dropped * minutes_past_first
