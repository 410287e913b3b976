"""LUTs as files in the `.cube` format of Adobe ("Cube LUT Specification 1.0") and of DaVinci Resolve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reperform.errors import SettingsError

__all__ = ["MOST_BYTES", "CubeTables", "Range", "read_cube"]

Range = tuple[tuple[float, float, float], tuple[float, float, float]]
"""The input at the first and at the last entry, of red, green and blue."""

_UNIT: Range = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
MOST_BYTES = 160_000_000
"""Of a file: the largest table has 2.1 million entries."""
_LARGEST = 1e6
_MOST = {"LUT_1D_SIZE": 65536, "LUT_3D_SIZE": 129}
_REFUSED = {"LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE"}
_RANGES = {"LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"}
_EXPORT = (
    "Give the .cube file that the camera's maker offers, or export it again: Resolve writes one with Generate LUT."
)


@dataclass(frozen=True, kw_only=True)
class CubeTables:
    """What a file holds: one table, or a curve for each colour before the table of three dimensions."""

    curve: NDArray[np.float32] | None
    """[entries, 3]"""
    curve_range: Range
    lattice: NDArray[np.float32] | None
    """[blue, green, red, 3]"""
    lattice_range: Range


@dataclass
class _Header:
    sizes: dict[str, int]
    ranges: dict[str, tuple[float, ...]]
    first_row: int
    """The line of the first entry, from 0."""


def read_cube(path: Path, data: bytes) -> CubeTables:
    """The tables of a file with this name and content.

    Raises:
        SettingsError: it is no such file, or damaged; the message names the line.

    """
    lines = _lines(path, data)
    header = _header(path, lines)
    sizes = header.sizes
    if not sizes:
        raise SettingsError(f"{path.name} is no LUT: it has neither LUT_1D_SIZE nor LUT_3D_SIZE.", fix=_EXPORT)
    of_curve, edge = sizes.get("LUT_1D_SIZE", 0), sizes.get("LUT_3D_SIZE", 0)
    rows = _rows(path, lines, header.first_row, of_curve + edge**3)
    curve = rows[:of_curve] if of_curve else None
    lattice = rows[of_curve:].reshape(edge, edge, edge, 3) if edge else None
    domain = _domain(path, header)
    return CubeTables(
        curve=curve,
        curve_range=_range(header, "LUT_1D_INPUT_RANGE") or domain,
        lattice=lattice,
        # What a curve gives is what the table is entered with: only a range of its own says otherwise.
        lattice_range=_range(header, "LUT_3D_INPUT_RANGE") or (domain if curve is None else _UNIT),
    )


def _lines(path: Path, data: bytes) -> list[str]:
    if len(data) > MOST_BYTES:
        raise SettingsError(f"{path.name} is too large for a LUT: {len(data) / 1e6:.0f} MB.", fix=_EXPORT)
    if b"\0" in data:
        raise SettingsError(f"{path.name} is no LUT: it is not text, or not UTF-8.", fix=_EXPORT)
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _header(path: Path, lines: list[str]) -> _Header:
    header = _Header({}, {}, len(lines))
    for number, line in enumerate(lines):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0][0] in "+-.0123456789":
            header.first_row = number
            break
        _note(path, number, words, header)
    return header


def _note(path: Path, number: int, words: list[str], header: _Header) -> None:
    """One keyword. Those that nobody here knows are passed over, as the specification asks for."""
    name = words[0]
    if name in _REFUSED:
        fix = "Export it for full range (data levels)."
        raise SettingsError(f"{_at(path, number)}: {name} is not understood.", fix=fix)
    if name in _MOST:
        if name in header.sizes:
            raise _fault(path, number, f"a second {name}")
        header.sizes[name] = _size(path, number, words)
    elif name in _RANGES or name in ("DOMAIN_MIN", "DOMAIN_MAX"):
        header.ranges[name] = _numbers(path, number, words, count=2 if name in _RANGES else 3)


def _size(path: Path, number: int, words: list[str]) -> int:
    said = words[1] if len(words) == 2 else ""
    most = _MOST[words[0]]
    if not (said.isascii() and said.isdigit() and len(said) < 7 and 2 <= int(said) <= most):
        raise _fault(path, number, f"{words[0]} is to be a whole number from 2 to {most}")
    return int(said)


def _numbers(path: Path, number: int, words: list[str], *, count: int) -> tuple[float, ...]:
    try:
        found = tuple(float(word) for word in words[1:])
    except ValueError:
        found = ()
    if len(found) != count or not _are_colours(np.array(found)):
        raise _fault(path, number, f"{words[0]} is to be {count} numbers")
    return found


def _range(header: _Header, name: str) -> Range | None:
    if name not in header.ranges:
        return None
    low, high = header.ranges[name]
    return ((low, low, low), (high, high, high))


def _domain(path: Path, header: _Header) -> Range:
    for name in _RANGES:
        low, high = header.ranges.get(name, (0.0, 1.0))
        if low >= high:
            raise SettingsError(f"{path.name}: {name} ends at {high:g}, where it begins or before.", fix=_EXPORT)
    low3, high3 = (header.ranges.get(name, _UNIT[n]) for n, name in enumerate(("DOMAIN_MIN", "DOMAIN_MAX")))
    if any(low >= high for low, high in zip(low3, high3, strict=True)):
        raise SettingsError(f"{path.name}: DOMAIN_MAX is not above DOMAIN_MIN.", fix=_EXPORT)
    return (_three(low3), _three(high3))


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue


def _rows(path: Path, lines: list[str], first: int, count: int) -> NDArray[np.float32]:
    """All entries, red first, of which there are exactly so many."""
    numbered = [(n, line) for n, line in enumerate(lines[first:], first) if line.strip() and line.strip()[0] != "#"]
    if len(numbered) != count:
        where = f"{_at(path, numbered[count][0])}: " if len(numbered) > count else f"{path.name}: "
        raise SettingsError(f"{where}it has {len(numbered)} entries, and its size says {count}.", fix=_EXPORT)
    try:
        found = np.loadtxt((line for _, line in numbered), comments=None, ndmin=2)
    except ValueError:
        found = np.empty((0, 0))
    if found.shape != (count, 3) or not _are_colours(found):
        raise _fault(path, next(_faults(numbered), numbered[0][0]), "an entry is to be three numbers")
    return found.astype(np.float32)


def _faults(numbered: list[tuple[int, str]]) -> Iterator[int]:
    """The lines that are no three numbers."""
    for number, line in numbered:
        try:
            values = np.array([float(word) for word in line.split()])
        except ValueError:
            values = np.array([])
        if len(values) != 3 or not _are_colours(values):
            yield number


def _are_colours(values: NDArray[np.float64]) -> bool:
    """Whether all are numbers that light may have: none is endless."""
    return bool((np.abs(values) <= _LARGEST).all())


def _at(path: Path, number: int) -> str:
    return f"{path.name}, line {number + 1}"


def _fault(path: Path, number: int, what: str) -> SettingsError:
    return SettingsError(f"{_at(path, number)}: {what}.", fix=_EXPORT)
