"""Sync's steps over real sockets: what is asked in which order, and what each answer means."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from engines_http.served import KEY, QUICK, Act, Request, Served, answer, drop, serving
from engines_wire.orders import order, segment
from reperform.credentials import Secret
from reperform.engines._sync_answers import dollars
from reperform.engines.base import Connection, Output, Prepared, Submitted
from reperform.engines.sync import SyncEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    NotSubmitted,
    OutOfReach,
    RateLimited,
    Rejected,
    SettingsError,
    SubmissionUnknown,
)

ATTEMPT = "0b0c0d0e-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = "GET /v2/generations?limit=100"


@dataclass
class Routes:
    """`METHOD /path?query` → acts, used up in order, the last one stays. A regular expression where it is none of them."""

    acts: dict[str, list[Act]] = field(default_factory=dict)

    def __call__(self, request: Request, connection: socket.socket) -> None:
        asked = f"{request.method} {request.path}"
        found = next((acts for route, acts in self.acts.items() if route == asked or re.fullmatch(route, asked)), None)
        act = answer(404, {"message": f"no {asked}"}) if not found else found.pop(0) if len(found) > 1 else found[0]
        act(request, connection)


@contextmanager
def standing(routes: dict[str, Act | list[Act]]) -> Iterator[Served]:
    given = {route: list(acts) if isinstance(acts, list) else [acts] for route, acts in routes.items()}
    with serving(Routes(given)) as served:
        yield served


def performed(
    served: Served, step: Callable[[SyncEngine], Awaitable[Any]], *, options: dict[str, str] | None = None
) -> Any:
    async def run() -> Any:
        engine = SyncEngine()
        engine.patience = QUICK
        engine.poll_seconds = 0.05
        await engine.open(Connection(base_url=served.base_url, credentials=Secret(KEY), options=options or {}))
        try:
            return await step(engine)
        finally:
            await engine.aclose()

    return anyio.run(run)


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    video, audio = tmp_path / f"{ATTEMPT}.mp4", tmp_path / f"{ATTEMPT}.wav"
    video.write_bytes(b"video" * 1000)
    audio.write_bytes(b"audio" * 1000)
    return Prepared(attempt_id=ATTEMPT, folder=tmp_path, video=video, audio=audio)


ADDRESSES = {"video": "https://assets.example/v.mp4", "audio": "https://assets.example/a.wav"}


def submit_with(prepared: Prepared, **rest: Any) -> Callable[[SyncEngine], Awaitable[Submitted]]:
    return lambda engine: engine.submit(prepared, rest.get("order", order("react-1")), rest.get("addresses", ADDRESSES))


def said(code: str, status: int = 400, key: str = "errorCode", **more: Any) -> Act:
    return answer(status, {"statusCode": status, "message": "no", key: code, **more})


def nothing(_: str, __: float | None) -> None:
    """Nobody listens."""


# Upload


def test_media_become_assets(prepared: Prepared) -> None:
    """A slot with the key, then the bytes to it with the same type and without the key."""
    with serving() as storage:
        slot = answer(
            201, {"uploadUrl": f"{storage.base_url}/put?sig=1", "url": "https://assets.example/x", "expiresIn": 604800}
        )
        told: list[tuple[str, float | None]] = []
        with standing({"POST /v2/assets/upload": slot}) as served:
            step = performed(
                served, lambda engine: engine.upload(prepared, order("react-1"), lambda *what: told.append(what))
            )
        assert step == {"video": "https://assets.example/x", "audio": "https://assets.example/x"}
        assert [request.json() for request in served.requests] == [
            {"fileName": f"{ATTEMPT}.mp4", "contentType": "video/mp4", "size": 5000},
            {"fileName": f"{ATTEMPT}.wav", "contentType": "audio/wav", "size": 5000},
        ]
        assert all(request.headers["x-api-key"] == KEY for request in served.requests)
        assert [
            (
                request.method,
                request.path,
                request.headers["content-type"],
                request.body,
                "x-api-key" in request.headers,
            )
            for request in storage.requests
        ] == [
            ("PUT", "/put?sig=1", "video/mp4", b"video" * 1000, False),
            ("PUT", "/put?sig=1", "audio/wav", b"audio" * 1000, False),
        ]
        assert ("uploading video", 1.0) in told


@pytest.mark.parametrize(
    ("slot", "kind"),
    [
        (said("", 401), AccessRefused),
        (said("file_size_exceeds_plan_limit", 413), Rejected),
        (said("account_payment_required", 402), AccessRefused),
        (answer(500), OutOfReach),
        (drop, OutOfReach),
        (answer(201, {"uploadUrl": "https://10.0.0.1/x", "url": "https://assets.example/x"}), EngineError),
        (answer(201, {"url": "https://assets.example/x"}), OutOfReach),
    ],
)
def test_an_upload_that_fails_says_how(slot: Act, kind: type[EngineError], prepared: Prepared) -> None:
    """Refused, out of reach, or sent to where nothing is sent."""
    with standing({"POST /v2/assets/upload": slot}) as served, pytest.raises(kind) as failed:
        performed(served, lambda engine: engine.upload(prepared, order("react-1"), nothing))
    assert type(failed.value) is kind


def test_small_media_may_go_with_the_submit(prepared: Prepared) -> None:
    """As a multipart request: media as files, what is nested as JSON, once, with its key."""
    wanted = order("react-1", segment(emotion="angry"), options={"upload": "multipart", "projectId": "p1"})

    async def both(engine: SyncEngine) -> Submitted:
        return await engine.submit(prepared, wanted, await engine.upload(prepared, wanted, nothing))

    with standing({"POST /v2/generate": answer(201, {"id": "g1"})}) as served:
        assert performed(served, both) == Submitted(remote_id="g1")
    (request,) = served.requests
    parts = _parts(request)
    assert parts["video"] == (f"{ATTEMPT}.mp4", "video/mp4", b"video" * 1000)
    assert parts["audio"] == (f"{ATTEMPT}.wav", "audio/wav", b"audio" * 1000)
    assert json.loads(parts["options"][2])["prompt"] == "angry"
    assert (parts["model"][2], parts["outputFileName"][2], parts["projectId"][2]) == (
        b"react-1",
        ATTEMPT.encode(),
        b"p1",
    )
    assert "input" not in parts
    assert request.headers["idempotency-key"] == ATTEMPT


def _parts(request: Request) -> dict[str, tuple[str, str, bytes]]:
    mark = request.headers["content-type"].partition("boundary=")[2].encode()
    found = {}
    for part in request.body.split(b"--" + mark)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        words = dict(re.findall(r'(\w+)="([^"]*)"', head.decode()))
        kind = re.search(r"Content-Type: (\S+)", head.decode())
        found[words["name"]] = (words.get("filename", ""), kind[1] if kind else "", content)
    return found


@pytest.mark.parametrize(("model", "size"), [("sync-3", 10), ("react-1", 20_000_001)])
def test_what_a_submit_cannot_carry_is_uploaded_all_the_same(model: str, size: int, prepared: Prepared) -> None:
    """Segments need sound with a name; more than twenty megabytes is not agreed on."""
    prepared.video.write_bytes(bytes(size))
    slot = answer(201, {"uploadUrl": "https://10.0.0.1/x", "url": "https://assets.example/x"})
    with standing({"POST /v2/assets/upload": slot}) as served, pytest.raises(EngineError):
        performed(
            served, lambda engine: engine.upload(prepared, order(model, options={"upload": "multipart"}), nothing)
        )
    assert [request.path for request in served.requests] == ["/v2/assets/upload"]


# Submit


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


# Wait

POLL = "GET /v2/generate/g1?wait=true&timeout=10"
ASK = "GET /v2/generate/g1?include=progress"
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


# Fetch, reconcile, estimate


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


def reconcile(served: Served) -> Any:
    return performed(served, lambda engine: engine.reconcile(ATTEMPT, sent_at=NOW))


def entry(number: int, name: str | None = "other", *, minutes: float = 0) -> dict[str, Any]:
    made = {"id": f"g{number}", "createdAt": (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")}
    return made if name is None else made | {"outputFileName": name}


NEXT = "GET /v2/generations?limit=100&cursor=c2"


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({LIST: answer(200, [])}, None),
        ({LIST: answer(200, [entry(1), entry(2, ATTEMPT)])}, "g2"),
        ({LIST: answer(200, {"generations": [entry(2, f"{ATTEMPT}.mp4")]})}, "g2"),
        (
            {
                LIST: answer(200, {"data": [entry(1)], "nextCursor": "c2"}),
                NEXT: answer(200, {"data": [entry(2, ATTEMPT)]}),
            },
            "g2",
        ),
        ({LIST: answer(200, {"items": [entry(1, minutes=2000)], "nextCursor": "c2"})}, None),
        ({LIST: answer(200, [entry(1, None)]), ASK: answer(200, entry(1, ATTEMPT))}, "g1"),
        ({LIST: answer(200, [entry(1, None)]), ASK: answer(200, entry(1))}, None),
        ({LIST: answer(200, [entry(1, None, minutes=60)])}, None),
    ],
    ids=[
        "nothing there",
        "by its name",
        "by its name with the ending",
        "on the second page",
        "not looked for in last week",
        "not named in the list",
        "another that is not named in the list",
        "too old to be it",
    ],
)
def test_a_lost_submit_is_found_by_its_name(routes: dict[str, Act | list[Act]], expected: str | None) -> None:
    """In the account's list, whatever its shape; None only where it is certainly not there."""
    with standing(routes) as served:
        assert reconcile(served) == (Submitted(remote_id=expected) if expected else None)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (answer(500), SubmissionUnknown),
        (answer(429), SubmissionUnknown),
        (drop, SubmissionUnknown),
        (answer(200, {"message": "hello"}), SubmissionUnknown),
        (answer(404), AccessRefused),
        (answer(400), SubmissionUnknown),
        (answer(200, [{"id": f"g{n}"} for n in range(60)]), SubmissionUnknown),
        (answer(401), AccessRefused),
    ],
)
def test_where_the_list_cannot_be_had_it_stays_unknown(act: Act, kind: type[EngineError]) -> None:
    """That an engine cannot be asked is not that it does not have the job."""
    with standing({LIST: act}) as served, pytest.raises(EngineError) as failed:
        reconcile(served)
    assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("act", "usd"),
    [
        (answer(200, {"estimatedFrameCount": 75, "estimatedGenerationCost": 0.5, "estimatedCredits": None}), 0.5),
        (answer(404), None),
        (answer(500), None),
        (drop, None),
    ],
)
def test_an_estimate_is_sync_own_or_none(act: Act, usd: float | None) -> None:
    """It is asked for the length and rate that would be sent, and never in the way."""
    with standing({"POST /v2/generations/estimate": act}) as served:
        assert performed(served, lambda engine: engine.estimate(order("react-1"))) == usd
    assert served.requests[0].json() == {"model": "react-1", "duration": 3.0, "fps": 24.0}


def test_what_sync_can_do() -> None:
    """It takes a submit twice and bills it once, and is asked what became of one; it cancels nothing."""
    engine = SyncEngine()
    assert (engine.deduplicates, engine.reconciles, engine.cancels) == (True, True, False)
