"""What HDR media says of the display it was graded on, and of its brightest light: kept on a take that is encoded anew.

A take of the original's packets has it from them. Pictures that go through an encoder lose it, and neither FFmpeg's options
nor PyAV give it back, so it is written into the finished file as the boxes `mdcv` and `clli` (ISO/IEC 14496-12).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform.errors import ConformError
from reperform.media.opening import opened, reading
from reperform.media.probing import picture_stream
from reperform.model import Source

__all__ = ["Mastering", "mastering_of", "write_mastering"]

_CHROMATICITY, _LUMINANCE = 50_000, 10_000
_RATIONALS = 10
_GREEN_BLUE_RED = (1, 2, 0)
"""The order of the box; FFmpeg's is red, green, blue."""
_ENTRY = 86
"""Bytes of a picture's sample entry before the boxes in it."""
_WAY_DOWN = (b"mdia", b"minf", b"stbl", b"stsd")


@dataclass(frozen=True, kw_only=True)
class Mastering:
    """The boxes, as they stand in a file; empty where the original says nothing."""

    display: bytes = b""
    light: bytes = b""

    @property
    def boxes(self) -> bytes:
        """Both, one after the other."""
        return self.display + self.light


def mastering_of(source: Source) -> Mastering:
    """What the first picture of a file says.

    Raises:
        MediaError: the file cannot be read.

    """
    if source.sequence is not None:
        return Mastering()
    with opened(source.path) as container, reading(source.path):
        stream = picture_stream(container)
        picture: Any = next(container.decode(stream), None) if stream is not None else None
        said = {data.type.name: bytes(data) for data in picture.side_data} if picture is not None else {}
    display = _display(said.get("MASTERING_DISPLAY_METADATA", b""))
    return Mastering(display=display, light=_light(said.get("CONTENT_LIGHT_LEVEL", b"")))


def write_mastering(path: Path, mastering: Mastering) -> None:
    """Adds the boxes to the picture's description in a MOV file that ends with its index, as `write_movie` leaves it.

    Raises:
        ConformError: the file is not laid out so.

    """
    if not mastering.boxes:
        return
    with path.open("r+b") as file:
        start = _index_at(path)
        file.seek(start)
        index = bytearray(file.read())
        ancestors = _ancestors(index)
        index[ancestors[-1] + _ENTRY : ancestors[-1] + _ENTRY] = mastering.boxes
        for at in ancestors:
            size = int.from_bytes(index[at : at + 4], "big") + len(mastering.boxes)
            index[at : at + 4] = size.to_bytes(4, "big")
        file.seek(start)
        file.write(index)


def _display(metadata: bytes) -> bytes:
    """FFmpeg's AVMasteringDisplayMetadata: ten rationals (primaries, white, least and most light), and what of it is known."""
    if len(metadata) < _RATIONALS * 8 + 8:
        return b""
    numbers = struct.unpack_from(f"={_RATIONALS * 2}i2i", metadata)
    if not all(numbers[-2:]):
        return b""
    values = [Fraction(above, below or 1) for above, below in zip(numbers[0:20:2], numbers[1:20:2], strict=True)]
    primaries = [values[2 * color + axis] for color in _GREEN_BLUE_RED for axis in (0, 1)]
    chromaticities = [round(value * _CHROMATICITY) for value in (*primaries, *values[6:8])]
    least, most = (round(value * _LUMINANCE) for value in values[8:10])
    return struct.pack(">I4s8H2I", 32, b"mdcv", *chromaticities, most, least)


def _light(metadata: bytes) -> bytes:
    """FFmpeg's AVContentLightMetadata: the brightest pixel, and the brightest frame's average."""
    if len(metadata) < 8:
        return b""
    return struct.pack(">I4s2H", 12, b"clli", *(min(value, 0xFFFF) for value in struct.unpack_from("=2I", metadata)))


def _index_at(path: Path) -> int:
    """Where the box `moov` begins, which is the last one."""
    total, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at + 8 <= total:
            file.seek(at)
            head = file.read(16)
            size, name = int.from_bytes(head[:4], "big"), head[4:8]
            size = int.from_bytes(head[8:16], "big") if size == 1 else size
            if name == b"moov" and at + size == total:
                return at
            if size < 8:
                break
            at += size
    raise ConformError(f"{path.name} does not end with its index")


def _ancestors(index: bytearray) -> list[int]:
    """Where the boxes begin that hold the description of the picture, from `moov` down to the sample entry itself."""
    for track in _children(index, 0, 8, b"trak"):
        found = [0, track]
        for name in _WAY_DOWN:
            found += list(_children(index, found[-1], 8, name))[:1]
        if len(found) == len(_WAY_DOWN) + 2 and any(_children(index, found[3], 8, b"vmhd")):
            return [*found, found[-1] + 16]
    raise ConformError("a take's file has no picture track")


def _children(index: bytearray, parent: int, header: int, name: bytes) -> Iterator[int]:
    end = parent + int.from_bytes(index[parent : parent + 4], "big")
    at = parent + header
    while at + 8 <= end:
        if index[at + 4 : at + 8] == name:
            yield at
        at += max(8, int.from_bytes(index[at : at + 4], "big"))
