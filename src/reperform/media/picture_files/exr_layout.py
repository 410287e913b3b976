"""How an OpenEXR file is laid out: where its headers are, and where each piece of coded picture lies.

Facts: "OpenEXR File Layout" and "Standard Attributes" (openexr.com). Nothing that a file says is believed before it is checked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from reperform.media.picture_files.exr_parts import Chunk, Part, damaged, name_at

__all__ = ["MAGIC", "ExrFile", "parsed"]

MAGIC = b"\x76\x2f\x31\x01"
_TILED, _NOT_PIXELS, _MULTIPART = 0x200, 0x800, 0x1000
_KNOWN_FLAGS = 0xFF | _TILED | 0x400 | _NOT_PIXELS | _MULTIPART
_MOST_PARTS, _MOST_CHUNKS = 1024, 1 << 22


@dataclass(frozen=True)
class ExrFile:
    """All parts of a file."""

    parts: tuple[Part, ...]
    multipart: bool
    head: int
    """Bytes before the first table of chunks: all headers."""


def parsed(file: bytes, *, chunks: bool = True) -> ExrFile:
    """The layout of a file; without `chunks` of its beginning only.

    Raises:
        MediaError: it is damaged, or ends early. The message goes on after the name of the file.

    """
    try:
        return _parsed(file, chunks=chunks)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged("its layout cannot be read", cause=str(error)) from error


def _parsed(file: bytes, *, chunks: bool) -> ExrFile:
    if file[:4] != MAGIC:
        raise damaged("it does not begin as one")
    flags = struct.unpack("<I", file[4:8])[0]
    if flags & 0xFF != 2 or flags & ~_KNOWN_FLAGS:
        raise damaged("it is of a version that is not known")
    multipart = bool(flags & _MULTIPART)
    parts, at = _headers(file, flags)
    head = at
    if not chunks:
        return ExrFile(tuple(parts), multipart, head)
    placed = []
    for number, part in enumerate(parts):
        count = _count(part, multipart=multipart)
        found = _chunks(file, part, at, count, number if multipart else None)
        placed.append(Part(part.attributes, part.tiled, part.deep, at, tuple(found)))
        at += 8 * count
    return ExrFile(tuple(placed), multipart, head)


def _headers(file: bytes, flags: int) -> tuple[list[Part], int]:
    parts: list[Part] = []
    at = 8
    while True:
        attributes, at = _attributes(file, at)
        kind = attributes.get("type", ("", b""))[1]
        tiled = kind == b"tiledimage" or (not kind and bool(flags & _TILED))
        deep = kind.startswith(b"deep") or (not kind and bool(flags & _NOT_PIXELS))
        parts.append(Part(attributes, tiled, deep))
        if not flags & _MULTIPART:
            return parts, at
        if file[at] == 0:
            return parts, at + 1
        if len(parts) >= _MOST_PARTS:
            raise damaged("it has too many parts")


def _attributes(file: bytes, at: int) -> tuple[dict[str, tuple[str, bytes]], int]:
    found: dict[str, tuple[str, bytes]] = {}
    while file[at]:
        name, at = name_at(file, at)
        kind, at = name_at(file, at)
        size = struct.unpack("<i", file[at : at + 4])[0]
        at += 4
        if size < 0 or at + size > len(file):
            raise damaged("it ends inside its header")
        found[name] = kind, bytes(file[at : at + size])
        at += size
    return found, at + 1


def _count(part: Part, *, multipart: bool) -> int:
    """How many chunks a part has."""
    kind, value = part.attributes.get("chunkCount", ("", b""))
    if part.deep:
        raise damaged("its deep samples are not read")
    if multipart and kind == "int":
        count = int(struct.unpack("<i", value)[0])
    elif part.tiled:
        across, down, levels = part.tile
        if not across or not down or levels:
            return 0
        count = -(-part.window.width // across) * -(-part.window.height // down)
    else:
        count = -(-part.window.height // (part.lines or 1))
    if not 0 <= count <= _MOST_CHUNKS:
        raise damaged("it says that it has more pieces than any picture")
    return count


def _chunks(file: bytes, part: Part, table: int, count: int, number: int | None) -> Iterator[Chunk]:
    """Each where the table says."""
    for start in struct.unpack(f"<{count}Q", file[table : table + 8 * count]):
        at = start if number is None else start + 4
        words = 4 if part.tiled else 1
        data = at + 4 * words + 4
        if data > len(file) or start < table:
            raise damaged("a piece of its picture is missing")
        if number is not None and struct.unpack("<i", file[start:at])[0] != number:
            raise damaged("a piece of it belongs to another part")
        *place, size = struct.unpack(f"<{words + 1}i", file[at:data])
        if size < 0 or data + size > len(file):
            raise damaged("a piece of its picture is missing")
        yield Chunk(tuple(place), start, data, data + size)
