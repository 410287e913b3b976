"""What an engine changed is found, brought back into place and laid in; nothing else is touched."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

import altered_scene
from altered_scene import ALL, CAST, NONE, RANGED, SCALED, SHIFTED, Scene, Slip
from composited import examined, measured, touched_outside
from filmed_scene import ACTOR, PRESENTER, Filmed
from reperform.media.compositing.examining import examine
from reperform.media.compositing.masks import Masks, hysteresis, remembered
from reperform.media.compositing.matte import Mattes
from reperform.media.compositing.registration import Registration
from reperform.media.pictures import planes
from shared import needs

SMALL = Scene(width=480, height=270, frames=10)
GRAINLESS = Scene(width=480, height=270, frames=8, grain=0.0)


def test_all_that_an_encode_slips_is_undone_and_only_the_mouth_is_changed() -> None:
    """Shift, scale, range, colours: outside the matte every sample is the original's, inside it is nearly the ideal paste."""
    back = altered_scene.returned(SMALL, ALL, crf=23)
    found = examined(SMALL, back, how="replace")
    result = measured(SMALL, ALL, back, found)
    assert (found.verdict, result.touched_outside) == ("changed", 0)
    assert result.loss < 0.3
    assert result.worst_loss < 1.0
    assert result.found > 0.97
    assert result.overlap > 0.7
    assert result.corner < 0.12


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scene", "slip"),
    [
        (replace(SMALL, seed=11, frames=8), ALL),
        (replace(SMALL, seed=23, frames=8, camera=1.7, grain=0.7), NONE),
    ],
    ids=["another picture", "another picture, moving camera"],
)
def test_what_no_threshold_was_chosen_by_is_found_as_well(scene: Scene, slip: Slip) -> None:
    """Scenes and seeds that had no say in how changes are told from coding; and without a change nothing is found."""
    back = altered_scene.returned(scene, slip, crf=23)
    result = measured(scene, slip, back, examined(scene, back, how="replace"))
    assert result.touched_outside == 0
    assert result.found > 0.97
    assert result.area < 1.5
    assert result.worst_loss < 1.0
    same = altered_scene.returned(scene, slip, crf=23, alters=False)
    assert examined(scene, same).verdict == "unchanged"


def test_a_little_over_far_from_what_is_well_over_is_no_change() -> None:
    """A region ends near its seeds, and a thin edge that hangs on it is none of it."""
    ratio = np.ones((180, 320), np.float32)
    ratio[80:110, 100:140] = 8
    ratio[88:100, 140:300] = 3
    ratio[94:97, 93:100] = 3
    found = hysteresis(ratio, np.full_like(ratio, 5))
    assert found[95, 120]
    assert found[95, 145]
    assert not found[:, 152:].any()
    assert not found[:, :96].any()


def test_what_was_found_a_moment_ago_is_remembered() -> None:
    """A change that grows faint stays for as long as it is a little over what coding explains; one that never was found does not."""
    faint, found = np.zeros((90, 160), bool), np.zeros((90, 160), bool)
    faint[30:60, 40:70] = faint[30:60, 100:130] = True
    found[30:60, 40:70] = True
    nothing = np.zeros_like(found)
    kept = remembered(Masks([found, *[nothing] * 9]), Masks([faint] * 9 + [nothing]))
    assert [bool(kept[number][45, 55]) for number in range(10)] == [True] * 7 + [False] * 3
    assert not any(kept[number][45, 115] for number in range(10))


def test_what_is_small_beside_the_change_is_not_remembered() -> None:
    """A strong edge that is coded badly for a moment is a change for that moment only."""
    found, face = np.zeros((90, 160), bool), np.zeros((90, 160), bool)
    found[30:60, 40:70] = face[30:60, 40:70] = True
    found[10:18, 120:128] = True
    kept = remembered(Masks([found, *[face] * 5]), Masks([found] * 6))
    assert [bool(kept[number][14, 124]) for number in range(6)] == [True] + [False] * 5
    assert all(kept[number][45, 55] for number in range(6))


def test_the_matte_is_wider_where_the_end_of_a_change_is_lost_in_grain() -> None:
    """It grows with what coding and grain make alone, and not without end."""
    mask = np.zeros((180, 320), bool)
    mask[80:110, 100:140] = True
    areas = [float(Mattes(Masks([mask] * 5), usual=usual).matte(2).sum()) for usual in (0.5, 1.2, 1.7, 4.0, 9.0)]
    assert mask.sum() < areas[0] == areas[1] < areas[2] <= areas[3] == areas[4]


@pytest.mark.parametrize(("raster", "moves"), [((1920, 1080), True), ((1080, 1920), True), ((3840, 2160), False)])
def test_what_only_measuring_moves_is_left_where_it_is(raster: tuple[int, int], moves: bool) -> None:
    """A place is measured in a reduced picture: of 4K twice as many pixels are within its error."""
    off = Registration(shift_x=0.08 / raster[0])
    assert off.snapped(*raster).moves == moves
    assert Registration(shift_x=0.2 / raster[0]).snapped(*raster).moves


def test_planes_are_not_to_be_written_to() -> None:
    """They are the picture's own memory, which others see."""
    layers = planes(VideoFrame(64, 36, "yuv422p10le"))
    assert [plane.shape for plane in layers] == [(36, 64), (36, 32), (36, 32)]
    with pytest.raises(ValueError, match="read-only"):
        layers[0][0, 0] = 1


def test_a_mouth_that_closes_in_heavy_grain_is_still_changed() -> None:
    """While the mouth is shut only the skin's colour differs: it is found all the same, to the last frame."""
    scene = Scene(width=480, height=270, frames=16, seed=42, grain=2.6)
    back = altered_scene.returned(scene, ALL, crf=23)
    result = measured(scene, ALL, back, examined(scene, back, how="replace"))
    assert result.touched_outside == 0
    assert result.found > 0.97
    assert result.overlap > 0.8
    assert result.loss < 0.3
    assert result.worst_loss < 1.0


def test_a_grainy_original_keeps_its_grain_under_a_steady_matte() -> None:
    """Delta is chosen by the grain, and the finest details are as strong as the truth's; the matte moves as its region does."""
    back = altered_scene.returned(SMALL, NONE, crf=23)
    found = examined(SMALL, back)
    fine = measured(SMALL, NONE, back, found).fine
    assert found.laying.how == "delta"
    assert fine[0] > 0.93 * fine[1]
    frames = range(SMALL.frames)
    flicker = _flicker([found.matte(frame) for frame in frames])
    assert flicker < 1.5 * _flicker([SMALL.region(frame) for frame in frames])


def test_a_clean_original_is_replaced() -> None:
    """Where there is no grain to keep the returned picture stands."""
    assert examined(GRAINLESS, altered_scene.returned(GRAINLESS, NONE, crf=18)).laying.how == "replace"


@pytest.mark.parametrize(
    ("slip", "crf"), [(NONE, 18), (ALL, 28)], ids=["light coding", "heavy coding, slipped all over"]
)
def test_an_engine_that_changed_nothing_is_recognised(slip: Slip, crf: int) -> None:
    """Coding and slips alone are no change."""
    back = altered_scene.returned(SMALL, slip, crf=crf, alters=False)
    assert examined(SMALL, back).verdict == "unchanged"


def test_an_engine_that_made_the_whole_picture_anew_is_recognised() -> None:
    """Another picture has nothing to hold on to."""
    other = [SMALL.grained(frame)[:, ::-1].copy() for frame in range(SMALL.frames)]
    assert examined(SMALL, altered_scene.coded(other, crf=18)).verdict == "rerendered"


def test_most_of_a_picture_changed_is_a_picture_made_anew() -> None:
    """Where hardly anything is left unchanged all of it is used."""
    random = np.random.default_rng(1)
    waves = [random.standard_normal((5, 9, 3)).astype(np.float32) * 30 for _ in range(SMALL.frames)]
    size = (SMALL.width, SMALL.height)
    other = [SMALL.clean(n) + cv2.resize(wave, size, interpolation=cv2.INTER_CUBIC) for n, wave in enumerate(waves)]
    assert examined(SMALL, [np.clip(each, 0, 255) for each in other]).verdict == "rerendered"


def test_a_picture_that_fades_keeps_its_exposure() -> None:
    """A brightness of its own in every frame is no change."""
    fading = replace(SMALL, fades=True)
    back = altered_scene.returned(fading, NONE, crf=18)
    found = examined(fading, back)
    result = measured(fading, NONE, back, found)
    assert (found.verdict, result.touched_outside) == ("changed", 0)
    assert result.found > 0.9


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv422p10le", "yuv444p12le", "yuva444p10le", "gbrp10le", "gbrp16le"]
)
def test_every_kind_of_planes_is_laid_into(pixel_format: str) -> None:
    """Depths, sizes of colours, RGB: outside the matte every sample stays, inside the change is seen; alpha is the original's."""

    def of(picture: altered_scene.Picture) -> altered_scene.Planes:
        layers = altered_scene.planes_of(picture, 8)
        full = [layers[0], *(np.repeat(layer, 2, axis=1) for layer in layers[1:])]
        frame = VideoFrame.from_ndarray(np.stack(full), format="yuv444p")
        return planes(frame.reformat(format=pixel_format))

    scene = Scene(width=320, height=180, frames=6, grain=0.5)
    pairs = [(of(scene.grained(n)), of(scene.altered(scene.grained(n), n))) for n in range(scene.frames)]
    found = examine(iter(pairs), pixel_format=pixel_format, frames=scene.frames, how="replace")
    original, returned = pairs[3]
    laid = found.laid(3, original, returned)
    matte = found.matte(3)
    assert [plane.dtype for plane in laid] == [plane.dtype for plane in original]
    assert touched_outside(original, laid, matte) == 0
    inside = matte > 0.99999
    assert np.array_equal(laid[0][inside], returned[0][inside])
    assert not np.array_equal(laid[0][inside], original[0][inside])


def _flicker(pictures: list[altered_scene.Picture]) -> float:
    return float(np.mean([np.abs(one - other).mean() for one, other in pairwise(pictures)]))


@pytest.mark.slow
@pytest.mark.parametrize("crf", [18, 23, 28])
@pytest.mark.parametrize(
    ("slip", "camera"),
    [(NONE, 0.0), (SHIFTED, 0.0), (SCALED, 0.0), (RANGED, 0.0), (CAST, 0.0), (ALL, 0.0), (ALL, 1.3)],
    ids=["none", "half a pixel", "scale 1.01", "range", "colours", "all", "all, moving camera"],
)
def test_the_figures_of_every_slip(slip: Slip, camera: float, crf: int) -> None:
    """Within 0.3 dB of the ideal paste, 1 dB at worst, 97 % of what is seen to change, nothing else touched."""
    scene = Scene(width=640, height=360, frames=32, camera=camera)
    back = altered_scene.returned(scene, slip, crf=crf)
    result = measured(scene, slip, back, examined(scene, back, how="replace"))
    kept = measured(scene, slip, back, examined(scene, back, how="delta"))
    print(f"CRF {crf}: {result}; delta {kept}")
    assert (result.touched_outside, kept.touched_outside) == (0, 0)
    assert result.loss < 0.3
    assert result.worst_loss < 1.0
    assert result.found > 0.97
    assert kept.fine[0] > 0.93 * kept.fine[1]


FILMED = Filmed(width=1280, height=720, frames=16, grain=1.4, window=(40, 190, 1.28))
"""The actor, in the raster and with the grain for which figures are known."""


@pytest.mark.slow
@needs(ACTOR)
@pytest.mark.parametrize("crf", [18, 23, 28])
@pytest.mark.parametrize(
    ("scene", "slip"),
    [
        (FILMED, NONE),
        (FILMED, SHIFTED),
        (FILMED, SCALED),
        (replace(FILMED, camera=1.3), ALL),
        (replace(FILMED, fades=True), ALL),
        (replace(FILMED, grain=2.6), ALL),
        (replace(FILMED, start=112, mouth=(560, 548)), NONE),
    ],
    ids=["none", "half a pixel", "scale 1.01", "moving camera", "fade", "heavy grain", "moving head"],
)
def test_the_figures_on_film(scene: Filmed, slip: Slip, crf: int) -> None:
    """Real footage with grain: within 0.3 dB of the ideal paste and 1 dB at worst, 97 % found, steady as the truth.

    Where the matte is not the very region it is larger, which costs nothing that is seen.
    """
    back = altered_scene.returned(scene, slip, crf=crf, sent=18)
    found = examined(scene, back, how="replace")
    result = measured(scene, slip, back, found)
    frames = range(scene.frames)
    flicker = _flicker([found.matte(n) for n in frames]) / _flicker([scene.region(n) for n in frames])
    print(f"CRF {crf}: {result}; flicker {flicker:.2f}")
    assert result.touched_outside == 0
    assert result.loss < 0.3
    assert result.worst_loss < 1.0
    assert result.found > 0.97
    assert result.overlap > 0.85
    assert flicker < 1.3


@pytest.mark.slow
@needs(PRESENTER)
def test_the_figures_on_a_seated_presenter() -> None:
    """The same of a film that is 700 pixels square, with grain."""
    scene = Filmed(
        width=700, height=700, frames=16, grain=1.4, path=PRESENTER, start=0, mouth=(396, 295), head=493, seed=1
    )
    back = altered_scene.returned(scene, ALL, crf=18)
    result = measured(scene, ALL, back, examined(scene, back, how="replace"))
    assert (result.touched_outside, result.loss < 0.3, result.worst_loss < 1.0) == (0, True, True)
    assert result.found > 0.97
    assert result.overlap > 0.85
