"""Sync: a job is followed until it is done, and its result fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engines_http.served import Act, Served, answer, drop, serving
from engines_http.sync_kit import ASK, performed, said, standing
from reperform.engines._sync_answers import dollars
from reperform.engines.base import Output, Submitted
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    OutOfReach,
    Rejected,
)

POLL = "GET /v2/generate/g1?wait=true&timeout=10"


COSTS = "GET /v2/generate/g1/costs"


DONE = {"id": "g1", "status": "COMPLETED", "outputUrl": "https://cdn.example/r.mp4", "outputDuration": 2.5}


def state(status: str, *, hint: str = "0.05", **more: Any) -> Act:
    return answer(200, {"id": "g1", "status": status, **more}, Retry_After=hint, X_Sync_Wait_Mode="long_poll")


def wait(served: Served, told: list[Any] | None = None) -> Any:
    heard = [] if told is None else told
    return performed(served, lambda engine: engine.wait(Submitted(remote_id="g1"), lambda *what: heard.append(what)))


def test_a_job_is_followed_to_its_result() -> None:
    """Its states are told, with how far it is, and its cost comes with it."""
    told: list[Any] = []
    routes: dict[str, Act | list[Act]] = {
        POLL: [state("PENDING"), state("PROCESSING"), answer(200, DONE)],
        ASK: answer(200, {"id": "g1", "status": "PROCESSING", "progress_percent": 40}),
        COSTS: answer(200, {"cost": 0.42, "currency": "USD"}),
    }
    with standing(routes) as served:
        finished = wait(served, told)
    expected = Output(number=0, address="https://cdn.example/r.mp4", facts={"id": "g1", "duration": 2.5})
    assert (finished.outputs, finished.cost_usd) == ((expected,), 0.42)
    assert told == [("pending", None), ("processing", 0.4)]


def test_waiting_survives_everything_that_passes() -> None:
    """Hung up, 5xx, 429, garbage: the job is out there, and is asked for again."""
    acts: list[Act] = [drop, answer(503), answer(429, Retry_After="0.05"), answer(200, b"<html>"), answer(200, DONE)]
    interleaved = [each for act in acts[:-1] for each in (act, state("PENDING"))] + acts[-1:]
    with standing({POLL: interleaved}) as served:
        assert wait(served).cost_usd is None


def test_a_server_without_the_long_poll_is_asked_plainly() -> None:
    """Where `wait` is refused, the state is asked for at intervals."""
    with standing({POLL: answer(400, {"message": "timeout"}), ASK: [state("PROCESSING"), answer(200, DONE)]}) as served:
        assert wait(served).outputs[0].address == DONE["outputUrl"]


@pytest.mark.parametrize(
    ("body", "cost", "kind", "temporary", "billed"),
    [
        ({"status": "FAILED", "errorCode": "generation_infra_resource_exhausted"}, {"cost": 0}, JobFailed, True, False),
        ({"status": "FAILED", "error_code": "generation_pipeline_failed"}, {"cost": 0.3}, JobFailed, True, True),
        ({"status": "FAILED", "errorCode": "generation_input_video_invalid"}, {}, JobFailed, False, None),
        ({"status": "FAILED"}, None, JobFailed, False, None),
        ({"status": "REJECTED", "error": "moderation"}, {}, Rejected, None, None),
    ],
)
def test_a_job_that_failed_says_whether_it_may_be_tried_again(
    body: dict[str, Any], cost: Any, kind: type[EngineError], temporary: bool | None, billed: bool | None
) -> None:
    """By its code, under either name; billed as the costs say, unknown where they do not."""
    routes: dict[str, Act | list[Act]] = {POLL: answer(200, body)}
    if cost is not None:
        routes[COSTS] = answer(200, cost)
    with standing(routes) as served, pytest.raises(kind) as failed:
        wait(served)
    assert (getattr(failed.value, "temporary", None), getattr(failed.value, "billed", None)) == (temporary, billed)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (said("generation_not_found", 404), Expired),
        (answer(404, b"<html>nothing here"), AccessRefused),
        (answer(401), AccessRefused),
        (answer(500), OutOfReach),
        (answer(418), OutOfReach),
        (answer(200, []), OutOfReach),
        (answer(200, {"status": "COMPLETED"}), OutOfReach),
    ],
)
def test_a_question_that_is_not_answered_does_not_end_the_job(act: Act, kind: type[EngineError]) -> None:
    """Only Sync's own word that it failed does."""
    with standing({POLL: act}) as served, pytest.raises(EngineError) as failed:
        wait(served)
    assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("body", "usd"),
    [
        (0.5, 0.5),
        ({"cost": 0.5}, 0.5),
        ({"totalCost": 0.5, "costs": [{"cost": 9}]}, 0.5),
        ({"generationCost": 0.5, "credits": 12}, 0.5),
        ({"costs": [{"cost": 0.25}, {"cost": 0.25}]}, 0.5),
        ([{"estimatedFrameCount": 75, "estimatedGenerationCost": 0.5}], 0.5),
        ({"data": {"cost": 0.5}}, 0.5),
        ({"cost": 0.5, "currency": "usd"}, 0.5),
        ({"cost": 0.5, "currency": "EUR"}, None),
        ({"cost": "0.5"}, None),
        ({"cost": True}, None),
        ({"cost": -1}, None),
        ({"costs": [{"cost": 0.25}, {"credits": 2}]}, None),
        ({"credits": 12}, None),
        ({"amount": 12}, None),
        (None, None),
        ([], None),
    ],
)
def test_costs_of_unknown_shape_are_read_or_left(body: Any, usd: float | None) -> None:
    """What can only mean dollars is read; a number that may mean something else is not."""
    assert dollars(body) == usd


def test_an_address_that_ran_out_is_renewed(tmp_path: Path) -> None:
    """Sync is asked for a new one by the job's id."""
    with serving(answer(200, b"result")) as storage:
        routes: dict[str, Act | list[Act]] = {
            "GET /old.mp4": answer(404),
            ASK: answer(200, DONE),
            "GET /v2/generations/g1/download": answer(200, f"{storage.base_url}/new.mp4?sig=1".encode()),
        }
        with standing(routes) as served:
            old = Output(number=0, address=f"{served.base_url}/old.mp4", facts={"id": "g1"})
            performed(served, lambda engine: engine.fetch(old, tmp_path / "r.mp4"))
            assert (tmp_path / "r.mp4").read_bytes() == b"result"
            lost = Output(number=0, address=f"{served.base_url}/old.mp4")
            with pytest.raises(Expired):
                performed(served, lambda engine: engine.fetch(lost, tmp_path / "s.mp4"))
