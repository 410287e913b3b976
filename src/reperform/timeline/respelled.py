"""Source times that an editor converted from the media's frames, by rates as it spells them.

Hiero writes a source time at the timeline's rate: frame 1937904 of media at “23.976” becomes 1937905.99 at “23.976024627685547”.
Both mean 24000/1001, so at the exact rate that is two frames late. The conversion done backwards, with the rates as they
are spelled, gives the media's frame again.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from reperform.timing import exact_rate, exact_seconds

__all__ = ["start_on_media"]

_CLOSE = 1e-4
"""Of a frame: what is left of a whole frame after floating point."""


def start_on_media(source_range: Any, available_range: Any) -> Fraction | None:
    """Seconds of the media's time at which a source range starts, a whole frame of the media.

    None where it stands as written: nothing is available, its rates are spelled exactly, its exact time is a frame of
    the media already, or converting it back gives none.
    """
    if available_range is None:
        return None
    start, rate = source_range.start_time, available_range.start_time.rate
    try:
        exact, media = exact_rate(start.rate), exact_rate(rate)
        if Fraction(start.rate) == exact and Fraction(rate) == media:
            return None
        if _whole(float(exact_seconds(start) * media)) is not None:
            return None
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    frame = _whole(start.value / start.rate * rate)
    return None if frame is None else frame / media


def _whole(position: float) -> int | None:
    """The whole frame that a position is, but for floating point."""
    if not math.isfinite(position) or abs(position - round(position)) > _CLOSE:
        return None
    return round(position)
