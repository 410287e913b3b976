"""What a run shows while it goes on: bars on a terminal, lines elsewhere, nothing for programs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from planning.builders import cue, shot
from reperform.cli._progress import Bars, Lines
from reperform.performing.listening import Stage
from sample_scene import environment
from whole.command_kit import call

SHOTS = [
    shot(cue(10, 40, emotion="sad"), id=f"V1@01:00:0{number}:00", clip=clip)
    for number, clip in enumerate(("Mara asks", "Tom denies it", "A name\x1b[31m that is longer than the column"))
]


def shown(bars: Bars, *, width: int = 90, height: int = 20) -> list[str]:
    """The lines on a terminal of this size."""
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(bars)
    return [re.sub(r"\d+:\d\d$", "0:00", line.rstrip()) for line in capture.get().splitlines()]


def test_bars_stand_for_the_shots_that_something_is_done_for() -> None:
    """A shot that waits for its turn or is done has no line; the last line counts."""
    bars = Bars(SHOTS)
    bars(SHOTS[0].id, Stage.DONE, "1 take", 1.0)
    bars(SHOTS[1].id, Stage.WAITING, "performing", 0.5)
    named, count = shown(bars)
    assert re.fullmatch(r"V1@01:00:01:00  Tom denies it +[━╸╺ ]+  performing", named)
    assert "1 of 3 shots done · 0:00" == count


def test_a_failed_shot_stays_with_its_reason() -> None:
    """What failed is seen at once, and counted."""
    bars = Bars(SHOTS)
    bars(SHOTS[1].id, Stage.FAILED, "the engine refused it")
    named, count = shown(bars)
    assert named.endswith("failed: the engine refused it")
    assert "0 of 3 shots done · 1 failed · 0:00" == count


def test_names_are_short_and_obey_nobody() -> None:
    """A name in a timeline cannot colour the terminal, or push the bars out of it."""
    bars = Bars(SHOTS)
    for each in SHOTS:
        bars(each.id, Stage.PREPARING)
    lines = shown(bars, width=80)
    assert "\x1b" not in "".join(lines)
    assert all(len(line) <= 80 for line in lines)
    assert "A name [31m that is longer …" in lines[2]


def test_bars_never_go_back() -> None:
    """A shot of several jobs is in several stages at once."""
    bars = Bars(SHOTS)
    bars(SHOTS[0].id, Stage.FETCHING)
    before = bars.reached[SHOTS[0].id]
    bars(SHOTS[0].id, Stage.PREPARING)
    assert before == bars.reached[SHOTS[0].id]


def test_a_small_terminal_shows_as_many_shots_as_fit() -> None:
    """More shots than lines are no flicker."""
    many = [shot(cue(10, 40), id=f"V1@01:00:{number:02}:00", clip="x") for number in range(40)]
    bars = Bars(many)
    for each in many:
        bars(each.id, Stage.PREPARING)
    assert 8 == len(shown(bars, height=10))


def test_lines_say_what_takes_time(capsys: pytest.CaptureFixture[str]) -> None:
    """One line when a shot begins something or ends; nothing twice, and nothing of what is over in a moment."""
    lines = Lines(SHOTS)
    stages = [Stage.LOOKING, Stage.PREPARING, Stage.PREPARING, Stage.UPLOADING, Stage.SUBMITTING, Stage.WAITING]
    for stage in [*stages, Stage.WAITING, Stage.FETCHING, Stage.CONFORMING]:
        lines(SHOTS[0].id, stage, "job")
    lines(SHOTS[0].id, Stage.DONE, "1 take")
    said = [re.sub(r" +", " ", line.partition(" s  ")[2]) for line in capsys.readouterr().err.splitlines()]
    words = ["preparing", "performing", "conforming", "done: 1 take"]
    assert [f"V1@01:00:00:00 Mara asks {word}" for word in words] == said


def test_lines_of_a_shot_that_is_paid_already(capsys: pytest.CaptureFixture[str]) -> None:
    """It is looked at and is there: one line."""
    lines = Lines(SHOTS)
    for stage in (Stage.LOOKING, Stage.CONFORMING, Stage.DONE):
        lines(SHOTS[1].id, stage)
    assert ["done"] == [line.split()[-1] for line in capsys.readouterr().err.splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_run_on_a_terminal_leaves_it_clean(scene: Path) -> None:
    """Bars while it runs, on standard error; nothing of them remains, and standard output holds results only."""
    import pty

    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "reperform", "run", "the_letter.otio", "-o", "out.otio", "--only", "Mara asks"]
    surroundings = environment(scene / "home") | {"TERM": "xterm-256color", "COLUMNS": "90", "LINES": "20"}
    with subprocess.Popen(words, cwd=scene, env=surroundings, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b"")).decode()
        assert child.stdout is not None
        out = child.stdout.read().decode()
    os.close(ours)
    assert (0, True) == (
        child.returncode,
        out.startswith("● V1@01:00:00:00  Mara asks  A001C003_14221012_RP001_PREVIEW.mov"),
    )
    assert "performing" in seen
    assert "0 of 1 shots done" in seen, seen
    # The cursor that was hidden is shown again, after the last line was taken away.
    assert seen.rindex("\x1b[?25h") > seen.rindex("shots done")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # Linux says so when the other side is closed.
        return b""


def test_with_json_a_run_is_silent(scene: Path) -> None:
    """One document on standard output, and not a word on standard error."""
    ran = call("run", scene / "the_letter.otio", "-o", scene / "out.otio", "--only", "Mara asks", "--json")
    assert (0, "") == (ran.status, ran.err)
    assert (1, 0, [str(scene / "out.otio")]) == (ran.json["version"], ran.json["status"], ran.json["out"])
    assert 1 == len(ran.json["made"])
