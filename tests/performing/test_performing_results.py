"""What came back: fetched until it is there, kept whatever it is, and what is wrong with it said."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

import burned
from performing.conftest import Film
from performing.performing_kit import RATE, Service, run
from performing.run_kit import SHOT
from reperform.errors import (
    Expired,
)
from reperform.model import Plan


def test_a_result_that_cannot_be_used_is_kept_and_not_paid_again(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is paid for: the problem says what is wrong with it, where it lies, and how to ask for another."""

    async def too_short(output: Any, into: Path) -> None:
        burned.make_movie(into, rate=RATE, frames=3, size=(160, 90))

    monkeypatch.setattr(service, "fetch", too_short)
    for _ in range(2):
        performed = run(one_cue, project, service=service)
        assert (performed.takes[SHOT], performed.failed, len(service.billed)) == ((), frozenset({SHOT}), 1)
        (problem,) = performed.problems
        assert "cannot be used" in problem.message
        assert "--another cue@12" in (problem.fix or "")
    monkeypatch.undo()
    assert len(run(one_cue, project, service=service, another={"cue@12"}).made) == 1


def test_what_is_no_movie_is_fetched_again(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error page in the place of a result is not the result: it stays to be fetched, and is paid for once."""

    async def page(output: Any, into: Path) -> None:
        into.write_bytes(b"<html>not found</html>")

    monkeypatch.setattr(service, "fetch", page)
    performed = run(one_cue, project, service=service)
    assert (performed.resumable, performed.failed) == (True, frozenset({SHOT}))
    assert "is no movie" in performed.problems[0].message
    monkeypatch.undo()
    again = run(one_cue, project, service=service)
    assert (len(again.made), again.problems, len(service.billed)) == (1, (), 1)


def test_what_was_cut_on_its_way_is_fetched_twice(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A movie that is too short may have been cut: the longer of two stands."""
    whole, fetched = service.fetch, list[Path]()

    async def cut_first(output: Any, into: Path) -> None:
        fetched.append(into)
        if len(fetched) == 1:
            burned.make_movie(into, rate=RATE, frames=3, size=(160, 90))
        else:
            await whole(output, into)

    monkeypatch.setattr(service, "fetch", cut_first)
    performed = run(one_cue, project, service=service)
    assert (len(performed.made), performed.problems, len(fetched)) == (1, (), 2)


def test_a_result_whose_address_is_no_longer_good_is_asked_for_anew(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses live shorter than jobs: only what the engine itself no longer has is expired."""
    whole, waits = service.fetch, list[str]()

    async def fetch(output: Any, into: Path) -> None:
        if len(waits) < 2:
            raise Expired("gone")
        await whole(output, into)

    async def wait(submitted: Any, progress: Any) -> Any:
        waits.append(submitted.remote_id)
        return await Service.wait(service, submitted, progress)

    monkeypatch.setattr(service, "fetch", fetch)
    monkeypatch.setattr(service, "wait", wait)
    performed = run(one_cue, project, service=service)
    assert (len(performed.made), performed.problems, len(waits)) == (1, (), 2)


@pytest.mark.parametrize(
    ("picture", "severity", "said"),
    [
        pytest.param("color=black", "error", "black frames", id="black"),
        pytest.param("trim", "warning", "1 too few", id="a frame short"),
    ],
)
def test_what_is_wrong_with_a_result_is_said(
    one_cue: Plan,
    project: Path,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    picture: str,
    severity: str,
    said: str,
) -> None:
    """A take that fails a check is kept beside the others and said to be; what could be put right is a warning."""

    async def other(output: Any, into: Path) -> None:
        _spoil(Path(output.address), into, black=picture != "trim")

    monkeypatch.setattr(service, "fetch", other)
    performed = run(one_cue, project, service=service)
    (take,) = performed.takes[SHOT]
    assert take.path.exists()
    assert (take.passed, bool(performed.failed)) == ((False, True) if severity == "error" else (True, False))
    of_severity = [said in each.message for each in performed.problems if each.severity == severity]
    assert of_severity == [True]


def _spoil(returned: Path, into: Path, *, black: bool) -> None:
    """The same film, black, or without its last frame."""
    change = ["-vf", "lutyuv=y=16:u=128:v=128"] if black else ["-frames:v", "13"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(returned), *change]
    subprocess.run([*command, "-c:v", "libx264", "-c:a", "copy", "-f", "mp4", str(into)], check=True)
