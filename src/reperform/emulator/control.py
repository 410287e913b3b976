"""The emulator's own endpoint, behind its own token: faults, bills, requests, the clock."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator.answering import Handler, json_body, route
from reperform.emulator.faults import Fault
from reperform.emulator.world import World
from reperform.errors import SettingsError

__all__ = ["PREFIX", "routes"]

PREFIX = "/__emulator__"
_FAULT = ("engine", "phase", "kind", "times", "after", "value")


def routes(world: World) -> list[Route]:
    """All below `/__emulator__`."""
    handlers: dict[tuple[str, str], Handler] = {
        ("GET", "billed"): _billed,
        ("GET", "requests"): _requests,
        ("GET", "leaks"): _leaks,
        ("GET", "faults"): _faults,
        ("POST", "faults"): _add_fault,
        ("DELETE", "faults"): _clear_faults,
        ("POST", "advance"): _advance,
    }
    return [route(world, method, f"{PREFIX}/{name}", _guarded(act)) for (method, name), act in handlers.items()]


def _guarded(act: Handler) -> Handler:
    async def guarded(world: World, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {world.token}".encode()):
            return JSONResponse({"error": "the emulator's token is needed: Authorization: Bearer TOKEN"}, 401)
        return await act(world, request)

    return guarded


async def _billed(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    bills = [bill.to_dict() for bill in world.billed]
    return JSONResponse({"billed": bills, "usd": round(sum(bill.usd for bill in world.billed), 6)})


async def _requests(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    return JSONResponse({"requests": [asdict(seen) for seen in world.seen]})


async def _leaks(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    return JSONResponse({"leaks": [asdict(leak) for leak in world.leaks]})


async def _faults(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    return JSONResponse({"faults": [asdict(fault) for fault in world.faults.waiting()]})


async def _add_fault(world: World, request: Request) -> Response:
    body: Any = await json_body(request)
    try:
        if not isinstance(body, dict) or set(body) - set(_FAULT):
            raise SettingsError(f"a fault is an object with {', '.join(_FAULT)}")
        world.faults.add(Fault(**body))
    except (SettingsError, TypeError) as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"faults": [asdict(fault) for fault in world.faults.waiting()]}, 201)


async def _clear_faults(world: World, request: Request) -> Response:  # noqa: ARG001 - a route's signature
    world.faults.clear()
    return Response(status_code=204)


async def _advance(world: World, request: Request) -> Response:
    body: Any = await json_body(request)
    seconds = body.get("seconds") if isinstance(body, dict) else None
    if not isinstance(seconds, int | float) or seconds < 0:
        return JSONResponse({"error": 'say by how many seconds: {"seconds": 3600}'}, 400)
    world.ahead += seconds
    return JSONResponse({"now": world.now()})
