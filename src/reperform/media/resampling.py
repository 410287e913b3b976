"""Sound at another sample rate, with every sample in its exact place.

Sample n of the result stands at n / `to_rate` seconds, sample m of the source at m / `from_rate`, both from one zero. What
a sample becomes depends on its number alone, so pieces made apart join without a seam.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reading", "resampled"]

Reading = Callable[[int, int], NDArray[np.float32]]
"""Called with a first sample number, which may be negative, and a number of samples: float32 [samples, channels]."""

_CROSSINGS = 32
"""Zero crossings of the kernel on each side."""
_SHARPNESS = 9.0
_PASSBAND = 0.95
_BLOCK = 1 << 14


def resampled(read: Reading, *, from_rate: int, to_rate: int, start: int, samples: int) -> NDArray[np.float32]:
    """`samples` at `to_rate` from number `start`, out of a source at `from_rate`: float32 [samples, channels]."""
    if from_rate == to_rate or not samples:
        return read(start, samples)
    pieces = [
        _piece(read, from_rate, to_rate, first, min(_BLOCK, start + samples - first))
        for first in range(start, start + samples, _BLOCK)
    ]
    return np.concatenate(pieces)


def _piece(read: Reading, from_rate: int, to_rate: int, start: int, samples: int) -> NDArray[np.float32]:
    common = gcd(from_rate, to_rate)
    step, phases = from_rate // common, to_rate // common
    kernels = _kernels(phases, min(1.0, to_rate / from_rate))
    taps = kernels.shape[1]
    ticks = np.arange(start, start + samples, dtype=np.int64) * step
    nearest, phase = ticks // phases, ticks % phases
    first = int(nearest[0]) - taps // 2 + 1
    sound = read(first, int(nearest[-1]) - int(nearest[0]) + taps)
    windows = np.lib.stride_tricks.sliding_window_view(sound, taps, axis=0)[nearest - nearest[0]]
    mixed: NDArray[np.float32] = np.einsum("nct,nt->nc", windows, kernels[phase], dtype=np.float32)
    return mixed


@lru_cache(maxsize=8)
def _kernels(phases: int, bandwidth: float) -> NDArray[np.float32]:
    """[phases, taps]: a windowed sinc for each place between two source samples; each sums to one."""
    half = int(np.ceil(_CROSSINGS / bandwidth))
    cutoff = bandwidth * _PASSBAND
    offsets = np.arange(-half + 1, half + 1)[None, :] - np.arange(phases)[:, None] / phases
    window = np.i0(_SHARPNESS * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, None)))
    kernels = np.sinc(offsets * cutoff) * window
    normalised: NDArray[np.float32] = (kernels / kernels.sum(axis=1, keepdims=True)).astype(np.float32)
    return normalised
