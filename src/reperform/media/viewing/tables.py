"""Tables that colours are looked up in, and how steep they are there. Colours are [3, number] here: red, green and blue apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curves", "Flat", "Lattice", "Steepness"]

Flat = NDArray[np.float32]
"""[3, number]"""
Steepness = NDArray[np.float32]
"""[3, 3, number]: how much red, green and blue that come out change with red, green and blue that go in."""

_STEP = 1 / 256
"""Of a curve's range, over which its slope is taken: finely cut ones are rounded so that neighbours say little."""


@dataclass(frozen=True)
class Curves:
    """One curve for each colour, straight between its entries, flat beyond its ends."""

    table: NDArray[np.float32]
    """[entries, 3]"""
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def at(self, colours: Flat) -> Flat:
        """What comes out."""
        return np.stack([self._at(colours[n], n) for n in range(3)])

    def slopes(self, colours: Flat) -> Flat:
        """Of each colour's own curve, inside its ends also at them."""
        half = ((self.high - self.low) * np.float32(max(_STEP, 1 / (len(self.table) - 1)) / 2))[:, np.newaxis]
        middle = np.clip(colours, self.low[:, np.newaxis] + half, self.high[:, np.newaxis] - half)
        return (self.at(middle + half) - self.at(middle - half)) / (2 * half)

    def _at(self, values: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        last = len(self.table) - 1
        scale = np.float32(last / (self.high[number] - self.low[number]))
        place = np.fmin(np.fmax((values - self.low[number]) * scale, np.float32(0)), np.float32(last))
        first = np.minimum(place.astype(np.intp), last - 1)
        column = self._columns[number]
        below = column.take(first)
        part = place - first.astype(np.float32)
        return np.asarray(below + part * (column.take(first + 1) - below), np.float32)

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.table.T)


@dataclass(frozen=True)
class Lattice:
    """A cube of colours. Between its points tetrahedra, as FFmpeg's `lut3d` and grading systems take them; flat beyond its faces."""

    table: NDArray[np.float32]
    """[blue, green, red, 3]"""
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def at(self, colours: Flat) -> Flat:
        """What comes out."""
        return self._looked_up(colours, steep=False)[0]

    def with_steepness(self, colours: Flat) -> tuple[Flat, Steepness]:
        """What comes out, and how steep it is inside that tetrahedron; on a face, and beyond it, as inside the cube."""
        found, steep = self._looked_up(colours, steep=True)
        assert steep is not None, "it was asked for"
        return found, steep

    def _looked_up(self, colours: Flat, *, steep: bool) -> tuple[Flat, Steepness | None]:
        edge = len(self.table)
        scale = (edge - 1) / (self.high - self.low)
        place = (colours - self.low[:, np.newaxis]) * scale[:, np.newaxis]
        # fmin and fmax let go what is no number.
        np.fmin(np.fmax(place, np.float32(0), out=place), np.float32(edge - 1), out=place)
        whole = np.minimum(place.astype(np.intp), edge - 2)
        part = np.asarray(place - whole.astype(np.float32), np.float32)
        here = whole[0] + whole[1] * edge + whole[2] * (edge * edge)
        found = np.empty_like(colours, dtype=np.float32)
        result = np.empty((3, 3, colours.shape[1]), np.float32) if steep else None
        corners = _corners(here, part, edge)
        for number, column in enumerate(self._columns):
            into = found[number]
            column.take(here, out=into, mode="clip")
            for axis, corner in enumerate(corners):
                rise = self._rises[axis, number].take(corner, mode="clip")
                if result is not None:
                    np.multiply(rise, scale[axis], out=result[number, axis])
                into += np.multiply(rise, part[axis], out=rise)
        return found, result

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.table.reshape(-1, 3).T)

    @cached_property
    def _rises(self) -> NDArray[np.float32]:
        """[red, green and blue that go in, and that come out, points]: from each point to the next one in that direction."""
        edge = len(self.table)
        grid = self._columns.reshape(3, edge, edge, edge)
        rises = np.zeros((3, 3, edge, edge, edge), np.float32)
        for axis, along in enumerate((3, 2, 1)):
            into = np.moveaxis(rises[axis], along, -1)
            into[..., :-1] = np.diff(np.moveaxis(grid, along, -1), axis=-1)
        return rises.reshape(3, 3, -1)


def _corners(here: NDArray[np.intp], part: Flat, edge: int) -> tuple[NDArray[np.intp], ...]:
    """Where each axis is gone along on the way through the tetrahedron: those with a larger part come before it, red first."""
    red, green, blue = part
    red_first, green_first, red_before_blue = red >= green, green >= blue, red >= blue
    to_green, to_blue = edge, edge * edge
    return (
        here + ~red_first * to_green + ~red_before_blue * to_blue,
        here + red_first * 1 + ~green_first * to_blue,
        here + red_before_blue * 1 + green_first * to_green,
    )
