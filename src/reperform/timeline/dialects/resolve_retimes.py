"""Speed ramps as DaVinci Resolve exports them: a TimeEffect with keys in its metadata.

Each of the `Key Frames` is seven values: seconds on the clip as retimed, seconds in its media, both from the media's first
frame and over all of the media, so that a clip which shows a part of it begins somewhere between them; then a flag and four
numbers, false and zero where the speed is the same up to the next key. `Speed Ratio` is the length of the media over the length
retimed (6.0 / 18.11 = 0.3313 in the one public export). The source range of the clip starts in the media's time, and counts its length
on the timeline, as on a clip of one speed.

The keys are read off that export; that the range starts in the media's time, off the formula by which its author finds the
first frame (start / speed of the first segment, on the ramp's clock). No picture by Resolve has been compared, and what eased keys mean
is not known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from reperform.timeline.retimes.reading import named
from reperform.timeline.retimes.retime import Ramp, Retime, Unmapped

__all__ = ["KEYS", "ramp_of"]

KEYS = "Key Frames"


def ramp_of(effect: Any, keys: Any) -> Retime:
    """The ramp of `Key Frames`; one that cannot be mapped where they are eased, or are none that are understood."""
    found = _plain(keys)
    if found is None or len(found) < 2:
        return Unmapped(f"{named(effect)} has key frames that cannot be read")
    if any(_is_eased(key) for key in found):
        return Unmapped("its speed changes along a curve (smooth key frames), which the file does not say exactly")
    times = [(Fraction(float(key[0])), Fraction(float(key[1]))) for key in found]
    if any(before[0] >= after[0] for before, after in pairwise(times)):
        return Unmapped(f"{named(effect)} has key frames that do not follow one another")
    return Ramp(tuple(times))


def _plain(keys: Any) -> list[list[Any]] | None:
    try:
        found = [list(key) for key in keys]
    except TypeError:
        return None
    return found if all(len(key) >= 2 and _is_number(key[0]) and _is_number(key[1]) for key in found) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_eased(key: Sequence[Any]) -> bool:
    return any(bool(value) for value in key[2:])
