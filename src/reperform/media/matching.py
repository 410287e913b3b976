"""A voice brought to the production sound around its cue: its loudness, and broadly its spectrum. It stays in its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reperform.media.layers import Layers
from reperform.media.levels import BANDS, Hearing, Levels, measured
from reperform.media.placing import fade_samples
from reperform.media.sound_samples import Samples

__all__ = ["AROUND_SECONDS", "Match", "Matched", "match"]

AROUND_SECONDS = 3
"""Production sound before and after the cue that counts, besides what it has under the cue."""

_MOST_GAIN_DB = 15.0
_MOST_BAND_DB = 6.0
_QUIETEST_DIALOGUE = -50.0
"""LUFS. What is quieter is a room, and nothing to bring a voice to."""
_EMPTY_DB = 50.0
"""A band so far below the loudest one holds noise, and says nothing."""
_CEILING_DB = -1.0
"""dBTP, as EBU R128 allows."""
_GRID = 1 << 14


@dataclass(frozen=True, kw_only=True)
class Match:
    """What is done to a voice, and what it was derived from."""

    production: float | None
    """LUFS of the production sound around the cue; None where there is none."""
    voice: float | None
    """LUFS of the voice as it was."""
    gain_db: float = 0.0
    bands_db: tuple[float, ...] = ()
    """Of each of `levels.BANDS`, before the gain; empty where nothing is changed."""
    true_peak_db: float | None = None
    """dBTP of the voice as it is heard; None where nothing is changed."""
    limited: str = ""
    """Why it is not brought all the way, or not at all."""

    @property
    def kernel_gain(self) -> float:
        """Of amplitudes."""
        return float(10 ** (self.gain_db / 20))


class Matched:
    """A cue's voice, as `Layers`, with a match applied. It sounds at the same samples: the filter's delay is taken off."""

    def __init__(self, layers: Layers, found: Match, *, rate: int) -> None:
        self._layers = layers
        self._kernel = _kernel(found.bands_db, rate) * found.kernel_gain if found.bands_db else np.ones(1)

    def read(self, start: int, samples: int, *, rate: int, channels: int) -> Samples:
        """As `Layers.read`, at the rate that the match was made for."""
        reach = len(self._kernel) // 2
        sound = self._layers.read(start - reach, samples + 2 * reach, rate=rate, channels=channels)
        return _filtered(sound, self._kernel).astype(np.float32) if reach else sound


def match(
    layers: Layers,
    production: Hearing,
    cue: tuple[int, int],
    *,
    rate: int,
    channels: int,
    layout: str = "",
) -> Match:
    """What brings a voice to the production sound around its cue (sample numbers, half-open), which includes that under it.

    The loudness is changed by at most 15 dB, octave bands against each other by at most 6; the voice's true peak stays below
    -1 dBTP. Where there is no production sound that could be dialogue, or no voice, nothing is changed.

    Raises:
        MediaRefused, MediaError: a sound cannot be read.

    """
    around = AROUND_SECONDS * rate
    wanted = measured(production, [(cue[0] - around, cue[1] + around)], rate=rate, layout=layout)
    before = measured(_hearing(layers, rate, channels), [cue], rate=rate, layout=layout)
    if wanted.loudness is None or wanted.loudness < _QUIETEST_DIALOGUE:
        return Match(production=wanted.loudness, voice=before.loudness, limited="no dialogue around the cue")
    if before.loudness is None:
        return Match(production=wanted.loudness, voice=None, limited="the voice is silent")
    bands = _bands(wanted, before)
    shaped = Matched(layers, Match(production=None, voice=None, bands_db=bands), rate=rate)
    after = measured(_hearing(shaped, rate, channels), [cue], rate=rate, layout=layout)
    gain, limited = _gain(wanted.loudness, after)
    return Match(
        production=wanted.loudness,
        voice=before.loudness,
        gain_db=gain,
        bands_db=bands,
        true_peak_db=20 * math.log10(after.true_peak) + gain if after.true_peak > 0 else None,
        limited=limited,
    )


def _hearing(layers: Layers | Matched, rate: int, channels: int) -> Hearing:
    return lambda start, samples: layers.read(start, samples, rate=rate, channels=channels)


def _gain(wanted: float, after: Levels) -> tuple[float, str]:
    """In dB, and what it was limited by."""
    assert after.loudness is not None, "a filter of 6 dB silences nothing"
    asked = wanted - after.loudness
    room = _CEILING_DB - 20 * math.log10(after.true_peak)
    gain = max(-_MOST_GAIN_DB, min(_MOST_GAIN_DB, asked))
    if gain > room:
        return room, f"by its true peak, {asked - room:.1f} dB below"
    return gain, f"to {_MOST_GAIN_DB:.0f} dB" if gain != asked else ""


def _bands(wanted: Levels, voice: Levels) -> tuple[float, ...]:
    """How much each octave is raised against the others: what differs, smoothed over its neighbours."""
    counts = np.logical_and(_holds(wanted.bands), _holds(voice.bands))
    if counts.sum() < 2:  # one band has nothing to be raised against
        return (0.0,) * len(BANDS)
    place = np.arange(len(BANDS))
    differs = np.array(wanted.bands)[counts] - np.array(voice.bands)[counts]
    filled = np.interp(place, place[counts], differs - differs.mean())
    padded = np.pad(filled, 1, mode="edge")
    smooth = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return tuple(np.clip(smooth, -_MOST_BAND_DB, _MOST_BAND_DB).tolist())


def _holds(bands: Sequence[float]) -> NDArray[np.bool_]:
    return np.array(bands) > max(bands) - _EMPTY_DB


def _kernel(bands_db: Sequence[float], rate: int) -> NDArray[np.float64]:
    """A symmetric filter, so that nothing is moved, no longer to either side than a fade: beyond that a voice is not known."""
    reach = fade_samples(rate)
    frequency = np.fft.rfftfreq(_GRID, 1 / rate)
    octave = np.log2(np.maximum(frequency, 1.0))
    gains = np.interp(octave, np.log2(BANDS), bands_db)
    impulse = np.fft.irfft(10 ** (gains / 20), _GRID)
    around = np.concatenate([impulse[-reach:], impulse[: reach + 1]])
    kernel: NDArray[np.float64] = around * np.hanning(2 * reach + 3)[1:-1]
    return kernel


def _filtered(sound: Samples, kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sound without the kernel's reach at both ends, filtered."""
    size = 1 << (len(sound) - 1).bit_length()
    response = np.fft.rfft(kernel, size)[:, None]
    whole = np.fft.irfft(np.fft.rfft(sound, size, axis=0) * response, size, axis=0)
    return whole[len(kernel) - 1 : len(sound)]
