"""The clock of a clip and the clock of its file, brought together: where the first frame stands, and what is visible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from opentimelineio.opentime import RationalTime

from reperform.linking.refusals import outside
from reperform.model import AudioStream, Source
from reperform.timeline.cut import PlacedClip
from reperform.timing import Rate, ceil_frame, exact_rate, exact_seconds, floor_frame, format_timecode

__all__ = [
    "Available",
    "Zero",
    "available_of",
    "clock",
    "first_frame",
    "refuse_silence",
    "said_zero",
    "sample",
    "timecode_seconds",
    "visible",
]

_HELD = 1_000_000_000

_SAMPLES = 1000
"""Above it a rate counts samples, not frames."""


@dataclass(frozen=True, slots=True)
class Available:
    """The available_range of a reference, in seconds."""

    start: Fraction
    duration: Fraction
    rate: Rate | None
    """Its frame rate; None where it counts samples."""

    @property
    def end(self) -> Fraction:
        """The first moment after it."""
        return self.start + self.duration

    def slack(self, source: Source) -> Fraction:
        """Two frames: editors count the length of the same file differently."""
        return 2 * max(1 / source.rate, 1 / self.rate if self.rate else Fraction(0))

    def is_length_of(self, source: Source) -> bool:
        """Whether the file is as long."""
        return abs(self.duration - source.frames / source.rate) <= self.slack(source)

    def is_part_of(self, source: Source) -> bool:
        """Whether it lies in the file, by the file's own timecode; a file without one counts from zero."""
        first, slack = timecode_seconds(source) or Fraction(0), self.slack(source)
        return first - slack <= self.start and self.end <= first + source.frames / source.rate + slack


@dataclass(frozen=True, slots=True)
class Zero:
    """Where a file's first frame stands in the time of a clip's source_range."""

    seconds: Fraction
    doubt: str | None = None
    """Why it is a guess. None where the timeline says it."""


def available_of(reference: Any) -> Available | None:
    """The range of its media that a reference says there is; None where it says none, or none that can be."""
    found = reference.available_range
    if found is None:
        return None
    first, lasts = found.start_time, found.duration
    return _available((first.value, first.rate), (lasts.value, lasts.rate))


@lru_cache(maxsize=1024)
def _available(first: tuple[float, float], lasts: tuple[float, float]) -> Available | None:
    """Start and length by value and rate. Remembered: every clip of a file says the same."""
    try:
        start, duration = exact_seconds(RationalTime(*first)), exact_seconds(RationalTime(*lasts))
        rate = exact_rate(lasts[1])
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if duration <= 0:
        return None
    return Available(start, duration, rate if 1 < rate <= _SAMPLES else None)


def timecode_seconds(source: Source) -> Fraction | None:
    """When a file's own timecode says that it starts; None where it has none."""
    return None if source.start_frame is None else source.start_frame / source.rate


def said_zero(source: Source, available: Available | None) -> Fraction | None:
    """Where the timeline says that the file's first frame stands; None where it does not say which range is available.

    At that range's start, unless that is only a part of the file, by the file's own timecode.
    """
    if available is None:
        return None
    # Of a sequence the timeline says which number is the first.
    if source.sequence is not None or available.is_length_of(source) or not available.is_part_of(source):
        return available.start
    return timecode_seconds(source) or Fraction(0)


def first_frame(source: Source, said: Fraction | None, placed: PlacedClip) -> Zero:
    """Where the file's first frame stands in the time of the clip's source_range. `said` is as `said_zero` gives it.

    Where the timeline says it, there. Else at the file's timecode, if what is visible then lies in the file, else at zero,
    if it does then. Where what is visible lies outside the range that the timeline says, too, with a doubt.

    Raises:
        MediaRefused: nowhere would the file hold what is visible.

    """
    if said is not None and _touches(source, placed, said):
        return Zero(said)
    timecode = timecode_seconds(source)
    others = [zero for zero in (timecode, Fraction(0)) if zero is not None]
    if said is None:
        fitting = next((zero for zero in others if _holds(source, placed, zero)), None)
        if fitting is not None:
            return Zero(fitting)
        read = f"its timecode is {clock(timecode, source)}" if timecode is not None else "it has no timecode"
        raise outside(source, _asked(source, placed), f"{read}, and counted from zero it does not fit either")
    fitting = next((zero for zero in others if zero != said and _holds(source, placed, zero)), None)
    if fitting is None:
        return Zero(said)
    return Zero(
        fitting,
        f"its range counts from {clock(fitting, source)}, although the timeline says that its media starts at"
        f" {clock(said, source)}",
    )


def visible(source: Source, placed: PlacedClip, zero: Fraction) -> tuple[int, int]:
    """The visible frames: the first, and how many.

    Raises:
        MediaRefused: the media does not hold them.

    """
    first, last = _frames(source, placed, zero)
    if first < 0 or first >= source.frames or last > source.frames + _spare(placed):
        missing = max(-first, 0) + max(last - source.frames, 0)
        raise outside(source, _asked(source, placed), _missing(source, first, last, missing))
    return first, min(last, source.frames) - first


def refuse_silence(source: Source, placed: PlacedClip, zero: Fraction) -> None:
    """Raises MediaRefused where nothing of a sound clip lies in its file."""
    start, end = placed.source_start - zero, placed.source_end - zero
    if end <= 0 or start * source.rate >= source.frames:
        raise outside(source, _asked(source, placed), f"its first frame stands at {clock(zero, source)}")


def sample(seconds: Fraction, stream: AudioStream) -> int:
    """The whole sample nearest to a time, from the stream's first; halves round up."""
    return math.floor(seconds * stream.rate + Fraction(1, 2)) - stream.start_sample


def clock(seconds: Fraction, source: Source) -> str:
    """A time as a person reads it: timecode of a movie, seconds of a sound."""
    if source.kind != "movie" or seconds < 0:
        return f"{float(seconds):.3f} s"
    return format_timecode(floor_frame(seconds, source.rate), source.rate, drop_frame=source.drop_frame)


def _touches(source: Source, placed: PlacedClip, zero: Fraction) -> bool:
    """Whether anything of what is visible lies in the file."""
    return placed.source_end > zero and (placed.source_start - zero) * source.rate < source.frames


def _holds(source: Source, placed: PlacedClip, zero: Fraction) -> bool:
    if placed.track.kind == "audio":
        slack = 1 / Fraction(24)
        return -slack <= placed.source_start - zero and placed.source_end - zero <= source.frames / source.rate + slack
    first, last = _frames(source, placed, zero)
    return first >= 0 and last <= source.frames + _spare(placed)


def _frames(source: Source, placed: PlacedClip, zero: Fraction) -> tuple[int, int]:
    """First visible frame, and the first after the visible ones, wherever they lie."""
    first = floor_frame(placed.source_start - zero, source.rate)
    return first, max(first + 1, ceil_frame(placed.source_end - zero, source.rate))


def _spare(placed: PlacedClip) -> int:
    """Frames past the media's end that are only rounding. A clip that is retimed forward holds the last frame, however long."""
    if placed.speed is None or placed.speed == 1 or placed.track.kind == "audio":
        return 1
    return _HELD if placed.speed > 0 else math.ceil(-placed.speed) or 1


def _asked(source: Source, placed: PlacedClip) -> str:
    return f"{clock(placed.source_start, source)} to {clock(placed.source_end, source)}"


def _missing(source: Source, first: int, last: int, missing: int) -> str:
    if source.sequence is None or last <= source.frames:
        return f"{missing} frames of it are missing"
    names = source.sequence.name(max(first, source.frames)), source.sequence.name(last - 1)
    return f"{missing} frames of it are missing, from {names[0]} to {names[1]}"
