"""A server that answers as Sync does, route by route, and the engine before it."""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio

from engines_http.served import KEY, QUICK, Act, Request, Served, answer, serving
from reperform.credentials import Secret
from reperform.engines.base import Connection
from reperform.engines.sync import SyncEngine

ATTEMPT = "0b0c0d0e-0000-4000-8000-000000000001"


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


def said(code: str, status: int = 400, key: str = "errorCode", **more: Any) -> Act:
    return answer(status, {"statusCode": status, "message": "no", key: code, **more})


ASK = "GET /v2/generate/g1?include=progress"
