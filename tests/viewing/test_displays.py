"""Planes as they are shown, and back: in every format that takes are made in, to the last sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reperform.media.pictures import Coding, Planes
from reperform.media.viewing.base import Colours
from reperform.media.viewing.cube import Cube
from reperform.media.viewing.cube_files import CubeTables
from reperform.media.viewing.display import WIRE_FORMAT, Display, displayed
from viewing.log_kit import shown

_LINE = np.linspace(0, 1, 17)
_BLUE, _GREEN, _RED = np.meshgrid(_LINE, _LINE, _LINE, indexing="ij")
_UNIT = ((0.0,) * 3, (1.0,) * 3)
CAMERA = Cube(
    "log",
    CubeTables(
        curve=None, curve_range=_UNIT, lattice_range=_UNIT,
        lattice=shown(np.stack([_RED, _GREEN, _BLUE], -1)).astype(np.float32),
    ),
)  # fmt: skip
FORMATS = {
    "yuv420p": (8, 2, 2), "yuv422p": (8, 2, 1), "yuv422p10le": (10, 2, 1), "yuv444p12le": (12, 1, 1), "yuv411p": (8, 4, 1),
    "yuva444p10le": (10, 1, 1), "gbrp": (8, 1, 1), "gbrp16le": (16, 1, 1), "gbrap12le": (12, 1, 1),
}  # fmt: skip
EVERY = pytest.mark.parametrize("name", list(FORMATS))


class Same:
    """A view that changes nothing, of stored numbers that are shown as they are."""

    name = digest = "same"

    def shown(self, stored: Colours) -> Colours:
        return stored

    def undone(self, stored: Colours, wanted: Colours) -> Colours:
        return wanted


def _picture(name: str, *, width: int = 67, height: int = 39, seed: int = 3) -> Planes:
    """A stored picture of an odd size, in mid tones, smooth colours."""
    bits, across, down = FORMATS[name]
    random, top = np.random.default_rng(seed), 2**bits - 1
    rgb = name.startswith("gbr")
    planes = [random.integers(round(0.3 * top), round(0.6 * top), (height, width))]
    small = planes[0].shape if rgb else (-(-height // down), -(-width // across))
    low, high = (0.3, 0.6) if rgb else (0.48, 0.54)
    planes += [random.integers(round(low * top), round(high * top), small) for _ in range(2)]
    planes += (
        [random.integers(0, top, (height, width))] if "a" in name.removeprefix("yuv").removeprefix("gbr")[:1] else []
    )
    return tuple(plane.astype(np.uint8 if bits == 8 else np.uint16) for plane in planes)


def _display(name: str, coding: Coding = Coding("bt709", "tv")) -> Display:  # noqa: B008 - it is frozen
    return Display(CAMERA, name, coding)


@EVERY
def test_what_is_not_changed_is_the_same_picture(name: str) -> None:
    """The very planes."""
    display, stored = _display(name), _picture(name)
    assert display.undone(stored, display.shown(stored), display.shown(stored)) is stored


@EVERY
def test_samples_of_unchanged_pixels_keep_their_numbers(name: str) -> None:
    """In all planes; transparency too; and those that changed do not."""
    display, stored = _display(name), _picture(name)
    seen = display.shown(stored)
    wanted = tuple(plane.copy() for plane in seen)
    for plane in wanted:
        plane[11:20, 23:41] //= 2
    made = display.undone(stored, wanted, seen)
    assert len(made) == len(stored)
    for number, (before, after) in enumerate(zip(stored, made, strict=True)):
        down, across = -(-stored[0].shape[0] // before.shape[0]), -(-stored[0].shape[1] // before.shape[1])
        own = np.zeros(before.shape, np.bool_)
        own[11 // down : -(-20 // down), 23 // across : -(-41 // across)] = True
        assert np.array_equal(before[~own], after[~own]), number
        assert (number == 3) == np.array_equal(before, after), number


@pytest.mark.parametrize("name", ["yuv444p12le", "gbrp16le", "gbrap12le"])
@pytest.mark.parametrize("coding", [Coding("bt709", "tv"), Coding("bt2020", "pc")], ids=["709", "full 2020"])
def test_what_is_made_is_shown_as_wanted(name: str, coding: Coding) -> None:
    """Within what the format's steps show."""
    display, stored = _display(name, coding), _picture(name)
    seen = display.shown(stored)
    wanted = tuple((plane * np.float32(0.8)).astype(np.uint16) for plane in seen)
    found = display.shown(display.undone(stored, wanted, seen))
    off = max(float(np.abs(a.astype(float) - b).max()) for a, b in zip(found, wanted, strict=True))
    assert off / 65535 < 0.004


def test_a_change_stays_inside_the_legal_range() -> None:
    """White that is wanted is no more than white; a number that was beyond it may stay there."""
    stored = tuple(np.full((4, 8), value, np.uint16) for value in (700, 512, 512))
    stored[0][0, 0] = 1010
    display = Display(Same(), "yuv444p10le", Coding("bt709", "tv"))
    seen = display.shown(stored)
    white = tuple(np.full_like(plane, 65535) for plane in seen)
    made = display.undone(stored, white, seen)
    assert (int(made[0][0, 0]), int(made[0][1:].max()), int(made[0][1:].min())) == (1010, 940, 940)


def test_floating_numbers_keep_their_bits() -> None:
    """Negatives, what is brighter than white and what is no number, wherever nothing changes."""
    stored = tuple(np.array([[-1.5, 7.25, np.nan, 0.4]], np.float32) for _ in range(3))
    display = Display(CAMERA, "gbrpf32le", Coding("bt709", "pc"))
    seen = display.shown(stored)
    wanted = tuple(plane.copy() for plane in seen)
    wanted[1][0, 3] += 2000
    made = display.undone(stored, wanted, seen)
    assert all(np.array_equal(a[:, :3], b[:, :3], equal_nan=True) for a, b in zip(made, stored, strict=True))
    assert float(made[1][0, 3]) > 0.4


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_way_to_an_engine_and_back_loses_nothing(seed: int) -> None:
    """Within two steps of 16 bits."""
    random = np.random.default_rng(seed)
    stored = tuple(random.integers(0, 65536, (6, 10)).astype(np.uint16) for _ in range(3))
    display = Display(CAMERA, "gbrp16le", Coding("bt709", "pc"))
    back = displayed(display.wired(stored))
    off = [np.abs(a.astype(int) - b).max() for a, b in zip(back, display.shown(stored), strict=True)]
    assert (max(off) <= 2, WIRE_FORMAT) == (True, "yuv444p16le")
