"""Killed at any moment, the next run goes on from the ledger: the same takes, and nothing paid twice."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from performing.conftest import Film
from performing.performing_kit import Service, cue, plan_of, run, shot
from reperform.ledger.ledger import Ledger
from reperform.model import Plan

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")

_NURSERY = """
import os, sys
from pathlib import Path
from performing.performing_kit import Service, run
from reperform.model import Plan
from reperform.engines import preview
from reperform.performing import run as _
for line in sys.stdin:
    plan, project, service = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if not child:
        try:
            run(Plan.model_validate_json(Path(plan).read_text()), Path(project), service=Service(Path(service)))
        finally:
            os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""

COMMITS = {
    1: "the session began",
    3: "planned and claimed",
    4: "prepared",
    7: "uploaded",
    8: "submitting",
    10: "submitted",
    12: "finished",
    18: "fetched",
    19: "numbered",
}
"""How many events there are after each transaction of a run with one cue, at least."""


class Nursery:
    """A process that has everything loaded and starts runs, so that they can be killed early and often."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )

    def start(self, plan: Plan, folder: Path) -> int:
        """A run of the plan in folder/cut.reperform; its process id."""
        (folder / "plan.json").write_text(plan.model_dump_json())
        names = (folder / "plan.json", folder / "cut.reperform", folder / "service")
        assert self._process.stdin is not None
        self._process.stdin.write("\t".join(map(str, names)) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> bool:
        """Waits for the run; whether it was killed."""
        return os.WIFSIGNALED(int(self._line()))

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def _plan(folder: Path, film: Film, engine: str) -> Plan:
    model = "preview" if engine == "preview" else "one"
    return plan_of(folder, shot(film.source, cue(12, 8, voice=film.voice, emotion="angry")), engine=engine, model=model)


def _wait_for_event(project: Path, number: int) -> None:
    """Until the ledger has so many events; a watcher from outside, that only reads."""
    path = project / "ledger.sqlite"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                while time.monotonic() < until:
                    (seen,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
                    if seen >= number:
                        return
        except sqlite3.OperationalError:
            time.sleep(0.001)
    raise AssertionError(f"no event {number}")


def _check_goes_on(film: Film, folder: Path, engine: str) -> None:
    """The next run ends with one take, or with the word that nobody knows; nothing is paid twice, nothing lies about."""
    service, project = Service(folder / "service"), folder / "cut.reperform"
    performed = run(_plan(folder, film, engine), project, service=service)
    takes = performed.takes["V1@01:00:00:00"]
    with Ledger.open(project) as ledger:
        states = [attempt.state.value for attempt in ledger.claims.attempts()]
        results = ledger.results.all()
    if states[-1] == "unknown":
        assert (engine, takes, len(results)) == ("service", (), 0)
        assert "may have arrived" in performed.problems[0].message
    else:
        assert (states, performed.problems) == (["fetched"], ())
        assert [(take.number, take.passed) for take in takes] == [(1, True)]
        assert [hashlib.sha256((project / each.file).read_bytes()).hexdigest() for each in results] == [
            results[0].sha256
        ]
    assert len(service.billed) <= 1
    # What may have arrived may yet be found, and is compared with what was sent.
    kept = 1 if states[-1] == "unknown" else 0
    assert len([path.name for path in (project / "work").iterdir() if path.name != "sessions"]) == kept
    again = run(_plan(folder, film, engine), project, service=service)
    assert (again.takes, again.made, len(service.billed) <= 1) == (performed.takes, (), True)


@pytest.mark.parametrize(
    ("engine", "event"),
    [pytest.param("service", event, id=name) for event, name in COMMITS.items()]
    + [pytest.param("preview", event, id=f"preview: {COMMITS[event]}") for event in (8, 10)],
)
def test_killed_after_a_commit(tmp_path: Path, film: Film, nursery: Nursery, engine: str, event: int) -> None:
    """Whatever was committed last, the next run knows what that means."""
    child = nursery.start(_plan(tmp_path, film, engine), tmp_path)
    _wait_for_event(tmp_path / "cut.reperform", event)
    os.kill(child, signal.SIGKILL)
    nursery.ended()
    _check_goes_on(film, tmp_path, engine)


@pytest.mark.parametrize("event", [3, 10], ids=["while it prepares", "while the engine performs"])
def test_interrupted_once(tmp_path: Path, film: Film, nursery: Nursery, event: int) -> None:
    """Ctrl-C ends a run where it can go on, in good order: no work is half done, and the session has ended."""
    child = nursery.start(_plan(tmp_path, film, "service"), tmp_path)
    _wait_for_event(tmp_path / "cut.reperform", event)
    os.kill(child, signal.SIGINT)
    assert not nursery.ended()
    assert list((tmp_path / "cut.reperform" / "work" / "sessions").iterdir()) == []
    _check_goes_on(film, tmp_path, "service")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["service", "preview"])
@pytest.mark.parametrize("seed", range(50))
def test_killed_at_any_moment(tmp_path: Path, film: Film, nursery: Nursery, engine: str, seed: int) -> None:
    """Between transactions, in the middle of a file, in the middle of a request; up to three times in a row."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        child = nursery.start(_plan(tmp_path, film, engine), tmp_path)
        time.sleep(chance.uniform(0, 0.6))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        nursery.ended()
    _check_goes_on(film, tmp_path, engine)
