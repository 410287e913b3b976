"""Two processes on one project of this machine: one performs a cue, the other waits for it and uses what comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import burned
from reperform.emulator import Conduct, Emulator
from reperform.ledger.ledger import Ledger
from whole.cut_kit import RATES, Rushes, clip, save, timeline, track

RATE = RATES["25"]


class Desk:
    """A cut with one mark, and runs of it as processes of their own."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder, self.emulator = folder, emulator
        film = burned.make_movie(
            folder / "A001.mov", rate=RATE, frames=12, codec="mjpeg", timecode="01:00:00:00", channels=1, size=(160, 90)
        )
        made = timeline(track(clip(Rushes(film, RATE, 12, 90_000), 0, 12, marks=[("RP: angry", 3, 5)])), rate=RATE)
        self.cut = save(made, folder / "cut.otio")
        self.project = folder / "cut.reperform"
        self.started: list[subprocess.Popen[bytes]] = []

    def run(self, name: str) -> subprocess.Popen[bytes]:
        """`reperform run`, writing `name`.otio."""
        where = ["-o", str(self.folder / f"{name}.otio"), "--project", str(self.project)]
        engine = ["--engine", "sync", "--base-url", self.emulator.base_url]
        with (self.folder / f"{name}.log").open("w") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "reperform", "run", str(self.cut), *where, *engine],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "SYNC_API_KEY": self.emulator.key("sync")},
            )
        self.started.append(started)
        return started

    def takes(self, name: str) -> int:
        """How often the cut that was written refers to a take."""
        return (self.folder / f"{name}.otio").read_text().count('"take_001"')

    def states(self) -> list[str]:
        found = Ledger.existing(self.project)
        if found is None:
            return []
        with found:
            return [attempt.state.value for attempt in found.claims.attempts()]

    def waits(self, name: str) -> bool:
        """Whether it says that it waits for another process."""
        return "waiting for another reperform: process" in (self.folder / f"{name}.log").read_text()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Emulator(conduct=Conduct(queue_seconds=0.01, run_seconds=0.02)) as emulator:
        emulator.fault("sync", "submit", "stuck")  # the engine is at it for as long as the test wants
        desk = Desk(tmp_path, emulator)
        yield desk
        for process in desk.started:
            process.kill()
            process.wait()


def test_the_second_waits_for_the_first(desk: Desk) -> None:
    """Both write the take; one request was paid."""
    first = desk.run("first")
    until(lambda: desk.states() == ["submitted"])
    second = desk.run("second")
    until(lambda: desk.waits("second"))
    desk.emulator.clear_faults()
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert (desk.states(), len(desk.emulator.billed)) == (["fetched"], 1)
    assert 0 < desk.takes("first") == desk.takes("second")


def test_who_waits_can_be_stopped_and_takes_over_from_the_dead(desk: Desk) -> None:
    """Ctrl-C ends the waiting; when the process that performs is killed, the one that waits goes on with its request."""
    first = desk.run("first")
    until(lambda: desk.states() == ["submitted"])
    stopped = desk.run("stopped")
    until(lambda: desk.waits("stopped"))
    stopped.send_signal(signal.SIGINT)
    assert stopped.wait(30) == 130
    second = desk.run("second")
    until(lambda: desk.waits("second"))
    first.kill()
    desk.emulator.clear_faults()
    assert second.wait(60) == 0
    assert (desk.states(), len(desk.emulator.billed)) == (["fetched"], 1)
    assert desk.takes("second") > 0
