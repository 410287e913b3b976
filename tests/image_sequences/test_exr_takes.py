"""A take of OpenEXR is OpenEXR: what was performed is light again, and all other numbers are the original's, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from numpy.typing import NDArray

import altered_scene
import burned
import composited
import conforms
from image_sequences import linear_light, rendered
from media_kit import job_of, shot_over
from reperform.errors import MediaError, MediaRefused
from reperform.media import extracting, frames, sequences
from reperform.media.conformed import Conformed
from reperform.media.conforming import conform
from reperform.media.picture_files import exr, exr_header
from reperform.media.splicing import Splice
from reperform.media.take_checks import check_take
from reperform.media.viewing.scene_linear import SceneLinear
from reperform.model import PlanSettings, Shot, Source
from reperform.timing import FrameRange

SENT, CUE = FrameRange(4, 16), FrameRange(8, 8)
KEPT = [*range(2, 8), *(conforms.RETURNED + number for number in range(8, 16)), *range(16, 22)]
"""Of the take from frame 2 up to 22."""


@dataclass(frozen=True)
class Made:
    source: Source
    take: Conformed
    shot: Shot
    splices: list[Splice]

    def files(self, frame: int) -> tuple[Path, Path]:
        """The original's and the take's."""
        return sequences.frame_path(self.source, frame), self.take.path / f"x_RP001.{1001 + frame}.exr"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("whole")
    source = linear_light.render(folder / "plate", owner="A studio")
    returned = conforms.return_for(folder, SENT, rendered.RATE)
    splices = [conforms.splice_of(CUE, SENT, returned)]
    shot = conforms.shot_of(source, FrameRange(6, 12), head=4, tail=4)
    settings = PlanSettings(seam_frames=0, composite="whole")
    return Made(source, conform(shot, splices, out=folder / "x_RP001", settings=settings), shot, splices)


def test_every_picture_stands_in_its_place(whole: Made) -> None:
    take = whole.take
    assert take.sequence is not None
    assert [path.name for path in sorted(take.path.iterdir())] == [f"x_RP001.{n}.exr" for n in range(1003, 1023)]
    assert rendered.take_numbers(take.path, take.sequence) == KEPT
    assert (take.codec, take.copied_packets) == ("OpenEXR", 12)
    assert [check for check in check_take(take, whole.shot, whole.splices) if not check.passed] == []


def test_untouched_pictures_are_copies(whole: Made) -> None:
    for frame in (2, 7, 16, 21):
        before, after = whole.files(frame)
        assert after.read_bytes() == before.read_bytes()
        assert not after.samefile(before)


def test_a_changed_picture_keeps_all_that_is_no_picture(whole: Made) -> None:
    before, after = whole.files(10)
    assert set(linear_light.differing(before, after)) == {"R", "G", "B"}
    headers = [OpenEXR.File(str(path), header_only=True).header() for path in (before, after)]
    assert str(headers[0]) == str(headers[1])
    assert headers[1]["timeCode"].frame == 10


def _rgb(picture: altered_scene.Picture) -> NDArray[np.float32]:
    """Levels of Rec. 709 as red, green and blue from 0 to 1."""
    luma, blue, red = (picture[..., 0] - 16) / 219, (picture[..., 1] - 128) / 224, (picture[..., 2] - 128) / 224
    channels = [luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue]
    return np.clip(np.stack(channels, axis=-1), 0, 0.98).astype(np.float32)


def _levels(shown: NDArray[np.float32]) -> altered_scene.Picture:
    red, green, blue = (shown[..., number] for number in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    layers = [16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748]
    return np.stack(layers, axis=-1).astype(np.float32)


def _plate(folder: Path, scene: altered_scene.Scene, view: SceneLinear, **header: object) -> Source:
    """The scene as light, with what no display shows at its left, beside the face."""
    folder.mkdir()
    for frame in range(scene.frames):
        shown = _rgb(scene.grained(frame))
        light = view.undone(np.zeros(shown.shape, np.float32), shown)
        light[20:60, 8:28], light[60:80, 8:28] = 31.0, -0.25
        light[80:84, 8:28], light[84:88, 8:28] = np.nan, np.inf
        stored = light.astype(np.float16)
        numbers = {name: np.ascontiguousarray(stored[..., place]) for place, name in enumerate("RGB")}
        numbers |= {"A": np.full(stored.shape[:2], 0.5, np.float16), "Z": linear_light.numbers_of(frame)["depth.Z"]}
        linear_light.write(folder / f"x.{rendered.FIRST + frame}.exr", numbers, **header)
    return rendered.source_in(folder, "exr", count=scene.frames)


def _returned(folder: Path, scene: altered_scene.Scene, source: Source) -> Path:
    """What was sent, as it is shown, after the program altered it, as H.264."""
    seen = [
        picture.to_ndarray(format="rgb48le").astype(np.float32) / np.float32(65535)
        for picture in frames.shown(source, range(scene.frames))
    ]
    back = [altered_scene.planes_of(scene.altered(_levels(shown), n), 8, down=2) for n, shown in enumerate(seen)]
    codec = ["-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-bf", "0"]
    return composited.written(folder / "back.mp4", back, bits=8, layout="420", codec=codec)


ACES: tuple[float, ...] = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
SCENE = altered_scene.Scene(frames=12)


@pytest.fixture(scope="module", params=[pytest.param("Rec. 709", marks=pytest.mark.slow), "ACEScg"])
def changed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Only what an engine changed, over three frames of seams on each side."""
    folder = tmp_path_factory.mktemp("changed")
    named = request.param != "Rec. 709"
    view = SceneLinear(ACES) if named else SceneLinear()  # type: ignore[arg-type]  # there are eight
    source = _plate(folder / "plate", SCENE, view, **({"chromaticities": ACES} if named else {}))
    shot = conforms.shot_of(source, FrameRange(0, 12), head=0, tail=0)
    whole = FrameRange(0, 12)
    splices = [
        Splice(cue=FrameRange(4, 4), returned=_returned(folder, SCENE, source), returned_range=whole, name="cue")
    ]
    take = conform(shot, splices, out=folder / "x_RP001", settings=PlanSettings(seam_frames=2))
    return Made(source, take, shot, splices)


def test_outside_what_an_engine_changed_every_bit_is_the_originals(changed: Made) -> None:
    """Numbers above white, below black and none at all included, in a changed picture as in a copied one, in seams too."""
    assert [composition.mode for composition in changed.take.compositions.values()] == ["changed"]
    assert changed.take.changed == tuple(range(2, 10))
    for frame in changed.take.changed:
        before, after = (linear_light.read(path) for path in changed.files(frame))
        matte = changed.take.compositions[0].matte(frame, width=320, height=180) > 0
        assert not matte[20:88, 8:28].any()
        differs = [linear_light.bits(before[name]) != linear_light.bits(after[name]) for name in "RGB"]
        assert not np.any(differs, axis=0)[~matte].any()
        assert 0.002 < np.mean(differs) < 0.3
        for name in ("A", "Z"):
            assert np.array_equal(before[name], after[name])


def test_what_was_performed_is_shown_as_the_engine_showed_it(changed: Made) -> None:
    """Within what compositing of pictures for display reaches."""
    view = SceneLinear(exr_header.chromaticities(changed.files(0)[0]) or SceneLinear().chromaticities)
    for frame in (4, 5, 6, 7):
        truth = SCENE.altered(_levels(view.shown(exr.pixels(changed.files(frame)[0]))), frame)
        made = _levels(view.shown(exr.pixels(changed.files(frame)[1])))
        inside = SCENE.region(frame) > 0.5
        assert altered_scene.decibels(made, truth, inside) > 32
        assert (
            altered_scene.decibels(made, truth, inside)
            > altered_scene.decibels(_levels(view.shown(exr.pixels(changed.files(frame)[0]))), truth, inside) + 8
        )


def test_its_checks_look_at_what_people_see_and_at_every_bit(changed: Made) -> None:
    checks = {check.name: check for check in check_take(changed.take, changed.shot, changed.splices)}
    assert [name for name, check in checks.items() if not check.passed] == []
    assert "0 numbers that were not to change" in checks["bits outside"].detail
    path = changed.files(5)[1]
    kept = path.read_bytes()
    picture = exr.pixels(path)
    picture[3, 300] *= 1.01
    path.write_bytes(exr.rewritten(path, (picture[..., 1], picture[..., 2], picture[..., 0])))
    failing = [check.name for check in check_take(changed.take, changed.shot, changed.splices) if not check.passed]
    path.write_bytes(kept)
    assert failing == ["bits outside"]


def test_an_engine_is_sent_what_people_see(whole: Made, tmp_path: Path) -> None:
    """The numbers, read off what was sent, are those of the frames; white is not clipped, and no number is black."""
    shot = shot_over(whole.source)
    prepared = extracting.extract(
        shot, job_of(shot, FrameRange(3, 6)), folder=tmp_path, name="sent", sound=None, settings=PlanSettings()
    )
    assert burned.numbers(prepared.video) == list(range(3, 9))
    picture = next(burned.pictures(prepared.video))
    off = picture[:, 60:].astype(np.float32) - burned.picture(3)[:, 60:]
    assert float(np.abs(off).mean()) < 4
    assert picture[80, 25] > 225
    assert picture[80, 45] < 24


def _broken(folder: Path, how: str) -> str:
    numbers = linear_light.numbers_of(5)
    path = folder / "x.1006.exr"
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:-2000])
        return "x.1006.exr is damaged"
    if how == "gone":
        path.unlink()
        return "x.1006.exr is not there"
    if how == "another size":
        linear_light.write(path, {name: plane[:100].copy() for name, plane in numbers.items()})
        return "x.1006.exr is 320×100 OpenEXR, and the first picture of its sequence is 320×180 OpenEXR"
    if how == "another kind":
        source = rendered.render(folder / "other", "png", "rgb24", count=1)
        path.write_bytes(sequences.frame_path(source, 0).read_bytes())
        return "x.1006.exr is 320×180 PNG, and the first picture of its sequence is 320×180 OpenEXR"
    if how == "a channel less":
        linear_light.write(path, {name: plane for name, plane in numbers.items() if name != "depth.Z"})
        return "x.1006.exr lacks depth.Z.float, other than the first picture of its sequence"
    linear_light.write(path, {**numbers, "A": numbers["A"].astype(np.float32)})
    return "x.1006.exr lacks A.half and has A.float, other than the first picture of its sequence"


@pytest.mark.parametrize("how", ["cut off", "gone", "another size", "another kind", "a channel less", "another type"])
def test_a_picture_that_is_not_like_the_others_is_named(tmp_path: Path, how: str) -> None:
    source = linear_light.render(tmp_path, count=10)
    said = _broken(tmp_path, how)
    with pytest.raises(MediaError) as error:
        list(frames.read(source, range(10)))
    assert said in error.value.message


def test_primaries_that_are_no_colours_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaRefused, match=r"x\.1001\.exr has chromaticities that are no colours"):
        linear_light.render(tmp_path, count=1, chromaticities=(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3))


def test_pixels_that_are_not_square_are_known(tmp_path: Path) -> None:
    assert linear_light.render(tmp_path, count=1, pixelAspectRatio=2.0).pixel_aspect == Fraction(2)
