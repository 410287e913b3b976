"""What the header of an OpenEXR file says of its picture: which of all channels that is, its size, its colours; and which are refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reperform.errors import MediaError, MediaRefused
from reperform.media.opening import reading
from reperform.media.picture_files.exr_layout import MAGIC, ExrFile, parsed
from reperform.media.picture_files.exr_parts import Part

if TYPE_CHECKING:
    from reperform.media.viewing.scene_linear import Chromaticities

__all__ = ["Facts", "Own", "chromaticities", "contents", "facts", "is_exr", "layout_of", "named", "picture_of"]

_FIRST_READ = 1 << 18
_HALF, _FLOAT = 1, 2
_TYPES = ("uint", "half", "float")
_LOSSY = frozenset({6, 7, 8, 9, 12})
"""B44, B44A, DWAA, DWAB, LJ2K."""
_MOST_PIXELS, _MOST_IN_A_TILE = 1 << 26, 1 << 24
_PREFERRED = ("", "rgba", "rgb", "beauty", "combined")
_FLATTEN = "Render or convert it to flat RGB or RGBA in scan lines, and relink the clip to that."


@dataclass(frozen=True)
class Facts:
    """What a file says of its picture."""

    width: int
    height: int
    pixel_aspect: float
    channels: frozenset[tuple[str, ...]]
    """Part (where it has a name), name and type of each, of all parts."""
    chromaticities: Chromaticities | None
    lossless: bool
    """Whether what is decoded and coded again is the same."""


@dataclass(frozen=True)
class Own:
    """Which of a file's channels are its picture."""

    part: Part
    number: int
    names: tuple[str, str, str]
    """Of green, blue and red."""


def is_exr(path: Path) -> bool:
    """Whether a file begins as OpenEXR does; what cannot be read does not."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def facts(path: Path) -> Facts:
    """What the header says; the raster is that of the display window.

    Raises:
        MediaRefused: a picture of a kind that is not read.
        MediaError: it is damaged, or cannot be read.

    """
    with reading(path):
        stamp = path.stat()
    return _facts(path, stamp.st_size, stamp.st_mtime_ns)


def chromaticities(path: Path) -> Chromaticities | None:
    """CIE x and y of red, green, blue and white as the header has them; None where it does not say.

    Raises:
        MediaRefused, MediaError: as `facts`.

    """
    return facts(path).chromaticities


def picture_of(layout: ExrFile) -> Own:
    """Which part and channels are the picture.

    Raises:
        MediaRefused: none are, or they are of a kind that is not read. The message goes on after the name of the file.

    """
    found = [
        Own(part, number, (f"{layer}G", f"{layer}B", f"{layer}R"))
        for number, part in enumerate(layout.parts)
        for layer in _layers(part)
    ]
    if not found:
        raise MediaRefused("has no red, green and blue channels", fix=_FLATTEN)
    own = min(found, key=_preference)
    types = {channel.type for channel in own.part.channels if channel.name in own.names}
    if not types <= {_HALF, _FLOAT}:
        raise MediaRefused("has a picture of whole numbers, not of half-floats or floats", fix=_FLATTEN)
    if any(channel.sampling != (1, 1) for channel in own.part.channels):
        raise MediaRefused("has channels of fewer samples than pixels", fix=_FLATTEN)
    if own.part.tiled and own.part.tile[2]:
        raise MediaRefused("is a mipmap: it holds its picture in several sizes", fix=_FLATTEN)
    if own.part.tiled and own.part.tile[0] * own.part.tile[1] > _MOST_IN_A_TILE:
        raise MediaRefused(
            f"has tiles of {own.part.tile[0]} × {own.part.tile[1]} pixels, which is too many", fix=_FLATTEN
        )
    if not own.part.lines:
        raise MediaRefused(f"is compressed in a way that is not known ({own.part.compression})", fix=_FLATTEN)
    for window in (own.part.window, own.part.display):
        if window.width * window.height > _MOST_PIXELS:
            raise MediaRefused(f"has {window.width} × {window.height} pixels, which is too many", fix=_FLATTEN)
    return own


def _layers(part: Part) -> list[str]:
    """Beginnings of names, with their dot, to which there is a red, a green and a blue."""
    names = {channel.name for channel in part.channels}
    reds = [channel.name[:-1] for channel in part.channels if channel.name == "R" or channel.name.endswith(".R")]
    return [layer for layer in reds if {f"{layer}G", f"{layer}B"} <= names]


def _preference(picture: Own) -> tuple[int, int]:
    """The layer without a name before those that are usually the picture, these before others, first ones first."""
    layer = picture.names[0][:-1].rstrip(".").rpartition(".")[2].lower()
    return _PREFERRED.index(layer) if layer in _PREFERRED else len(_PREFERRED), picture.number


def layout_of(file: bytes, *, chunks: bool = True) -> ExrFile:
    """`exr_layout.parsed`, of a file that is not deep.

    Raises:
        MediaRefused, MediaError: it is deep, or damaged. The message goes on after the name of the file.

    """
    headers = parsed(file, chunks=False)
    if any(part.deep for part in headers.parts):
        raise MediaRefused("is deep: it holds many samples for a pixel", fix=_FLATTEN)
    return parsed(file) if chunks else headers


@lru_cache(maxsize=256)
def _facts(path: Path, size: int, _modified: int) -> Facts:
    with named(path):
        with path.open("rb") as opened:
            file = opened.read(_FIRST_READ)
        try:
            layout = layout_of(file, chunks=False)
        except MediaError:
            if size <= _FIRST_READ:
                raise
            layout = layout_of(contents(path), chunks=False)
        part = picture_of(layout).part
        channels = {
            (*filter(None, [each.text("name")]), channel.name, _TYPES[channel.type])
            for each in layout.parts
            for channel in each.channels
        }
        aspect = part.number("pixelAspectRatio")
        primaries = cast("Chromaticities | None", part.numbers("chromaticities", 8))
        sensible = aspect if aspect and math.isfinite(aspect) and aspect > 0 else 1.0
        return Facts(
            part.display.width,
            part.display.height,
            sensible,
            frozenset(channels),
            primaries,
            part.compression not in _LOSSY,
        )


def contents(path: Path) -> bytes:
    """All of a file.

    Raises:
        MediaError: it cannot be read.

    """
    with reading(path):
        return path.read_bytes()


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Puts the file's name before what is wrong with it."""
    try:
        yield
    except (MediaRefused, MediaError) as error:
        if error.message.startswith(path.name):
            raise
        raise type(error)(f"{path.name} {error.message}", cause=error.cause, fix=error.fix) from error
