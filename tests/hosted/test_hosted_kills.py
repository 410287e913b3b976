"""SIGKILL after any change of the ledger while a hosted engine performs: the same takes, and every cue is billed once.

The emulator lives in another process than the one that is killed, as the real services do.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hosted.hosted_kit import PATHS, Hosting, Way
from hosted.killing import Nursery, events_in

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")

EVENTS = {
    "sync react-1": 38, "sync sync-3": 25, "runware react-1": 42, "runware sync:3@0": 27,
    "segmind sync.so-react-1": 38, "fal fal-ai/sync-lipsync/react-1": 50,
}  # fmt: skip
"""How many changes of the ledger a whole run makes."""
EVERY = [pytest.param(way, event, id=f"{way.name}-{event}") for way in PATHS for event in range(1, EVENTS[way.name])]
BLIND = ("segmind",)
"""Nobody can ask them what arrived."""
SAMPLE = [
    ("sync react-1", 13), ("sync sync-3", 9), ("sync react-1", 20), ("runware react-1", 14), ("runware sync:3@0", 9),
    ("segmind sync.so-react-1", 14), ("fal fal-ai/sync-lipsync/react-1", 14), ("fal fal-ai/sync-lipsync/react-1", 21),
]  # fmt: skip
BY_NAME = {way.name: way for way in PATHS}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def prove(way: Way, hosting: Hosting, *, by_resume: bool) -> None:
    """What follows the kill brings the takes, or says that nobody knows; what was billed was billed once."""
    resumable = by_resume and hosting.rows("SELECT 1 FROM runs")
    after = hosting.resume() if resumable else hosting.run(way)
    states, billed = hosting.states(), hosting.bills()
    requests = [bill.request or bill.identity for bill in hosting.emulator.billed]
    assert len(requests) == len(set(requests)) <= way.jobs
    if "unknown" in states:
        assert way.engine in BLIND or billed == states.count("fetched"), after.said
        assert (after.status, "--resubmit-unknown" in after.said) == (1, True), after.said
        assert states.count("fetched") <= billed
    final = hosting.run(way, "--resubmit-unknown") if "unknown" in states else hosting.run(way)
    assert final.status == 0, final.said
    hosting.prove_takes(final.json)
    if "unknown" not in states:
        assert after.status == 0, after.said
        assert [state for state in states if state != "cancelled"] == ["fetched"] * way.jobs
        assert (hosting.bills(), billed) == (way.jobs, way.jobs)
    assert (
        hosting.rows("SELECT * FROM addresses WHERE attempt_id IN (SELECT id FROM attempts WHERE state='fetched')")
        == []
    )
    assert hosting.emulator.leaks == []


def killed(way: Way, hosting: Hosting, nursery: Nursery, number: int, *, delay: float = 0.0) -> bool:
    arguments = ("run", hosting.timeline, "-o", hosting.out, "--json", *hosting.options(way))

    def now(project: Path) -> bool:
        reached = events_in(project) >= number
        time.sleep(delay if reached else 0)
        return reached

    return nursery.killed(arguments, log=hosting.folder / "log", project=hosting.project, when=now)


@pytest.mark.parametrize(("name", "event"), SAMPLE)
def test_killed_where_it_matters(name: str, event: int, hosting: Hosting, nursery: Nursery) -> None:
    """A sample of the moments."""
    assert killed(BY_NAME[name], hosting, nursery, event)
    prove(BY_NAME[name], hosting, by_resume=event % 2 == 0)


@pytest.mark.slow
@pytest.mark.parametrize(("way", "event"), EVERY)
def test_killed_after_every_change(way: Way, event: int, hosting: Hosting, nursery: Nursery) -> None:
    """Each change of the ledger, on each path."""
    was_killed = killed(way, hosting, nursery, event)
    prove(way, hosting, by_resume=event % 2 == 0)
    if not was_killed:
        pytest.skip("it had ended before it could be killed")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("way", PATHS, ids=lambda way: way.name)
def test_killed_between_changes_and_again(way: Way, seed: int, hosting: Hosting, nursery: Nursery) -> None:
    """A moment after a change, up to three times in a row."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        killed(way, hosting, nursery, chance.randint(2, EVENTS[way.name]), delay=chance.uniform(0, 0.05))
    prove(way, hosting, by_resume=bool(seed % 2))
