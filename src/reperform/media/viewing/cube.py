"""A LUT from a camera's colours to those of a display, as a view of the footage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.errors import SettingsError
from reperform.media.viewing.base import Colours
from reperform.media.viewing.cube_files import MOST_BYTES, CubeTables, Range, read_cube
from reperform.media.viewing.tables import Curves, Flat, Lattice, Steepness
from reperform.media.viewing.undoing import FLAT, nearest

if TYPE_CHECKING:
    from reperform.model import InputLut

__all__ = ["Cube", "cube_of", "described"]

_PIECE = 1 << 14
"""Colours worked on at once: they stay in a processor's cache."""
_PENALTY = 0.01
"""Of a colour that a plateau shows, as a square of what is off."""
_CELLS, _TRIED = 13, 25
"""A side: kinds of colours that are wanted, and colours that are tried for each, where no slope leads to what is wanted."""


@dataclass(frozen=True)
class Cube:
    """What a file of the format `.cube` shows: its curves, then its table."""

    name: str
    """The file's name."""
    tables: CubeTables

    @cached_property
    def digest(self) -> str:
        """Of the tables, whatever the file is called and however it is laid out; in hex."""
        total = hashlib.sha256(b"cube 1, tetrahedral")
        tables = self.tables
        for table, reach in ((tables.curve, tables.curve_range), (tables.lattice, tables.lattice_range)):
            if table is not None:
                total.update(repr((table.shape, reach)).encode())
                total.update(table.astype("<f4").tobytes())
        return total.hexdigest()

    def shown(self, stored: Colours) -> Colours:
        """As `Viewing.shown`: colours outside the LUT's range as those at its ends, what is no number as black."""
        result = np.empty(stored.shape, np.float32)
        flat, out = stored.reshape(-1, 3), result.reshape(-1, 3)
        for part in _pieces(len(flat)):
            colours = np.ascontiguousarray(flat[part].T, np.float32)
            np.clip(self._at(colours).T, 0, 1, out=out[part])
        return result

    def undone(self, stored: Colours, wanted: Colours) -> Colours:
        """As `Viewing.undone`.

        Where the LUT is flat, or cuts off, the smallest move is made; where it is nearly flat, a little less than would be
        needed. What is made lies in the LUT's range; a number outside it that need not change stays.
        """
        result = np.empty(stored.shape, np.float32)
        flat, goal, out = (each.reshape(-1, 3) for each in (stored, wanted, result))
        for part in _pieces(len(flat)):
            meant = np.clip(np.ascontiguousarray(goal[part].T, np.float32), 0, 1)
            out[part] = self._undone(np.ascontiguousarray(flat[part].T, np.float32), meant).T
        return result

    def _undone(self, stored: Flat, wanted: Flat) -> Flat:
        low, width = self._low[:, np.newaxis], (self._high - self._low)[:, np.newaxis]
        # fmax lets go what is no number.
        home = np.fmin(np.fmax((stored - low) / width, np.float32(0)), np.float32(1))
        found = nearest(home, wanted, lambda place: self._at(place * width + low), self._shower, self._guessed)
        return np.where(found == home, stored, found * width + low)

    def _shower(self, place: Flat) -> tuple[Flat, Steepness]:
        width = (self._high - self._low)[:, np.newaxis]
        colours = place * width + self._low[:, np.newaxis]
        slopes = np.broadcast_to(width, colours.shape)
        if self._curves is not None:
            slopes = self._curves.slopes(colours) * width
            colours = self._curves.at(colours)
        if self._lattice is None:
            return colours, _diagonal(slopes)
        shown, steep = self._lattice.with_steepness(colours)
        steep *= slopes
        return shown, steep

    def _at(self, colours: Flat) -> Flat:
        if self._curves is not None:
            colours = self._curves.at(colours)
        return colours if self._lattice is None else self._lattice.at(colours)

    def _guessed(self, wanted: Flat) -> Flat:
        """What is shown most like these colours, of a few colours from all over the range."""
        cells = np.rint(wanted * np.float32(_CELLS - 1)).astype(np.intp)
        return np.asarray(self._inverse.take(cells[0] + _CELLS * (cells[1] + _CELLS * cells[2]), axis=1))

    @cached_property
    def _inverse(self) -> Flat:
        wanted, places = _grid(_CELLS), _grid(_TRIED)
        shown, steep = self._shower(places)
        np.clip(shown, 0, 1, out=shown)
        # From a plateau no slope leads on.
        flat = (np.abs(steep).max(axis=1) < FLAT).sum(axis=0, dtype=np.float32)
        cost = (shown * shown).sum(axis=0) + np.float32(_PENALTY) * flat
        best = [np.argmin(cost - 2 * (wanted[:, part].T @ shown), axis=1) for part in _pieces(_CELLS**3, 256)]
        return places.take(np.concatenate(best), axis=1)

    @cached_property
    def _curves(self) -> Curves | None:
        table, reach = self.tables.curve, self.tables.curve_range
        return None if table is None else Curves(table, *_ends(reach))

    @cached_property
    def _lattice(self) -> Lattice | None:
        table, reach = self.tables.lattice, self.tables.lattice_range
        return None if table is None else Lattice(table, *_ends(reach))

    @cached_property
    def _low(self) -> NDArray[np.float32]:
        return _ends(self._range)[0]

    @cached_property
    def _high(self) -> NDArray[np.float32]:
        return _ends(self._range)[1]

    @property
    def _range(self) -> Range:
        """What goes in."""
        return self.tables.lattice_range if self.tables.curve is None else self.tables.curve_range


def described(path: Path) -> InputLut:
    """The LUT that a person names, read whole.

    Raises:
        SettingsError: it is not there, or no LUT.

    """
    from reperform.model import InputLut

    sha256, _ = _loaded(path, path.name)
    return InputLut(path=path, name=path.name, sha256=sha256)


def cube_of(lut: InputLut) -> Cube:
    """The view through a LUT, as it was when it was named.

    Raises:
        SettingsError: its file is not there, is no LUT, or has changed since.

    """
    sha256, cube = _loaded(lut.path, lut.name)
    if sha256 != lut.sha256:
        raise SettingsError(f"The LUT {lut.path} has changed since it was planned.", fix="Plan again, or put it back.")
    return cube


def _loaded(path: Path, name: str) -> tuple[str, Cube]:
    try:
        facts = path.stat()
        return _read(path, name, facts.st_size, facts.st_mtime_ns)
    except OSError as error:
        said = error.strerror or str(error)
        raise SettingsError(f"The LUT {path} cannot be read: {said}.", fix="Check its path (`--input-lut`).") from error


@lru_cache(maxsize=4)
def _read(path: Path, name: str, _size: int, _modified: int) -> tuple[str, Cube]:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    return hashlib.sha256(data).hexdigest(), Cube(name, read_cube(path, data))


def _diagonal(slopes: Flat) -> NDArray[np.float32]:
    steep = np.zeros((3, *slopes.shape), np.float32)
    for axis in range(3):
        steep[axis, axis] = slopes[axis]
    return steep


def _ends(reach: Range) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    low, high = reach
    return np.array(low, np.float32), np.array(high, np.float32)


def _pieces(count: int, length: int = _PIECE) -> Iterator[slice]:
    return (slice(start, start + length) for start in range(0, count, length))


def _grid(edge: int) -> Flat:
    """Colours from 0 to 1 all over, red fastest."""
    line = np.linspace(0, 1, edge, dtype=np.float32)
    blue, green, red = np.meshgrid(line, line, line, indexing="ij")
    return np.stack([red.ravel(), green.ravel(), blue.ravel()])
