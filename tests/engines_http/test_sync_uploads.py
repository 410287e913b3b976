"""Sync: how media get there."""

from __future__ import annotations

import json
import re

import pytest

from engines_http.served import KEY, Act, Request, answer, drop, serving
from engines_http.sync_kit import ATTEMPT, performed, said, standing
from engines_wire.orders import order, segment
from reperform.engines.base import Prepared, Submitted
from reperform.engines.sync import SyncEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    OutOfReach,
    Rejected,
)


def nothing(_: str, __: float | None) -> None:
    """Nobody listens."""


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
        (answer(201, {"uploadUrl": "http://cdn.example/x", "url": "https://assets.example/x"}), EngineError),
        (answer(410, {"message": "gone"}), EngineError),
        (answer(201, {"url": "https://assets.example/x"}), OutOfReach),
    ],
)
def test_an_upload_that_fails_says_how(slot: Act, kind: type[EngineError], prepared: Prepared) -> None:
    """Refused, out of reach, or sent to where nothing is sent."""
    with standing({"POST /v2/assets/upload": slot}) as served, pytest.raises(kind) as failed:
        performed(served, lambda engine: engine.upload(prepared, order("react-1"), nothing))
    assert type(failed.value) is kind
    assert failed.value.fix or kind is not EngineError


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
