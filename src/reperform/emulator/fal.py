"""fal: the queue of `fal-ai/sync-lipsync/react-1`, and the platform's prices and list of requests."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES
from reperform.emulator import data_urls, fal_platform, fal_storage, fields, jobs, webhooks
from reperform.emulator.answering import answered, json_body, origin, route, skew_of
from reperform.emulator.fal_words import DIALECT, details, outcome, refuse
from reperform.emulator.faults import Fault
from reperform.emulator.fields import Field
from reperform.emulator.media import Order
from reperform.emulator.sounding import Voice
from reperform.emulator.works import Trouble, Work, trouble_with
from reperform.emulator.world import World, inaccessible, stamp

__all__ = ["APP", "routes"]

APP = "fal-ai/sync-lipsync/react-1"
_ALIAS = "fal-ai/sync-lipsync"
_BODY = Field(
    kind="object",
    fields={
        "video_url": Field(required=True, pattern=r"(https?://|data:)\S+"),
        "audio_url": Field(required=True, pattern=r"(https?://|data:)\S+"),
        "emotion": Field(choices=EMOTIONS, required=True),
        "model_mode": Field(choices=REGIONS),
        "lipsync_mode": Field(choices=SYNC_MODES),
        "temperature": Field(kind="number", least=0, most=1),
    },
)
_QUERY = ("fal_webhook", "fal_max_queue_length", "priority", "fal_priority")
_TRUE = ("1", "true", "True")


def routes(world: World) -> list[Route]:
    """All of fal's. A record is found below the app with and without its sub-path."""
    found = [route(world, "POST", f"/{APP}", _submit)]
    for app in (_ALIAS, APP):
        record = f"/{app}/requests/{{id}}"
        found += [
            route(world, "GET", f"{record}/status", _status),
            route(world, "PUT", f"{record}/cancel", _cancel),
            route(world, "GET", record, _result),
        ]
    return [*found, *fal_platform.routes(world), *fal_storage.routes(world)]


async def _submit(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, _BODY)
        wrong = details(findings, body)
        if wrong and (world.conduct.fal_validates == "submit" or not isinstance(body, dict)):
            return JSONResponse({"detail": wrong}, 422)
        refusal = _refused(world, request)
        if refusal is not None:
            return refusal
        work = world.accept(_work(world, request, body, wrong))
        return JSONResponse(_ack(request, work), headers={"x-fal-request-id": work.identity})

    return await answered(world, request, dialect=DIALECT, phase="submit", act=act)


def _refused(world: World, request: Request) -> Response | None:
    query = request.query_params
    unknown = [name for name in query if name not in _QUERY]
    if unknown or request.headers.get("x-fal-queue-priority", "normal") not in ("normal", "low"):
        return refuse(400, "bad_request", f"Unknown parameter: {', '.join(unknown) or 'X-Fal-Queue-Priority'}")
    if "fal_webhook" in query and fal_platform.signer(world) is None:
        return refuse(501, "internal_error", "The emulator signs webhooks only where cryptography is installed")
    most = query.get("fal_max_queue_length")
    waiting = sum(work.engine == "fal" and work.state == "queued" for work in world.works.values())
    if world.full("fal") or (most is not None and most.isdigit() and waiting >= int(most)):
        return DIALECT.refused("429", Fault(engine="fal", phase="submit", kind="429"), world)
    return None


def _work(world: World, request: Request, body: dict[str, Any], wrong: list[dict[str, Any]]) -> Work:
    here, hook = origin(request), request.query_params.get("fal_webhook")

    async def end(work: Work) -> None:
        signer = fal_platform.signer(world)
        if hook and signer is not None:
            status, payload = outcome(world, here, work)
            said: dict[str, Any] = {"request_id": work.identity, "gateway_request_id": work.identity}
            said |= {"status": "OK" if status == 200 else "ERROR", "payload": payload}
            said |= {} if status == 200 else {"error": f"Unexpected status code: {status}"}
            raw = JSONResponse(said).body
            headers = signer.headers(work.identity, int(world.now()), bytes(raw))
            await webhooks.send(world, "POST", hook, bytes(raw), headers)

    return Work(
        engine="fal",
        model=APP,
        identity=str(uuid.uuid4()),
        created_at=world.now() + skew_of(request),
        make=lambda: Trouble("invalid", facts={"detail": wrong}) if wrong else _order(world, body),
        body=body,
        end=end,
    )


def _order(world: World, body: dict[str, Any]) -> Order | Trouble:
    paths = []
    for which in ("video", "audio"):
        address = body[f"{which}_url"]
        path = world.fetched(address)
        if path is None and address.startswith("data:"):
            read = data_urls.decoded(address)
            path = data_urls.keep(world, "fal", *read).path if read else None
        if path is None:
            return inaccessible(which)
        paths.append(path)
    label = f"{body['emotion']} · {body.get('model_mode', 'face')}"
    mode = body.get("lipsync_mode", "bounce")
    order = world.order(paths[0], "react-1", label=label, voice=Voice(path=paths[1]), mode=mode)
    return trouble_with(order, world.conduct.longest("fal", APP)) or order


def _addresses(request: Request, work: Work) -> dict[str, str]:
    record = f"{origin(request)}/{_ALIAS}/requests/{work.identity}"
    return {"response_url": record, "status_url": f"{record}/status", "cancel_url": f"{record}/cancel"}


def _ack(request: Request, work: Work) -> dict[str, Any]:
    said: dict[str, Any] = {"status": "IN_QUEUE", "request_id": work.identity}
    return said | _addresses(request, work) | {"queue_position": 0, "logs": None, "metrics": {}}


def _found(world: World, request: Request) -> Work | None:
    """The job that the path names."""
    return jobs.found(world, request, "fal", request.path_params["id"])


async def _status(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return DIALECT.expired(request)
        said: dict[str, Any] = {"status": "IN_QUEUE", "request_id": work.identity} | _addresses(request, work)
        said["logs"] = _logs(work) if request.query_params.get("logs") in _TRUE else None
        if work.state == "queued":
            return JSONResponse(said | {"queue_position": 0}, 202)
        if not work.over:
            return JSONResponse(said | {"status": "IN_PROGRESS"}, 202)
        started = work.started_at or work.created_at
        metrics = {"inference_time": round((work.ended_at or started) - started, 3)}
        return JSONResponse(said | {"status": "COMPLETED", "metrics": metrics} | _error(world, request, work))

    return await answered(world, request, dialect=DIALECT, phase="poll", act=act)


def _error(world: World, request: Request, work: Work) -> dict[str, str]:
    status, payload = outcome(world, origin(request), work)
    if status == 200:
        return {}
    detail = payload["detail"]
    if isinstance(detail, list):
        return {"error": detail[0]["msg"], "error_type": detail[0]["type"]}
    return {"error": detail, "error_type": payload.get("error_type", "internal_error")}


def _logs(work: Work) -> list[dict[str, str]]:
    said = [("Performing", work.started_at), ("Done", work.ended_at)]
    return [
        {"message": text, "level": "INFO", "source": "USER", "timestamp": stamp(time)}
        for text, time in said
        if time is not None
    ]


async def _result(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return DIALECT.expired(request)
        if not work.over:
            return JSONResponse({"detail": "Request is still in progress"}, 400)
        status, body = outcome(world, origin(request), work)
        headers = {"x-fal-request-id": work.identity}
        if status == 200:
            headers["x-fal-billable-units"] = f"{float(work.made[0].seconds):.4f}"
        elif "error_type" in body:
            headers["X-Fal-Error-Type"] = body["error_type"]
        return JSONResponse(body, status, headers=headers)

    return await answered(world, request, dialect=DIALECT, phase="result", act=act)


async def _cancel(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return JSONResponse({"status": "NOT_FOUND"}, 404)
        if work.over:
            return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
        if work.state == "queued" or world.conduct.heeds_cancel:
            if work.task is not None:
                work.task.cancel()
            work.trouble = Trouble("cancelled")
            work.become("cancelled", world.now())
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

    return await answered(world, request, dialect=DIALECT, phase="cancel", act=act)
