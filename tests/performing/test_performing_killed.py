"""Killed at any moment, the next run goes on from the ledger: the same takes, and nothing paid twice."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from performing.conftest import Film
from performing.nursery import Nursery, wait_for_event
from performing.performing_kit import Service, cue, plan_of, run, shot
from reperform.ledger.ledger import Ledger
from reperform.model import Plan

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")

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


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def _plan(folder: Path, film: Film, engine: str) -> Plan:
    model = "preview" if engine == "preview" else "one"
    return plan_of(folder, shot(film.source, cue(12, 8, voice=film.voice, emotion="angry")), engine=engine, model=model)


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
    wait_for_event(tmp_path / "cut.reperform", event)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    nursery.ended()
    _check_goes_on(film, tmp_path, engine)


@pytest.mark.parametrize("event", [3, 10], ids=["while it prepares", "while the engine performs"])
def test_interrupted_once(tmp_path: Path, film: Film, nursery: Nursery, event: int) -> None:
    """Ctrl-C ends a run where it can go on, in good order: no work is half done, and the session has ended."""
    child = nursery.start(_plan(tmp_path, film, "service"), tmp_path)
    wait_for_event(tmp_path / "cut.reperform", event)
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
