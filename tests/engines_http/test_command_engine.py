"""A studio's own model: a real program that is started, listened to, and ended with all that it started."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from burned import make_movie, make_wave, numbers
from engines_wire.orders import order, segment
from reperform.engines import _command_child
from reperform.engines._command_child import filled, split
from reperform.engines.base import Connection, Finished, Prepared
from reperform.engines.command import CommandEngine
from reperform.errors import JobFailed, SettingsError
from reperform.media.probing import probe
from reperform.settings import load

MODEL = Path(__file__).with_name("a_model.py")
PLACES = "--video {video} --audio={audio} --segments {segments} --direction {direction} --output {output}"
Said = list[tuple[str, float | None]]


def command(*more: str | Path) -> str:
    words = [sys.executable, MODEL, *more]
    return f"{' '.join(shlex.quote(str(word)) for word in words)} {PLACES}"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_command_child, "_GRACE", 0.2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "my {cut} $(touch oops) ‘é’ & co"
    made.mkdir()
    (made / "attempt-1.mp4").write_bytes(b"a picture")
    (made / "attempt-1.wav").write_bytes(b"a voice")
    return made


def prepared(folder: Path) -> Prepared:
    return Prepared(
        attempt_id="attempt-1", folder=folder, video=folder / "attempt-1.mp4", audio=folder / "attempt-1.wav"
    )


async def _performed(engine: CommandEngine, folder: Path, said: Said) -> Finished:
    await engine.open(Connection())
    asked = order("mine", segment(emotion="sad", speaker=(12, 34), first_frame=6))
    sent = prepared(folder)
    addresses = await engine.upload(sent, asked, lambda *_: None)
    submitted = await engine.submit(sent, asked, addresses)
    finished = await engine.wait(submitted, lambda text, part: said.append((text, part)))
    await engine.fetch(finished.outputs[0], folder / "fetched.mp4")
    return finished


def performed(text: str, folder: Path, said: Said | None = None, *, seconds: float = 30) -> Finished:
    engine = CommandEngine(command=text, seconds=seconds)
    return anyio.run(_performed, engine, folder, [] if said is None else said)


def test_a_command_performs(folder: Path) -> None:
    """It is given the media and what is asked, in files; its lines are shown, its percents counted; it costs nothing."""
    said: Said = []
    finished = performed(command(), folder, said)
    assert (folder / "fetched.mp4").read_bytes() == b"a picture"
    assert finished.cost_usd == 0
    assert [text for text, _ in said[:2]] == ["loading weights", "loading weights"]
    assert [part for _, part in said[:3]] == [None, 0.5, 0.5]
    assert "a bar  90%" in [text for text, _ in said]
    seen = json.loads(next(text for text, _ in said if text.startswith("{")))
    assert seen["segments"] == {
        "rate": "24/1",
        "frames": 72,
        "segments": [{"startTime": 0.25, "endTime": 2.75, "speaker": {"frame": 6, "point": [12, 34]}}],
    }
    assert seen["direction"] == {"emotion": "sad", "speaker": [12, 34], "sync": "silence"}
    assert not [path for path in folder.parent.rglob("*") if path.name == "oops"]
    assert not list(folder.glob("*making*"))


def test_a_silent_result_gets_the_sound_that_was_sent(folder: Path) -> None:
    """Many models return the picture only: its frames stay as they are."""
    make_movie(folder / "attempt-1.mp4", rate=Fraction(24), frames=24, channels=0)
    make_wave(folder / "attempt-1.wav", samples=48000)
    performed(command(), folder)
    assert len(probe(folder / "fetched.mp4").audio) == 1
    assert numbers(folder / "fetched.mp4") == numbers(folder / "attempt-1.mp4")


def test_what_was_finished_is_not_made_again(folder: Path) -> None:
    """After a restart the result is taken as it lies there."""
    performed(command(), folder)
    (folder / "fetched.mp4").unlink()
    performed(command("--do", "fail"), folder)
    assert (folder / "fetched.mp4").read_bytes() == b"a picture"


def test_a_failure_says_the_end_of_its_output(folder: Path) -> None:
    """Its status, and its last lines; nothing is billed."""
    with pytest.raises(JobFailed, match="ended with status 1") as caught:
        performed(command("--do", "fail"), folder)
    lines = (caught.value.cause or "").splitlines()
    assert (lines[-1], len(lines) <= 20, caught.value.billed) == ("CUDA out of memory", True, False)


def test_an_output_that_is_not_there_is_a_failure(folder: Path) -> None:
    """What an earlier run left half-done does not count."""
    (folder / "attempt-1.making-old.mp4").write_bytes(b"half")
    with pytest.raises(JobFailed, match="wrote nothing"):
        performed(command("--do", "nothing"), folder)


def test_a_time_limit_ends_it_and_what_it_started(folder: Path, tmp_path: Path) -> None:
    """Too long is a failure; no process of it is left."""
    with pytest.raises(JobFailed, match="longer than 1 seconds") as caught:
        performed(command("--do", "hang", "--pids", tmp_path / "pids"), folder, seconds=1)
    assert "loading weights" in (caught.value.cause or "")
    assert _ends(int((tmp_path / "pids").read_text()))


def test_cancelling_ends_it_and_what_it_started(folder: Path, tmp_path: Path) -> None:
    """A run that is stopped leaves no process of it."""
    pids = tmp_path / "pids"

    async def stopped() -> None:
        async with anyio.create_task_group() as group:
            engine = CommandEngine(command=command("--do", "hang", "--pids", pids))
            group.start_soon(_performed, engine, folder, [])
            while not (pids.exists() and pids.read_text()):
                await anyio.sleep(0.02)
            group.cancel_scope.cancel()

    anyio.run(stopped)
    assert _ends(int(pids.read_text()))


def test_what_it_leaves_running_is_ended(folder: Path, tmp_path: Path) -> None:
    """A job is over when its program is: what holds its output open is not waited for."""
    started = time.monotonic()
    performed(command("--do", "leave", "--pids", tmp_path / "pids"), folder)
    assert time.monotonic() - started < 20
    assert _ends(int((tmp_path / "pids").read_text()))


def _ends(pid: int) -> bool:
    """Whether the process is gone, or soon will be; one that nobody waits for any more counts as gone."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no command"),
        ("  ", "no command"),
        ("no-such-program-anywhere {video} {output}", "not there"),
        (f"{shlex.quote(sys.executable)} '{{video}} {{output}}", "quotes"),
        (f"{shlex.quote(sys.executable)} {{vidoe}} {{output}}", "no {vidoe}"),
        (f"{shlex.quote(sys.executable)} {{video}}", "where {output} goes"),
    ],
)
def test_a_command_that_cannot_be_run_is_refused_before_anything(text: str | None, message: str) -> None:
    """It says what is wrong when the engine is opened."""
    with pytest.raises(SettingsError) as caught:
        anyio.run(CommandEngine(command=text).open, Connection())
    assert message in caught.value.message
    assert caught.value.fix


def test_words_are_words_and_never_a_shells() -> None:
    """Quotes hold together, signs of a shell are plain, a path with braces or spaces stays one word."""
    words = split(f"{shlex.quote(sys.executable)} -c 'a b' $HOME ; | --in={{video}} {{output}} # x")
    assert words[1:] == ("-c", "a b", "$HOME", ";", "|", "--in={video}", "{output}", "#", "x")
    paths = {"video": Path("/a b/{output}.mp4"), "output": Path("/o.mp4"), "audio": None}
    assert filled(words[6:8], paths) == ["--in=/a b/{output}.mp4", "/o.mp4"]


def test_only_the_user_says_what_is_run(tmp_path: Path) -> None:
    """A file beside the timeline came with it: it names no program."""
    (tmp_path / "reperform.toml").write_text('command = "evil {video} {output}"\ncommand_seconds = 1\n')
    user = tmp_path / "user" / "reperform.toml"
    loaded = load({}, beside=tmp_path, environment={}, user=user)
    assert (loaded.settings.command, loaded.settings.command_seconds) == (None, 3600)
    assert "`command`" in loaded.problems[0].message
    named = load({}, beside=tmp_path, environment={"REPERFORM_COMMAND": "mine {video} {output}"}, user=user)
    assert named.settings.command == "mine {video} {output}"
