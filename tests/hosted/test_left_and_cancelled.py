"""A job that never ends, and one that is to be stopped: what is left is kept, what goes on is fetched, and each is billed once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hosted.hosted_kit import ENGINES, PATHS, Hosting, Way
from hosted.test_fault_matrix import ANGRY, BY_ENGINE, Case, says_the_way_out
from reperform.emulator.faults import OF_REQUESTS
from whole.command_kit import call

STUCK = [pytest.param(way, "submit", id=f"{way.engine}: stuck") for way in BY_ENGINE.values()] + [
    pytest.param(way, phase, id=f"{way.name}: stuck from its {phase}", marks=pytest.mark.slow)
    for way in PATHS
    for phase in ("poll", "result")
]


@pytest.mark.parametrize(("way", "phase"), STUCK)
def test_a_job_that_is_stuck_is_left_and_kept(way: Way, phase: str, hosting: Hosting) -> None:
    """No wait of ours ends it or sends it again; the resume after it went on has the result, billed once."""
    hosting.write(marks=[ANGRY])
    hosting.emulator.fault(way.engine, phase, "stuck")
    for _ in range(2):
        waited = hosting.run(way, "--wait", "0.3")
        assert (waited.status, hosting.states()) == (1, ["submitted"]), waited.said
        assert "reperform resume" in waited.said
    assert hosting.emulator.billed == []
    hosting.emulator.clear_faults()
    resumed = hosting.resume()
    assert (resumed.status, hosting.states(), hosting.bills()) == (0, ["fetched"], 1), resumed.said
    after = hosting.run(way)
    hosting.prove_takes(after.json)
    assert (after.json["made"], hosting.bills(), hosting.emulator.leaks) == ([], 1, [])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_job_that_nobody_stops_is_fetched_after_all(engine: str, hosting: Hosting) -> None:
    """Three engines cannot cancel; fal asks the model, and one that goes on is billed: it is kept, and never made anew."""
    with conducted(hosting, heeds_cancel=False):
        assert cancelled(engine, None, hosting) == "submitted"
        hosting.emulator.clear_faults()
        ran = hosting.run(BY_ENGINE[engine])
    assert (ran.status, hosting.states(), hosting.bills()) == (0, ["fetched"], 1), ran.said
    hosting.prove_takes(ran.json)


CANCEL_SAMPLE = {
    None: "cancelled", "drop_after": "cancelled", "html": "submitted", "500_after": "cancelled", "401": "submitted",
    "expired": "cancelled",
}  # fmt: skip


@pytest.mark.parametrize("kind", CANCEL_SAMPLE, ids=str)
def test_cancelling_goes_wrong(kind: str | None, hosting: Hosting) -> None:
    """A job counts as cancelled when fal shows that it stopped, not when an answer sounds like it."""
    assert prove_cancel(kind, hosting, lasting=False) == CANCEL_SAMPLE[kind]


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("heeds", [True, False], ids=["it heeds", "it goes on"])
@pytest.mark.parametrize("kind", OF_REQUESTS)
def test_every_fault_of_cancelling(kind: str, heeds: bool, lasting: bool, hosting: Hosting) -> None:
    """All of them: one bill, whatever the queue and the model made of it."""
    with conducted(hosting, heeds_cancel=heeds):
        state = prove_cancel(kind, hosting, lasting=lasting)
    assert heeds or state == "submitted"


def prove_cancel(kind: str | None, hosting: Hosting, *, lasting: bool) -> str:
    """A job that runs is cancelled, with the fault; then the cut is run. How the attempt stood after the cancelling."""
    state = cancelled("fal", kind, hosting, lasting=lasting)
    assert hosting.emulator.billed == []
    hosting.emulator.clear_faults()
    way = BY_ENGINE["fal"]
    ran = hosting.run(way)
    if ran.status:  # it had stopped, although nobody could be told
        assert (state, hosting.states(), hosting.bills()) == ("submitted", ["failed"], 0), ran.said
        says_the_way_out(ran.said, "failed")
        ran = hosting.run(way, "--retry-failed")
    assert (ran.status, hosting.states()[-1], hosting.bills()) == (0, "fetched", 1), ran.said
    hosting.prove_takes(ran.json)
    assert hosting.emulator.leaks == []
    return state


def cancelled(engine: str, kind: str | None, hosting: Hosting, *, lasting: bool = False) -> str:
    """The state of a job that is running, once `reperform cancel` was called."""
    hosting.write(marks=[ANGRY])
    hosting.emulator.fault(engine, "submit", "stuck")
    hosting.run(BY_ENGINE[engine], "--wait", "0.3")
    assert hosting.states() == ["submitted"]
    if kind is not None:
        value = Case(engine, "cancel", kind).value
        hosting.emulator.fault(engine, "cancel", kind, None if lasting else 1, value=value)
    ended = call("cancel", hosting.timeline)
    (state,) = hosting.states()
    assert ended.status == (0 if state == "cancelled" else 1), ended.said
    assert state == "cancelled" or "reperform resume" in ended.said
    return state


@contextmanager
def conducted(hosting: Hosting, **conduct: bool) -> Iterator[None]:
    """The emulator behaves otherwise."""
    world = hosting.emulator.world
    usual, world.conduct = world.conduct, replace(world.conduct, **conduct)  # type: ignore[arg-type]  # passed on
    try:
        yield
    finally:
        world.conduct = usual
