"""OpenEXR: the picture of a file as scene-linear numbers, and the file with other numbers where it was changed.

Of a file that is written all stays but the pieces (the lines or tiles that are coded together) in which a number changed: headers,
other parts and other pieces are copied as bytes. In those pieces every other channel is coded again as it was.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import ConformError
from reperform.media.picture_files.exr_header import Own, contents, facts, layout_of, named, picture_of
from reperform.media.picture_files.exr_layout import ExrFile
from reperform.media.picture_files.exr_parts import Box, Chunk, Part
from reperform.media.picture_files.exr_pixels import bands, coded, decoded

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.pictures import Planes

__all__ = ["PIXEL_FORMAT", "picture", "pixels", "rewritten"]

PIXEL_FORMAT = "gbrpf32le"
"""In which pictures are handed on: green, blue and red of 32-bit floats, which hold all that half-floats do."""
_LARGEST = {2: 65504.0, 4: float(np.finfo(np.float32).max)}
"""By bytes of a number."""


def picture(path: Path) -> VideoFrame:
    """The display window in PIXEL_FORMAT; black where nothing is stored.

    Raises:
        MediaRefused, MediaError: as `exr_header.facts`.

    """
    import av

    said = facts(path)
    made = av.VideoFrame(said.width, said.height, PIXEL_FORMAT)
    lines = [np.frombuffer(memoryview(plane), np.float32).reshape(said.height, -1) for plane in made.planes]
    _decode(path, [plane[:, : said.width] for plane in lines])
    return made


def pixels(path: Path) -> NDArray[np.float32]:
    """As `picture`, red, green and blue [height, width, 3].

    Raises:
        MediaRefused, MediaError: as `exr_header.facts`.

    """
    said = facts(path)
    result = np.empty((said.height, said.width, 3), np.float32)
    _decode(path, [result[..., number] for number in (1, 2, 0)])
    return result


def _decode(path: Path, into: Sequence[NDArray[np.float32]]) -> None:
    """Fills planes of green, blue and red."""
    with named(path):
        file = contents(path)
        own = picture_of(layout_of(file))
        for plane in into:
            plane[...] = 0
        for box, chunks in bands(own.part):
            there, stored = _common(own.part.display, box)
            if there is None or stored is None:
                continue
            numbers = decoded(file, own.part, box, chunks, names=own.names)
            for plane, name in zip(into, own.names, strict=True):
                plane[there] = numbers[name][stored]


def rewritten(path: Path, picture: Planes) -> bytes:
    """The file with another picture: planes of green, blue and red in its display window.

    A number that is the same bit for bit stays what it is in the file; so does all that lies outside the display window.

    Raises:
        MediaRefused, MediaError: as `exr_header.facts`.
        ConformError: it cannot be coded, or its display window is of another size.

    """
    with named(path):
        file = contents(path)
        layout = layout_of(file)
        own = picture_of(layout)
        if picture[0].shape != (own.part.display.height, own.part.display.width):
            raise ConformError(f"{path.name} is of another size than the first picture of its sequence")
        changed: dict[Chunk, bytes] = {}
        for box, chunks in bands(own.part):
            changed |= _changed(file, own, box, chunks, picture)
        return _assembled(file, layout, changed) if changed else file


def _changed(file: bytes, own: Own, box: Box, chunks: tuple[Chunk, ...], picture: Planes) -> dict[Chunk, bytes]:
    """The new data of the pieces in this box in which a number changes."""
    into, out_of = _common(own.part.display, box)
    if into is None or out_of is None:
        return {}
    numbers = decoded(file, own.part, box, chunks, names=own.names)
    mask = np.zeros((box.height, box.width), bool)
    for name, plane in zip(own.names, picture, strict=True):
        stored = numbers[name] = numbers[name].copy()
        before, after = stored[out_of], np.ascontiguousarray(plane[into], np.float32)
        differs = before.astype(np.float32).view(np.uint32) != after.view(np.uint32)
        stored[out_of] = np.where(differs, _fitting(after, stored.dtype), before)
        mask[out_of] |= differs
    if not mask.any():
        return {}
    others = [channel.name for channel in own.part.channels if channel.name not in own.names]
    made = coded(own.part, box, numbers | decoded(file, own.part, box, chunks, names=others))
    return {
        chunk: data
        for place, (chunk, data) in enumerate(zip(chunks, made, strict=True))
        if mask[_within(own.part, place, box)].any()
    }


def _within(part: Part, place: int, box: Box) -> tuple[slice, slice]:
    """Lines and columns of a box that its piece of this number holds."""
    width = part.tile[0] if part.tiled else box.width
    row, column = divmod(place, -(-box.width // width))
    return slice(row * part.lines, (row + 1) * part.lines), slice(column * width, (column + 1) * width)


def _fitting(plane: NDArray[Any], kind: np.dtype[Any]) -> NDArray[Any]:
    """As the channel stores it; what is too large for a half-float becomes the largest."""
    largest = _LARGEST[kind.itemsize]
    return np.asarray(np.clip(plane, -largest, largest), kind)


def _assembled(file: bytes, layout: ExrFile, changed: dict[Chunk, bytes]) -> bytes:
    """The file with other data in these pieces, all in the order in which they lie."""
    every = [(chunk, part, place) for part in layout.parts for place, chunk in enumerate(part.chunks)]
    tables = {id(part): [0] * len(part.chunks) for part in layout.parts}
    end = layout.parts[-1].table + 8 * len(layout.parts[-1].chunks)
    pieces, at = [], end
    for chunk, part, place in sorted(every, key=lambda each: each[0].start):
        data = changed.get(chunk)
        piece = file[chunk.start : chunk.end]
        if data is not None:
            piece = file[chunk.start : chunk.data - 4] + struct.pack("<i", len(data)) + data
        tables[id(part)][place] = at
        pieces.append(piece)
        at += len(piece)
    offsets = [struct.pack(f"<{len(tables[id(part)])}Q", *tables[id(part)]) for part in layout.parts]
    return b"".join([file[: layout.head], *offsets, *pieces])


def _common(seen: Box, stored: Box) -> tuple[tuple[slice, slice] | None, tuple[slice, slice] | None]:
    """What both have, as lines and columns of each; None where they have nothing."""
    left, top = max(seen.left, stored.left), max(seen.top, stored.top)
    right, bottom = min(seen.right, stored.right) + 1, min(seen.bottom, stored.bottom) + 1
    if left >= right or top >= bottom:
        return None, None
    into, out_of = (
        (slice(top - box.top, bottom - box.top), slice(left - box.left, right - box.left)) for box in (seen, stored)
    )
    return into, out_of
