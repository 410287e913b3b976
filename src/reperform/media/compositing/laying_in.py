"""The changed region laid over the original, in its own planes and depth; every other sample stays what it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.colour import ColourMatch, toned
from reperform.media.compositing.grain import BANDS
from reperform.media.compositing.registration import Registration
from reperform.media.compositing.views import Layout

if TYPE_CHECKING:
    from reperform.media.pictures import Planes

__all__ = ["LayIn", "Laying", "Piece", "matte_of_piece", "native_matte"]

LayIn = Literal["replace", "delta"]
_MARGIN = 8
_TWICE = 2.2
"""What differs between two pictures that have each a grain of their own, in energies of one; and a little."""

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """The part of a picture that a matte touches, in pixels of the luma; right and bottom are the first beyond it."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, matte: NDArray[Any], *, grid: int = 4) -> Piece | None:
        """Around all of the matte that is not 0, in whole `grid`s; None where there is nothing."""
        rows, columns = np.flatnonzero(matte.any(axis=1)), np.flatnonzero(matte.any(axis=0))
        if not len(rows):
            return None
        height, width = matte.shape
        left, top = (max(0, int(first) - _MARGIN) // grid * grid for first in (columns[0], rows[0]))
        right, bottom = int(columns[-1]) + 1 + _MARGIN, int(rows[-1]) + 1 + _MARGIN
        return cls(left, top, min(width, -(-right // grid) * grid), min(height, -(-bottom // grid) * grid))

    def of_plane(self, across: int, down: int) -> tuple[slice, slice]:
        """Rows and columns of a plane that has one sample for `across` × `down` pixels."""
        return (
            slice(self.top // down, -(-self.bottom // down)),
            slice(self.left // across, -(-self.right // across)),
        )


def native_matte(small: Map, width: int, height: int) -> Map:
    """The matte in a picture's raster; zeros stay zeros."""
    import cv2

    if (small.shape[1], small.shape[0]) == (width, height):
        return small
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def plane_matte(matte: Map, shape: tuple[int, ...]) -> Map:
    """The matte for a plane of subsampled colours: 0 exactly where all pixels of a sample are 0."""
    import cv2

    if matte.shape == shape:
        return matte
    return np.asarray(cv2.resize(matte, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


@dataclass(frozen=True, kw_only=True)
class Laying:
    """How what came back for a shot is laid in."""

    layout: Layout
    registration: Registration
    colours: ColourMatch
    how: LayIn
    grain: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    """The original's, of luma and of colours, in each band, in levels of 8 bits; for `delta`."""

    def laid(self, original: Planes, returned: Planes, matte: Map, *, gain: tuple[float, float] = (1.0, 0.0)) -> Planes:
        """The original's planes with the changed region of `returned`, of the same format, in them.

        `matte` [height, width] is the luma's; `gain` the frame's own factor and offset of the luma, in levels of 8 bits.
        """
        piece = Piece.of(matte)
        if piece is None:
            return original
        height, width = original[0].shape
        shapes = [plane.shape for plane in original[:3]]
        steps = [(-(-width // shape[1]), -(-height // shape[0])) for shape in shapes]
        moved = [self._moved(returned[n], piece, steps[n]) for n in range(3)]
        corrected = self._corrected(moved, gain)
        result = []
        for number in range(3):
            part = piece.of_plane(*steps[number])
            here = matte_of_piece(matte, piece, steps[number], shapes[number])
            result.append(self._plane(original[number], part, corrected[number], here, number))
        return (*result, *original[3:])

    def _moved(self, plane: NDArray[Any], piece: Piece, step: tuple[int, int]) -> Map:
        """The piece of a returned plane as it lies in the original, in levels of 8 bits."""
        import cv2

        rows, columns = piece.of_plane(*step)
        scale = np.float32(1 / self.layout.scale)
        if not self.registration.moves:
            return plane[rows, columns].astype(np.float32) * scale
        height, width = plane.shape
        # Colours of 4:2:2 and 4:2:0 stand on the left of their two pixels, and between lines.
        siting = (-0.5 + 0.5 / step[0] if step[0] > 1 else 0.0, 0.0)
        matrix = self.registration.matrix(width, height, left=columns.start, top=rows.start, siting=siting)
        size = (min(width, columns.stop) - columns.start, min(height, rows.stop) - rows.start)
        flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
        source = plane.astype(np.float32) if plane.dtype not in (np.uint8, np.uint16, np.float32) else plane
        moved = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.float32) * scale

    def _corrected(self, planes: list[Map], gain: tuple[float, float]) -> list[Map]:
        """The planes with the original's colours, in levels of 8 bits, middles as they stand in the file."""
        if not self.colours.corrects and gain == (1.0, 0.0):
            return planes
        if self.layout.rgb:
            return self._corrected_rgb(planes, gain)
        luma, others = planes[0], [plane - 128 for plane in planes[1:]]
        matrix, offset = self.colours.matrix, self.colours.offset
        bright = luma * np.float32(matrix[0, 0]) + np.float32(offset[0])
        mixed = [others[n] * np.float32(matrix[n + 1, n + 1]) + np.float32(offset[n + 1]) for n in range(2)]
        if self.colours.crosses:
            large = [_like(other, luma.shape) for other in others]
            bright = bright + sum(large[n] * np.float32(matrix[0, n + 1]) for n in range(2))
            small = _like(luma, others[0].shape)
            for n in range(2):
                mixed[n] = mixed[n] + small * np.float32(matrix[n + 1, 0])
                mixed[n] = mixed[n] + others[1 - n] * np.float32(matrix[n + 1, 2 - n])
        if self.colours.curve is not None:
            bright = bright + toned(bright, self.colours.curve)
        bright = bright * np.float32(gain[0]) + np.float32(gain[1])
        return [bright, *(plane + 128 for plane in mixed)]

    def _corrected_rgb(self, planes: list[Map], gain: tuple[float, float]) -> list[Map]:
        green, blue, red = planes
        luma = 0.7152 * green + 0.0722 * blue + 0.2126 * red
        views = np.dstack([luma, (blue - luma) / 1.8556, (red - luma) / 1.5748]).astype(np.float32)
        views = self.colours.applied(views)
        luma = views[..., 0] * np.float32(gain[0]) + np.float32(gain[1])
        blue, red = luma + 1.8556 * views[..., 1], luma + 1.5748 * views[..., 2]
        green = (luma - 0.0722 * blue - 0.2126 * red) / 0.7152
        return [green, blue, red]

    def _plane(
        self, original: NDArray[Any], part: tuple[slice, slice], corrected: Map, matte: Map, number: int
    ) -> NDArray[Any]:
        scale = np.float32(self.layout.scale)
        base = original[part].astype(np.float32)
        change = corrected - base / scale
        if self.how == "delta":
            change = _without_grain(change, self.grain[min(number, 1) if not self.layout.rgb else 0])
        made = base + change * matte * scale
        if not self.layout.floating:
            made = np.clip(np.rint(made), 0, self.layout.top)
        result = original.copy()
        # Where the matte is 0 nothing is computed: the very number stays.
        np.copyto(result[part], made.astype(original.dtype), where=matte > 0)
        return result


def _like(plane: Map, shape: tuple[int, ...]) -> Map:
    import cv2

    if plane.shape == shape:
        return plane
    smaller = shape[1] < plane.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (shape[1], shape[0]), interpolation=how), np.float32)


def matte_of_piece(matte: Map, piece: Piece, step: tuple[int, int], shape: tuple[int, ...]) -> Map:
    """The matte of a piece for a plane of this shape, which has one sample for `step` (across, down) pixels."""
    if step == (1, 1):
        return matte[piece.top : piece.bottom, piece.left : piece.right]
    rows, columns = piece.of_plane(*step)
    there = min(rows.stop, shape[0]) - rows.start, min(columns.stop, shape[1]) - columns.start
    padded = matte[piece.top : rows.start * step[1] + there[0] * step[1], piece.left :]
    padded = padded[:, : there[1] * step[0]]
    missing = (there[0] * step[1] - padded.shape[0], there[1] * step[0] - padded.shape[1])
    if any(missing):
        padded = np.pad(padded, ((0, missing[0]), (0, missing[1])), mode="edge")
    return plane_matte(np.ascontiguousarray(padded), there)


def _without_grain(change: Map, grain: tuple[float, float]) -> Map:
    """A change without what grain and coding make of it: its fine parts only where they stand out of them.

    What is left out stays the original's: its grain. (Wiener's gain, band by band.)
    """
    import cv2

    smooth, result = change, np.zeros_like(change)
    for sigma, noise in zip(BANDS, grain, strict=True):
        below = np.asarray(cv2.GaussianBlur(smooth, (0, 0), sigma), np.float32)
        fine = smooth - below
        energy = cv2.GaussianBlur(fine * fine, (0, 0), 1.5 * sigma)
        gain = np.maximum(energy - np.float32(_TWICE * noise**2), 0) / np.maximum(energy, 1e-6)
        result += fine * gain
        smooth = below
    return result + smooth
