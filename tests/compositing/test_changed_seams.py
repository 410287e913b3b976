"""The seam of a changed region: one mouth moves into the other, and nothing beside it is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from altered_scene import Planes
from composited import touched_outside
from reperform.media.compositing.seams import between
from reperform.media.compositing.views import Layout

LAYOUT = Layout.of("yuv422p10le")
HEIGHT, WIDTH, MOVED = 96, 160, 6


def _picture(down: float) -> Planes:
    """A soft bright disc, `down` pixels below the middle, on a faint texture that stays."""
    noise = np.random.default_rng(31).standard_normal((HEIGHT, WIDTH)).astype(np.float32) * 4
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    disc = 400 * np.exp(-(((x - 80) / 11) ** 2 + ((y - 48 - down) / 11) ** 2))
    luma = (200 + noise + disc).round().astype(np.uint16)
    return luma, *(np.full((HEIGHT, WIDTH // 2), 512, np.uint16) for _ in range(2))


def _matte() -> NDArray[np.float32]:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    inside = (np.hypot(x - 80, y - 51) < 38).astype(np.float32)
    return np.asarray(cv2.blur(inside, (5, 5)), np.float32)


def _middle(picture: Planes) -> float:
    """The line around which the disc lies."""
    bright = np.maximum(picture[0].astype(float) - 300, 0)
    return float((bright * np.arange(HEIGHT)[:, np.newaxis]).sum() / bright.sum())


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_mouth_moves_a_part_of_its_way(share: float) -> None:
    """There is one disc, as bright as it was, that part of the way down; every sample outside the matte stays."""
    before, after, matte = _picture(0), _picture(MOVED), _matte()
    found = between(before, after, matte, share=share, layout=LAYOUT)
    assert found is not None
    assert _middle(found) - _middle(before) == pytest.approx(MOVED * share, abs=0.6)
    assert found[0].max() > 0.95 * before[0].max()
    assert touched_outside(before, found, matte) == 0


def test_where_no_motion_leads_from_one_to_the_other_there_is_none() -> None:
    """Textures that have nothing in common are left to a dissolve."""
    before, matte = _picture(0), _matte()
    other = np.random.default_rng(2).integers(64, 940, before[0].shape).astype(np.uint16)
    laid = (np.where(matte > 0, other, before[0]).astype(np.uint16), *before[1:])
    assert between(before, laid, matte, share=0.5, layout=LAYOUT) is None


def test_without_a_change_the_picture_is_the_originals() -> None:
    """An empty matte gives the very planes."""
    before = _picture(0)
    assert between(before, _picture(MOVED), np.zeros((HEIGHT, WIDTH), np.float32), share=0.5, layout=LAYOUT) is before
