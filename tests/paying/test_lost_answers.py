"""A request whose answer was lost: repeated where the engine takes the two for one, looked for where it can be, never sent anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paying.paying_kit import Both, Deduplicating, Limited, Reconciling, Service
from performing.performing_kit import cue, plan_of, run, shot
from reperform.errors import AccessRefused, Expired, JobFailed, NotSubmitted, Rejected, SubmissionUnknown
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.asked import Asked
from reperform.performing.pauses import Pauses

SHOT = "V1@01:00:00:00"
PATIENT = Pauses(first=0.01, longest=0.02, tries=3, unknown=0.3, limited=5)
LOST = SubmissionUnknown("cut off")


def _states(project: Path) -> list[str]:
    with Ledger.open(project) as ledger:
        return [attempt.state.value for attempt in ledger.claims.attempts()]


@pytest.mark.parametrize(
    ("kind", "failing", "state", "billed"),
    [
        pytest.param(Service, [("submit", NotSubmitted("no route"))] * 2, "fetched", 1, id="never arrived: repeated"),
        pytest.param(Service, [("answer", LOST)], "unknown", 1, id="nobody can say: unknown"),
        pytest.param(Deduplicating, [("answer", LOST)] * 2, "fetched", 1, id="the same identity is the same request"),
        pytest.param(Deduplicating, [("submit", LOST)], "fetched", 1, id="it had not arrived: sent again"),
        pytest.param(
            Deduplicating,
            [("submit", LOST), ("submit", NotSubmitted("no route"))],
            "fetched",
            1,
            id="the second certainly did not arrive, the first may have",
        ),
        pytest.param(Deduplicating, [("answer", LOST)] * 9, "unknown", 1, id="no answer at all: unknown"),
        pytest.param(
            Deduplicating,
            [("submit", LOST), ("submit", Rejected("no face"))],
            "rejected",
            0,
            id="refused the second time",
        ),
        pytest.param(
            Deduplicating,
            [("answer", LOST), ("answer", AccessRefused("no credit"))],
            "fetched",
            1,
            id="no credit for the second: the first may have used it",
        ),
        pytest.param(
            Both,
            [("answer", LOST), ("answer", Rejected("what is that?"))],
            "fetched",
            1,
            id="the second is refused, the first had been taken",
        ),
        pytest.param(
            Both,
            [("submit", LOST), ("submit", Rejected("no face"))],
            "rejected",
            0,
            id="the second is refused, and the first is not there",
        ),
        pytest.param(
            Both,
            [("answer", LOST), ("answer", Rejected("what is that?")), ("reconcile", LOST), ("reconcile", LOST)],
            "unknown",
            1,
            id="the second is refused, and nobody knows of the first",
        ),
        pytest.param(Reconciling, [("answer", LOST)], "fetched", 1, id="looked for, and found"),
        pytest.param(Reconciling, [("submit", LOST)], "unknown", 0, id="looked for, and not found: unknown"),
        pytest.param(
            Reconciling, [("answer", LOST), ("reconcile", LOST)], "unknown", 1, id="it cannot say after all: unknown"
        ),
    ],
)
def test_what_becomes_of_it(
    tmp_path: Path, one_cue: Plan, project: Path, kind: type[Service], failing: Any, state: str, billed: int
) -> None:
    """Billed at most once, whatever was lost."""
    service = kind(tmp_path / "service", failing=failing)
    performed = run(one_cue, project, service=service, pauses=PATIENT)
    assert (_states(project), len(service.billed)) == ([state], billed)
    assert bool(performed.problems) is (state != "fetched")
    if state == "unknown":
        assert "--resubmit-unknown" in (performed.problems[0].fix or "")
        again = run(one_cue, project, service=kind(tmp_path / "service"), pauses=PATIENT)
        assert (again.failed, len(service.billed)) == (performed.failed, billed) or _states(project) == ["fetched"]


def test_it_is_looked_for_until_it_shows(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """An engine's list may lag behind."""
    service = Reconciling(tmp_path / "service", failing=[("answer", LOST)])
    service.shown_after = 3
    assert run(one_cue, project, service=service, pauses=PATIENT).problems == ()
    assert (_states(project), service.asked, len(service.billed)) == (["fetched"], 4, 1)


def test_a_later_run_finds_it(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """An attempt that stayed unknown is asked for again by each run."""
    service = Reconciling(tmp_path / "service", failing=[("answer", LOST)])
    service.shown_after = 10_000
    assert run(one_cue, project, service=service, pauses=PATIENT).failed
    service.shown_after = 0
    assert run(one_cue, project, service=service, pauses=PATIENT).problems == ()
    assert (_states(project), len(service.billed)) == (["fetched"], 1)


def test_resubmitting_needs_a_persons_word(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """`--resubmit-unknown` sends it anew under a new identity; the old one stays on record, and is not spoken of again."""
    service = Service(tmp_path / "service", failing=[("answer", LOST)])
    run(one_cue, project, service=service)
    asked = Asked(resubmit_unknown=True)
    assert run(one_cue, project, service=service, asked=asked).failed == frozenset()
    assert (_states(project), len(service.billed)) == (["unknown", "fetched"], 2)
    assert run(one_cue, project, service=service).problems == ()


def test_an_engine_that_is_asked_too_much(tmp_path: Path, film: Any, project: Path) -> None:
    """429: fewer at once, no sooner than it says, and all of them in the end, each billed once."""
    service = Limited(tmp_path / "service")
    service.most, service.seconds = 1, 0.5
    shots = [shot(film.source, cue(12 + n, 4, voice=film.voice), record_in=100 * n) for n in range(5)]
    performed = run(plan_of(tmp_path, *shots), project, service=service, pauses=PATIENT, jobs_at_once=4)
    assert (performed.problems, len(service.billed), service.refusals > 0) == ((), 5, True)
    assert set(_states(project)) == {"fetched"}


@pytest.mark.parametrize(
    ("failures", "states", "billed", "problem"),
    [
        pytest.param([JobFailed("busy", temporary=True, billed=False)], ["failed", "fetched"], 2, None, id="once"),
        pytest.param(
            [JobFailed("busy", temporary=True, billed=False)] * 2, ["failed", "failed"], 2, "busy", id="not twice"
        ),
        pytest.param([JobFailed("busy", temporary=True)], ["failed"], 1, "busy", id="not where it may be billed"),
        pytest.param(
            [JobFailed("no face", billed=False)], ["failed"], 1, "no face", id="not where it would fail again"
        ),
    ],
)
def test_a_temporary_failure_is_tried_anew_by_itself(
    tmp_path: Path, one_cue: Plan, project: Path, failures: Any, states: list[str], billed: int, problem: str | None
) -> None:
    """Once, where the engine calls it temporary and does not bill it; a plain run after that pays for nothing more."""
    service = Service(tmp_path / "service", failing=[("wait", error) for error in failures])
    performed = run(one_cue, project, service=service)
    assert (_states(project), len(service.billed)) == (states, billed)
    assert [each.message for each in performed.problems] == ([problem] if problem else [])
    again = run(one_cue, project, service=service)
    assert len(service.billed) == billed
    if problem:
        assert (problem in again.problems[0].message, "--retry-failed" in (again.problems[0].fix or "")) == (True, True)
        assert run(one_cue, project, service=service, asked=Asked(retry_failed=True)).problems == ()
        assert len(service.billed) == billed + 1


def test_leaving_early_keeps_the_job(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """`--wait` is over: the job is out there, and the next run fetches it."""
    service = Service(tmp_path / "service")
    service.seconds = 0.5
    left = run(one_cue, project, service=service, asked=Asked(wait_seconds=0.05))
    assert (_states(project), left.sent, left.resumable) == (["submitted"], True, True)
    assert "reperform resume" in (left.problems[0].fix or "")
    service.seconds = 0.0
    assert run(one_cue, project, service=service).problems == ()
    assert len(service.billed) == 1


@pytest.mark.parametrize(("step", "state"), [("wait", "submitted"), ("fetch", "finished")])
def test_what_seems_gone_is_looked_for_again(
    tmp_path: Path, one_cue: Plan, project: Path, step: str, state: str
) -> None:
    """A gateway that is being changed says 404 as well: within an hour it is not believed, and the result is fetched."""
    service = Service(tmp_path / "service", failing=[(step, Expired("no such job"))] * 2)
    early = run(one_cue, project, service=service)
    assert (_states(project), "reperform resume" in (early.problems[0].fix or "")) == ([state], True)
    service.failing = []
    assert run(one_cue, project, service=service).problems == ()
    assert (_states(project), len(service.billed)) == (["fetched"], 1)


@pytest.mark.parametrize("step", ["wait", "fetch"])
def test_an_hour_later_it_is_gone(tmp_path: Path, one_cue: Plan, project: Path, step: str) -> None:
    """Then it is paid for again when a person asks for it, and not before."""
    service = Service(tmp_path / "service", failing=[(step, Expired("no such job"))] * 2)
    late = run(one_cue, project, service=service, pauses=replace(PATIENT, result=0.0))
    assert (_states(project), "--retry-failed" in (late.problems[0].fix or ""), late.sent) == (["expired"], True, True)
    service.failing = []
    assert run(one_cue, project, service=service).failed
    assert len(service.billed) == 1
    assert run(one_cue, project, service=service, asked=Asked(retry_failed=True)).problems == ()
    assert (_states(project), len(service.billed)) == (["expired", "fetched"], 2)
