"""The raster in which a picture is sent: upright, square pixels, even, inside the engine's limits."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from reperform.model import Source

__all__ = ["sent_raster", "shown_raster", "upright"]

_UPRIGHT = {90: ["transpose=cclock"], 180: ["hflip", "vflip"], 270: ["transpose=clock"]}


def upright(source: Source) -> list[str]:
    """FFmpeg's filters that turn the coded picture as its display matrix says; none where it stands upright."""
    return _UPRIGHT.get(round(source.rotation / 90) * 90 % 360, [])


def shown_raster(source: Source) -> tuple[int, int]:
    """Width and height of the picture as people see it: turned upright, its pixels made square."""
    width, height = source.width, source.height
    if source.pixel_aspect != 1:
        width = round(width * source.pixel_aspect)
    return (height, width) if source.rotation % 180 == 90 else (width, height)


def sent_raster(
    source: Source, *, largest: tuple[int, int] | None = None, smallest: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Width and height sent to an engine: the shown raster, scaled only as far as the limits ask, made even.

    A limit is for a lying picture; a standing one gets it turned.
    """
    return _within(*shown_raster(source), largest, smallest)


@lru_cache(maxsize=256)
def _within(
    width: int, height: int, largest: tuple[int, int] | None, smallest: tuple[int, int] | None
) -> tuple[int, int]:
    scale = Fraction(1)
    if smallest is not None:
        low, high = sorted(smallest)
        scale = max(scale, Fraction(low, min(width, height)), Fraction(high, max(width, height)))
    if largest is not None:
        low, high = sorted(largest)
        scale = min(scale, Fraction(low, min(width, height)), Fraction(high, max(width, height)))
    return _even(width * scale), _even(height * scale)


def _even(length: Fraction) -> int:
    return max(2, int(length / 2 + Fraction(1, 100)) * 2)
