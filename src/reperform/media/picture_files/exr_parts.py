"""The parts of an OpenEXR file: their attributes, windows, channels and pieces of coded picture.

Facts: "OpenEXR File Layout" and "Standard Attributes" (openexr.com).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from reperform.errors import MediaError

__all__ = ["Box", "Channel", "Chunk", "Part", "damaged", "name_at"]

_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256, 10: 256, 11: 32, 12: 256, 13: 1}
"""Lines that are coded together, by the number of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A, DWAA, DWAB, HTJ2K256,
HTJ2K32, LJ2K, ZSTD. The last four as OpenEXR 3.5 writes them."""
_LONGEST_NAME = 255


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
            raise damaged(f"its {name} is empty")
        return box

    def _value(self, name: str, kind: str, size: int | None = None) -> bytes:
        found, value = self.attributes.get(name, ("", b""))
        if found != kind or (size is not None and len(value) != size):
            raise damaged(f"it has no {name}")
        return value


def name_at(file: bytes, at: int) -> tuple[str, int]:
    """The name that begins here, and where it ends."""
    end = file.index(b"\0", at, at + _LONGEST_NAME + 1)
    return file[at:end].decode(), end + 1


def _channels(value: bytes) -> Iterator[Channel]:
    at = 0
    try:
        while value[at]:
            name, at = name_at(value, at)
            kind, linear, across, down = struct.unpack("<iB3xii", value[at : at + 16])
            if kind not in (0, 1, 2) or across < 1 or down < 1:
                raise damaged(f"its channel {name} is of no known type")
            yield Channel(name, kind, bool(linear), (across, down))
            at += 16
    except (struct.error, IndexError, ValueError) as error:
        raise damaged("its channels are cut off", cause=str(error)) from error


def damaged(what: str, *, cause: str | None = None) -> MediaError:
    """The error for a file of which this is wrong; its message goes on after the name of the file."""
    return MediaError(f"is damaged: {what}", cause=cause, fix="Copy or render that picture again.")
