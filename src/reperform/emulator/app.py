"""All engines behind one port. Only this machine's own names for it are answered."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reperform.emulator import control, fal, runware, segmind, storage, sync
from reperform.emulator.world import World

__all__ = ["build"]


def build(world: World) -> ASGIApp:
    """The ASGI application."""
    routes = [
        *control.routes(world),
        *sync.routes(world),
        *runware.routes(world),
        *segmind.routes(world),
        *fal.routes(world),
        *storage.routes(world),
    ]
    return _Door(Starlette(routes=routes), world)


class _Door:
    """Checks Host and Origin, tells handlers how to hang up, and writes the date by the emulator's clock."""

    def __init__(self, inner: ASGIApp, world: World) -> None:
        self.inner = inner
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        own = [origin.removeprefix("http://") for origin in self.world.origins]
        hosts, stranger = headers.getlist("host"), headers.get("origin")
        if len(hosts) != 1 or hosts[0] not in own or (stranger is not None and stranger not in self.world.origins):
            refusal = JSONResponse({"error": "this emulator answers only to its own address"}, 421)
            await refusal(scope, receive, send)
            return
        scope["emulator.hang_up"] = _hang_up(send)

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = self.world.now() + scope.get("emulator.skew", 0.0)
                message["headers"] = [*message.get("headers", []), (b"date", formatdate(now, usegmt=True).encode())]
            await send(message)

        await self.inner(scope, receive, dated)


def _hang_up(send: Send) -> Any:
    """Closes the connection under the answer. ASGI has no word for it, so uvicorn's own cycle is asked for its transport."""
    cycle: Any = getattr(send, "__self__", None)
    return cycle.transport.abort
