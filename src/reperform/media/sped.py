"""Sound at another speed, its pitch kept, by the number of the sample as it is heard: sample n is the file's n × speed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np

from reperform.media import sound_reader
from reperform.media.sound_reader import SoundReader
from reperform.media.sound_samples import Samples
from reperform.media.stretching import stretched

__all__ = ["Heard", "heard", "of_file"]

_MARGIN = Fraction(1, 2)
"""Seconds of sound around what is asked for that are stretched with it: it begins and ends inside of sound, not at a cut."""


class Heard:
    """A sound as it is heard at a speed. All that may be asked for is stretched at once, so that a piece is always the same."""

    def __init__(self, reader: SoundReader, speed: Fraction, *, start: int, samples: int) -> None:
        """From number `start` on, `samples` may be asked for; around them, and a margin, there is silence."""
        self.rate: int = reader.rate
        self.channels: int = reader.channels
        margin = math.ceil(_MARGIN * self.rate)
        self._reader = reader
        self._speed = speed
        self._first = start - margin
        self._samples = samples + 2 * margin
        self._made: Samples | None = None

    def read(self, start: int, samples: int) -> Samples:
        """As `SoundReader.read`.

        Raises:
            MediaError: the sound cannot be read, or not be stretched so far.

        """
        if self._made is None:
            self._made = self._stretched()
        result = np.zeros((samples, self.channels), np.float32)
        low, high = max(start, self._first), min(start + samples, self._first + self._samples)
        if low < high:
            result[low - start : high - start] = self._made[low - self._first : high - self._first]
        return result

    def _stretched(self) -> Samples:
        low, length = math.floor(self._first * self._speed), self._samples * self._speed
        # Half and twice are the limits: a rounding must not reach beyond them.
        wanted = math.ceil(length) if self._speed < 1 else math.floor(length)
        return stretched(self._reader.read(low, wanted), self._samples, sample_rate=self.rate, name="the retimed sound")


@contextmanager
def heard(
    path: Path, *, stream: int, speed: Fraction, start: int, samples: int
) -> Iterator[tuple[SoundReader, SoundReader | Heard]]:
    """A stream of a file, and the same as it is heard: itself at speed 1, else as `Heard` for `samples` from `start`.

    Raises:
        MediaRefused, MediaError: as `sound.reader`.

    """
    with sound_reader.reader(path, stream=stream) as reader:
        yield reader, reader if speed == 1 else Heard(reader, speed, start=start, samples=samples)


def of_file(low: int, high: int, speed: Fraction) -> tuple[int, int]:
    """The samples of the file that are heard as those from `low` up to `high`."""
    return math.floor(low * speed), max(math.floor(low * speed) + 1, math.ceil(high * speed))
