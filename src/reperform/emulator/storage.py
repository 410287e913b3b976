"""The storage behind all engines: where uploads are put and results are fetched. No key belongs here, only addresses."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from reperform.emulator.answering import Media, answered, note_leaks, route
from reperform.emulator.faults import Fault
from reperform.emulator.store import Stored
from reperform.emulator.world import World

__all__ = ["received", "routes"]

_XML = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'


class _Storage:
    """A storage service's refusals; the engine is the file's."""

    def __init__(self, engine: str) -> None:
        self.name = engine

    def unknown_key(self, world: World, request: Request) -> Response | None:  # noqa: ARG002 - a dialect's signature
        """There are no keys."""
        return None

    def refused(self, code: str, fault: Fault, world: World) -> Response:  # noqa: ARG002 - a dialect's signature
        """As an object store says it."""
        headers = {"Retry-After": fault.value} if code.startswith("429") and fault.value else {}
        return xml(int(code[:3]), "SlowDown" if code[:3] in ("429", "503") else "InternalError", headers=headers)

    def expired(self, request: Request) -> Response:  # noqa: ARG002 - a dialect's signature
        """As an object store says it."""
        return xml(403, "AccessDenied", "Request has expired")


def routes(world: World) -> list[Route]:
    """Fetching, and the PUT that an upload address takes."""
    return [
        route(world, "GET HEAD", "/media/{secret}/{name}", _fetch),
        route(world, "PUT", "/put/{secret}/{name}", _put),
    ]


def xml(status: int, code: str, message: str = "", *, headers: dict[str, str] | None = None) -> Response:
    """An object store's error."""
    body = _XML.format(code=code, message=message or code)
    return Response(body, status, media_type="application/xml", headers=headers)


async def _fetch(world: World, request: Request) -> Response:
    stored = _named(world, request)
    if stored is None:
        return xml(404, "NoSuchKey")

    async def act() -> Response:
        fault: Fault | None = request.scope.get("emulator.fault")
        if fault is not None and fault.kind == "expired":
            stored.gone = True
        if world.store.expired(stored):
            return _Storage(stored.engine).expired(request)
        if not world.store.readable(stored, request.query_params.get("X-Amz-Signature")):
            return xml(403, "SignatureDoesNotMatch")
        return Media(stored.path, request, stored.content_type, fault=fault)

    phase = "download" if stored.result else "fetch"
    return await answered(world, request, dialect=_Storage(stored.engine), phase=phase, act=act, key=False)


async def _put(world: World, request: Request) -> Response:
    stored = _named(world, request)
    if stored is None or stored.result:
        return xml(404, "NoSuchKey")

    async def act() -> Response:
        note_leaks(world, request)
        if "authorization" in request.headers or "x-api-key" in request.headers:
            return xml(400, "InvalidArgument", "Only one auth mechanism allowed")
        signed = stored.signature is None or request.query_params.get("X-Amz-Signature") == stored.signature
        if not signed or request.headers.get("content-type") != stored.content_type:
            return xml(403, "SignatureDoesNotMatch")
        if stored.size is not None and request.headers.get("content-length") != str(stored.size):
            return xml(400, "IncompleteBody", "The length is not the one that was announced")
        if not await received(request, stored.path):
            return xml(400, "IncompleteBody")
        return PlainTextResponse("", headers={"ETag": f'"{stored.secret}"'})

    return await answered(world, request, dialect=_Storage(stored.engine), phase="upload", act=act, key=False)


def _named(world: World, request: Request) -> Stored | None:
    return world.store.get(request.path_params["secret"], unquote(request.path_params["name"]))


async def received(request: Request, path: Path) -> bool:
    """The body into `path`, complete or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            async for block in request.stream():
                file.write(block)
    except ClientDisconnect:
        part.unlink(missing_ok=True)
        return False
    part.replace(path)
    return True
