"""Killed after any change of the ledger while money is on its way: each cue is billed once, or is said to be unknown."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from paying.paying_kit import KINDS
from performing.nursery import Nursery, wait_for_event
from performing.performing_kit import SETTINGS, cue, plan_of, run, shot
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.pauses import Pauses

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")

CUES = 2
EVENTS = range(1, 30)
"""A run of two cues makes about thirty."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def _plan(folder: Path, film: Any) -> Plan:
    apart = SETTINGS.model_copy(update={"context_frames": 0, "seam_frames": 0})
    cues = [cue(12 + 9 * n, 3, voice=film.voice) for n in range(CUES)]
    return plan_of(folder, shot(film.source, *cues), settings=apart)


def _kill(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _check(film: Any, folder: Path, kind: str) -> None:
    """The next run ends it: what was billed is billed once, and nobody is left in the dark."""
    service, project = KINDS[kind](folder / "service"), folder / "cut.reperform"
    # Within ten minutes a request may be repeated; what cannot be is not looked for that long here.
    window = 60.0 if kind == "deduplicating" else 0.3
    pauses = Pauses(first=0.01, longest=0.02, tries=3, unknown=window, limited=2)
    performed = run(_plan(folder, film), project, service=service, pauses=pauses)
    with Ledger.open(project) as ledger:
        states = [attempt.state.value for attempt in ledger.claims.attempts()]
        ids = {attempt.id for attempt in ledger.claims.attempts()}
    billed = [body["identity"] for body in service.billed]
    assert len(billed) == len(set(billed)) <= CUES
    assert set(billed) <= ids
    assert set(states) <= {"fetched", "unknown"}
    assert len(performed.problems) == states.count("unknown")
    assert states.count("fetched") <= len(billed)
    if kind == "deduplicating":
        assert (states, len(billed)) == (["fetched"] * CUES, CUES)
    again = run(_plan(folder, film), project, service=service)
    assert (again.made, [each["identity"] for each in service.billed]) == ((), billed)


def _killed_after(nursery: Nursery, film: Any, folder: Path, kind: str, event: int) -> None:
    child = nursery.start(_plan(folder, film), folder, kind)
    wait_for_event(folder / "cut.reperform", event)
    _kill(child)
    nursery.ended()
    _check(film, folder, kind)


@pytest.mark.parametrize("event", [9, 13])
@pytest.mark.parametrize("kind", ["deduplicating", "reconciling"])
def test_killed_near_the_submit(tmp_path: Path, film: Any, nursery: Nursery, kind: str, event: int) -> None:
    """The moments that matter most, for each kind of engine."""
    _killed_after(nursery, film, tmp_path, kind, event)


@pytest.mark.slow
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", list(KINDS))
def test_killed_after_every_change(tmp_path: Path, film: Any, nursery: Nursery, kind: str, event: int) -> None:
    """Each change of the ledger, for each kind of engine."""
    _killed_after(nursery, film, tmp_path, kind, event)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("kind", list(KINDS))
def test_killed_between_changes(tmp_path: Path, film: Any, nursery: Nursery, kind: str, seed: int) -> None:
    """At any moment, up to three times in a row."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        child = nursery.start(_plan(tmp_path, film), tmp_path, kind)
        time.sleep(chance.uniform(0, 0.6))
        _kill(child)
        nursery.ended()
    _check(film, tmp_path, kind)
