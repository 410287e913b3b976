"""An open sound stream, read by sample number.

Samples count from the first one that a full decode of the stream gives (an AAC encoder's priming is skipped). Outside the
stream there is silence. A piece from the middle equals the same piece of a full decode: where a seek cannot promise that,
the stream is decoded from its start. (The one exception, more than a minute into a file, is the noise that an AAC decoder
makes up where the encoder asked for any noise: it depends on where decoding began.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError
from reperform.media import opening
from reperform.media.sound_samples import Exact, Samples, as_floats, as_integers, is_lossless, samples_first

__all__ = ["SoundReader", "listen_only_to", "reader"]

_PREROLL = {"aac": 16384, "ac3": 8192, "eac3": 8192, "mp2": 8192, "flac": 4800, "alac": 4800}
"""Samples that a decoder needs before it is as if it had come from the start. Other codecs are decoded from there."""

_MXF_PREROLL = 4800
"""PCM needs none, but a seek in MXF goes to the nearest edit unit, not to the one before."""

_DECODED_WHOLE = {"aac": 60}
"""Seconds up to which such sound is decoded from the start although a seek would do, for the noise's sake."""

_SEEKING = ("mov", "wav", "w64", "rf64", "aiff", "flac", "mxf", "caf", "mpegts")
"""Containers whose timestamps after a seek are as good as without."""

_JITTER = Fraction(1, 50)
"""Seconds by which timestamps may stray from the count of samples before they mean a gap."""


class SoundReader:
    """One open sound stream. Reading on from where the last read ended costs no seek."""

    def __init__(self, path: Path, stream: int, files: ExitStack) -> None:
        self._path = path
        self._index = stream
        self._files = files
        self._open()
        self.rate: int = self._stream.codec_context.sample_rate
        self.channels: int = self._stream.codec_context.layout.nb_channels
        self.codec: str = self._stream.codec_context.codec.canonical_name
        self._base = opening.fraction(self._stream.time_base) or Fraction(1, self.rate)
        self._origin = int(self._stream.start_time or 0)
        self._samples, self._ticks = (self._base * self.rate).as_integer_ratio()
        """So many samples to so many of the stream's timestamps."""
        self._slack = math.floor(self.rate * _JITTER)
        self._coming: Iterator[tuple[int, NDArray[Any]]] | None = None
        self._held: tuple[int, NDArray[Any]] | None = None
        self._ends_at: int | None = None
        """The first sample after the stream, once it has been reached."""

    def _open(self) -> None:
        self._files.close()
        self._container: Any = self._files.enter_context(opening.opened(self._path))
        streams = self._container.streams
        if self._index >= len(streams) or streams[self._index].type != "audio":
            raise MediaError(
                f"{self._path.name} has no sound in stream {self._index}",
                fix="Plan again: the file has changed since it was planned.",
            )
        self._stream: Any = streams[self._index]
        listen_only_to(self._container, self._stream)
        self._fresh = True
        """Nothing has been read yet: the container stands at its start."""

    def exact(self, start: int, samples: int) -> Exact:
        """`samples` from number `start`, which may be negative. Sound that is coded as floats is rounded to 24 bits."""
        result = np.zeros((samples, self.channels), np.int32)
        self._fill(result, start, as_integers)
        return result

    def read(self, start: int, samples: int) -> Samples:
        """`samples` from number `start`, which may be negative, full scale 1."""
        result = np.zeros((samples, self.channels), np.float32)
        self._fill(result, start, as_floats)
        return result

    def packets(self, start: int) -> Iterator[tuple[int, bytes]]:
        """The coded packets from the one that holds sample `start`, each with the number of its first sample."""
        self._held = self._coming = None
        if not (self._can_seek and start > self._preroll):
            self._to_start()
            yield from self._demuxed()
            return
        self._seek(start)
        coming = self._demuxed()
        first = next(coming, None)
        if first is None or first[0] > start:
            self._seek(start - self._preroll)
            yield from self._demuxed()
        else:
            yield first
            yield from coming

    def _demuxed(self) -> Iterator[tuple[int, bytes]]:
        """The coded packets from where the container stands."""
        for packet in self._container.demux(self._stream):
            if packet.size and packet.pts is not None:
                yield self._number(packet.pts), bytes(packet)

    def _fill(self, result: NDArray[Any], start: int, convert: Any) -> None:
        end = start + len(result)
        first = max(start, 0)
        if end <= first or (self._ends_at is not None and first >= self._ends_at):
            return
        if not self._continues(first):
            self._go_to(first)
        last: int | None = None
        while piece := self._held or self._next():
            position, sound = piece
            self._held = piece
            low, high = max(first, position), min(end, position + len(sound))
            if low < high:
                taken = convert(sound[low - position : high - position])
                width = min(taken.shape[1], self.channels)
                result[low - start : high - start, :width] = taken[:, :width]
            if position + len(sound) > end:
                return
            self._held = None
            last = position + len(sound)
        self._ends_at = last

    def _continues(self, first: int) -> bool:
        """Whether `first` lies ahead of what is decoded, and near: where a seek is cheap, nearer."""
        near = self.rate // 4 if self._can_seek and is_lossless(self.codec) else 2 * self.rate
        return self._coming is not None and self._held is not None and 0 <= first - self._held[0] < near

    def _next(self) -> tuple[int, NDArray[Any]] | None:
        return next(self._coming, None) if self._coming is not None else None

    def _go_to(self, first: int) -> None:
        """Decodes from a place before `first`, or from the start where no seek can be trusted to reach it."""
        self._held = None
        target = first - self._preroll
        if self._can_seek and target > self.rate * _DECODED_WHOLE.get(self.codec, 0.1):
            self._seek(target)
            self._coming = self._pieces(from_start=False)
            self._held = self._next()
            if self._held is not None and self._held[0] <= first:
                return
        self._to_start()
        self._held = None
        self._coming = self._pieces(from_start=True)

    def _to_start(self) -> None:
        if not self._fresh:
            self._open()
        self._fresh = False

    def _seek(self, sample: int) -> None:
        self._fresh = False
        timestamp = self._origin + sample * self._ticks // self._samples
        self._container.seek(timestamp, stream=self._stream)
        self._stream.codec_context.flush_buffers()

    @cached_property
    def _preroll(self) -> int:
        if self.codec in _PREROLL:
            return _PREROLL[self.codec]
        return _MXF_PREROLL if self._container.format.name.startswith("mxf") else 0

    @cached_property
    def _can_seek(self) -> bool:
        if self._base > Fraction(1, self.rate):  # timestamps too coarse to tell samples apart
            return False
        known = self.codec.startswith("pcm_") or self.codec in _PREROLL
        return known and self._container.format.name.startswith(_SEEKING)

    def _number(self, timestamp: int) -> int:
        ticks = timestamp - self._origin
        return ticks if self._samples == self._ticks else round(Fraction(ticks * self._samples, self._ticks))

    def _pieces(self, *, from_start: bool) -> Iterator[tuple[int, NDArray[Any]]]:
        """Decoded pieces with the number of their first sample: counted, and taken from timestamps only at a gap."""
        count = 0 if from_start else None
        for frame in self._container.decode(self._stream):
            stamped = None if frame.pts is None else self._number(frame.pts)
            if count is None or (stamped is not None and abs(stamped - count) > self._slack):
                count = stamped or 0
            sound = samples_first(frame)
            yield count, sound
            count += len(sound)


def listen_only_to(container: Any, stream: Any) -> None:
    """Tells the demuxer to leave out all other streams: else a picture's bytes are read along with its sound's."""
    import av.stream

    discard = getattr(av.stream, "Discard", None)
    if discard is None:
        return  # PyAV 17 cannot: it reads more and gives the same
    for other in container.streams:
        if other.index != stream.index:
            other.discard = discard.all


@contextmanager
def reader(path: Path, *, stream: int) -> Iterator[SoundReader]:
    """A reader of the stream with FFmpeg's index `stream`.

    Raises:
        MediaRefused: the file is not media that we open.
        MediaError: it has no such sound stream.

    """
    with ExitStack() as files:
        yield SoundReader(path, stream, files)
