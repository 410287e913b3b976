"""What a LUT shows is what FFmpeg and grading systems show through it; and what an engine makes of that can be stored."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reperform.media.viewing.cube import Cube, cube_of, described
from reperform.media.viewing.cube_files import CubeTables
from viewing.log_kit import logged, shown, write_lut

UNIT = ((0.0,) * 3, (1.0,) * 3)
CODE = 1 / 1023
"""Of 10 bits."""
Colours = NDArray[np.float32]


@pytest.fixture(scope="module")
def lut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From log to Rec. 709."""
    return write_lut(tmp_path_factory.mktemp("lut") / "log.cube")


@pytest.fixture(scope="module")
def camera(lut: Path) -> Cube:
    """The view through it."""
    return cube_of(described(lut))


def _random(height: int = 90, width: int = 160, *, seed: int = 1) -> Colours:
    """In steps of 16 bits, as FFmpeg is given them."""
    made = np.random.default_rng(seed).random((height, width, 3))
    return np.asarray(np.rint(made * 65535) / 65535, np.float32)


def _by_ffmpeg(colours: Colours, filters: str) -> Colours:
    height, width = colours.shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb48le", "-s", f"{width}x{height}"]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        *raw,
        "-i",
        "pipe:0",
        "-vf",
        f"format=gbrp16le,{filters}",
    ]
    data = np.rint(colours * 65535).astype("<u2").tobytes()
    done = subprocess.run([*command, *raw[:4], "pipe:1"], input=data, capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<u2").reshape(height, width, 3).astype(np.float32) / np.float32(65535)


def _write(path: Path, header: str, rows: Colours) -> Path:
    path.write_text("\n".join([header, *(f"{r:.7f} {g:.7f} {b:.7f}" for r, g, b in rows.reshape(-1, 3))]))
    return path


def test_a_cube_is_looked_up_as_ffmpeg_does(lut: Path, camera: Cube) -> None:
    """Tetrahedra: within two of 65535."""
    colours = _random()
    assert np.abs(camera.shown(colours) - _by_ffmpeg(colours, f"lut3d=file={lut}:interp=tetrahedral")).max() < 2 / 65535


def test_curves_are_looked_up_as_ffmpeg_does(tmp_path: Path) -> None:
    """Straight between their entries."""
    rows = np.sort(_random(1, 40), axis=1)
    path = _write(tmp_path / "curves.cube", "LUT_1D_SIZE 40", rows)
    colours, view = _random(), cube_of(described(path))
    assert np.abs(view.shown(colours) - _by_ffmpeg(colours, f"lut1d=file={path}:interp=linear")).max() < 2 / 65535


def test_curves_come_before_the_cube_of_one_file(tmp_path: Path) -> None:
    """As Resolve has them: like two files one after the other."""
    curves, cube = np.sort(_random(1, 64), axis=1), _random(27, 1, seed=3)
    one = _write(tmp_path / "curves.cube", "LUT_1D_SIZE 64", curves)
    other = _write(tmp_path / "cube.cube", "LUT_3D_SIZE 3", cube)
    both = _write(
        tmp_path / "both.cube",
        "LUT_1D_SIZE 64\nLUT_3D_SIZE 3",
        np.concatenate([curves.reshape(-1, 3), cube.reshape(-1, 3)]),
    )
    colours = _random()
    first, second, together = (cube_of(described(path)) for path in (one, other, both))
    assert np.abs(together.shown(colours) - second.shown(first.shown(colours))).max() < 1e-6


def test_a_wider_range_is_looked_up_in_all_of_it(tmp_path: Path) -> None:
    """Beyond its ends as at them; what is no number as the least."""
    rows = np.linspace(0, 1, 3, dtype=np.float32)[:, np.newaxis].repeat(3, axis=1)
    view = cube_of(described(_write(tmp_path / "wide.cube", "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE -1 3", rows)))
    stored = np.array([[[-1, 0, 1], [3, 9, -7], [np.nan, np.inf, -np.inf]]], np.float32)
    assert view.shown(stored).tolist() == [[[0, 0.25, 0.5], [1, 1, 0], [0, 1, 0]]]


def test_what_is_shown_already_is_stored_as_it_was(camera: Cube) -> None:
    """Bit for bit, also what no LUT was made for."""
    stored = np.concatenate([_random(), _random(seed=2) * 3 - 1])
    stored[0, 0] = np.nan
    assert np.array_equal(camera.undone(stored, camera.shown(stored)), stored, equal_nan=True)


def test_a_change_is_stored_as_the_camera_would_have(camera: Cube) -> None:
    """Within two codes of 10 bits of the very colours that show it, where the LUT tells them apart."""
    display = 0.15 + 0.6 * _random(seed=4)
    meant = logged(display).astype(np.float32)
    stored = (meant + np.random.default_rng(5).normal(0, 0.05, meant.shape)).astype(np.float32)
    found = camera.undone(stored, camera.shown(meant))
    assert float(np.percentile(np.abs(found - meant), 99.9)) < 2 * CODE
    assert np.abs(shown(found) - display).max() < 0.01


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.5), st.sampled_from([2, 5, 17]), st.booleans())
def test_what_can_be_shown_is_found(seed: int, off: float, edge: int, curved: bool) -> None:
    """From any colour, clipped or not: what is made shows what was wanted, or nothing nearer was near; and it is legal."""
    random = np.random.default_rng(seed)
    line = np.linspace(-0.1, 1.1, edge, dtype=np.float32)
    blue, green, red = np.meshgrid(line, line, line, indexing="ij")
    lattice = np.stack([red, green, blue], -1) + random.normal(0, 0.01, (edge, edge, edge, 3))
    curve = np.linspace(0, 1, 30)[:, np.newaxis].repeat(3, axis=1) ** random.uniform(0.6, 1.6, 3) if curved else None
    tables = CubeTables(
        curve=None if curve is None else curve.astype(np.float32), curve_range=UNIT,
        lattice=lattice.astype(np.float32), lattice_range=UNIT,
    )  # fmt: skip
    view = Cube("random", tables)
    stored = random.random((8, 8, 3)).astype(np.float32)
    meant = np.clip(stored + random.normal(0, off, stored.shape), 0, 1).astype(np.float32)
    wanted = view.shown(meant)
    found = view.undone(stored, wanted)
    distance = np.abs(view.shown(found) - wanted).max(axis=-1)
    assert (np.percentile(distance, 90) < 4e-3, distance.max() < 0.08) == (True, True)
    assert 0 <= found.min() <= found.max() <= 1


def test_white_that_was_cut_off_can_become_grey(camera: Cube) -> None:
    """Where the LUT is flat no slope leads away from it."""
    stored = np.full((1, 4, 3), 0.95, np.float32)
    wanted = np.array([[[0.9] * 3, [0.5, 0.4, 0.3], [1, 0.8, 0.7], [0.1] * 3]], np.float32)
    assert camera.shown(stored).min() == 1
    assert np.abs(camera.shown(camera.undone(stored, wanted)) - wanted).max() < 2e-3


def test_what_a_lut_does_not_tell_apart_stays_as_it_was() -> None:
    """A LUT that shows grey alone: a change of brightness moves all colours alike, and their differences stay."""
    line = np.linspace(0, 1, 9, dtype=np.float32)
    blue, green, red = np.meshgrid(line, line, line, indexing="ij")
    grey = np.asarray(((red + green + blue) / 3)[..., np.newaxis].repeat(3, axis=-1), np.float32)
    view = Cube("grey", CubeTables(curve=None, curve_range=UNIT, lattice=grey, lattice_range=UNIT))
    stored = np.array([[[0.5, 0.3, 0.4]]], np.float32)
    assert view.undone(stored, view.shown(stored) + np.float32(0.1)) == pytest.approx(stored + 0.1, abs=1e-3)


def test_a_number_outside_the_range_stays_where_it_need_not_change(tmp_path: Path) -> None:
    """It is shown as white is, and stored as it was."""
    rows = np.linspace(0, 1, 5, dtype=np.float32)[:, np.newaxis].repeat(3, axis=1)
    view = cube_of(described(_write(tmp_path / "same.cube", "LUT_1D_SIZE 5", rows)))
    stored = np.array([[[1.08, 0.4, -0.1]]], np.float32)
    found = view.undone(stored, np.array([[[1, 0.5, 0]]], np.float32))
    assert found.tolist() == [[[pytest.approx(1.08), pytest.approx(0.5, abs=1e-3), pytest.approx(-0.1)]]]


def test_a_digest_is_of_what_is_shown(tmp_path: Path, lut: Path) -> None:
    """Not of names, titles and numbers written otherwise."""
    text = lut.read_text()
    other = tmp_path / "other.cube"
    other.write_text("# a comment\n" + text.replace('TITLE "log to Rec. 709"\n', "").replace("0.0000000", "0"))
    third = write_lut(tmp_path / "third.cube", edge=32)
    digests = [cube_of(described(path)).digest for path in (lut, other, third)]
    assert [digests.index(each) for each in digests] == [0, 0, 2]
