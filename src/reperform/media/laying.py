"""Where each sample of a voice sounds: the rules of placing, as arithmetic on sample numbers.

The clock of a shot counts samples of the voice's rate from frame 0 of the shot's clock, so that a place does not depend on
where a cue begins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reperform.model import Cue, Voice
from reperform.timing import Rate, sample_at

__all__ = ["SILENT", "clock_range", "positions"]

SILENT = -1
"""Where no sample of the voice sounds: less than any sample's number."""


def clock_range(cue: Cue, rate: Rate, sample_rate: int) -> tuple[int, int]:
    """The cue's first sample on the shot's clock, and the first after it. `rate` is the shot's clock's."""
    return sample_at(cue.in_frame, rate, sample_rate), sample_at(cue.range.end, rate, sample_rate)


def positions(voice: Voice, cue: Cue, *, rate: Rate, start: int, samples: int, reach: int = 0) -> NDArray[np.int64]:
    """For each clock sample from `start` (of the voice's rate): the number of the stream's sample that sounds, or SILENT.

    Nothing sounds outside the cue; but where the voice fills the cue to an end it goes on for `reach` samples beyond, so
    that a fade there has something to fade. Voices that are stretched (`remap`) have no such numbers: see `stretching`.
    """
    first, end = clock_range(cue, rate, voice.sample_rate)
    length = voice.end_sample - voice.start_sample
    if length <= 0 or end <= first:
        return np.full(samples, SILENT, np.int64)
    begins = first + voice.offset_samples
    endless = voice.sync in ("loop", "bounce")
    low = max(first, begins)
    high = end if endless else min(end, begins + length)
    if low == first and begins <= first and high > first and not endless:
        low -= reach
    if high == end and high > low:
        high += reach
    through = np.arange(start - begins, start - begins + samples, dtype=np.int64)
    found = voice.start_sample + _into(voice, through, length)
    found[: max(0, low - start)] = SILENT
    found[max(0, high - start) :] = SILENT
    return np.maximum(found, SILENT)


def _into(voice: Voice, through: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """How far into the voice's range each sample is, `through` samples after its beginning."""
    if voice.sync == "loop":
        return through % length
    if voice.sync == "bounce":
        there_and_back = through % (2 * length)
        return np.minimum(there_and_back, 2 * length - 1 - there_and_back)
    return through
