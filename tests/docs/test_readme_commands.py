"""What the README and the tutorial tell to type is typed, in their order, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
import pytest
from PIL import Image

from sample_scene import README, ROOT, Ran, commands, environment, reperform_commands

Typed = tuple[Path, dict[str, Ran]]


@pytest.mark.parametrize("command", reperform_commands())
def test_a_command_of_the_documentation_works(typed: Typed, command: str) -> None:
    """It ends with 0, says something, and no error."""
    ran = typed[1][command]
    assert (0, True) == (ran.status, bool(ran.out)), ran.err
    assert "error" not in ran.err


def test_every_command_of_the_readme_is_one_that_is_tested() -> None:
    """The two that set everything up, and reperform's own."""
    started = [line for line in commands(README) if not line.startswith("reperform ")]
    assert ["python3 start.py demo", "python3 start.py test"] == started
    expected = {"plan", "run", "select", "cues", "mark", "reattach", "conform"}
    assert expected == {line.split()[1] for line in commands(README) if line not in started}


def test_the_run_writes_every_shot_with_its_takes(typed: Typed) -> None:
    """Eight marked shots, one of them with two takes; the input is as it was."""
    folder, ran = typed
    out = next(each.out for command, each in ran.items() if command.startswith("reperform run"))
    assert 9 == out.count("_PREVIEW.mov")
    assert "Wrote demo/the_letter_RP.otio" in out
    committed = ROOT / "sample_timelines" / "the_letter.otio"
    assert committed.read_bytes() == (folder / "demo" / "the_letter.otio").read_bytes()


def test_another_take_stands_beside_the_first(typed: Typed) -> None:
    """`--another` adds one to that shot alone."""
    (another,) = [each.out for command, each in typed[1].items() if "--another" in command]
    new = [line for line in another.splitlines() if line.endswith("new")]
    assert (10, 1) == (another.count("_PREVIEW.mov"), len(new))
    assert "Mara asks" in new[0]


def test_what_was_chosen_last_stands_in_the_cut(typed: Typed) -> None:
    """The tutorial ends with the original of one shot, the README with that of another; all others play a take."""
    timeline = otio.adapters.read_from_file(str(typed[0] / "demo" / "the_letter_RP.otio"))
    playing = {clip.name: clip.active_media_reference_key for clip in timeline.tracks[0].find_clips()}
    original = otio.schema.Clip.DEFAULT_MEDIA_KEY
    expected = {"Mara asks", "Mara turns", "Tom listens"}
    assert expected == {name for name, key in playing.items() if key == original}


def test_what_the_later_commands_write(typed: Typed) -> None:
    """A page of cues, a cut with the new mark, the same takes in it, and the cut on its media with an EDL; no take is made."""
    folder, ran = typed
    by_name = {command.split()[1]: each.out for command, each in ran.items()}
    demo = folder / "demo"
    assert (demo / "cues.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "1 added" in by_name["mark"]
    assert "9 with all its takes, 1 new" in by_name["reattach"]
    assert " new\n" not in by_name["conform"]
    events = otio.adapters.read_from_file(str(demo / "the_letter_online.edl"), rate=24000 / 1001)
    assert len(list(events.find_clips())) == 7


def test_the_picture_is_there_and_small() -> None:
    """Under 300 kB, wider than high."""
    path = ROOT / "docs" / "images" / "before-after.png"
    with Image.open(path) as picture:
        assert picture.width > picture.height
    assert path.stat().st_size < 300_000


@pytest.mark.slow
@pytest.mark.parametrize("command", [line for line in commands(README) if "start.py" in line])
def test_set_up_from_nothing(tmp_path: Path, command: str) -> None:
    """The whole of it, in a copy of the repository with nothing set up; `test` only as far as it finds all tests."""
    copy = tmp_path / "reperform"
    shutil.copytree(ROOT, copy, ignore=_not_in_a_clone)
    words = [sys.executable, *command.split()[1:], *(["--collect-only", "-q"] if command.endswith("test") else [])]
    surroundings = environment(tmp_path / "home") | {"PATH": os.defpath}
    done = subprocess.run(words, cwd=copy, env=surroundings, capture_output=True, encoding="utf-8")
    assert 0 == done.returncode, done.stderr
    assert "Wrote demo" in done.stdout or "tests collected" in done.stdout


def _not_in_a_clone(folder: str, names: list[str]) -> set[str]:
    """What this checkout made for itself."""
    made = {
        name
        for name in names
        if name.startswith((".venv", ".git", ".hypothesis")) or name.endswith(("_cache", ".reperform"))
    }
    beside = {ROOT: {"demo"}, ROOT / "sample_timelines": {"media"}}
    return made | (beside.get(Path(folder), set()) & set(names))
