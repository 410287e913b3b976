"""`select` from the shell: how a clip is named, what is said, and what the next run knows of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sample_scene import Ran
from whole.command_kit import call

OUT = "the_letter_RP.otio"


@pytest.fixture
def written(typed: tuple[Path, dict[str, Ran]], tmp_path: Path) -> Path:
    """The timeline that a run has written, alone in a folder."""
    shutil.copy(typed[0] / "demo" / OUT, tmp_path)
    return tmp_path / OUT


@pytest.mark.parametrize("clip", ["V1@01:00:05:12", "01:00:06:00", "Mara turns", "mara TURNS"])
@pytest.mark.parametrize("take", ["1", "preview_001", "RP001", "A001C009_14310508_RP001_PREVIEW.mov"])
def test_a_clip_and_a_take_by_any_of_their_names(written: Path, clip: str, take: str) -> None:
    """An id, a record timecode inside it or its name; a number, a key or a file's name."""
    ran = call("select", written, clip, take)
    assert (0, "V1@01:00:05:12 “Mara turns” now plays preview_001 (A001C009_14310508_RP001_PREVIEW.mov).\n") == (
        ran.status,
        ran.out,
    )


def test_what_there_is_is_listed(written: Path) -> None:
    """A name that is none gets those that are."""
    ran = call("select", written, "Mara", "1")
    assert 2 == ran.status
    assert "→ Name one of: V1@01:00:00:00 (Mara asks)" in ran.err


def test_without_its_project_a_choice_is_not_kept_by_the_next_run(written: Path) -> None:
    """It is made, and said; and since nobody knows what reperform wrote here, the version before is kept."""
    ran = call("select", written, "Mara turns", "1")
    assert "the next run will not keep the choice" in ran.err
    assert f"it is kept as {written.stem}.1.otio" in ran.err


def test_with_its_project_nothing_is_kept_twice(typed: tuple[Path, dict[str, Ran]]) -> None:
    """A timeline that is as reperform last wrote it needs no copy."""
    said = [ran for command, ran in typed[1].items() if command.startswith("reperform select")]
    assert [""] * 3 == [ran.err for ran in said]
    assert [] == list((typed[0] / "demo").glob("*.1.otio"))
