"""Scene-linear light is shown by one documented curve, and what is shown otherwise becomes light again; what is not stays as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray

import burned
from image_sequences import linear_light
from reperform.media import frames
from reperform.media.viewing.scene_linear import REC_709, Chromaticities, SceneLinear
from reperform.review import proxies
from reperform.review.footage import Footage

AP0: Chromaticities = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
AP1: Chromaticities = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
P3: Chromaticities = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)
REC_2020: Chromaticities = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)
SPACES = {"Rec. 709": REC_709, "AP0": AP0, "AP1": AP1, "P3": P3, "Rec. 2020": REC_2020}
each = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def colours(*rows: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.array([rows], np.float32)


def greys(*values: float) -> NDArray[np.float32]:
    return np.repeat(np.array([values], np.float32)[..., np.newaxis], 3, axis=2)


def test_the_curve_is_rec_709s_below_the_highlights_and_rolls_off_above() -> None:
    shown = SceneLinear().shown(greys(0, 0.01, 0.18, 0.35, 1, 4, 16, 64))[0, :, 1]
    meant = [0, 0.045, 1.099 * 0.18**0.45 - 0.099, 1.099 * 0.35**0.45 - 0.099, 0.8108, 0.9326, 0.9760, 0.9915]
    assert np.allclose(shown, meant, atol=2e-4)


def test_brighter_light_is_never_shown_darker_and_never_at_white() -> None:
    ramp = np.geomspace(1e-4, 60000, 4000).astype(np.float32)
    shown = SceneLinear().shown(greys(*ramp))[0, :, 0]
    assert (np.diff(shown) >= -1e-6).all()
    assert 0.999 < shown[-1] <= 1


@each
def test_white_stays_white_whatever_the_primaries(space: Chromaticities) -> None:
    shown = SceneLinear(space).shown(greys(0.18, 1.0))
    assert np.allclose(shown, SceneLinear().shown(greys(0.18, 1.0)), atol=1e-4)


def test_the_primaries_of_aces_are_brought_to_rec_709_as_aces_brings_them() -> None:
    """The matrix that the Academy publishes, with Bradford's adaptation."""
    light = colours((0.3, 0.2, 0.1))
    meant = np.array([[2.5216, -1.1341, -0.3876], [-0.2765, 1.3727, -0.0962], [-0.0154, -0.1530, 1.1684]]) @ light[0, 0]
    assert np.allclose(
        SceneLinear(AP0).shown(light), SceneLinear().shown(meant.reshape(1, 1, 3).astype(np.float32)), atol=2e-4
    )


def test_what_no_display_shows_is_shown_black_or_brightest() -> None:
    shown = SceneLinear().shown(colours((-1, -0.01, 0), (np.nan, np.inf, -np.inf)))
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert (shown[0, 1, 0], shown[0, 1, 2]) == (0, 0)
    assert shown[0, 1, 1] > 0.999


_LIGHT = some.floats(-10, 70000, width=32) | some.sampled_from([np.nan, np.inf, -np.inf, -0.0, 1e-20])
_SHOWN = some.integers(0, 1013).map(lambda number: number / 1024)


@each
@settings(max_examples=30, deadline=None)
@given(stored=some.lists(some.tuples(_LIGHT, _LIGHT, _LIGHT), min_size=1, max_size=20))
def test_what_is_shown_already_keeps_its_bits(space: Chromaticities, stored: list[tuple[float, float, float]]) -> None:
    """In as many bits as pictures are compared in, too."""
    view, light = SceneLinear(space), colours(*stored)
    shown = view.shown(light)
    rounded = np.rint(shown * np.float32(65535)) / np.float32(65535)
    for wanted in (shown, rounded.astype(np.float32)):
        assert np.array_equal(linear_light.bits(view.undone(light, wanted)), linear_light.bits(light))


@each
@settings(max_examples=30, deadline=None)
@given(stored=some.tuples(*[some.floats(0, 30, width=32)] * 3), wanted=some.tuples(_SHOWN, _SHOWN, _SHOWN))
def test_what_is_wanted_otherwise_is_shown_so(
    space: Chromaticities, stored: tuple[float, float, float], wanted: tuple[float, float, float]
) -> None:
    """Within a quarter of a level of 8 bits, whatever stood there."""
    view, there, goal = SceneLinear(space), colours(stored), colours(wanted)
    assert np.abs(view.shown(view.undone(there, goal)) - goal).max() < 0.001


def test_a_highlight_beyond_what_can_be_told_apart_is_scaled_not_clipped() -> None:
    view, light = SceneLinear(), greys(5000.0)
    darker = view.undone(light, greys(0.99))
    assert 500 < float(darker[0, 0, 0]) < 5000
    assert abs(float(view.shown(view.undone(light, greys(0.5)))[0, 0, 0]) - 0.5) < 0.001


def test_below_black_stays_where_black_stays() -> None:
    view, light = SceneLinear(), colours((-0.25, 0.2, 0.4))
    goal = view.shown(light) * np.array([1, 0.5, 0.5], np.float32)
    assert float(view.undone(light, goal)[0, 0, 0]) == -0.25


def test_views_of_other_primaries_have_other_digests() -> None:
    digests = {SceneLinear(space).digest for space in SPACES.values()}
    assert len(digests) == len(SPACES)


def test_review_and_sheets_show_what_people_see(tmp_path: Path) -> None:
    """Not light, which is dark to the eye."""
    source = linear_light.render(tmp_path / "plate", count=4)
    assert [burned.number_in(picture[:, :, 1]) for picture in frames.arrays(source, [3, 0])] == [3, 0]
    made = tmp_path / "proxy.mp4"
    proxies.make(Footage(source=source, frames=(0, 2, 1), rate=Fraction(24)), made)
    assert burned.numbers(made) == [0, 2, 1]
