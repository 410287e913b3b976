"""A file open for reading pictures: decoding onwards, and jumping to a keyframe from which a later picture decodes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

import av

from reperform.errors import MediaError
from reperform.media.clocks import decode_in_threads, file_zero, picture_stream
from reperform.media.opening import fraction, opened
from reperform.model import Source

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["JUMP", "Movie"]

JUMP = 12
"""Fewer frames than this ahead are decoded through: a seek empties the decoder's threads."""
_BLIND_JUMP = 300
"""The same where the file's keyframes are not known beforehand."""
_STEPS_BACK = (Fraction(0), Fraction(1, 2), Fraction(2), Fraction(6), Fraction(15))
"""Seconds before the wanted picture to try, until a keyframe shown before it is met."""


class Movie:
    """The pictures of a file in order of presentation, from a place that only moves forward."""

    pictures: Iterator[VideoFrame]
    """The pictures that come next."""
    _container: InputContainer
    _stream: VideoStream
    _base: Fraction
    _zero: Fraction

    def __init__(self, source: Source) -> None:
        self.source = source
        self._stack = ExitStack()
        self._counted = -1

    def __enter__(self) -> Movie:
        try:
            self._open()
            first = next(self.pictures, None)
        except BaseException:
            self._stack.close()
            raise
        if first is None:
            self._stack.close()
            raise MediaError(f"{self.source.path.name} has no picture that can be decoded", fix="Check that it plays.")
        self._first_pts = first.pts or 0
        self._timed = first.pts is not None and not self._invented_times()
        self.pictures = chain([first], self.pictures)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> None:
        self._stack.close()
        self._container = self._stack.enter_context(opened(self.source.path))
        stream = picture_stream(self._container)
        assert stream is not None
        self._stream = stream
        decode_in_threads(stream)
        self._base = fraction(stream.time_base) or Fraction(1, 1000)
        self._zero = file_zero(self._container) / self._base
        self.pictures = self._decoded(self._container.demux(stream))

    def _invented_times(self) -> bool:
        """AVI keeps no times of showing; what FFmpeg makes up is wrong where pictures are reordered: those are counted."""
        return self._container.format.name == "avi" and bool(self._stream.codec_context.has_b_frames)

    def _decoded(self, packets: Iterator[Packet[Any]]) -> Iterator[VideoFrame]:
        for packet in packets:
            try:
                pictures = packet.decode()
            except av.InvalidDataError:
                continue  # a picture that is wanted and damaged is found missing by its number
            yield from pictures

    def number(self, picture: VideoFrame) -> int:
        """The number of a picture of a constant-rate file; counted where it has no timestamp."""
        if picture.pts is None or not self._timed:
            self._counted += 1
        else:
            self._counted = round((picture.pts - self._first_pts) * self._base * self.source.rate)
        return self._counted

    def shown_from(self, picture: VideoFrame) -> int:
        """The first frame of the clock in whose middle a picture of a variable-rate file is on screen."""
        pts = self._first_pts if picture.pts is None else picture.pts
        return math.ceil((pts - self._zero) * self._base * self.source.rate - Fraction(1, 2))

    def jump(self, reached: int, number: int) -> bool:
        """Goes on at or before frame `number`, having reached frame `reached`, if that is quicker than to decode on."""
        if not self._timed or number - reached < JUMP:
            return False
        wanted = self._ticks(number)
        if not self._worth_it(self._ticks(max(reached, 0)), wanted, number - reached):
            return False
        for back in _STEPS_BACK:
            target = wanted - math.ceil(back / self._base)
            if target <= self._first_pts:
                break
            if self._land(target, wanted):
                return True
        self._open()
        self._counted = -1
        return True

    def _ticks(self, number: int) -> int:
        if self.source.variable:
            return math.floor(self._zero + (number + Fraction(1, 2)) / self.source.rate / self._base)
        return math.floor(self._first_pts + (number + Fraction(1, 8)) / self.source.rate / self._base)

    def _worth_it(self, reached: int, wanted: int, frames: int) -> bool:
        entries = getattr(self._stream, "index_entries", None)
        if not entries or len(entries) < self._stream.frames or not self._stream.frames:
            return frames >= _BLIND_JUMP
        keyframe = entries.search_timestamp(wanted, backward=True)
        return keyframe >= 0 and bool(entries[keyframe].timestamp > reached)

    def _land(self, target: int, wanted: int) -> bool:
        """Seeks; whether that met a keyframe shown no later than `wanted`, from where everything after it decodes."""
        try:
            self._container.seek(target, stream=self._stream)
        except av.FFmpegError:
            return False
        packets = self._container.demux(self._stream)
        for packet in packets:
            if packet.is_keyframe and packet.pts is not None:
                if packet.pts > wanted:
                    return False
                self.pictures = self._from(packet, packets)
                return True
        return False

    def _from(self, keyframe: Packet[Any], packets: Iterator[Packet[Any]]) -> Iterator[VideoFrame]:
        """The pictures from the keyframe on: what is shown before it leans on pictures that were not decoded."""

        def all_packets() -> Iterator[Packet[Any]]:
            yield keyframe
            yield from packets

        start = keyframe.pts or 0
        return (picture for picture in self._decoded(all_packets()) if picture.pts is None or picture.pts >= start)
