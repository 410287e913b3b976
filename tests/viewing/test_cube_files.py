"""LUTs as files: every kind that the specification and Resolve write, and what is refused, by its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reperform.errors import SettingsError
from reperform.media.viewing import cube_files
from reperform.media.viewing.cube import described
from reperform.media.viewing.cube_files import CubeTables, read_cube

PATH = Path("camera.cube")
CORNERS = [f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
CUBE = "\n".join(["LUT_3D_SIZE 2", *CORNERS])
CURVE = "LUT_1D_SIZE 3\n0 0 0\n0.5 0.25 .5e0\n1 1 1"
UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def _facts(tables: CubeTables) -> tuple[Any, ...]:
    shapes = [None if each is None else each.shape for each in (tables.curve, tables.lattice)]
    return (*shapes, tables.curve_range, tables.lattice_range)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (CUBE, (None, (2, 2, 2, 3), UNIT, UNIT)),
        (CURVE, ((3, 3), None, UNIT, UNIT)),
        (f'TITLE "a # b"\n# made by hand\n\n{CUBE}\n\n# end\n', (None, (2, 2, 2, 3), UNIT, UNIT)),
        (CUBE.replace("\n", "\r\n"), (None, (2, 2, 2, 3), UNIT, UNIT)),
        (CUBE.replace("\n", "\r"), (None, (2, 2, 2, 3), UNIT, UNIT)),
        (f"\ufeff{CUBE}", (None, (2, 2, 2, 3), UNIT, UNIT)),
        (CUBE.replace(" ", "\t"), (None, (2, 2, 2, 3), UNIT, UNIT)),
        (
            f"DOMAIN_MIN 0 -1 0\nDOMAIN_MAX 1 2 4\n{CUBE}",
            (None, (2, 2, 2, 3), *[((0.0, -1.0, 0.0), (1.0, 2.0, 4.0))] * 2),
        ),
        (
            "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -0.5 16\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n0 0 0\n1 1 1\n"
            + "\n".join(CORNERS),
            ((2, 3), (2, 2, 2, 3), ((-0.5,) * 3, (16.0,) * 3), UNIT),
        ),
        (f"SOME_NEW_KEYWORD 7\n{CUBE}", (None, (2, 2, 2, 3), UNIT, UNIT)),
    ],
    ids=[
        "a cube", "curves", "a title, comments, empty lines", "lines of Windows", "lines of old Macs", "a byte order mark",
        "tabs", "a domain", "Resolve's curves before a cube", "a keyword that nobody knows",
    ],
)  # fmt: skip
def test_every_kind_is_read(text: str, facts: tuple[Any, ...]) -> None:
    """With its sizes and ranges."""
    assert _facts(read_cube(PATH, text.encode())) == facts


def test_red_goes_fastest() -> None:
    """As the specification orders a cube's entries."""
    lattice = read_cube(PATH, CUBE.encode()).lattice
    assert lattice is not None
    assert lattice[1, 0, 0].tolist() == [0, 0, 1]
    assert lattice[0, 0, 1].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "camera.cube is no LUT: it has neither LUT_1D_SIZE nor LUT_3D_SIZE."),
        (b"hello\nworld", "camera.cube is no LUT: it has neither LUT_1D_SIZE nor LUT_3D_SIZE."),
        (b"\x7fELF\0\0\1", "camera.cube is no LUT: it is not text, or not UTF-8."),
        (CUBE.encode("utf-16"), "camera.cube is no LUT: it is not text, or not UTF-8."),
        (b"LUT_3D_SIZE 130", "camera.cube, line 1: LUT_3D_SIZE is to be a whole number from 2 to 129."),
        (b"LUT_3D_SIZE 1\n0 0 0", "camera.cube, line 1: LUT_3D_SIZE is to be a whole number from 2 to 129."),
        (b"\nLUT_1D_SIZE 99999999999", "camera.cube, line 2: LUT_1D_SIZE is to be a whole number from 2 to 65536."),
        (b"LUT_3D_SIZE -2", "camera.cube, line 1: LUT_3D_SIZE is to be a whole number from 2 to 129."),
        (b"LUT_3D_SIZE", "camera.cube, line 1: LUT_3D_SIZE is to be a whole number from 2 to 129."),
        (f"LUT_3D_SIZE 3\n{CUBE}".encode(), "camera.cube, line 2: a second LUT_3D_SIZE."),
        (CUBE.encode()[:-6], "camera.cube: it has 7 entries, and its size says 8."),
        (f"{CUBE}\n1 1 1".encode(), "camera.cube, line 10: it has 9 entries, and its size says 8."),
        (CUBE.replace("1 1 0", "1 nan 0").encode(), "camera.cube, line 5: an entry is to be three numbers."),
        (CUBE.replace("1 1 0", "1 1e99 0").encode(), "camera.cube, line 5: an entry is to be three numbers."),
        (CUBE.replace("1 1 0", "1 1").encode(), "camera.cube, line 5: an entry is to be three numbers."),
        (CUBE.replace("1 1 0", "1 1 0 0").encode(), "camera.cube, line 5: an entry is to be three numbers."),
        (CUBE.replace("1 1 0", "1 x 0").encode(), "camera.cube, line 5: an entry is to be three numbers."),
        (f"{CUBE}\nTITLE x".encode(), "camera.cube, line 10: it has 9 entries, and its size says 8."),
        (f"DOMAIN_MIN 1 1 1\n{CUBE}".encode(), "camera.cube: DOMAIN_MAX is not above DOMAIN_MIN."),
        (f"DOMAIN_MIN 0 0\n{CUBE}".encode(), "camera.cube, line 1: DOMAIN_MIN is to be 3 numbers."),
        (f"DOMAIN_MAX 1 inf 1\n{CUBE}".encode(), "camera.cube, line 1: DOMAIN_MAX is to be 3 numbers."),
        (f"LUT_3D_INPUT_RANGE 1 0\n{CUBE}".encode(), "camera.cube: LUT_3D_INPUT_RANGE ends at 0, where it begins or before."),
        (f"LUT_IN_VIDEO_RANGE\n{CUBE}".encode(), "camera.cube, line 1: LUT_IN_VIDEO_RANGE is not understood."),
    ],
    ids=[
        "nothing", "other text", "a program", "UTF-16", "too large", "too small", "far too large", "below nothing", "no size",
        "two sizes", "too few entries", "too many", "no number", "too large a number", "two numbers", "four numbers", "a word",
        "a keyword at the end", "a domain turned round", "a domain of two", "an endless domain", "a range turned round",
        "video levels",
    ],
)  # fmt: skip
def test_what_is_no_lut_is_refused(data: bytes, said: str) -> None:
    """With the line, and a way out."""
    with pytest.raises(SettingsError) as caught:
        read_cube(PATH, data)
    assert (caught.value.message, bool(caught.value.fix)) == (said, True)


def test_a_file_is_read_no_further_than_a_lut_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its ending says."""
    monkeypatch.setattr("reperform.media.viewing.cube.MOST_BYTES", 1000)
    monkeypatch.setattr(cube_files, "MOST_BYTES", 1000)
    path = tmp_path / "film.cube"
    path.write_bytes(b"0 0 0\n" * 1000)
    with pytest.raises(SettingsError, match=r"film\.cube is too large for a LUT"):
        described(path)


def test_a_folder_is_no_lut(tmp_path: Path) -> None:
    """And is not opened."""
    with pytest.raises(SettingsError, match="cannot be read"):
        described(tmp_path)


@pytest.mark.slow
def test_the_largest_cube_is_read() -> None:
    """129 entries a side."""
    data = b"LUT_3D_SIZE 129\n" + b"0.5 0.25 1\n" * 129**3
    lattice = read_cube(PATH, data).lattice
    assert lattice is not None
    assert np.array_equal(lattice[128, 128, 128], np.array([0.5, 0.25, 1], np.float32))
