"""Sync: `POST /v2/generate`, its long-poll, list, estimates, costs, deletion and download."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import uuid
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from reperform.emulator import jobs, sync_bodies, sync_estimates, sync_orders, sync_uploads, webhooks
from reperform.emulator.answering import answered, origin, route, skew_of
from reperform.emulator.faults import Fault
from reperform.emulator.sync_words import DIALECT, bad, catalogue, refuse, trouble_said
from reperform.emulator.works import Work
from reperform.emulator.world import World, stamp

__all__ = ["routes"]

_KEY = re.compile(r"[A-Za-z0-9._~+-]{1,128}")
_WORDS = {
    "queued": "PENDING",
    "running": "PROCESSING",
    "succeeded": "COMPLETED",
    "failed": "FAILED",
    "cancelled": "FAILED",
    "rejected": "REJECTED",
}


def routes(world: World) -> list[Route]:
    """All of Sync's."""
    return [
        route(world, "POST", "/v2/generate", _submit),
        route(world, "GET", "/v2/generate/{id}", _poll),
        route(world, "GET", "/v2/generate/{id}/costs", _costs),
        route(world, "GET", "/v2/generations", _list),
        route(world, "GET", "/v2/generations/count", _count),
        route(world, "DELETE", "/v2/generations/{id}", _delete),
        route(world, "GET", "/v2/generations/{id}/download", _download),
        route(world, "GET", "/v2/errors", _errors),
        route(world, "GET", "/v2/models", _models),
        route(world, "GET", "/v2/organizations/webhook/secret", _webhook_secret),
        *sync_estimates.routes(world),
        *sync_uploads.routes(world),
    ]


async def _submit(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await sync_uploads.submitted(world, request)
        if isinstance(body, Response):
            return body
        key, problem = _idempotency_key(request)
        if problem is not None:
            return problem
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        if key is not None and key in world.idempotent:
            return _replayed(world, key, digest)
        refused = sync_orders.refused(world, body)
        if refused is not None:
            return refused
        if world.full("sync"):
            return DIALECT.refused("429_concurrency", Fault(engine="sync", phase="submit", kind="429"), world)
        work = world.accept(_work(world, request, body))
        said = _generation(world, request, work)
        if key is not None:
            world.idempotent[key] = (digest, said)
        fault: Fault | None = request.scope.get("emulator.fault")
        if fault is not None and fault.kind == "outcome_unknown":
            named: dict[str, Any] = {} if fault.value == "nameless" else {"generationId": work.identity}
            return refuse(409, "IDEMPOTENCY_OUTCOME_UNKNOWN", "The outcome of the first request is unknown", **named)
        return JSONResponse(said, status_code=201)

    return await answered(world, request, dialect=DIALECT, phase="submit", act=act)


def _idempotency_key(request: Request) -> tuple[str | None, Response | None]:
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None, None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        return None, refuse(400, "INVALID_IDEMPOTENCY_KEY", "Idempotency-Key must be 1-128 characters")
    return given[0], None


def _replayed(world: World, key: str, digest: str) -> Response:
    """The first answer again, as it was then; nothing new is made or charged."""
    first_digest, first = world.idempotent[key]
    if first_digest != digest:
        return refuse(409, "generation_conflict", "This Idempotency-Key was used with another request")
    return JSONResponse(first, status_code=201)


def _work(world: World, request: Request, body: dict[str, Any]) -> Work:
    here = origin(request)

    async def end(work: Work) -> None:
        if work.body.get("webhookUrl") and work.state != "rejected":
            said = _notice(_written(world, here, work))
            await webhooks.send_signed_by_sync(world, work.body["webhookUrl"], said)

    return Work(
        engine="sync",
        model=body["model"],
        identity=str(uuid.uuid4()),
        request=body.get("outputFileName", ""),
        created_at=world.now() + skew_of(request),
        make=lambda: sync_orders.order(world, body),
        body=body,
        end=end,
    )


def _notice(generation: dict[str, Any]) -> dict[str, Any]:
    left_out = ("outputFileName", "projectId", "synthesizedAudioUrl", "errorCode")
    return {name: value for name, value in generation.items() if name not in left_out and value is not None}


def _generation(world: World, request: Request, work: Work) -> dict[str, Any]:
    return _written(world, origin(request), work)


def _written(world: World, here: str, work: Work) -> dict[str, Any]:
    body = work.body
    trouble = trouble_said(work.trouble) if work.trouble else None
    made = work.made[0] if work.state == "succeeded" else None
    echoed = ("input", "options", "segments", "webhookUrl", "outputFileName", "projectId")
    return {
        "id": work.identity,
        "createdAt": stamp(work.created_at),
        "status": _WORDS[work.state],
        "model": work.model,
        **{name: body.get(name) for name in echoed},
        "outputUrl": world.store.address(here, work.stored[0]) if made else None,
        "outputDuration": round(float(made.seconds), 3) if made else None,
        "segmentOutputUrl": None,
        "synthesizedAudioUrl": None,
        "error": trouble[1] if trouble else None,
        "errorCode": trouble[0] if trouble else None,
        "error_code": trouble[0] if trouble else None,
    }


async def _poll(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return refuse(404, "generation_not_found", "Generation not found")
        query = request.query_params
        if query.get("wait") != "true":
            extra = {"progress_percent": _progress(work)} if query.get("include") == "progress" else {}
            return JSONResponse(_generation(world, request, work) | extra)
        return await _waited(world, request, work)

    return await answered(world, request, dialect=DIALECT, phase="poll", act=act)


async def _waited(world: World, request: Request, work: Work) -> Response:
    asked = request.query_params.get("timeout", "5")
    if not asked.isdigit() or not 1 <= int(asked) <= 10:
        return bad(["timeout must be between 1 and 10"])
    with suppress(TimeoutError):
        await asyncio.wait_for(work.changed.wait(), int(asked))
    headers = {"Retry-After": "2", "X-Sync-Wait-Mode": "long_poll", "X-Sync-Wait-Timeout-Seconds": asked}
    return JSONResponse(_generation(world, request, work), headers=headers)


def _progress(work: Work) -> int:
    return {"queued": 0, "running": 50}.get(work.state, 100)


def _found(world: World, request: Request) -> Work | None:
    """The job that the path names."""
    return jobs.found(world, request, "sync", request.path_params["id"])


async def _costs(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return refuse(404, "generation_not_found", "Generation not found")
        frames = sum(made.frames for made in work.made) if work.state == "succeeded" else 0
        return JSONResponse({"id": work.identity, "cost": work.usd, "currency": "USD", "frameCount": frames})

    return await answered(world, request, dialect=DIALECT, phase="result", act=act)


async def _list(world: World, request: Request) -> Response:
    async def act() -> Response:
        query = request.query_params
        limit, cursor = query.get("limit", "100"), query.get("cursor", "0")
        if not limit.isdigit() or not 1 <= int(limit) <= 100 or not cursor.isdigit():
            return bad(["limit must be between 1 and 100"])
        chosen = _chosen(world, query.get("status"), query.get("ids"))
        page = chosen[int(cursor) : int(cursor) + int(limit)]
        more = int(cursor) + int(limit) < len(chosen)
        headers = {"X-Next-Cursor": str(int(cursor) + int(limit))} if more else {}
        return JSONResponse([_generation(world, request, work) for work in page], headers=headers)

    return await answered(world, request, dialect=DIALECT, phase="reconcile", act=act)


def _chosen(world: World, status: str | None, ids: str | None) -> list[Work]:
    """The newest first."""
    wanted = ids.split(",") if ids else None
    works = [world.find("sync", identity) for engine, identity in reversed(world.works) if engine == "sync"]
    return [
        work
        for work in works
        if work is not None
        and (status is None or _WORDS[work.state] == status)
        and (wanted is None or work.identity in wanted)
    ]


async def _count(world: World, request: Request) -> Response:
    async def act() -> Response:
        return JSONResponse({"count": len(_chosen(world, request.query_params.get("status"), None))})

    return await answered(world, request, dialect=DIALECT, phase="reconcile", act=act)


async def _delete(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None:
            return refuse(404, "generation_not_found", "Generation not found")
        if not work.over:
            return refuse(409, "generation_not_deletable_while_processing", "Generation is still processing")
        work.deleted = True
        for stored in work.stored:
            stored.gone = True
        return Response(status_code=204)

    return await answered(world, request, dialect=DIALECT, phase="delete", act=act)


async def _download(world: World, request: Request) -> Response:
    async def act() -> Response:
        work = _found(world, request)
        if work is None or work.state != "succeeded":
            return refuse(404, "generation_not_found", "Generation not found")
        return PlainTextResponse(world.store.address(origin(request), work.stored[0]))

    return await answered(world, request, dialect=DIALECT, phase="result", act=act)


async def _errors(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    return JSONResponse(catalogue())


async def _models(world: World, request: Request) -> Response:
    async def act() -> Response:
        return JSONResponse([{"id": name, "name": name} for name in sync_bodies.MODELS])

    return await answered(world, request, dialect=DIALECT, phase="models", act=act)


async def _webhook_secret(world: World, request: Request) -> Response:
    async def act() -> Response:
        return JSONResponse({"secret": world.webhook_secret, "id": secrets.token_hex(4)})

    return await answered(world, request, dialect=DIALECT, phase="models", act=act)
