"""Time warps as AYON exports them from Hiero and Nuke Studio: a TimeEffect with a lookup table.

`lookup` has an entry for each frame of the clip: the frame of the clip that Nuke's TimeWarp node shows there, less the frame itself. The
node is evaluated above the track item, whose own speed stands in a LinearTimeWarp beside it; of several nodes the last one is the topmost.
`length` is how many frames the node averages: more than one is a blend that no frame of the media is.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from reperform.timeline.retimes.reading import named
from reperform.timeline.retimes.retime import Offsets, Retime, Unmapped
from reperform.timing import Rate

__all__ = ["LOOKUP", "offsets_of"]

LOOKUP = "lookup"


def offsets_of(effect: Any, lookup: Any, *, rate: Rate, length: Any = 1) -> Retime:
    """The lookup table, its frames at `rate`; one that cannot be mapped where it blends, or is none that is understood."""
    frames = _numbers(lookup)
    averaged = _numbers(length) if length is not None else (Fraction(1),)
    if not frames or averaged is None:
        return Unmapped(f"{named(effect)} has a lookup table that cannot be read")
    if any(each != 1 for each in averaged):
        return Unmapped(f"{named(effect)} blends several frames into one (its length is not 1)")
    return Offsets(frames, rate, named(effect))


def _numbers(values: Any) -> tuple[Fraction, ...] | None:
    listed = [values] if isinstance(values, int | float) else values
    try:
        found = [float(value) for value in listed]
    except (TypeError, ValueError):
        return None
    return tuple(Fraction(value) for value in found) if all(map(math.isfinite, found)) else None
