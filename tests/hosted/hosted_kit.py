"""A burned cut of one second, the paths through the hosted engines, and the real command run on them against the emulator."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import burned
from engines_http.served import QUICK
from reperform.emulator import Conduct, Emulator
from reperform.engines._hosted import Hosted
from reperform.engines.fal import FalEngine
from reperform.engines.runware import RunwareEngine
from reperform.engines.segmind import SegmindEngine
from reperform.engines.sync import SyncEngine
from reperform.performing import run as performing_run
from reperform.performing import throttle
from reperform.performing.pauses import Pauses
from whole import cut_kit as cut
from whole.command_kit import Ran, call
from whole.cut_kit import RATES, Rushes

__all__ = ["FRAMES", "PATHS", "PROMPT", "RATE", "Hosting", "Way", "hurry", "impatient", "make_hosting"]

RATE = RATES["25"]
FRAMES = 25
CUES = ((3, 6), (15, 7))
PROMPT = Conduct(queue_seconds=0.01, run_seconds=0.02)
SHORT = Pauses(first=0.02, longest=0.1, tries=4, unknown=2.5, limited=2.0)


@dataclass(frozen=True)
class Way:
    """A path to one model of one engine."""

    engine: str
    model: str
    jobs: int
    """How many requests two cues of a shot are."""
    more: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        return ("--engine", self.engine, "--model", self.model, *self.more)

    @property
    def name(self) -> str:
        return f"{self.engine} {self.model}"


PATHS = (
    Way("sync", "react-1", 2),
    Way("sync", "sync-3", 1, ("--drop", "emotion")),
    Way("runware", "react-1", 2),
    Way("runware", "sync:3@0", 1, ("--drop", "emotion")),
    Way("segmind", "sync.so-react-1", 2),
    Way("fal", "fal-ai/sync-lipsync/react-1", 2),
)


def hurry(put: Any = setattr) -> None:
    """All pauses short. `put` sets an attribute: a test's monkeypatch takes it back."""
    put(Hosted, "patience", QUICK)
    for engine in (SyncEngine, FalEngine, SegmindEngine):
        put(engine, "poll_seconds", 0.03)
    put(FalEngine, "stopping_seconds", 1.5)
    put(RunwareEngine, "settling_seconds", 0.3)
    put(SegmindEngine, "settling_seconds", 0.3)
    put(performing_run, "Pauses", lambda: SHORT)
    put(throttle, "_PAUSE_SECONDS", 0.05)


@contextmanager
def impatient() -> Iterator[None]:
    """As if an hour had passed: a result that is nowhere is given up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(performing_run, "Pauses", lambda: replace(SHORT, result=0.0))
        yield


@dataclass
class Hosting:
    """V1: a second of burned frames, of which two pieces are marked."""

    folder: Path
    emulator: Emulator
    more: tuple[str | Path, ...] = field(default=())
    """Options of every call that may pay."""

    @property
    def timeline(self) -> Path:
        return self.folder / "cut.otio"

    @property
    def out(self) -> Path:
        return self.folder / "cut_RP.otio"

    @property
    def project(self) -> Path:
        return self.folder / f"{self.folder.name}.reperform"

    @property
    def rushes(self) -> Rushes:
        return Rushes(self.folder / "A001.mov", RATE, FRAMES, 90_000)

    def write(
        self,
        *,
        first: int = 0,
        frames: int = FRAMES,
        marks: Sequence[tuple[str, int, int]] | None = None,
        before: int = 0,
        name: str = "cut.otio",
    ) -> Path:
        """The cut, its clip trimmed or moved behind a gap of `before` frames."""
        said = [("RP: angry", *CUES[0]), ("RP: sad", *CUES[1])] if marks is None else list(marks)
        clip = cut.clip(self.rushes, first, frames, marks=said)
        items = [cut.gap(before, RATE), clip] if before else [clip]
        return cut.save(cut.timeline(cut.track(*items), start=90_000, rate=RATE), self.folder / name)

    def options(self, way: Way) -> tuple[str | Path, ...]:
        return ("--base-url", self.emulator.base_url, "--yes", "--allow-unknown-cost", *way.options, *self.more)

    def run(self, way: Way, *more: str | Path, timeline: Path | None = None, out: Path | None = None) -> Ran:
        where = (timeline or self.timeline, "-o", out or self.out)
        return call("run", *where, "--json", *self.options(way), *more)

    def resume(self, *more: str | Path) -> Ran:
        return call("resume", self.timeline, "--json", "--yes", "--allow-unknown-cost", *more)

    def bills(self) -> int:
        """How many there are once every job that can end has ended."""
        until = time.monotonic() + 5
        while time.monotonic() < until and any(self.emulator.world.active(name) for name in ENGINES):
            time.sleep(0.01)
        return len(self.emulator.billed)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.project / "ledger.sqlite")) as ledger:
            return ledger.execute(sql).fetchall()

    def attempts(self) -> list[tuple[str, str | None]]:
        """State and whether it is asked for again, of every attempt."""
        return self.rows("SELECT state, again FROM attempts ORDER BY created_at, id") if self.project.exists() else []

    def states(self) -> list[str]:
        return [state for state, _ in self.attempts()]

    def prove_takes(self, document: dict[str, Any], *, first: int = 0, frames: int = FRAMES) -> None:
        """Every frame of every take and of the cut shows what it showed before."""
        assert document["takes"], document
        for take in document["takes"]:
            start = take["in_frame"]
            assert cut.numbers(Path(take["path"])) == tuple(range(start, start + take["frames"]))
            assert [check for check in take["checks"] if not check["passed"]] == []
        played = cut.play(self.out, rate=RATE, frames=frames)
        assert [shown and shown.number for shown in played] == list(range(first, first + frames))
        names = {Path(take["path"]).name for take in document["takes"]}
        assert {shown and shown.file for shown in played} <= names


ENGINES = ("sync", "runware", "segmind", "fal")


def make_hosting(folder: Path, emulator: Emulator, *more: str | Path) -> Hosting:
    made = Hosting(folder, emulator, more)
    folder.mkdir(parents=True, exist_ok=True)
    burned.make_movie(
        made.rushes.path, rate=RATE, frames=FRAMES, size=(160, 90), channels=1, timecode="01:00:00:00", codec="mjpeg"
    )
    made.write()
    return made


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    return found
