"""Answering one request: the key first, then what goes wrong on request, then what the engine says."""
# ruff: noqa: ARG002, ARG005 - ASGI's signatures, and those of a table of answers

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reperform.emulator.faults import OF_REQUESTS, Fault
from reperform.emulator.world import Leak, Seen, World

__all__ = ["Act", "Dialect", "Dropped", "Media", "answered", "json_body", "origin", "route", "skew_of"]

_BLOCK = 1 << 16
_HTML = "<!DOCTYPE html><html><head><title>One moment</title></head><body>We are checking your browser.</body></html>"
_KEY_HEADERS = ("authorization", "x-api-key")
_PRIVATE = "http://169.254.169.254/latest/meta-data/"
_DAY = -86400.0


class Dialect(Protocol):
    """How one engine refuses."""

    name: str

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """The refusal of a request without the right key. None where the key is right."""
        ...

    def refused(self, code: str, fault: Fault, world: World) -> Response:
        """The engine's own shape for a status: 400, 401, 402, 403, 406, 410, 429, 429_…, 500, 502, 503, 504."""
        ...

    def expired(self, request: Request) -> Response:
        """The answer where the record is gone."""
        ...


Act = Callable[[], Awaitable[Response]]
Handler = Callable[[World, Request], Awaitable[Response]]


class Dropped(Response):
    """The connection is closed in place of an answer."""

    def __init__(self) -> None:
        super().__init__(status_code=500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Closes the socket, and waits until the server has noticed."""
        scope["emulator.hang_up"]()
        await asyncio.sleep(0.01)


class Media(Response):
    """A file, or the range of it that was asked for; slowly, or not to its end, on request."""

    def __init__(
        self,
        path: Path,
        request: Request,
        content_type: str,
        *,
        fault: Fault | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        kind = fault.kind if fault else ""
        size = path.stat().st_size
        whole = size // 2 if kind == "short_file" else size
        first, end = (0, whole) if kind == "ignores_range" else _range(request.headers.get("range"), whole)
        partial = (first, end) != (0, whole)
        super().__init__(status_code=206 if partial else 200, media_type=content_type)
        self.path, self.first, self.end = path, first, end
        self.pause = fault.seconds / max(1, -(-(end - first) // _BLOCK)) if fault and kind == "slow" else 0.0
        self.stop_at = first + (end - first) // 2 if kind == "truncated" else None
        self.headers["content-length"] = str(end - first)
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{path.stem[:32]}"'
        if partial:
            self.headers["content-range"] = f"bytes {first}-{end - 1}/{whole}"
        self.headers.update(headers or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it block by block. Returning early makes the server close the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        place, stop = self.first, self.end if self.stop_at is None else self.stop_at
        with self.path.open("rb") as file:
            file.seek(place)
            while place < stop:
                block = file.read(min(_BLOCK, stop - place))
                place += len(block)
                await asyncio.sleep(self.pause)
                await send({"type": "http.response.body", "body": block, "more_body": place < self.end})


class _Truncated(Response):
    """A body that ends before its announced length."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Returning early makes the server close the connection."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": bytes(self.body)[: len(self.body) // 2], "more_body": True})


def route(world: World, methods: str, path: str, handler: Handler) -> Route:
    """A route whose handler also gets the world."""

    async def endpoint(request: Request) -> Response:
        return await handler(world, request)

    return Route(path, endpoint, methods=methods.split())


async def answered(
    world: World, request: Request, *, dialect: Dialect, phase: str, act: Act, key: bool = True
) -> Response:
    """The answer to a request of one phase, faults included. `key` False where none is needed."""
    refusal = dialect.unknown_key(world, request) if key else None
    if not key:
        note_leaks(world, request)
    response = refusal or await _with_faults(world, request, dialect, phase, act)
    status = 0 if isinstance(response, Dropped) else response.status_code
    world.seen.append(Seen(dialect.name, phase, request.method, request.url.path, status))
    return response


def note_leaks(world: World, request: Request) -> None:
    """Where no key belongs, one that comes along is written down."""
    keys = [*world.keys.values()]
    for header in _KEY_HEADERS:
        if any(key in request.headers.get(header, "") for key in keys):
            world.leaks.append(Leak(request.url.path, header))


async def _with_faults(world: World, request: Request, dialect: Dialect, phase: str, act: Act) -> Response:
    fault = world.faults.take(dialect.name, (phase,), OF_REQUESTS)
    if fault is None:
        return await act()
    request.scope["emulator.fault"] = fault
    if fault.kind in _BEFORE:
        return _BEFORE[fault.kind](world, request)
    if fault.kind == "404":
        return dialect.expired(request)
    if fault.kind == "expired":
        return await _expired(request, dialect, phase, act)
    if fault.kind[:3].isdigit() and not fault.kind.endswith("_after"):
        return dialect.refused(fault.kind, fault, world)
    if fault.kind == "clock_skew":
        request.scope["emulator.skew"] = fault.number(_DAY)
    response = await act()
    return await _afterwards(response, fault, world, dialect)


_BEFORE: dict[str, Callable[[World, Request], Response]] = {
    "drop_before": lambda world, request: Dropped(),
    "garbage": lambda world, request: _garbage(),
    "html": lambda world, request: Response(_HTML, media_type="text/html"),
    "redirect": lambda world, request: Response(
        status_code=307, headers={"location": f"{world.stranger}{request.url.path}"}
    ),
}


async def _expired(request: Request, dialect: Dialect, phase: str, act: Act) -> Response:
    """`act` marks what it finds as gone; a submit finds nothing, and is refused before anything is done."""
    if phase != "submit":
        await act()
    return dialect.expired(request)


async def _afterwards(response: Response, fault: Fault, world: World, dialect: Dialect) -> Response:
    if fault.kind == "drop_after":
        return Dropped()
    if fault.kind.endswith("_after") and fault.kind[:3].isdigit():
        return dialect.refused(fault.kind[:3], fault, world)
    if fault.kind == "garbage_after":
        return _garbage()
    if fault.kind == "other_json":
        return JSONResponse({"ok": True, "items": [None]}, status_code=response.status_code)
    if isinstance(response, Media):
        return response
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "truncated":
        return _Truncated(bytes(response.body), response.status_code, media_type=response.media_type)
    if fault.kind in ("stranger_address", "private_address"):
        return _elsewhere(response, fault, world)
    return response


def _elsewhere(response: Response, fault: Fault, world: World) -> Response:
    """The answer with every address of ours made one of another host."""
    to = world.stranger if fault.kind == "stranger_address" else (fault.value or _PRIVATE).rstrip("/")
    text = bytes(response.body).decode()
    for own in world.origins:
        text = text.replace(own, to)
    return Response(text, response.status_code, media_type=response.media_type)


def _garbage() -> Response:
    return Response(b'{"data": [{"id": \xff\xfe', media_type="application/json")


def _range(header: str | None, size: int) -> tuple[int, int]:
    """First byte and the byte after the last; the whole file for anything but one simple range."""
    unit, _, given = (header or "").partition("=")
    first, _, last = given.partition("-")
    if unit != "bytes" or "," in given or not first.isdigit() or int(first) >= size:
        return 0, size
    return int(first), min(size, int(last) + 1) if last.isdigit() else size


def origin(request: Request) -> str:
    """The origin that the client used."""
    return f"http://{request.headers['host']}"


def skew_of(request: Request) -> float:
    """By how many seconds the emulated clock is wrong for this request."""
    skew: float = request.scope.get("emulator.skew", 0.0)
    return skew


async def json_body(request: Request) -> Any:
    """The body as JSON; None where it is none. NaN and Infinity are none."""

    def no_constant(name: str) -> Any:
        raise ValueError(name)

    try:
        return json.loads(await request.body(), parse_constant=no_constant)
    except (ValueError, ClientDisconnect):
        return None
