"""What a person would see in a take: each check has a take that it finds, and one near its threshold that it lets pass."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from altered_scene import Picture
from checks.performed import CUE, Film, Taken, Wrong, bad, brighter, right
from reperform.media import ffmpeg, ffmpeg_finding
from reperform.model import PlanSettings

BLACK = np.array([16, 128, 128], np.float32)


def held(first: int, pictures: int) -> Wrong:
    """The picture of frame `first` stands for so many pictures."""
    kept: dict[int, Picture] = {}

    def wrong(frame: int, picture: Picture) -> Picture:
        kept.setdefault(frame, picture)
        return kept[first] if first <= frame < first + pictures else picture

    return wrong


def stuttering(frames: Sequence[int]) -> Wrong:
    """At these frames the picture of the one before comes again."""
    kept: dict[int, Picture] = {}

    def wrong(frame: int, picture: Picture) -> Picture:
        kept[frame] = picture
        return kept[frame - 1] if frame in frames else picture

    return wrong


def black_at(frame: int, level: float = 0) -> Wrong:
    """One picture of nothing, brighter than black by `level`."""
    return lambda n, picture: (
        np.broadcast_to(BLACK + np.array([level, 0, 0], np.float32), picture.shape) if n == frame else picture
    )


def off_by(*levels: float) -> Wrong:
    """All that came back is off by these levels of luma, blue and red."""
    return lambda _, picture: brighter(picture, levels)


def test_a_good_take_passes_all(film: Film) -> None:
    """Composited or whole, nothing is remarked; a take without sound has nothing to hear."""
    names = ["black pictures", "frozen pictures", "repeated pictures", "seams", "picture outside", "structure outside"]
    checks = film.take("good").checks()
    assert (list(checks), bad(checks)) == ([*names, "colours", "sync of the voice"], [])
    assert bad(film.take("good_whole", whole=True).checks()) == []


@pytest.mark.parametrize(
    ("wrong", "name", "passed", "frame"),
    [
        pytest.param(black_at(14), "black pictures", False, 14, id="one black picture"),
        pytest.param(held(11, 14), "frozen pictures", False, 11, id="more than half a second stands"),
        pytest.param(stuttering([13, 16, 19]), "repeated pictures", True, 13, id="three pictures come twice"),
        pytest.param(off_by(0, 0, 5), "colours", True, None, id="reddish"),
        pytest.param(off_by(-5, 0, 0), "colours", True, None, id="darker"),
    ],
)
def test_what_is_wrong_is_found(film: Film, wrong: Wrong, name: str, passed: bool, frame: int | None) -> None:
    """By name and place; what looks broken fails, what may be meant is a remark; either says what to do."""
    check = film.take(name.replace(" ", "_"), wrong, whole=True).checks()[name]
    assert (check.passed, check.noticed) == (passed, passed)
    assert frame is None or (check.frame, check.timecode) == (frame, f"01:00:00:{frame:02}")
    assert check.fix


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        pytest.param(black_at(14, level=10), "black pictures", id="a dark picture"),
        pytest.param(held(11, 11), "frozen pictures", id="less than half a second stands"),
        pytest.param(stuttering([13, 16]), "repeated pictures", id="two pictures come twice"),
        pytest.param(off_by(0, 0, 2), "colours", id="a little reddish"),
    ],
)
def test_what_is_near_the_threshold_passes(film: Film, wrong: Wrong, name: str) -> None:
    """Without a remark."""
    check = film.take(f"near_{name}".replace(" ", "_"), wrong, whole=True).checks()[name]
    assert (check.passed, check.noticed, check.frame) == (True, False, None)


def test_a_freeze_that_the_original_has_is_none(tmp_path: Path) -> None:
    """Standing still is measured against the original in the same frames."""
    still = Film(tmp_path)
    once = still.scene.clean(12), still.scene.grained(12)
    for frame in range(still.scene.frames):
        still.scene._cache[frame] = once[0]
    still.scene.__dict__["grain"] = 0.0
    take = still.take("still", held(4, 28), whole=True)
    checks = take.checks()
    assert [name for name in bad(checks) if name in ("frozen pictures", "repeated pictures")] == []


def test_a_cut_into_the_cue_is_a_jump_and_a_dissolve_is_none(film: Film) -> None:
    """A step that nothing in the shot explains, at the frame where it happens."""
    cut, dissolved = (film.take("bright", off_by(14, 0, 0), whole=True, seam=seam).checks()["seams"] for seam in (0, 4))
    assert (cut.noticed, cut.frame in (CUE.start, CUE.end)) == (True, True)
    assert (dissolved.noticed, dissolved.passed) == (False, True)


def test_a_dissolve_that_the_engine_left_no_room_for_is_a_cut(film: Film) -> None:
    """A threshold can be moved: the same step is allowed where the user allows it."""
    take = film.take("bright_cut", off_by(14, 0, 0), whole=True, seam=0)
    assert take.checks(jump=40)["seams"].noticed is False


@pytest.fixture(scope="module")
def harmed(film: Film) -> dict[str, Taken]:
    """A take written to the disk by something that harms it."""
    good = film.take("harmed")
    ways = {"noise": "noise=alls=34:allf=t", "a little noise": "noise=alls=10:allf=t", "blur": "gblur=sigma=1.6"}
    found = {}
    for name, way in ways.items():
        path = film.folder / f"{name.replace(' ', '_')}.mov"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(good.conformed.path), "-vf", way]
        subprocess.run([*command, "-c:v", "prores_ks", "-profile:v", "3", "-c:d", "copy", str(path)], check=True)
        found[name] = Taken(good.shot, dataclasses.replace(good.conformed, path=path), good.splices)
    return found


def test_a_harmed_picture_outside_the_change_fails(harmed: dict[str, Taken]) -> None:
    """Signal to noise under the threshold keeps the take out; one generation's worth of noise does not."""
    checks, near = harmed["noise"].checks(), harmed["a little noise"].checks()
    assert (checks["picture outside"].passed, near["picture outside"].passed) == (False, True)
    assert checks["picture outside"].frame in harmed["noise"].conformed.changed


def test_lost_structure_is_a_remark(harmed: dict[str, Taken]) -> None:
    """Similarity finds what the signal to noise of a smooth picture does not."""
    assert harmed["blur"].checks(ssim=0.99)["structure outside"].noticed
    assert not harmed["a little noise"].checks(ssim=0.5)["structure outside"].noticed


def test_what_fails_is_a_setting(harmed: dict[str, Taken]) -> None:
    """A check that is taken off the list of failing ones is a remark."""
    check = harmed["noise"].checks(failing=("sync",))["picture outside"]
    assert (check.passed, check.noticed) == (True, True)


def test_vmaf_where_it_is_built_in(harmed: dict[str, Taken], film: Film) -> None:
    """Fed in the same pass; the changed region does not count."""
    if "libvmaf" not in ffmpeg.features(ffmpeg_finding.find(), "filters"):
        pytest.skip("this FFmpeg was built without libvmaf")
    assert harmed["blur"].checks(vmaf=True)["VMAF outside"].noticed
    assert not film.take("measured", right).checks(vmaf=True)["VMAF outside"].noticed


def test_a_previews_label_is_no_remark(film: Film) -> None:
    """It is meant to stand out; what fails, fails."""
    take = film.take("label", off_by(14, 0, 0), whole=True, seam=0)
    assert bad(take.checks(preview=True)) == []
    broken = film.take("broken_preview", black_at(14), whole=True)
    assert bad(broken.checks(preview=True)) == ["black pictures"]


def test_the_default_settings_are_the_thresholds(film: Film) -> None:
    """A plan carries them, so that a plan that is run later is judged as it was made."""
    assert PlanSettings().checks.failing == ("sync", "black", "frozen", "outside")
    assert film.shot.record.in_ == "01:00:00:00"
