"""The sound of an emulated result: what was sent, or a voice that hums as long as the line would take."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reperform.emulator.known import source_of

__all__ = ["SAMPLE_RATE", "Part", "Voice", "laid", "seconds_of"]

SAMPLE_RATE = 48000
_SHORTEST_LINE = Fraction(1, 2)
_PITCH, _SYLLABLES = 180, 5

Samples = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A file's sound, from `start` to `end` seconds, or a line that is spoken."""

    path: Path | None = None
    line: str = ""
    start: Fraction = Fraction(0)
    end: Fraction | None = None

    def lasts(self, characters_a_second: float) -> Fraction:
        """Its length in seconds."""
        whole = self._whole(characters_a_second)
        return max(Fraction(0), (whole if self.end is None else min(self.end, whole)) - self.start)

    def _whole(self, characters_a_second: float) -> Fraction:
        if self.path is None:
            return max(_SHORTEST_LINE, Fraction(len(self.line)) / Fraction(characters_a_second))
        return seconds_of(self.path, _first_stream(self.path))

    def samples(self, characters_a_second: float) -> Samples:
        """Its sound at 48 kHz, [samples, channels]."""
        count = round(self.lasts(characters_a_second) * SAMPLE_RATE)
        if self.path is None:
            return _hum(count)
        return _read(self.path, self.start, count)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One segment: a voice over a piece of the picture, cut where the piece ends."""

    start: Fraction
    end: Fraction
    voice: Voice


def seconds_of(path: Path, stream: int) -> Fraction:
    """How long a sound stream lasts, by its samples."""
    source = source_of(path)
    if source.kind == "sound":
        return source.frames / source.rate
    audio = next(audio for audio in source.audio if audio.index == stream)
    return Fraction(audio.samples or 0, audio.rate) if audio.samples else source.frames / source.rate


def laid(
    voice: Voice | None, parts: tuple[Part, ...], samples: int, *, video: Path | None, mode: str, speed: float
) -> Samples:
    """All that sounds under a result of so many samples. `video` is where the parts' surroundings sound from."""
    if voice is not None:
        return _filled(voice.samples(speed), samples, mode)
    whole = _read(video, Fraction(0), samples) if video else np.zeros((samples, 1), np.float32)
    for part in parts:
        first, end = round(part.start * SAMPLE_RATE), min(samples, round(part.end * SAMPLE_RATE))
        sound = _fitted(part.voice.samples(speed), max(0, end - first))
        whole = _as_wide(whole, sound.shape[1])
        whole[first:end] = _as_wide(sound, whole.shape[1])
    return whole


def _filled(sound: Samples, samples: int, mode: str) -> Samples:
    if mode == "remap" and len(sound) and len(sound) != samples:
        from reperform.media.stretching import stretched

        return stretched(sound, samples, sample_rate=SAMPLE_RATE)
    if mode in ("bounce", "loop") and len(sound):
        both = np.concatenate([sound, sound[::-1]]) if mode == "bounce" else sound
        sound = np.tile(both, (-(-samples // len(both)), 1))
    return _fitted(sound, samples)


def _fitted(sound: Samples, samples: int) -> Samples:
    return np.pad(sound[:samples], ((0, max(0, samples - len(sound))), (0, 0)))


def _as_wide(sound: Samples, channels: int) -> Samples:
    if sound.shape[1] >= channels:
        return sound
    return np.repeat(sound[:, :1], channels, axis=1)


def _first_stream(path: Path) -> int:
    return source_of(path).audio[0].index


def _read(path: Path, start: Fraction, count: int) -> Samples:
    from reperform.media import sound, sound_reader

    with sound_reader.reader(path, stream=_first_stream(path)) as reader:
        rate = reader.rate
        first = round(start * rate)
        wanted = count if rate == SAMPLE_RATE else round(Fraction(count, SAMPLE_RATE) * rate) + 1
    piece = sound.read(path, stream=_first_stream(path), start_sample=first, samples=wanted)
    return piece if rate == SAMPLE_RATE else _resampled(piece, rate, count)


def _resampled(piece: Samples, rate: int, count: int) -> Samples:
    at = np.arange(count) * (rate / SAMPLE_RATE)
    columns = [np.interp(at, np.arange(len(piece)), piece[:, channel]) for channel in range(piece.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


def _hum(count: int) -> Samples:
    time = np.arange(count) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * _PITCH * time) * (0.5 - 0.5 * np.cos(2 * np.pi * _SYLLABLES * time))
    return (0.3 * tone).astype(np.float32)[:, np.newaxis]
