"""Thresholds are settings: the table `[checks]` of the user's own file, and nobody else's."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import conforms
import fake_takes
from reperform.errors import SettingsError
from reperform.model import Check, Shot, Source, Take, Thresholds
from reperform.performing.performed import problems_with
from reperform.settings import Settings, load
from reperform.timeline.recording import take_record_of
from reperform.timing import FrameRange


def read(tmp_path: Path, text: str, **environment: str) -> Settings:
    user = tmp_path / "user.toml"
    user.write_text(text, encoding="utf-8")
    return load({}, user=user, environment=environment).settings


def test_they_come_from_the_users_table_and_travel_with_the_plan(tmp_path: Path) -> None:
    """What is not named stays as it is."""
    settings = read(tmp_path, '[checks]\nsync_ms = 80\nfailing = ["sync", "seams"]\n')
    assert settings.checks == Thresholds(sync_ms=80, failing=("sync", "seams"))
    assert settings.for_plan().checks == settings.checks


def test_the_environment_writes_them_in_one_line(tmp_path: Path) -> None:
    """Pairs, and a list with plus signs."""
    settings = read(tmp_path, "", REPERFORM_CHECKS="psnr=30, failing=black+frozen")
    assert settings.checks == Thresholds(psnr=30, failing=("black", "frozen"))


@pytest.mark.parametrize("text", ["sync = 3", "sync_ms = 0", 'failing = ["everything"]'])
def test_what_is_none_is_refused_by_name(tmp_path: Path, text: str) -> None:
    """With the name of the threshold."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"[checks]\n{text}\n")
    assert f"checks.{text.split()[0]}" in caught.value.message


def test_a_timelines_folder_cannot_loosen_them(tmp_path: Path) -> None:
    """It came with the timeline."""
    (tmp_path / "reperform.toml").write_text("[checks]\nsync_ms = 900\n", encoding="utf-8")
    loaded = load({}, beside=tmp_path, user=tmp_path / "none.toml", environment={})
    assert (loaded.settings.checks, len(loaded.problems)) == (Thresholds(), 1)


REMARK = Check(
    name="seams", passed=True, noticed=True, detail="a step", frame=26, timecode="01:00:01:02", fix="--seam 8"
)
FAILURE = Check(
    name="black pictures", passed=False, detail="1 black", frame=30, timecode="01:00:01:06", fix="--another"
)


def shot_and_take(*checks: Check) -> tuple[Shot, Take]:
    """A take of a shot that has these checks."""
    media = Source(path=Path("/media/a.mov"), kind="movie", rate=Fraction(24), frames=100, width=320, height=180)
    shot = conforms.shot_of(media, FrameRange(0, 40))
    return shot, fake_takes.take_of(shot, 1).model_copy(update={"checks": checks})


def test_a_remark_is_a_warning_in_its_place_and_the_take_goes_in() -> None:
    """With the frame, the record timecode and what to do."""
    shot, take = shot_and_take(REMARK)
    (problem,) = problems_with(take, shot, ())
    assert (take.passed, problem.severity, problem.where.timecode) == (True, "warning", "01:00:01:02")
    assert problem.message == f"{take.id}, seams: a step, at 01:00:01:02, frame 26"
    assert problem.fix == "--seam 8"


def test_a_failed_take_is_an_error_and_stays_out() -> None:
    """All that failed in one sentence."""
    shot, take = shot_and_take(FAILURE, REMARK)
    error = next(problem for problem in problems_with(take, shot, ()) if problem.severity == "error")
    assert (take.passed, "black pictures (1 black, at 01:00:01:06, frame 30)" in error.message) == (False, True)
    assert error.fix is not None and "--another" in error.fix


def test_the_timeline_says_no_more_of_a_check_than_there_is() -> None:
    """Three keys for one that passed."""
    _, take = shot_and_take(Check(name="raster", passed=True, detail="as meant"), REMARK)
    plain, remark = take_record_of(take).checks
    assert plain == {"name": "raster", "passed": True, "detail": "as meant"}
    assert remark == REMARK.model_dump(mode="json")
    assert Take.model_validate_json(take.model_dump_json()) == take
