"""How the command behaves as a program among others: start, log, colours, pipes, completion."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from reperform import __version__
from reperform.cli import COMMANDS
from reperform.cli import command as reperform
from reperform.cli._terminal import be_verbose, say_error
from reperform.errors import Interrupted
from reperform.timeline.takes import EDITORS, STYLES
from sample_scene import environment
from whole.command_kit import call

HEAVY = ("av", "numpy", "opentimelineio", "pydantic", "rich", "httpx", "anyio", "logging")


def test_help_imports_nothing_heavy() -> None:
    """`--help` has to appear at once: no library, and no subcommand."""
    script = (
        "import sys; from reperform.cli import main\n"
        "try: main(['--help'])\n"
        f"finally: sys.stderr.write(' '.join({set(HEAVY)} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ("", 0) == (done.stderr, done.returncode)
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    """Each subcommand says what it does, and each of its options has a word of explanation."""
    command = reperform.get_command(click.Context(reperform), name)
    assert command is not None
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [] == [one.name for one in options if not one.help]


def test_version() -> None:
    """`--version` says the version."""
    assert call("--version").out == f"reperform, version {__version__}\n"


def test_no_words_are_help() -> None:
    """`reperform` alone prints its help, and is no error."""
    ran = call()
    assert (0, "") == (ran.status, ran.err)
    assert ran.out.startswith("Usage: reperform")


def test_the_editors_and_styles_offered_are_those_that_are_written() -> None:
    """`--for` and `--takes` list what `timeline.takes` knows."""
    run = reperform.get_command(click.Context(reperform), "run")
    assert run is not None
    choices = {one.name: one.type for one in run.params}
    assert isinstance(choices["for_editor"], click.Choice)
    assert tuple(EDITORS) == tuple(choices["for_editor"].choices)
    from reperform.cli import _options

    assert tuple(STYLES) == _options.STYLES


@pytest.mark.parametrize(
    ("verbose", "expected"),
    [(0, []), (1, ["what is done"]), (2, ["every call", "what is done"])],
    ids=["quiet", "-v", "-vv"],
)
def test_the_log_is_ours_alone(verbose: int, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Other libraries stay silent, whatever level they log at."""
    be_verbose(verbose)
    logging.getLogger("reperform.media.ffmpeg").debug("every call")
    logging.getLogger("reperform.performing").info("what is done")
    logging.getLogger("PIL.Image").debug("somebody else")
    said = capsys.readouterr().err.splitlines()
    logging.getLogger("reperform").handlers.clear()
    assert expected == [line.partition(" s  ")[2] for line in said]


@pytest.mark.parametrize("words", [["-v", "plan", "x.otio"], ["plan", "-v", "x.otio"]], ids=["before", "after"])
def test_verbose_stands_before_or_after_the_command(words: list[str], tmp_path: Path) -> None:
    """Both are what people type; a foreseen error has no traceback even then."""
    ran = call(*words)
    assert 2 == ran.status
    assert "Traceback" not in ran.err


def test_a_fault_is_one_sentence_and_with_verbose_all_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What nobody foresaw is no wall of text either; `-v` prints where it happened."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("reperform.workflow.make_plan", broken)
    quiet, loud = call("plan", "x.otio"), call("-v", "plan", "x.otio")
    assert (1, 1) == (quiet.status, loud.status)
    assert "a fault in reperform: ZeroDivisionError: surprise" in quiet.err
    assert "Traceback" not in quiet.err
    assert "Traceback" in loud.err


def test_stopping_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C says that the same command goes on."""
    say_error(Interrupted("stopped", fix="The same command goes on from here."), {})
    assert capsys.readouterr().err == "stopped: the same command goes on from here.\n"


def test_a_terminal_that_knows_few_characters_gets_question_marks(tmp_path: Path) -> None:
    """Output in an encoding without arrows, such as Windows' own, is no crash."""
    words = [sys.executable, "-m", "reperform", "plan", "nothere.otio"]
    surroundings = {**environment(tmp_path), "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(words, env=surroundings, capture_output=True, encoding="cp1252")
    assert (2, "error: there is no file “nothere.otio”\n  ? Check the path of the timeline.\n") == (
        done.returncode,
        done.stderr,
    )


@pytest.mark.skipif(shutil.which("bash") is None or sys.platform == "win32", reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ru"], {"run"}),
        (["run", "--ta"], {"--takes", "--takes-dir"}),
        (["run", "--for", ""], {"otio", "resolve", "premiere", "kdenlive", "avid", "fcp"}),
        (["plan", "--engine", "se"], {"segmind"}),
        (["run", "--takes", "references,tr"], {"references,tracks"}),
    ],
    ids=["a command", "an option", "an editor", "an engine", "the second style"],
)
def test_bash_completes(tmp_path: Path, words: list[str], expected: set[str]) -> None:
    """The printed script, sourced by a real bash, completes what has been begun."""
    typed = " ".join(f"'{word}'" for word in ["reperform", *words])
    script = f"""
        shopt -q progcomp
        source <(reperform completion bash) 2>/dev/null
        COMP_WORDS=({typed}); COMP_CWORD={len(words)}
        _reperform_completion reperform
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], env=environment(tmp_path), capture_output=True, text=True)
    if "reperform: command not found" in done.stderr:
        pytest.skip("the command is not on PATH beside this Python")
    assert expected == set(done.stdout.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell: str) -> None:
    """For each shell that is offered, on standard output."""
    ran = call("completion", shell)
    assert (0, True) == (ran.status, "_REPERFORM_COMPLETE" in ran.out)
