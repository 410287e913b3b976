"""The seam of a changed region: one mouth moves into the other, as sharp as both, and nothing beside it is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import altered_scene
from altered_scene import Planes, Scene
from composited import touched_outside
from filmed_scene import ACTOR, Filmed
from reperform.media.compositing.seams import between
from reperform.media.compositing.views import Layout
from shared import needs

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


def _head(width: int, height: int, at: tuple[float, float], radii: tuple[float, float]) -> NDArray[np.float32]:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    inside = 1 - np.hypot((x - at[0]) / radii[0], (y - at[1]) / radii[1])
    return np.asarray(np.clip(inside / 0.12, 0, 1), np.float32)


def _over(original: Planes, other: Planes, matte: NDArray[np.float32]) -> Planes:
    shares = (matte, matte[:, ::2], matte[:, ::2])
    pairs = zip(original, other, shares, strict=True)
    return tuple(np.rint(one * (1 - share) + two * share).astype(np.uint16) for one, two, share in pairs)


def _fine(picture: Planes) -> NDArray[np.float32]:
    luma = picture[0].astype(np.float32)
    return luma - np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.5), np.float32)


def _assert_as_sharp(original: Planes, laid: Planes, matte: NDArray[np.float32], share: float, *, least: float) -> None:
    """By the energy of what is finer than 1.5 pixels: at least so much of the softer end's."""
    found = between(original, laid, matte, share=share, layout=LAYOUT)
    inside = matte > 0.5
    ends = [float((_fine(each)[inside] ** 2).mean()) for each in (original, laid)]
    assert float((_fine(found)[inside] ** 2).mean()) > least * min(ends)
    assert touched_outside(original, found, matte) == 0


def _middle(picture: Planes) -> float:
    """The line around which the disc lies."""
    bright = np.maximum(picture[0].astype(float) - 300, 0)
    return float((bright * np.arange(HEIGHT)[:, np.newaxis]).sum() / bright.sum())


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_mouth_moves_a_part_of_its_way(share: float) -> None:
    """There is one disc, as bright as it was, that part of the way down; every sample outside the matte stays."""
    before, after, matte = _picture(0), _picture(MOVED), _matte()
    found = between(before, after, matte, share=share, layout=LAYOUT)
    assert _middle(found) - _middle(before) == pytest.approx(MOVED * share, abs=0.6)
    assert found[0].max() > 0.95 * before[0].max()
    assert touched_outside(before, found, matte) == 0


def test_where_no_motion_leads_from_one_to_the_other_no_edge_is_seen_twice() -> None:
    """Of textures that have nothing in common the nearer one stands, and the other gives no more than its broad tones."""
    textures = [np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH)).astype(np.float32) for seed in (2, 3)]
    textures = [np.asarray(cv2.GaussianBlur(each, (0, 0), 1.2), np.float32) * 600 + 500 for each in textures]
    matte, colours = _matte(), tuple(np.full((HEIGHT, WIDTH // 2), 512, np.uint16) for _ in range(2))
    before, other = ((np.clip(each, 0, 1023).astype(np.uint16), *colours) for each in textures)
    laid = _over(before, other, matte)
    inside = matte > 0.9
    for share, near, far in ((0.4, before, laid), (0.6, laid, before)):
        found = _fine(between(before, laid, matte, share=share, layout=LAYOUT))[inside]
        alike = [abs(float(np.corrcoef(found, _fine(each)[inside])[0, 1])) for each in (near, far)]
        assert alike[0] > 4 * alike[1], share


@pytest.mark.parametrize("share", [0.2, 0.4, 0.5, 0.6, 0.8])
def test_no_frame_of_a_seam_is_softer_than_its_ends(share: float) -> None:
    """A head that moves on and speaks, in film with grain: nearly as much of the finest details as the softer end has."""
    scene, now, then = Scene(width=480, height=270, grain=2.6), 3, 10
    original = scene.original(now)
    x, y = scene.face(now)
    matte = _head(scene.width, scene.height, (x, y), (0.3 * scene.height, 0.42 * scene.height))
    performed = altered_scene.planes_of(scene.altered(scene.grained(then), then), 10)
    _assert_as_sharp(original, _over(original, performed, matte), matte, share, least=0.85)


@pytest.mark.slow
@needs(ACTOR)
@pytest.mark.parametrize("frame", [262, 268, 285, 315, 370, 430])
@pytest.mark.parametrize("apart", [2, 5], ids=["a little further", "much further"])
def test_a_head_that_was_filmed_turning_stays_sharp(frame: int, apart: int) -> None:
    """A cue that begins in a turn of the actor's head: every frame of its seam has the details of its softer end."""
    film = Filmed(width=1080, height=1920, start=frame, frames=apart + 1, grain=0.0)
    original = film.original(0)
    matte = _head(1080, 1920, (545, 480), (330, 330))
    laid = _over(original, film.original(apart), matte)
    for share in (0.2, 0.4, 0.5, 0.6, 0.8):
        _assert_as_sharp(original, laid, matte, share, least=0.92)


def test_without_a_change_the_picture_is_the_originals() -> None:
    """An empty matte gives the very planes."""
    before = _picture(0)
    assert between(before, _picture(MOVED), np.zeros((HEIGHT, WIDTH), np.float32), share=0.5, layout=LAYOUT) is before
