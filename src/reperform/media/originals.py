"""The original of a shot: its pictures and its coded packets by their numbers on the shot's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reperform.errors import MediaError
from reperform.media import frames
from reperform.media.opening import fraction, opened, reading
from reperform.media.probing import first_pictures, picture_stream
from reperform.model import Shot, Source
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["PacketReader", "pictures", "source_frames"]

_BEHIND = 48
"""Packets further ahead than this are sought, nearer ones read through."""


def source_frames(shot: Shot) -> Callable[[int], int]:
    """Gives the source frame of a frame of the shot's clock.

    Raises (the function):
        MediaError: the frame lies outside the shot's map.

    """
    mapped = shot.media.map
    if mapped is None:
        return lambda frame: frame
    whole = len(mapped) >= shot.media.with_handles.frames
    first = (shot.media.with_handles if whole else shot.media.visible).start

    def through_map(frame: int) -> int:
        if not 0 <= frame - first < len(mapped):
            raise MediaError(f"{shot.clip}: the retime of {shot.id} does not reach frame {frame}")
        return mapped[frame - first]

    return through_map


def pictures(shot: Shot, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """The original's pictures at frames of the shot's clock, as they were coded, one for each.

    Raises:
        MediaError: a frame is not there or cannot be decoded.

    """
    numbers = [source_frames(shot)(frame) for frame in wanted]
    if all(before <= after for before, after in pairwise(numbers)):
        return frames.read(shot.source, numbers)
    return frames.in_any_order(shot.source, numbers)


class PacketReader:
    """The coded pictures of an intra-frame file with even frames, each by its frame number."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack = ExitStack()

    def __enter__(self) -> PacketReader:
        self._container = self._stack.enter_context(opened(self._source.path))
        self._stack.enter_context(reading(self._source.path))
        stream = picture_stream(self._container)
        assert stream is not None
        self.stream: VideoStream = stream
        self._base = fraction(stream.time_base) or Fraction(1, 1000)
        self._first = first_pictures(self._container, stream)[0][0].pts or 0
        self._packets: Iterator[Packet[Any]] = iter(())
        self._next = self._source.frames + _BEHIND
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def packet(self, number: int) -> Packet[Any]:
        """The packet of one frame, a new object each time.

        Raises:
            MediaError: the file has no packet for it.

        """
        if not self._next <= number < self._next + _BEHIND:
            self._seek(number)
        for packet in self._packets:
            if not packet.size or packet.is_discard:
                continue
            found = self._number(packet)
            self._next = found + 1
            if found == number:
                return packet
            if found > number:
                break
        raise MediaError(
            f"{self._source.path.name} has no coded picture for frame {number}",
            fix="The file is damaged or shorter than it says; copy or transcode it again.",
        )

    def range(self, wanted: FrameRange) -> Iterator[Packet[Any]]:
        """The packets of a range of frames."""
        return (self.packet(number) for number in range(wanted.start, wanted.end))

    def _seek(self, number: int) -> None:
        tick = self._first + round(number / self._source.rate / self._base)
        self._container.seek(tick, stream=self.stream, backward=True)
        self._packets = iter(self._container.demux(self.stream))
        self._next = number

    def _number(self, packet: Packet[Any]) -> int:
        tick = packet.pts if packet.pts is not None else packet.dts
        return round(((tick or 0) - self._first) * self._base * self._source.rate)
