"""What a run left unfinished, and who goes on with it."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from performing.conftest import Film
from performing.performing_kit import SETTINGS, Service, cue, engines, plan_of, run, shot
from performing.run_kit import SHOT, said
from reperform.errors import (
    AccessRefused,
    JobFailed,
    NotSubmitted,
    OutOfReach,
    Rejected,
    ReperformError,
    SubmissionUnknown,
)
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.asked import Asked
from reperform.performing.listening import Stage
from reperform.performing.run import perform


def _states(project: Path) -> list[str]:
    with Ledger.open(project) as ledger:
        return [attempt.state.value for attempt in ledger.claims.attempts()]


@pytest.mark.parametrize(
    ("step", "error", "state", "after"),
    [
        pytest.param("upload", JobFailed("no space"), "failed", "fetched", id="upload failed"),
        pytest.param("upload", NotSubmitted("no route"), "prepared", "fetched", id="upload out of reach"),
        pytest.param("submit", NotSubmitted("no route"), "uploaded", "fetched", id="the request never arrived"),
        pytest.param("submit", Rejected("no face"), "rejected", "rejected", id="the request was refused"),
        pytest.param("submit", SubmissionUnknown("cut off"), "unknown", "unknown", id="the request may have arrived"),
        pytest.param(
            "answer", TimeoutError("cut off"), "unknown", "unknown", id="the answer was lost in any other way"
        ),
        pytest.param("wait", JobFailed("no face"), "failed", "failed", id="the engine failed"),
        pytest.param("wait", ReperformError("no route"), "submitted", "fetched", id="the engine could not be asked"),
        pytest.param("fetch", ReperformError("no route"), "finished", "fetched", id="the result could not be fetched"),
    ],
)
def test_a_failed_step_leaves_the_right_state(
    one_cue: Plan, project: Path, service: Service, step: str, error: Exception, state: str, after: str
) -> None:
    """What nothing was sent of is tried anew by the next run, what is out there is gone on with, the rest is left."""
    service.failing = [(step, error)]
    first = run(one_cue, project, service=service)
    assert (_states(project), first.failed) == ([state], frozenset({SHOT}))
    assert said(first)[0][:3] == ("V1", "MARA_CU", "01:00:00:04")
    assert str(error) in said(first)[0][3]
    second = run(one_cue, project, service=service)
    assert _states(project)[-1] == after
    assert bool(second.failed) is (after != "fetched")
    assert len(service.billed) == (0 if after == "rejected" or (after, step) == ("unknown", "submit") else 1)


def test_no_key_no_more_requests(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """An engine that refuses us is not asked again in this run."""
    service.failing = [("submit", AccessRefused("no credit"))] * 3
    shots = [shot(film.source, cue(12 + n, 4, voice=film.voice), record_in=100 * n) for n in range(3)]
    performed = run(plan_of(tmp_path, *shots), project, service=service, jobs_at_once=1)
    assert (len(service.failing), performed.refused) == (2, service.failing[0][1])
    assert len(performed.failed) == 3
    service.failing = []
    assert run(plan_of(tmp_path, *shots), project, service=service).problems == ()
    assert len(service.billed) == 3


def test_a_cue_that_another_process_performs_is_waited_for(one_cue: Plan, project: Path, service: Service) -> None:
    """As long as `--wait` says, then the problem says who has it; when that process dies, its place is taken."""
    other = Ledger.open(project)
    anyio.run(partial(_cancelled_while_waiting, one_cue, other, service))
    performed = run(one_cue, project, service=service, asked=Asked(wait_seconds=0.2))
    assert "another reperform is performing this cue now (process" in performed.problems[0].message
    assert "Run again" in (performed.problems[0].fix or "")
    dying = threading.Timer(0.3, other.close)
    dying.start()
    assert run(one_cue, project, service=service).problems == ()
    dying.join()
    assert len(service.billed) == 1


def test_two_that_wait_for_each_other_end(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """Who leaves something unfinished waits for nobody: the other may be waiting for just that."""
    theirs, ours = (shot(film.source, cue(12 + n, 4, voice=film.voice), record_in=100 * n) for n in range(2))
    with Ledger.open(project) as other:
        anyio.run(partial(_cancelled_while_waiting, plan_of(tmp_path, theirs), other, service))
        service.failing = [("upload", OutOfReach("no network"))] * 9
        performed = run(plan_of(tmp_path, theirs, ours), project, service=service)
        assert len(performed.failed) == 2


async def _cancelled_while_waiting(plan: Plan, ledger: Ledger, service: Service) -> None:
    """A run that is stopped as soon as the engine has the job."""
    with anyio.CancelScope() as scope:

        def listener(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
            if stage is Stage.WAITING and fraction is not None:
                scope.cancel()

        await perform(plan, ledger=ledger, engine_of=engines(service=service), listener=listener)
    assert scope.cancelled_caught


def test_a_run_that_is_stopped_goes_on_later(one_cue: Plan, project: Path, service: Service) -> None:
    """Cancelled while the engine performs: the job stays there, and the next run fetches it."""
    with Ledger.open(project) as ledger:
        anyio.run(partial(_cancelled_while_waiting, one_cue, ledger, service))
    assert _states(project) == ["submitted"]
    performed = run(one_cue, project, service=service)
    assert (_states(project), len(service.billed), len(performed.made)) == (["fetched"], 1, 1)


def test_what_was_sent_is_fetched_although_the_mark_is_gone(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service
) -> None:
    """A paid result is fetched by the next run of the project, whatever cut that is for."""
    with Ledger.open(project) as ledger:
        anyio.run(partial(_cancelled_while_waiting, one_cue, ledger, service))
    run(plan_of(tmp_path), project, service=service)
    assert _states(project) == ["fetched"]
    assert len(run(one_cue, project, service=service).made) == 1
    assert len(service.billed) == 1


@pytest.mark.parametrize(
    ("changed", "states"),
    [
        pytest.param(lambda film: {}, ["fetched"], id="the same cut: the same attempt goes on"),
        pytest.param(
            lambda film: {"note": "x", "emotion": "sad"}, ["uploaded", "fetched"], id="another direction: it is left"
        ),
    ],
)
def test_an_attempt_of_which_nothing_was_sent(
    tmp_path: Path, film: Film, project: Path, service: Service, changed: Any, states: list[str]
) -> None:
    """It goes on under its identity when it is just what is wanted; else it costs nothing to leave it."""
    service.failing = [("submit", NotSubmitted("no route"))]
    asked: dict[str, Any] = {"emotion": "angry"}
    run(plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, **asked))), project, service=service)
    plan = plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, **(asked | changed(film)))))
    assert run(plan, project, service=service).problems == ()
    assert (_states(project), len(service.billed)) == (states, 1)


def test_an_attempt_with_other_settings_is_made_anew(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """Of the old one nothing was sent: it is cancelled, and its claim is free."""
    service.failing = [("submit", NotSubmitted("no route"))]
    wanted = shot(film.source, cue(12, 8, voice=film.voice))
    run(plan_of(tmp_path, wanted), project, service=service)
    more_context = SETTINGS.model_copy(update={"context_frames": 5})
    assert run(plan_of(tmp_path, wanted, settings=more_context), project, service=service).problems == ()
    assert (_states(project), [body["frames"] for body in service.billed]) == (["cancelled", "fetched"], [18])
