"""Encoding changed pictures: in the original's own codec where its packets are copied, else in the mezzanine."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, cast

from reperform.errors import ConformError
from reperform.media import ffmpeg, naming
from reperform.media.opening import opened, reading
from reperform.media.picture_files import writing
from reperform.media.probing import picture_stream
from reperform.model import Source

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

__all__ = ["Recipe", "encoded", "mezzanine", "same_as"]

# Measured on grainy 1080p: at equal size `prores_aw` is as good as `prores_ks` (53.6 dB at 1.33 MB a frame), takes half the
# time at 1080p and a fifth at 4K, and at HQ spends a third more bits.
_PRORES = {
    "Proxy": ("apco", 0), "LT": ("apcs", 1), "Standard": ("apcn", 2), "HQ": ("apch", 3), "4444": ("ap4h", 4), "XQ": ("ap4x", 5),
}  # fmt: skip
_DNXHR = {
    "DNXHR LB": ("dnxhr_lb", ("yuv422p",)), "DNXHR SQ": ("dnxhr_sq", ("yuv422p",)), "DNXHR HQ": ("dnxhr_hq", ("yuv422p",)),
    "DNXHR HQX": ("dnxhr_hqx", ("yuv422p10le",)), "DNXHR 444": ("dnxhr_444", ("yuv444p10le", "gbrp10le")),
}  # fmt: skip
_DNXHD_MEGABITS = {1235: 175, 1237: 115, 1238: 175, 1250: 90, 1251: 90, 1252: 60, 1253: 36, 1258: 42, 1259: 63}
"""A bit rate by which FFmpeg's encoder chooses each of DNxHD's compression ids."""
# In slices of one picture: whole pictures at once take twice the memory at 4K, and a quarter more of the processor.
_DNXHD_ENCODER = ("-c:v", "dnxhd", "-thread_type", "slice")
_DNXHD_ID = slice(0x28, 0x2C)
_LEAST_DNXHR = (256, 120)
_WAITING = 2
"""Pictures that may wait for the encoder beside those in its hands, one a thread."""
_UNTIL_OPEN, _BETWEEN = 2.0, 60.0
"""Seconds that a picture waits at most: an encoder may want more of them before its first packet comes out."""
_PIXELS_IN_HAND = 40_000_000
"""Of all threads together: each holds 14 bytes of its own for a pixel, and the picture."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How pictures are encoded."""

    name: str
    """Such as `ProRes HQ`."""
    arguments: tuple[str, ...]
    """FFmpeg's, for the encoder."""
    pixel_format: str
    """Planar; what the encoder gets."""
    tag: str
    """The codec's four letters in a MOV file."""
    range: Literal["tv", "pc"] | None = None
    """The range that is written; None for the original's."""


def same_as(source: Source) -> Recipe | None:
    """The recipe whose pictures stand among the original's packets or files; None where those cannot be copied."""
    if source.sequence is not None:
        return _picture_files(source)
    if source.variable or source.kind != "movie":
        return None
    if source.codec == "prores":
        return _prores(source)
    if source.codec == "dnxhd":
        return _dnxhd(source)
    if source.codec == "mjpeg" and source.pixel_format in ("yuvj420p", "yuvj422p", "yuvj444p"):
        arguments = ("-c:v", "mjpeg", "-q:v", "2", "-huffman", "optimal")
        return Recipe(name="Motion JPEG", arguments=arguments, pixel_format=source.pixel_format, tag="jpeg")
    return None


def _picture_files(source: Source) -> Recipe | None:
    """For an image sequence. Its pictures are written as files, with no encoder of movies."""
    pixel_format = writing.planar_format(source)
    if pixel_format is None:
        return None
    return Recipe(name=writing.KINDS[source.codec], arguments=(), pixel_format=pixel_format, tag="")


def mezzanine(kind: Literal["prores", "dnxhr"], *, width: int, height: int) -> Recipe:
    """The one generation that anything else of this raster becomes.

    Raises:
        ConformError: DNxHR has no pictures as small as this.

    """
    if kind == "dnxhr" and (width < _LEAST_DNXHR[0] or height < _LEAST_DNXHR[1]):
        least = " × ".join(map(str, _LEAST_DNXHR))
        raise ConformError(
            f"DNxHR takes pictures of at least {least}, and this is {width} × {height}",
            fix="Run again with --mezzanine prores; what was performed is kept.",
        )
    if kind == "dnxhr":
        arguments = (*_DNXHD_ENCODER, "-profile:v", "dnxhr_hqx")
        return Recipe(name="DNxHR HQX", arguments=arguments, pixel_format="yuv422p10le", tag="AVdh", range="tv")
    return Recipe(
        name="ProRes HQ", arguments=_prores_arguments(3, width), pixel_format="yuv422p10le", tag="apch", range="tv"
    )


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


def _prores_arguments(profile: int, width: int) -> tuple[str, ...]:
    # The quicker one takes no odd widths.
    return ("-c:v", "prores_ks" if width % 2 else "prores_aw", "-profile:v", str(profile), "-vendor", "apl0")


def _prores(source: Source) -> Recipe | None:
    known = _PRORES.get(source.profile or "")
    if known is None:
        return None
    tag, profile = known
    layout = "yuv422p" if profile < 4 else "yuva444p" if source.pixel_format.startswith("yuva") else "yuv444p"
    return Recipe(
        name=f"ProRes {source.profile}",
        arguments=_prores_arguments(profile, source.width),
        pixel_format=f"{layout}10le",
        tag=tag,
    )


def _dnxhd(source: Source) -> Recipe | None:
    profile = (source.profile or "").upper()
    if profile in _DNXHR:
        name, formats = _DNXHR[profile]
        if source.pixel_format not in formats:
            return None
        arguments = (*_DNXHD_ENCODER, "-profile:v", name)
        return Recipe(
            name=profile.replace("DNXHR", "DNxHR"), arguments=arguments, pixel_format=source.pixel_format, tag="AVdh"
        )
    compression_id = int.from_bytes(_first_packet(source)[_DNXHD_ID], "big")
    megabits = _DNXHD_MEGABITS.get(compression_id)
    if megabits is None or source.pixel_format not in ("yuv422p", "yuv422p10le"):
        return None
    # NUT finds no letters for plain DNxHD by itself.
    plain = (*_DNXHD_ENCODER, "-b:v", f"{megabits}M", "-tag:v", "AVdn")
    return Recipe(name=f"DNxHD {compression_id}", arguments=plain, pixel_format=source.pixel_format, tag="AVdn")


def _first_packet(source: Source) -> bytes:
    with opened(source.path) as container, reading(source.path):
        stream = picture_stream(container)
        assert stream is not None
        return next(bytes(packet) for packet in container.demux(stream) if packet.size)
