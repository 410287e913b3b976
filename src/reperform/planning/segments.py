"""Cues as segments of the media sent: hundredths of seconds from its first frame."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reperform.timing import FrameRange, Rate, wire_seconds

__all__ = ["HUNDREDTH", "in_wire_seconds"]

HUNDREDTH = Fraction(1, 100)


def in_wire_seconds(
    ranges: Sequence[FrameRange], *, sent: FrameRange, rate: Rate
) -> tuple[tuple[Fraction, Fraction], ...]:
    """Start and end of each range inside the frames sent, up to the next hundredth; the media's end rounds down.

    `ranges` are ascending, do not overlap, and lie inside `sent`, all on one clock of `rate` frames a second. The
    segments do not overlap either, none is empty, and none ends after the media.
    """
    limit = Fraction(sent.frames * 100 * rate.denominator // rate.numerator, 100)
    segments: list[tuple[Fraction, Fraction]] = []
    for part in reversed(ranges):
        start = wire_seconds(part.start - sent.start, rate)
        end = min(wire_seconds(part.end - sent.start, rate), limit)
        if start >= end:
            # Only a single frame at the very end of the media can be squeezed to nothing by its rounding down.
            start = max(Fraction(0), end - HUNDREDTH)
        segments.append((start, end))
        limit = start
    return tuple(reversed(segments))
