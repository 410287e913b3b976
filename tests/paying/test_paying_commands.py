"""The commands of paying, as a person calls them, on a small cut that Sync's emulated service performs."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import burned
from reperform.emulator import Emulator
from reperform.ledger.ledger import Ledger
from whole.command_kit import Ran, call
from whole.cut_kit import Rushes, clip, save, timeline, track

RATE = Fraction(25)


@dataclass(frozen=True)
class Far:
    """The emulated services."""

    base_url: str
    key: str


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    with Emulator() as emulator:
        yield Far(emulator.base_url, emulator.key("sync"))


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two marks on one second of 160x90, with sound."""
    folder = tmp_path_factory.mktemp("cut")
    film = burned.make_movie(
        folder / "A001C001.mov", rate=RATE, frames=50, codec="mjpeg", timecode="10:00:00:00", channels=1, size=(160, 90)
    )
    rushes = Rushes(film, RATE, 50, start=10 * 3600 * 25)
    marks = [("RP: angry", 4, 5), ("RP: sad", 36, 5)]
    made = timeline(track(clip(rushes, 0, 50, marks=marks)), rate=RATE)
    return save(made, folder / "cut.otio")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "cut.reperform"


class Desk:
    """Calls on one project."""

    def __init__(self, cut: Path, project: Path, far: Far) -> None:
        self.cut, self.project, self.far = cut, project, far
        self.out = project.parent / "out.otio"

    def run(self, *options: str) -> Ran:
        performed = ("--engine", "sync", "--context", "0", "--base-url", self.far.base_url)
        return call("run", self.cut, "-o", self.out, "--project", self.project, *performed, *options)

    def states(self) -> list[str]:
        with Ledger.open(self.project) as ledger:
            return sorted(attempt.state.value for attempt in ledger.claims.attempts())


@pytest.fixture
def desk(cut: Path, project: Path, far: Far, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SYNC_API_KEY", far.key)
    return Desk(cut, project, far)


def test_a_run_and_what_it_cost(desk: Desk) -> None:
    """Nothing is asked of a loopback address; afterwards the cost is said, by cue as CSV, and for programs."""
    ran = desk.run()
    assert (ran.status, "Paid: $" in ran.out) == (0, True), ran.said
    rows = list(csv.DictReader(io.StringIO(call("status", "--project", desk.project, "--csv").out)))
    assert [row["state"] for row in rows] == ["fetched", "fetched", ""]
    document = call("status", "--project", desk.project, "--json").json
    assert [each["state"] for each in document["attempts"]] == ["fetched", "fetched"]
    assert document["cost"]["amount"] == pytest.approx(sum(float(row["cost_usd"]) for row in rows[:-1]), abs=0.001)
    said = call("status", "--project", desk.project)
    assert ("2 attempts" in said.out, "fetched" in said.out) == (True, True)
    assert call("resume", "--project", desk.project).out == "Nothing is left to go on with.\n"


def test_a_ceiling_stops_and_a_resume_goes_on(desk: Desk) -> None:
    """Exit 3, with what is paid in the timeline; the resume writes the rest to the same place."""
    stopped = desk.run("--max-cost", "0.04", "--jobs", "1", "--partial")
    assert (stopped.status, desk.out.exists()) == (3, True), stopped.said
    assert desk.states() == ["fetched", "uploaded"]
    resumed = call("resume", "--project", desk.project, "--max-cost", "1", "--yes")
    assert (resumed.status, desk.states()) == (0, ["fetched", "fetched"]), resumed.said
    assert str(desk.out) in resumed.out


def test_a_resume_that_is_stopped_writes_what_there_is(desk: Desk) -> None:
    """The ceiling still holds, nothing more is paid, and the timeline with what is paid is there again."""
    assert desk.run("--max-cost", "0.04", "--jobs", "1", "--partial").status == 3
    desk.out.unlink()
    stopped = call("resume", "--project", desk.project)
    assert (stopped.status, desk.out.exists(), desk.states()) == (3, True, ["fetched", "uploaded"]), stopped.said
    assert desk.out.read_text().count('"take_001"') > 0
    assert " ".join(stopped.err.split()).count("0.04 USD are allowed") == 1
    resumed = call("resume", "--project", desk.project, "--max-cost", "1", "--yes")
    assert (resumed.status, desk.states()) == (0, ["fetched", "fetched"]), resumed.said


def test_nobody_is_there_to_be_asked(cut: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --yes or --max-cost nothing is begun; without a key neither."""
    performed = ("run", cut, "-o", project.parent / "out.otio", "--project", project, "--engine", "sync")
    without_key = call(*performed)
    assert (without_key.status, "SYNC_API_KEY" in without_key.said) == (4, True)
    monkeypatch.setenv("SYNC_API_KEY", "a-key")
    unasked = call(*performed)
    assert (unasked.status, "--max-cost" in unasked.said, project.exists()) == (2, True, False)


def test_cancelled_before_it_is_sent(desk: Desk) -> None:
    """What was only planned is cancelled; the next run makes it anew."""
    desk.run("--max-cost", "0", "--jobs", "1")
    ended = call("cancel", "--project", desk.project)
    assert (ended.status, set(desk.states())) == (0, {"cancelled"}), ended.said
    assert call("cancel", "--project", desk.project).out == "Nothing is on its way.\n"
    assert desk.run("--max-cost", "1").status == 0


def test_cleaning_leaves_what_is_paid(desk: Desk) -> None:
    """It lists, and removes only when told to: half-written files and the work of what has ended."""
    desk.run()
    left = desk.project / "takes" / ".take.abc.part.mov"
    left.write_bytes(b"x" * 10)
    os.utime(left, (0, 0))
    before = sorted(path for path in desk.project.rglob("*") if path.is_file() and path != left)
    assert (call("clean", "--project", desk.project).status, left.exists()) == (0, True)
    assert call("clean", "--project", desk.project, "--yes").status == 0
    assert [path for path in before if path.exists()] == before
    assert not left.exists()


def test_nothing_was_run_here(tmp_path: Path) -> None:
    """It is said, with a way out."""
    for command in ("status", "resume", "cancel", "clean"):
        ran = call(command, tmp_path)
        assert (ran.status, "nothing has been run" in ran.said) == (2, True)
