"""fal's platform API: prices, estimates, the list of requests; and the keys that its webhooks are signed with."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator import fields
from reperform.emulator.answering import answered, json_body, origin, route
from reperform.emulator.fal_words import DIALECT, outcome, refuse
from reperform.emulator.fields import Field
from reperform.emulator.webhooks import FalSigner
from reperform.emulator.works import Work
from reperform.emulator.world import World, stamp
from reperform.errors import SettingsError

__all__ = ["routes", "signer"]

_APP = "fal-ai/sync-lipsync/react-1"
_ESTIMATE = Field(
    kind="object",
    fields={
        "estimate_type": Field(choices=("unit_price", "historical_api_price"), required=True),
        "endpoints": Field(
            kind="object",
            required=True,
            fields={
                _APP: Field(
                    kind="object",
                    required=True,
                    fields={
                        "unit_quantity": Field(kind="number", least=0),
                        "call_quantity": Field(kind="number", least=0),
                    },
                )
            },
        ),
    },
)
_TYPICAL_SECONDS = 5


def routes(world: World) -> list[Route]:
    """Those of the platform."""
    return [
        route(world, "GET", "/v1/models/pricing", _pricing),
        route(world, "POST", "/v1/models/pricing/estimate", _estimate),
        route(world, "GET", "/v1/models/requests/by-endpoint", _requests),
        route(world, "GET", "/.well-known/jwks.json", _jwks),
    ]


def signer(world: World) -> FalSigner | None:
    """The emulator's signer, made when it is first wanted. None without the package it needs."""
    if world.fal_signer is None:
        try:
            world.fal_signer = FalSigner()
        except SettingsError:
            return None
    return world.fal_signer


async def _jwks(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    found = signer(world)
    if found is None:
        return refuse(501, "internal_error", "The emulator has keys only where cryptography is installed")
    return JSONResponse(found.jwks(), headers={"Cache-Control": "max-age=86400"})


async def _pricing(world: World, request: Request) -> Response:
    async def act() -> Response:
        wanted = [name for text in request.query_params.getlist("endpoint_id") for name in text.split(",")]
        if wanted != [_APP]:
            return refuse(404, "not_found", "No such endpoint")
        price = {"endpoint_id": _APP, "unit_price": world.conduct.price("fal", _APP), "unit": "seconds"}
        return JSONResponse({"prices": [price | {"currency": "USD"}], "next_cursor": None, "has_more": False})

    return await answered(world, request, dialect=DIALECT, phase="estimate", act=act)


async def _estimate(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        if fields.check(body, _ESTIMATE):
            return refuse(400, "bad_request", "The estimate cannot be read")
        asked = body["endpoints"][_APP]
        seconds = asked.get("unit_quantity", asked.get("call_quantity", 0) * _TYPICAL_SECONDS)
        cost = round(seconds * world.conduct.price("fal", _APP), 6)
        return JSONResponse({"estimate_type": body["estimate_type"], "total_cost": cost, "currency": "USD"})

    return await answered(world, request, dialect=DIALECT, phase="estimate", act=act)


async def _requests(world: World, request: Request) -> Response:
    async def act() -> Response:
        query = request.query_params
        if query.get("endpoint_id") != _APP:
            return refuse(400, "bad_request", "endpoint_id is required")
        limit, cursor = query.get("limit", "50"), query.get("cursor", "0")
        if not limit.isdigit() or not 1 <= int(limit) <= 100 or not cursor.isdigit():
            return refuse(400, "bad_request", "limit must be between 1 and 100")
        works = _between(world, query.get("start"), query.get("end"))
        end = int(cursor) + int(limit)
        items = [_item(world, request, work) for work in works[int(cursor) : end]]
        more = end < len(works)
        return JSONResponse({"items": items, "has_more": more, "next_cursor": str(end) if more else None})

    return await answered(world, request, dialect=DIALECT, phase="reconcile", act=act)


def _between(world: World, start: str | None, end: str | None) -> list[Work]:
    """The newest first; times as ISO 8601 in UTC."""
    works = [work for (engine, _), work in reversed(world.works.items()) if engine == "fal"]
    low, high = (None if text is None else text.replace("+00:00", "Z")[:19] for text in (start, end))
    return [
        work
        for work in works
        if (low is None or stamp(work.created_at)[:19] >= low) and (high is None or stamp(work.created_at)[:19] <= high)
    ]


def _item(world: World, request: Request, work: Work) -> dict[str, Any]:
    status, body = outcome(world, origin(request), work) if work.over else (None, None)
    said: dict[str, Any] = {
        "request_id": work.identity,
        "endpoint_id": _APP,
        "sent_at": stamp(work.created_at),
        "started_at": stamp(work.started_at) if work.started_at else None,
        "ended_at": stamp(work.ended_at) if work.ended_at else None,
        "status_code": status,
        "duration": round(work.ended_at - work.created_at, 3) if work.ended_at else None,
    }
    if request.query_params.get("expand") == "payloads":
        said |= {"json_input": work.body, "json_output": body}
    return said
