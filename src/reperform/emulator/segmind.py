"""Segmind: submit, status, result of `sync.so-react-1`, and the asset upload."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES
from reperform.emulator import data_urls, fields, jobs
from reperform.emulator.answering import answered, json_body, origin, route, skew_of
from reperform.emulator.faults import Fault
from reperform.emulator.fields import Field
from reperform.emulator.media import Order
from reperform.emulator.sounding import Voice
from reperform.emulator.works import Trouble, Work, trouble_with
from reperform.emulator.world import World, inaccessible, stamp

__all__ = ["MODEL", "routes"]

MODEL = "sync.so-react-1"
_BODY = Field(
    kind="object",
    fields={
        "video_url": Field(required=True, pattern=r"https?://\S+"),
        "audio_url": Field(required=True, pattern=r"https?://\S+"),
        "sync_mode": Field(choices=SYNC_MODES),
        "model_mode": Field(choices=REGIONS),
        "prompt": Field(choices=EMOTIONS),
        "temperature": Field(kind="number", least=0, most=1),
        "auto_active_speaker_detection": Field(kind="boolean"),
        "occlusion_detection_enabled": Field(kind="boolean"),
    },
)
_ASSETS = Field(
    kind="object",
    fields={"data_urls": Field(kind="array", required=True, item=Field(), counts=(1, None))},
)
_WORDS = {"queued": "QUEUED", "running": "PROCESSING", "succeeded": "COMPLETED"}
_ERRORS = {
    "400": "Invalid parameters",
    "401": "Unauthorized. API key is invalid.",
    "402": "Insufficient credits",
    "403": "Insufficient permissions",
    "406": "Insufficient Credits",
    "410": "This model has been retired",
    "500": "Internal server error",
    "502": "Bad gateway",
    "503": "Service unavailable",
    "504": "Request timed out",
}
_TROUBLES = {
    "video_inaccessible": "Failed to download video_url",
    "audio_inaccessible": "Failed to download audio_url",
    "video_invalid": "video_url is not a valid video",
    "audio_invalid": "audio_url is not a valid audio file",
    "video_too_long": "The video is longer than the 15 seconds that the model supports",
    "audio_too_long": "The audio is longer than the 15 seconds that the model supports",
    "invalid": "Invalid parameters",
    "failed": "Model inference failed",
    "failed_temporary": "The upstream provider is temporarily unavailable, please retry",
    "rejected": "The request was rejected",
    "content_block": "The request was blocked by content moderation (RAI)",
}


class _Segmind:
    name = "segmind"

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """A Bearer token is no key here."""
        given = request.headers.get("x-api-key")
        if given is None:
            return _refuse(401, "Missing Authorization or x-api-key in header")
        if not secrets.compare_digest(given.encode(), world.keys["segmind"].encode()):
            return _refuse(401, "Unauthorized. API key is invalid.")
        return None

    def refused(self, code: str, fault: Fault, world: World) -> Response:
        """`{"error": text}`; 429 says when it is over, and has no Retry-After."""
        if code.startswith("429"):
            over = stamp(world.now() + fault.number(1))
            return _refuse(429, "Rate limit exceeded", headers={"x-rate-limit-reset-at-utc": over})
        return _refuse(int(code), _ERRORS[code])

    def expired(self, request: Request) -> Response:
        """As for one that never was."""
        return _refuse(404, f"Request {request.path_params.get('id', '')} not found")


_DIALECT = _Segmind()


def _refuse(status: int, text: str, *, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status, headers=headers)


def routes(world: World) -> list[Route]:
    """All of Segmind's."""
    return [
        route(world, "POST", f"/v2/{MODEL}", _submit),
        route(world, "GET", "/v2/requests/{id}/status", _status),
        route(world, "GET", "/v2/requests/{id}", _result),
        route(world, "POST", "/upload-asset", _upload),
        route(world, "GET", "/v1/get-user-credits", _credits),
    ]


async def _submit(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, _BODY)
        at_once = world.conduct.segmind_validates == "submit" or not isinstance(body, dict)
        if findings and at_once:
            return _refuse(400, f"Invalid parameters: {_named(findings)}")
        if world.full("segmind"):
            return _DIALECT.refused("429", Fault(engine="segmind", phase="submit", kind="429"), world)
        work = world.accept(_work(world, request, body, _named(findings)))
        return JSONResponse(_ack(request, work))

    return await answered(world, request, dialect=_DIALECT, phase="submit", act=act)


def _named(findings: list[fields.Finding]) -> str:
    return ", ".join(f"{finding.name} ({finding.problem})" for finding in findings)


def _work(world: World, request: Request, body: dict[str, Any], wrong: str) -> Work:
    return Work(
        engine="segmind",
        model=MODEL,
        identity=str(uuid.uuid4()),
        created_at=world.now() + skew_of(request),
        make=lambda: Trouble("invalid", wrong) if wrong else _order(world, body),
        body=body,
    )


def _order(world: World, body: dict[str, Any]) -> Order | Trouble:
    video, audio = world.fetched(body["video_url"]), world.fetched(body["audio_url"])
    if video is None or audio is None:
        return inaccessible("audio" if video else "video")
    label = f"{body.get('prompt', 'happy')} · {body.get('model_mode', 'face')}"
    mode = body.get("sync_mode", "bounce")
    order = world.order(video, "react-1", label=label, voice=Voice(path=audio), mode=mode)
    return trouble_with(order, world.conduct.longest("segmind", MODEL)) or order


def _ack(request: Request, work: Work) -> dict[str, str]:
    record = f"{origin(request)}/v2/requests/{work.identity}"
    return {
        "request_id": work.identity,
        "status": "QUEUED",
        "status_url": f"{record}/status",
        "response_url": record,
        "poll_url": f"{record}/status",
    }


def _found(world: World, request: Request) -> Work | None:
    """The job that the path names."""
    return jobs.found(world, request, "segmind", request.path_params["id"])


async def _status(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return _DIALECT.expired(request)
        if work.trouble is not None and work.over:
            return _failure(work)
        return JSONResponse({"request_id": work.identity, "status": _WORDS[work.state], "metrics": _metrics(work)})

    return await answered(world, request, dialect=_DIALECT, phase="poll", act=act)


def _failure(work: Work) -> Response:
    trouble = work.trouble or Trouble("failed")
    text = f"{_TROUBLES.get(trouble.kind, 'Model inference failed')} {trouble.detail}".strip()
    body = {"request_id": work.identity, "status": "FAILED", "error": text, "metrics": _metrics(work)}
    return JSONResponse(body, 422)


def _metrics(work: Work) -> dict[str, Any]:
    if work.ended_at is None:
        return {}
    started = work.started_at or work.created_at
    return {
        "inference_time": round(work.ended_at - started, 3),
        "queue_time": round(started - work.created_at, 3),
        "total_time": round(work.ended_at - work.created_at, 3),
        "retry_count": 0,
        "cost": work.usd,
        "remaining_credits": 100.0,
    }


async def _result(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return _DIALECT.expired(request)
        if work.trouble is not None and work.over:
            return _failure(work)
        body = {"request_id": work.identity, "status": _WORDS[work.state], "metrics": _metrics(work)}
        if work.state == "succeeded":
            body["output"] = world.store.address(origin(request), work.stored[0])
        return JSONResponse(body)

    return await answered(world, request, dialect=_DIALECT, phase="result", act=act)


async def _upload(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, _ASSETS)
        if findings:
            return _refuse(400, f"Invalid parameters: {_named(findings)}")
        files = [data_urls.decoded(text) for text in body["data_urls"]]
        kept = [data_urls.keep(world, "segmind", *file) for file in files if file is not None]
        if len(kept) < len(files):
            return _refuse(400, "Invalid data URL")
        addresses = [world.store.address(origin(request), stored) for stored in kept]
        return JSONResponse({"file_urls": addresses, "message": "Files uploaded"})

    return await answered(world, request, dialect=_DIALECT, phase="upload", act=act)


async def _credits(world: World, request: Request) -> Response:
    async def act() -> Response:
        return JSONResponse({"credits": 100.0})

    return await answered(world, request, dialect=_DIALECT, phase="credits", act=act)
