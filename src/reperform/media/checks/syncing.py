"""How much later one sound is than another that is the same voice, to a fraction of a sample: cross-correlation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "REACH", "Offset", "offset"]

RATE = 8000
"""Samples a second that tell a voice from another, and an offset to less than a tenth of a millisecond."""
REACH = RATE * 6 // 10
"""Samples by which a sound may be earlier or later, to be found."""

_SAME, _SAME_SHAPE = 0.5, 0.7
"""Likeness from which it is the same sound; and the same words in another sound, by how loud it is when."""
_AS_GOOD = 0.97
_SILENT = 1e-3
_SHAPE_RATE = 1000
_SHAPE = RATE // _SHAPE_RATE
_SMOOTH = 21
"""Milliseconds over which loudness is averaged."""
_THOUSANDTHS = 1000

Sound = NDArray[np.float64]


@dataclass(frozen=True)
class Offset:
    """Where a sound was found in another."""

    seconds: Fraction
    """Later is positive."""
    likeness: float
    """Correlation there, at most 1."""
    by_shape: bool
    """By its loudness over time: it is not the same sound, but the same words."""


def offset(sent: NDArray[np.float32], returned: NDArray[np.float32]) -> Offset | None:
    """How much later `sent` sounds in `returned` than its start + REACH; None where it cannot be told.

    Both are one channel at RATE. `returned` goes REACH samples further at either end.

    Raises:
        ValueError: it does not.

    """
    if len(returned) != len(sent) + 2 * REACH:
        raise ValueError("what is searched goes further at either end by as much as is looked for")
    one, other = sent.astype(np.float64), returned.astype(np.float64)
    if len(one) < RATE // 10 or float(np.sqrt(np.mean(one**2))) < _SILENT:
        return None
    lag, likeness = _best(one - one.mean(), other - other.mean(), REACH)
    if likeness >= _SAME:
        return Offset(_seconds(lag, RATE), likeness, by_shape=False)
    reach = REACH // _SHAPE
    shapes = _shape(one), _shape(other)[: len(one) // _SHAPE + 2 * reach]
    lag, likeness = _best(shapes[0] - shapes[0].mean(), shapes[1], reach)
    return Offset(_seconds(lag, _SHAPE_RATE), likeness, by_shape=True) if likeness >= _SAME_SHAPE else None


def _seconds(lag: float, rate: int) -> Fraction:
    return Fraction(round(lag * _THOUSANDTHS), rate * _THOUSANDTHS)


def _best(sent: Sound, returned: Sound, reach: int) -> tuple[float, float]:
    """The lag, from -reach to reach, at which they are most alike, and how much. The mean of `sent` is 0."""
    size = 1 << (len(returned) + len(sent)).bit_length()
    spectrum = np.fft.rfft(returned, size) * np.conj(np.fft.rfft(sent, size))
    found = np.fft.irfft(spectrum, size)[: 2 * reach + 1]
    likeness = found / np.maximum(_energies(sent, returned, reach), 1e-12)
    place = _nearest_peak(likeness, reach)
    return place - reach + _between(likeness, place), float(likeness[place])


def _nearest_peak(likeness: Sound, middle: int) -> int:
    """Of the places where they are as good as most alike, the nearest to `middle`: a tone is like itself a period later."""
    padded = np.pad(likeness, 1, constant_values=-np.inf)
    peaks = np.flatnonzero((likeness >= padded[:-2]) & (likeness >= padded[2:]))
    high = peaks[likeness[peaks] >= _AS_GOOD * likeness.max()]
    if not len(high):
        return int(np.argmax(likeness))
    return int(high[np.argmin(np.abs(high - middle))])


def _energies(sent: Sound, returned: Sound, reach: int) -> Sound:
    """What the correlation would be of equal sounds, at each lag: the returned one's mean does not count."""
    length = len(sent)
    squares = np.concatenate([[0.0], np.cumsum(returned**2)])
    sums = np.concatenate([[0.0], np.cumsum(returned)])
    first = np.arange(2 * reach + 1)
    energy = squares[first + length] - squares[first] - (sums[first + length] - sums[first]) ** 2 / length
    # A piece of next to nothing correlates with anything.
    least = float(np.sum(sent**2)) * 1e-4
    return np.asarray(np.sqrt(np.sum(sent**2) * np.maximum(energy, least)), np.float64)


def _between(values: Sound, place: int) -> float:
    """How far from `place` the peak of a parabola through it and its neighbours lies."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, here, after = (float(values[place + n]) for n in (-1, 0, 1))
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend


def _shape(sound: Sound) -> Sound:
    """Loudness by the millisecond, without what is slow."""
    whole = np.abs(sound[: len(sound) // _SHAPE * _SHAPE]).reshape(-1, _SHAPE).mean(axis=1)
    return np.asarray(np.convolve(whole, np.hanning(_SMOOTH) / np.hanning(_SMOOTH).sum(), mode="same"), np.float64)
