"""Encoding pictures by a recipe, as they come."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from reperform.media import ffmpeg, naming
from reperform.media.recipes import Recipe

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

__all__ = ["encoded"]

_WAITING = 2
"""Pictures that may wait for the encoder beside those in its hands, one a thread."""
_UNTIL_OPEN, _BETWEEN = 2.0, 60.0
"""Seconds that a picture waits at most: an encoder may want more of them before its first packet comes out."""
_PIXELS_IN_HAND = 40_000_000
"""Of all threads together: each holds 14 bytes of its own for a pixel, and the picture."""


@contextmanager
def encoded(
    recipe: Recipe, pictures: Iterable[bytes], *, width: int, height: int, rate: Fraction, color: Mapping[str, str]
) -> Iterator[tuple[VideoStream, Iterator[Packet[Any]]]]:
    """The encoded stream and its packets, one a picture, as they come. `pictures` are raw, in the recipe's pixel format.

    Memory is constant, and nothing stands on a disk. An error raised by `pictures` comes out of the iterator.

    Raises:
        FFmpegFailed: the encoder failed.

    """
    threads = max(2, min(os.cpu_count() or 1, _PIXELS_IN_HAND // max(1, width * height)))
    arguments = ["-f", "rawvideo", "-pix_fmt", recipe.pixel_format, "-s", f"{width}x{height}", "-r", str(rate)]
    arguments += ["-i", "pipe:0"]
    # Options for colours on the output are ignored by FFmpeg 9; a filter's are not.
    if tags := _tags(color):
        arguments += ["-vf", f"setparams={tags}"]
    arguments += [
        *recipe.arguments,
        "-threads",
        str(threads),
        "-pix_fmt",
        recipe.pixel_format,
        "-an",
        "-f",
        "nut",
        "-flush_packets",
        "1",
        "pipe:1",
    ]
    pace = _Pace(threads + _WAITING)
    output = ffmpeg.stream(arguments, input=pace.held_back(pictures))
    try:
        with _demuxed(_Pipe(output)) as container:
            pace.opened()
            stream = container.streams.video[0]
            yield stream, pace.counted(packet for packet in container.demux(stream) if packet.size)
    finally:
        pace.end()
        if close := getattr(output, "close", None):
            close()


class _Pace:
    """Holds pictures back while many are on their way: FFmpeg takes up to 24 into its queues, at 4K 800 MB of them."""

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)
        self._patience = _UNTIL_OPEN
        self._over = False

    def opened(self) -> None:
        """The first packets are there: whatever happens to them, more will come, and pictures can wait for that."""
        self._patience = _BETWEEN

    def held_back(self, pictures: Iterable[bytes]) -> Iterator[bytes]:
        """The pictures, each when there is room for it. Nothing depends on it: after a while it comes all the same."""
        try:
            for picture in pictures:
                if not self._over:
                    self._free.acquire(timeout=self._patience)
                yield picture
        finally:
            if close := getattr(pictures, "close", None):
                close()

    def counted(self, packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
        """The packets: for each that came out a picture may go in."""
        for packet in packets:
            self._free.release()
            yield packet

    def end(self) -> None:
        """Nothing is held back any more."""
        self._over = True
        self._free.release()


class _Pipe:
    """What FFmpeg writes, to be read like a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)


@contextmanager
def _demuxed(pipe: _Pipe) -> Iterator[InputContainer]:
    import av

    try:
        # It would look at 20 pictures to guess a rate that is known, and each of them would wait for a packet before it.
        container = av.open(pipe, format="nut", options={"fpsprobesize": "0"})
    except av.FFmpegError:
        # The encoder ended before it wrote anything: it says why at its end.
        for _ in iter(lambda: pipe.read(1 << 16), b""):
            pass
        raise
    with container:
        yield cast("InputContainer", container)


def _tags(color: Mapping[str, str]) -> str:
    # By number: the filter has other names for some of them than FFmpeg has elsewhere.
    names = {
        "color_primaries": "color_primaries",
        "color_trc": "color_trc",
        "colorspace": "colorspace",
        "color_range": "range",
    }
    return ":".join(f"{names[attribute]}={number}" for attribute, number in naming.color_numbers(color).items())
