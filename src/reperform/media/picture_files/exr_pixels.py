"""Lines of an OpenEXR picture decoded into numbers, and coded again as pieces that stand among the file's own.

The library is given files made here, with a header of nothing but what coding needs: it sees no other part, and no attribute that it
would have to understand.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import ConformError, MediaError
from reperform.media.picture_files.exr_layout import MAGIC, parsed
from reperform.media.picture_files.exr_parts import Box, Chunk, Part
from reperform.media.picture_files.printing_aside import printing_aside

__all__ = ["Numbers", "bands", "coded", "decoded"]

Numbers = dict[str, NDArray[Any]]
"""By the name of the channel, [lines, width], as they are stored: float16, float32 or uint32."""

_BAND = 256
"""Lines that are decoded at once, at least: of all channels of a whole picture of 4K there may be a gigabyte."""
_LONG_NAMES, _TILED, _LONGEST_SHORT_NAME = 0x400, 0x200, 31
_KINDS = ("<u4", "<f2", "<f4")
_PRINTING = (10, 11)
"""HTJ2K256, HTJ2K32: of a damaged piece their decoder prints warnings to standard output."""
_SAID_OF_CODING = ("channels", "compression", "dwaCompressionLevel", "tiles")


def bands(part: Part) -> Iterator[tuple[Box, tuple[Chunk, ...]]]:
    """The pixels of whole pieces, from the top of a part to its bottom, and these pieces."""
    window, step = part.window, part.lines
    step *= -(-_BAND // step)
    across = -(-window.width // part.tile[0]) if part.tiled else 1
    each = step // part.lines * across
    for number, top in enumerate(range(window.top, window.bottom + 1, step)):
        bottom = min(top + step - 1, window.bottom)
        yield Box(window.left, top, window.right, bottom), part.chunks[number * each : (number + 1) * each]


def decoded(
    file: bytes, part: Part, box: Box, chunks: Sequence[Chunk], *, names: Sequence[str] | None = None
) -> Numbers:
    """The channels of these names (None: all) of the lines that these pieces of a file hold.

    Raises:
        MediaError: they are damaged. The message goes on after the name of the file.

    """
    import OpenEXR

    kinds = {channel.name: _KINDS[channel.type] for channel in part.channels}
    wanted = list(kinds if names is None else names)
    small = _file_of(file, part, box, chunks)
    try:
        # `OpenEXR.File` reads all channels, and prints what is wrong to standard output.
        with printing_aside() if part.compression in _PRINTING else nullcontext():
            found = OpenEXR.InputFile(io.BytesIO(small)).channels(wanted)
        numbers = {
            name: np.frombuffer(data, kinds[name]).reshape(box.height, box.width)
            for name, data in zip(wanted, found, strict=True)
        }
    except (OSError, RuntimeError, ValueError, TypeError, MemoryError) as error:
        fix = "Copy or render that picture again."
        raise MediaError("is damaged: its picture does not decode", cause=str(error), fix=fix) from error
    return numbers


def coded(part: Part, box: Box, numbers: Mapping[str, NDArray[Any]]) -> list[bytes]:
    """The pieces that hold these lines, as `bands` gives them, in their order: their data alone.

    Raises:
        ConformError: they cannot be coded.

    """
    import OpenEXR

    kind = OpenEXR.tiledimage if part.tiled else OpenEXR.scanlineimage
    edges = tuple(np.array(corner, np.int32) for corner in ((box.left, box.top), (box.right, box.bottom)))
    header: dict[str, Any] = {"compression": OpenEXR.Compression(part.compression), "type": kind}
    header |= {"dataWindow": edges, "displayWindow": edges}
    if (level := part.number("dwaCompressionLevel")) is not None:
        header["dwaCompressionLevel"] = level
    if part.tiled:
        header["tiles"] = OpenEXR.TileDescription()
        header["tiles"].xSize, header["tiles"].ySize = part.tile[:2]
    channels = {
        each.name: OpenEXR.Channel(each.name, np.ascontiguousarray(numbers[each.name]), 1, 1, each.linear)
        for each in part.channels
    }
    out = io.BytesIO()
    try:
        OpenEXR.File(header, channels).write(out)
    except (RuntimeError, ValueError, TypeError) as error:
        raise ConformError("a picture could not be written as OpenEXR", cause=str(error)) from error
    made = out.getvalue()
    return [made[chunk.data : chunk.end] for chunk in parsed(made).parts[0].chunks]


def _file_of(file: bytes, part: Part, box: Box, chunks: Sequence[Chunk]) -> bytes:
    """A file of one part that holds these pieces and no other."""
    window = struct.pack("<4i", box.left, box.top, box.right, box.bottom)
    said = {name: part.attributes[name] for name in _SAID_OF_CODING if name in part.attributes}
    said |= {"dataWindow": ("box2i", window), "displayWindow": ("box2i", window)}
    said |= {"lineOrder": ("lineOrder", b"\0"), "pixelAspectRatio": ("float", struct.pack("<f", 1))}
    said |= {"screenWindowCenter": ("v2f", bytes(8)), "screenWindowWidth": ("float", struct.pack("<f", 1))}
    long = any(len(channel.name) > _LONGEST_SHORT_NAME for channel in part.channels)
    flags = 2 | (_TILED if part.tiled else 0) | (_LONG_NAMES if long else 0)
    head = MAGIC + struct.pack("<I", flags)
    for name, (kind, value) in said.items():
        head += f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value
    head += b"\0"
    pieces = [_entry(chunk, chunks[0], part) + file[chunk.data : chunk.end] for chunk in chunks]
    at, table = len(head) + 8 * len(pieces), b""
    for piece in pieces:
        table += struct.pack("<Q", at)
        at += len(piece)
    return b"".join([head, table, *pieces])


def _entry(chunk: Chunk, first: Chunk, part: Part) -> bytes:
    """What stands before a piece in a file that begins with the first: lines keep their numbers, rows of tiles count from it."""
    place = chunk.place
    if part.tiled:
        place = (place[0], place[1] - first.place[1], *place[2:])
    return struct.pack(f"<{len(place) + 1}i", *place, chunk.end - chunk.data)
