"""Small pictures in which a change is looked for: luma and chroma of planes, reduced, in 8-bit levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reperform.media.pictures import Planes

__all__ = ["Layout", "View", "looked_at_raster", "luma", "view"]

View = NDArray[np.float32]
"""[height, width, 3]: luma, and two colour differences around 0, in levels of 8 bits."""

_SHARE, _LEAST, _MOST = 4, 320, 640
_TO_LUMA = np.array([[0.0722, 0.7152, 0.2126]], np.float32).T
"""Of the planes of RGB, which stand as green, blue, red."""


@dataclass(frozen=True)
class Layout:
    """What the planes of a pixel format hold."""

    bits: int
    rgb: bool
    floating: bool = False

    @classmethod
    def of(cls, pixel_format: str) -> Layout:
        """By FFmpeg's name of a planar format."""
        import av

        parts = av.VideoFormat(pixel_format, 16, 16).components
        return cls(parts[0].bits, pixel_format.startswith("gbr"), "f16" in pixel_format or "f32" in pixel_format)

    @property
    def scale(self) -> float:
        """Numbers of a plane for one level of 8 bits."""
        return 1 / 255 if self.floating else float(2 ** (self.bits - 8))

    @property
    def top(self) -> float:
        """The largest number that a plane holds; infinite where it has no end."""
        return float("inf") if self.floating else float(2**self.bits - 1)

    @property
    def middles(self) -> tuple[float, float, float]:
        """What stands for 0 in each of the first three planes, in levels of 8 bits."""
        return (0.0, 0.0, 0.0) if self.rgb else (0.0, 128.0, 128.0)


def looked_at_raster(width: int, height: int) -> tuple[int, int]:
    """Width and height in which changes are looked for: a quarter, but no less than shows a face."""
    long = max(width, height)
    wanted = min(long, max(_LEAST, min(_MOST, long // _SHARE)))
    return max(8, round(width * wanted / long)), max(8, round(height * wanted / long))


def view(planes: Planes, layout: Layout, size: tuple[int, int]) -> View:
    """The first three planes reduced to `size` (width, height), by areas."""
    layers = [_resized(plane, size) / np.float32(layout.scale) for plane in planes[:3]]
    if layout.rgb:
        green, blue, red = layers
        bright = 0.7152 * green + 0.0722 * blue + 0.2126 * red
        return np.dstack([bright, (blue - bright) / 1.8556, (red - bright) / 1.5748]).astype(np.float32)
    return np.dstack([layers[0], layers[1] - 128, layers[2] - 128]).astype(np.float32)


def luma(planes: Planes, layout: Layout, size: tuple[int, int]) -> NDArray[np.float32]:
    """The brightness alone, reduced to `size`, in levels of 8 bits."""
    if layout.rgb:
        return np.ascontiguousarray(view(planes, layout, size)[..., 0])
    return _resized(planes[0], size) / np.float32(layout.scale)


def _resized(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    import cv2

    height, width = plane.shape
    if plane.dtype == np.float16:
        plane = plane.astype(np.float32)
    smaller = size[0] <= width and size[1] <= height
    result = cv2.resize(plane, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return result.astype(np.float32)
