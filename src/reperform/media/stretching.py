"""A voice made longer or shorter without changing its pitch, by FFmpeg's rubberband."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError
from reperform.media import ffmpeg

__all__ = ["LONGEST", "SHORTEST", "stretched"]

SHORTEST, LONGEST = Fraction(1, 2), Fraction(2)
"""Lengths, as a part of the original's, beyond which a stretched voice no longer sounds like speech."""

_PAD = Fraction(1, 4)
"""Seconds of silence around what is stretched, for the filter to run in and out."""
_BLOCK = 1 << 15


def stretched(
    voice: NDArray[np.float32], samples: int, *, sample_rate: int, name: str = "the voice"
) -> NDArray[np.float32]:
    """`voice` [n, channels] in exactly `samples` samples at the same rate.

    Raises:
        MediaError: it would be less than half or more than twice as long.

    """
    if not len(voice) or not SHORTEST <= Fraction(samples, len(voice)) <= LONGEST:
        raise MediaError(
            f"{name} lasts {len(voice) / sample_rate:.2f} s and the cue {samples / sample_rate:.2f} s: "
            "it cannot be stretched to less than half or more than twice its length",
            fix="Mark a range nearer to the voice's length, give a range of the voice (@ 2.5-6.0), or use another sync.",
        )
    if samples == len(voice):
        return voice
    tempo = len(voice) / samples
    pad = round(_PAD * sample_rate)
    late = _delay(round(tempo, 3), sample_rate)
    sound = _filtered(np.pad(voice, ((pad, pad), (0, 0))), tempo, sample_rate)
    first = max(0, round(pad / tempo) + late)
    piece = sound[first : first + samples]
    return np.pad(piece, ((0, samples - len(piece)), (0, 0)))


@lru_cache(maxsize=64)
def _delay(tempo: float, sample_rate: int) -> int:
    """Samples by which the filter is late at this tempo (negative: early), measured: it differs between its versions."""
    tone = 0.5 * np.sin(2 * np.pi * 440 / sample_rate * np.arange(sample_rate // 10))
    at = [sample_rate // 2, sample_rate]
    signal = np.zeros((sample_rate * 3 // 2, 1), np.float32)
    for first in at:
        signal[first : first + len(tone), 0] = tone
    loud = np.flatnonzero(np.abs(_filtered(signal, tempo, sample_rate)[:, 0]) > 0.1)
    if not len(loud):
        return 0
    onsets = loud[np.concatenate([[True], np.diff(loud) > sample_rate // 10])]
    late = [int(onset) - round(first / tempo) for onset, first in zip(onsets, at, strict=False)]
    return round(sum(late) / len(late))


def _filtered(sound: NDArray[np.float32], tempo: float, sample_rate: int) -> NDArray[np.float32]:
    channels = sound.shape[1]
    raw = ["-f", "f32le", "-ar", str(sample_rate), "-ac", str(channels)]
    arguments = [*raw, "-i", "pipe:0", "-af", f"rubberband=tempo={tempo:.9f}:channels=together", *raw, "pipe:1"]
    out = ffmpeg.run(arguments, input=_bytes(sound))
    return np.frombuffer(out, np.float32).reshape(-1, channels)


def _bytes(sound: NDArray[np.float32]) -> Iterator[bytes]:
    for first in range(0, len(sound), _BLOCK):
        yield np.ascontiguousarray(sound[first : first + _BLOCK], "<f4").tobytes()
