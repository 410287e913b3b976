"""How loud sound is and where its energy lies: programme loudness and true peak as EBU R128 has them, and octave bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "Hearing", "Levels", "measured"]

Hearing = Callable[[int, int], NDArray[np.floating]]
"""Called with a first sample number and a number of samples: [samples, channels], full scale 1."""

BANDS: tuple[int, ...] = (125, 250, 500, 1000, 2000, 4000, 8000)
"""Middles of the octaves, in Hz."""

_STEPS_PER_SECOND = 10
"""Blocks of 400 ms begin every 100 ms."""
_STEPS_IN_BLOCK = 4
_STEPS_IN_PIECE = 80
_OFFSET = -0.691
"""LUFS of full scale by the K-weighting's own gain at 997 Hz."""
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_SURROUND = 1.41
_OVERSAMPLED = 4
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What was measured."""

    loudness: float | None
    """LUFS, gated. None: nothing is louder than -70."""
    bands: tuple[float, ...]
    """Mean power in each of `BANDS` in dB, where it is loud enough to count; -inf where there is none."""
    true_peak: float
    """Full scale 1, four times oversampled."""
    momentary: float | None = None
    """LUFS of the loudest 400 ms. None: all of it is digital silence."""


def measured(hear: Hearing, ranges: Sequence[tuple[int, int]], *, rate: int, layout: str = "") -> Levels:
    """The levels of these ranges (sample numbers, half-open) of a sound at `rate`; all of them count as one programme.

    `layout` is FFmpeg's name of the channel layout: in 5.1 the LFE does not count, and the surrounds count more. A range shorter
    than a block of 400 ms is one block. What lies before a range is heard by the filters and not counted.
    """
    energies, spectra, peak = [], [], 0.0
    for start, end in ranges:
        parts = list(_parts(hear, start, end, rate, layout))
        if not parts:
            continue
        peak = max(peak, *(part[2] for part in parts))
        blocks, members = _blocks(np.concatenate([part[0] for part in parts]))
        energies.append(blocks)
        spectra.append((members, np.concatenate([part[1] for part in parts])))
    everything = np.concatenate(energies) if energies else np.zeros(0)
    gate = _gate(everything)
    loud = everything[everything > gate]
    loudness = None if not len(loud) else _lufs(float(loud.mean()))
    most = float(everything.max(initial=0.0))
    momentary = _lufs(most) if most > 0 else None
    return Levels(loudness=loudness, bands=_bands(energies, spectra, gate), true_peak=peak, momentary=momentary)


def _parts(hear: Hearing, start: int, end: int, rate: int, layout: str) -> Iterator[tuple[_Floats, _Floats, float]]:
    """Of pieces of a range in order: the weighted energy of each step, its power by bands, the true peak."""
    step = max(1, min(rate // _STEPS_PER_SECOND, end - start))
    margin = rate // 2
    for first in range(start, end, step * _STEPS_IN_PIECE):
        length = min(end - first, step * _STEPS_IN_PIECE)
        steps = length // step
        sound = np.asarray(hear(first - margin, length + 2 * margin), np.float64)
        counted = sound[margin : margin + steps * step]
        weighted, peak = _weighted(sound, rate, slice(margin, margin + length))
        # The last piece may be shorter than a step.
        shape = (steps, step, sound.shape[1])
        squares = weighted[: steps * step].reshape(shape) ** 2
        energy = (squares.mean(axis=1) * _channel_weights(sound.shape[1], layout)).sum(axis=1)
        yield energy, _spectrum(counted.reshape(shape), rate), peak


def _weighted(sound: _Floats, rate: int, part: slice) -> tuple[_Floats, float]:
    """A part of a sound, K-weighted, and its true peak."""
    size = 1 << (len(sound) + rate // 2 - 1).bit_length()
    weighted = np.empty((part.stop - part.start, sound.shape[1]))
    peak = 0.0
    for channel in range(sound.shape[1]):
        spectrum = np.fft.rfft(sound[:, channel], size)
        weighted[:, channel] = np.fft.irfft(spectrum * _k_weighting(size, rate), size)[part]
        fine = np.fft.irfft(spectrum, size * _OVERSAMPLED) * _OVERSAMPLED
        within = fine[part.start * _OVERSAMPLED : part.stop * _OVERSAMPLED]
        peak = max(peak, float(np.abs(within).max(initial=0.0)))
    return weighted, peak


@lru_cache(maxsize=4)
def _k_weighting(size: int, rate: int) -> NDArray[np.complex128]:
    """ITU-R BS.1770: a high shelf for the head, then a high-pass, at any sample rate (as libebur128 derives them)."""
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    shelf_k, shelf_q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    edge = high**0.4996667741545416
    shelf = _biquad(
        turn,
        (high + edge * shelf_k / shelf_q + shelf_k**2, 2 * (shelf_k**2 - high), high - edge * shelf_k / shelf_q + shelf_k**2),
        (1 + shelf_k / shelf_q + shelf_k**2, 2 * (shelf_k**2 - 1), 1 - shelf_k / shelf_q + shelf_k**2),
    )  # fmt: skip
    pass_k, pass_q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    whole = 1 + pass_k / pass_q + pass_k**2
    passing = _biquad(turn, (whole, -2 * whole, whole), (whole, 2 * (pass_k**2 - 1), 1 - pass_k / pass_q + pass_k**2))
    return shelf * passing


def _biquad(
    turn: NDArray[np.complex128], above: tuple[float, float, float], below: tuple[float, float, float]
) -> NDArray[np.complex128]:
    response: NDArray[np.complex128] = np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return response


def _channel_weights(channels: int, layout: str) -> _Floats:
    weights = np.ones(channels)
    if channels == 6 and layout.startswith("5.1"):  # FL FR FC LFE and two surrounds
        weights[3:] = 0.0, _SURROUND, _SURROUND
    return weights


def _spectrum(steps: _Floats, rate: int) -> _Floats:
    """The power of each step in each band, [steps, bands]."""
    length = steps.shape[1]
    power = (np.abs(np.fft.rfft(steps * np.hanning(length + 2)[1:-1, None], axis=1)) ** 2).sum(axis=2) / length**2
    octaves = [(middle / math.sqrt(2) * length / rate, middle * math.sqrt(2) * length / rate) for middle in BANDS]
    return np.stack([power[:, math.ceil(low) : math.ceil(high)].sum(axis=1) for low, high in octaves], axis=1)


def _blocks(steps: _Floats) -> tuple[_Floats, NDArray[np.int64]]:
    """The energy of each block, and which steps are in it, [blocks, steps of a block]."""
    within = min(_STEPS_IN_BLOCK, len(steps))
    members = np.lib.stride_tricks.sliding_window_view(np.arange(len(steps)), within)
    return steps[members].mean(axis=1), members


def _gate(blocks: _Floats) -> float:
    absolute = _energy(_ABSOLUTE_GATE)
    loud = blocks[blocks > absolute]
    return max(absolute, float(loud.mean()) * 10 ** (_RELATIVE_GATE / 10)) if len(loud) else absolute


def _bands(
    energies: Sequence[_Floats], spectra: Sequence[tuple[NDArray[np.int64], _Floats]], gate: float
) -> tuple[float, ...]:
    """Over the steps of all blocks above the gate."""
    counted = [
        powers[np.unique(members[blocks > gate])] for blocks, (members, powers) in zip(energies, spectra, strict=True)
    ]
    power = np.concatenate(counted) if counted else np.zeros((0, len(BANDS)))
    mean = power.mean(axis=0) if len(power) else np.zeros(len(BANDS))
    return tuple(10 * math.log10(each) if each > 0 else -math.inf for each in mean.tolist())


def _lufs(energy: float) -> float:
    return _OFFSET + 10 * math.log10(energy)


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))
