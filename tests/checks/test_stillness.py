"""Standing still is told by what moves most: a head on a fixed camera is a twentieth of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reperform.media.checks.stillness import Standing, repeats
from reperform.media.result_pictures import Beside
from reperform.model import Thresholds
from reperform.timing import exact_rate

RATE = exact_rate(25.0)


def head(at: float, *, noise: float = 0.0, seed: int = 0) -> NDArray[np.uint8]:
    """A small bright head before a wall, `at` pixels from its place; what moves is less than half a level on average."""
    y, x = np.mgrid[0:36, 0:64]
    wall = 90 + 20 * np.sin(x / 5) + 10 * np.cos(y / 3)
    inside = np.clip(4 - np.hypot(x - 30 - at, y - 14), 0, 1)
    grain = noise * np.random.default_rng(seed).standard_normal(wall.shape)
    return np.asarray(np.clip(wall + 70 * inside + grain, 0, 255), np.uint8)


MOVING = [head(0.6 * np.sin(frame / 3)) for frame in range(40)]


def held(first: int, frames: int) -> list[NDArray[np.uint8]]:
    """What came back: coded a little otherwise each time."""
    return [head(0.6 * np.sin((first if first <= n < first + frames else n) / 3), noise=0.3, seed=n) for n in range(40)]


def stood(returned: list[NDArray[np.uint8]]) -> int:
    standing = Standing()
    return max(standing.step(n, *pair) for n, pair in enumerate(zip(MOVING, returned, strict=True)))


@pytest.mark.parametrize("frames", [14, 20])
def test_a_held_head_stands_for_as_long_as_it_is_held(frames: int) -> None:
    """To one picture, whatever the codec adds."""
    assert abs(stood(held(10, frames)) - (frames - 1)) <= 1


def test_a_head_that_moves_half_as_far_does_not_stand() -> None:
    """A performance may be calmer than what was filmed."""
    assert stood([head(0.3 * np.sin(frame / 3), noise=0.3, seed=frame) for frame in range(40)]) < 12


def test_pictures_that_the_original_shows_twice_end_no_stand() -> None:
    """As media of a variable rate does."""
    standing = Standing()
    original = [MOVING[n - (n % 3 == 0)] for n in range(40)]
    assert max(standing.step(n, original[n], MOVING[10]) for n in range(10, 30)) == 19


def test_standing_like_the_original_is_no_freeze() -> None:
    """Nothing moved away."""
    standing = Standing()
    assert max(standing.step(n, head(0, noise=1, seed=n), head(0)) for n in range(40)) == 0


def test_a_picture_shown_twice_is_told_from_a_slow_one() -> None:
    """By what moves most."""
    shift = head(0), head(1)
    assert repeats(shift, (head(0), head(0, noise=0.3)))
    assert not repeats(shift, (head(0), head(0.6)))
    assert not repeats((head(0), head(0, noise=0.3)), (head(0), head(0)))


def beside(returned: list[NDArray[np.uint8]]) -> Beside:
    frames = tuple(range(40))
    inside = frozenset(range(6, 34))
    return Beside(sent=np.stack(MOVING), returned=np.stack(returned), frames=frames, inside=inside, rate=RATE)


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        pytest.param({}, (False, False), id="half a second fails"),
        pytest.param({"frozen_ms": 900}, (True, False), id="a longer one allowed"),
        pytest.param({"failing": ("sync",)}, (True, True), id="a remark"),
    ],
)
def test_what_came_back_is_judged_by_the_settings(limits: dict[str, object], verdict: tuple[bool, bool]) -> None:
    """As the take is."""
    _, frozen = beside(held(10, 16)).checks(Thresholds.model_validate(limits))
    assert (frozen.passed, frozen.noticed) == verdict


@pytest.mark.parametrize(("black", "passed"), [(20, False), (8, True)])
def test_how_dark_black_is_is_a_setting(black: float, passed: bool) -> None:
    """A picture of level 10, of what came back."""
    returned = [*MOVING[:15], np.full((36, 64), 10, np.uint8), *MOVING[16:]]
    check, _ = beside(returned).checks(Thresholds(black=black))
    assert check.passed is passed
    assert passed or "the first is frame 15 of the job" in check.detail
