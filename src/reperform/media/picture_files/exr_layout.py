"""How an OpenEXR file is laid out: its parts with their headers, and where each piece of coded picture lies.

Facts: "OpenEXR File Layout" and "Standard Attributes" (openexr.com). Nothing that a file says is believed before it is checked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from reperform.errors import MediaError

__all__ = ["MAGIC", "Box", "Channel", "Chunk", "ExrFile", "Part", "parsed"]

MAGIC = b"\x76\x2f\x31\x01"
_TILED, _NOT_PIXELS, _MULTIPART = 0x200, 0x800, 0x1000
_KNOWN_FLAGS = 0xFF | _TILED | 0x400 | _NOT_PIXELS | _MULTIPART
_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256, 10: 256, 11: 32, 12: 256, 13: 1}
"""Lines that are coded together, by the number of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A, DWAA, DWAB, HTJ2K256,
HTJ2K32, LJ2K, ZSTD. The last four as OpenEXR 3.5 writes them."""
_MOST_PARTS, _MOST_CHUNKS, _LONGEST_NAME = 1024, 1 << 22, 255


@dataclass(frozen=True)
class Box:
    """Pixels from `left` and `top` up to and with `right` and `bottom`, as OpenEXR counts them."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top + 1


@dataclass(frozen=True)
class Channel:
    """One channel of a part."""

    name: str
    type: int
    """0 whole numbers of 32 bits, 1 half-floats, 2 floats."""
    linear: bool
    """Whether its numbers are seen as linear, for B44."""
    sampling: tuple[int, int]


@dataclass(frozen=True)
class Chunk:
    """One piece of coded picture."""

    place: tuple[int, ...]
    """The first line; or of a tile its column, row and levels."""
    start: int
    """In the file, with what says its place and length."""
    data: int
    """Where that ends and its data begin."""
    end: int


@dataclass(frozen=True)
class Part:
    """One picture of a file."""

    attributes: dict[str, tuple[str, bytes]]
    """Type and value of each by its name."""
    tiled: bool
    deep: bool
    table: int = 0
    """Where the table of its chunks begins in the file."""
    chunks: tuple[Chunk, ...] = field(default=())
    """In the order of that table."""

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """In the file's order, which is that of their names."""
        return tuple(_channels(self._value("channels", "chlist")))

    @cached_property
    def window(self) -> Box:
        """The pixels that are stored (`dataWindow`)."""
        return self._box("dataWindow")

    @cached_property
    def display(self) -> Box:
        """The pixels that are seen (`displayWindow`)."""
        return self._box("displayWindow")

    @property
    def compression(self) -> int:
        """Its number."""
        return self._value("compression", "compression", 1)[0]

    @property
    def tile(self) -> tuple[int, int, int]:
        """Width and height of a tile, and how many levels: 0 for one, 1 for mipmaps, 2 for ripmaps."""
        across, down, mode = struct.unpack("<IIB", self._value("tiles", "tiledesc", 9))
        return across, down, mode & 0xF

    @property
    def lines(self) -> int:
        """Lines that are coded together."""
        return self.tile[1] if self.tiled else _LINES.get(self.compression, 0)

    def number(self, name: str) -> float | None:
        """An attribute of type float; None where there is none."""
        kind, value = self.attributes.get(name, ("", b""))
        return float(struct.unpack("<f", value)[0]) if kind == "float" and len(value) == 4 else None

    def numbers(self, name: str, count: int) -> tuple[float, ...] | None:
        """An attribute of `count` floats, whatever its type is called; None where there is none."""
        _, value = self.attributes.get(name, ("", b""))
        return struct.unpack(f"<{count}f", value) if len(value) == 4 * count else None

    def text(self, name: str) -> str:
        """An attribute of type string; empty where there is none."""
        kind, value = self.attributes.get(name, ("", b""))
        return value.decode(errors="replace") if kind == "string" else ""

    def _box(self, name: str) -> Box:
        box = Box(*struct.unpack("<4i", self._value(name, "box2i", 16)))
        if box.width < 1 or box.height < 1:
            raise _damaged(f"its {name} is empty")
        return box

    def _value(self, name: str, kind: str, size: int | None = None) -> bytes:
        found, value = self.attributes.get(name, ("", b""))
        if found != kind or (size is not None and len(value) != size):
            raise _damaged(f"it has no {name}")
        return value


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
        raise _damaged("its layout cannot be read", cause=str(error)) from error


def _parsed(file: bytes, *, chunks: bool) -> ExrFile:
    if file[:4] != MAGIC:
        raise _damaged("it does not begin as one")
    flags = struct.unpack("<I", file[4:8])[0]
    if flags & 0xFF != 2 or flags & ~_KNOWN_FLAGS:
        raise _damaged("it is of a version that is not known")
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
            raise _damaged("it has too many parts")


def _attributes(file: bytes, at: int) -> tuple[dict[str, tuple[str, bytes]], int]:
    found: dict[str, tuple[str, bytes]] = {}
    while file[at]:
        name, at = _name(file, at)
        kind, at = _name(file, at)
        size = struct.unpack("<i", file[at : at + 4])[0]
        at += 4
        if size < 0 or at + size > len(file):
            raise _damaged("it ends inside its header")
        found[name] = kind, bytes(file[at : at + size])
        at += size
    return found, at + 1


def _name(file: bytes, at: int) -> tuple[str, int]:
    end = file.index(b"\0", at, at + _LONGEST_NAME + 1)
    return file[at:end].decode(), end + 1


def _channels(value: bytes) -> Iterator[Channel]:
    at = 0
    try:
        while value[at]:
            name, at = _name(value, at)
            kind, linear, across, down = struct.unpack("<iB3xii", value[at : at + 16])
            if kind not in (0, 1, 2) or across < 1 or down < 1:
                raise _damaged(f"its channel {name} is of no known type")
            yield Channel(name, kind, bool(linear), (across, down))
            at += 16
    except (struct.error, IndexError, ValueError) as error:
        raise _damaged("its channels are cut off", cause=str(error)) from error


def _count(part: Part, *, multipart: bool) -> int:
    """How many chunks a part has."""
    kind, value = part.attributes.get("chunkCount", ("", b""))
    if part.deep:
        raise _damaged("its deep samples are not read")
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
        raise _damaged("it says that it has more pieces than any picture")
    return count


def _chunks(file: bytes, part: Part, table: int, count: int, number: int | None) -> Iterator[Chunk]:
    """Each where the table says."""
    for start in struct.unpack(f"<{count}Q", file[table : table + 8 * count]):
        at = start if number is None else start + 4
        words = 4 if part.tiled else 1
        data = at + 4 * words + 4
        if data > len(file) or start < table:
            raise _damaged("a piece of its picture is missing")
        if number is not None and struct.unpack("<i", file[start:at])[0] != number:
            raise _damaged("a piece of it belongs to another part")
        *place, size = struct.unpack(f"<{words + 1}i", file[at:data])
        if size < 0 or data + size > len(file):
            raise _damaged("a piece of its picture is missing")
        yield Chunk(tuple(place), start, data, data + size)


def _damaged(what: str, *, cause: str | None = None) -> MediaError:
    return MediaError(f"is damaged: {what}", cause=cause, fix="Copy or render that picture again.")
