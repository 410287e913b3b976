"""Sync: the one request of an attempt, and every answer to it."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from engines_http.served import Act, Served, answer, drop
from engines_http.sync_kit import ATTEMPT, LIST, performed, said, standing
from engines_wire.orders import order, segment
from reperform.engines.base import Prepared, Submitted
from reperform.engines.sync import SyncEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    NotSubmitted,
    RateLimited,
    Rejected,
    SettingsError,
    SubmissionUnknown,
)

ADDRESSES = {"video": "https://assets.example/v.mp4", "audio": "https://assets.example/a.wav"}


def submit_with(prepared: Prepared, **rest: Any) -> Callable[[SyncEngine], Awaitable[Submitted]]:
    return lambda engine: engine.submit(prepared, rest.get("order", order("react-1")), rest.get("addresses", ADDRESSES))


def test_a_submit_carries_its_identity_twice(prepared: Prepared) -> None:
    """As the idempotency key, and as the output's name, by which it is found again."""
    with standing({"POST /v2/generate": answer(201, {"id": "g1", "status": "PENDING"})}) as served:
        assert performed(served, submit_with(prepared)) == Submitted(remote_id="g1")
    (request,) = served.requests
    assert request.headers["idempotency-key"] == ATTEMPT
    assert request.json() == SyncEngine().request(
        order("react-1"), video=ADDRESSES["video"], audio=ADDRESSES["audio"], identity=ATTEMPT
    )
    assert request.json()["outputFileName"] == ATTEMPT


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (answer(401, {"message": "Unauthorized", "statusCode": 401}), AccessRefused),
        (said("plan_feature_unavailable", 402), AccessRefused),
        (said("account_on_hold", 403), AccessRefused),
        (said("free_tier_generations_exhausted", 400), AccessRefused),
        (said("asset_forbidden", 403), Rejected),
        (said("generation_input_validation_failed", 400), Rejected),
        (answer(400, {"message": ["a must be b", "c must be d"]}), Rejected),
        (said("project_not_found", 422, "error_code"), Rejected),
        (said("asset_not_found", 404), Rejected),
        (answer(404), AccessRefused),
        (said("file_size_exceeds_plan_limit", 413), Rejected),
        (said("rate_limit_exceeded", 429), RateLimited),
        (said("concurrency_limit_reached", 429, retryAfterSeconds=9), RateLimited),
        (said("internal_error", 500), SubmissionUnknown),
        (said("controller_timeout", 504), SubmissionUnknown),
        (said("IDEMPOTENCY_OUTCOME_UNKNOWN", 400), SubmissionUnknown),
        (answer(201, {"status": "PENDING"}), SubmissionUnknown),
        (answer(201, b"<html>"), SubmissionUnknown),
        (drop, SubmissionUnknown),
    ],
)
def test_what_sync_answers_to_a_submit(act: Act, kind: type[EngineError], prepared: Prepared) -> None:
    """Each status and code of the table is one phase-named error, and the request went out once."""
    with standing({"POST /v2/generate": act}) as served, pytest.raises(EngineError) as failed:
        performed(served, submit_with(prepared))
    assert type(failed.value) is kind
    assert [request.path for request in served.requests] == ["/v2/generate"]


def test_a_submit_that_nobody_heard_is_not_submitted(prepared: Prepared) -> None:
    """It can be sent again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        served = Served([answer()], port=taken.getsockname()[1])
    with pytest.raises(NotSubmitted):
        performed(served, submit_with(prepared))


def test_an_unknown_outcome_may_name_the_job(prepared: Prepared) -> None:
    """Then it is that one."""
    with standing({"POST /v2/generate": said("IDEMPOTENCY_OUTCOME_UNKNOWN", 500, generationId="g7")}) as served:
        assert performed(served, submit_with(prepared)) == Submitted(remote_id="g7")


def test_a_conflict_is_looked_up(prepared: Prepared) -> None:
    """The key was used before: the job is found by its output's name, else it is unknown."""
    conflict = said("generation_conflict", 409)
    page = answer(200, [{"id": "g3", "outputFileName": f"{ATTEMPT}.mp4"}])
    with standing({"POST /v2/generate": conflict, LIST: page}) as served:
        assert performed(served, submit_with(prepared)) == Submitted(remote_id="g3")
    with standing({"POST /v2/generate": conflict, LIST: answer(200, [])}) as served, pytest.raises(SubmissionUnknown):
        performed(served, submit_with(prepared))


def test_secret_options_are_sent_as_they_were_given(prepared: Prepared) -> None:
    """A plan holds a placeholder; without the value nothing is sent."""
    wanted = order("react-1", options={"webhookUrl": "<webhookUrl>"})
    real = {"webhookUrl": "https://me.example/hook?token=1"}
    with standing({"POST /v2/generate": answer(201, {"id": "g1"})}) as served:
        performed(served, submit_with(prepared, order=wanted), options=real)
        with pytest.raises(SettingsError, match=r"sync\.webhookUrl"):
            performed(served, submit_with(prepared, order=wanted))
    assert [request.json()["webhookUrl"] for request in served.requests] == [real["webhookUrl"]]


def test_a_spoken_line_needs_no_sound(prepared: Prepared) -> None:
    """The text stands in the input in its place."""
    wanted = order("react-1", segment(line="No.", speech_voice="v1"))
    with standing({"POST /v2/generate": answer(201, {"id": "g1"})}) as served:
        performed(served, submit_with(prepared, order=wanted, addresses={"video": ADDRESSES["video"]}))
    assert served.requests[0].json()["input"] == [
        {"type": "video", "url": ADDRESSES["video"]},
        {"type": "text", "provider": {"name": "elevenlabs", "voiceId": "v1", "script": "No."}},
    ]


def test_what_sync_can_do() -> None:
    """It takes a submit twice and bills it once, and is asked what became of one; it cancels nothing."""
    engine = SyncEngine()
    assert (engine.deduplicates, engine.reconciles, engine.cancels) == (True, True, False)
