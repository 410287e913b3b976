"""fal's storage: a token, then one POST or many parts; and the older way over an upload address."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator import fields
from reperform.emulator.answering import answered, json_body, origin, route
from reperform.emulator.fal_words import DIALECT, refuse
from reperform.emulator.faults import Fault
from reperform.emulator.fields import Field
from reperform.emulator.storage import received
from reperform.emulator.store import Stored
from reperform.emulator.world import World, stamp

__all__ = ["routes"]

_TOKEN_SECONDS = 3600
_PARTS = Field(
    kind="object",
    fields={
        "parts": Field(
            kind="array",
            required=True,
            counts=(1, None),
            item=Field(
                kind="object",
                fields={"partNumber": Field(kind="integer", least=1, required=True), "etag": Field(required=True)},
            ),
        )
    },
)
_INITIATE = Field(kind="object", fields={"file_name": Field(required=True), "content_type": Field(required=True)})


class _Cdn:
    """The CDN takes the token, not the key."""

    name = "fal"

    def unknown_key(self, world: World, request: Request) -> Response | None:
        """A key that comes here has leaked to another host."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if world.now() < float(world.tokens.get(given, "0")):
            return None
        from reperform.emulator.answering import note_leaks

        note_leaks(world, request)
        return JSONResponse({"detail": "Invalid token"}, 401)

    def refused(self, code: str, fault: Fault, world: World) -> Response:
        """As the gateway."""
        return DIALECT.refused(code, fault, world)

    def expired(self, request: Request) -> Response:
        """As the gateway."""
        return DIALECT.expired(request)


_CDN = _Cdn()


def routes(world: World) -> list[Route]:
    """Those of storage."""
    return [
        route(world, "POST", "/storage/auth/token", _token),
        route(world, "POST", "/storage/upload/initiate", _initiate),
        route(world, "POST", "/files/upload", _single),
        route(world, "POST", "/files/upload/multipart", _begin),
        route(world, "PUT", "/media/{secret}/{name}/multipart/{upload}/{number:int}", _part),
        route(world, "POST", "/media/{secret}/{name}/multipart/{upload}/complete", _complete),
    ]


async def _token(world: World, request: Request) -> Response:
    async def act() -> Response:
        if request.query_params.get("storage_type") != "fal-cdn-v3":
            return refuse(400, "bad_request", "storage_type must be fal-cdn-v3")
        token, over = secrets.token_urlsafe(24), world.now() + _TOKEN_SECONDS
        world.tokens[token] = str(over)
        expires = stamp(over).replace("Z", "+00:00")
        said = {"token": token, "token_type": "Bearer", "base_url": origin(request), "expires_at": expires}
        return JSONResponse(said)

    return await answered(world, request, dialect=DIALECT, phase="upload", act=act)


async def _initiate(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        known = request.query_params.get("storage_type") in ("gcs", "fal-cdn-v3")
        if not known or fields.check(body, _INITIATE):
            return refuse(400, "bad_request", "file_name and content_type are required")
        stored = world.store.place("fal", body["file_name"], body["content_type"])
        address = world.store.address(origin(request), stored)
        return JSONResponse({"upload_url": address.replace("/media/", "/put/", 1), "file_url": address})

    return await answered(world, request, dialect=DIALECT, phase="upload", act=act)


def _placed(world: World, request: Request) -> Stored:
    name = request.headers.get("x-fal-file-name", "upload.bin")
    return world.store.place("fal", name, request.headers.get("content-type", "application/octet-stream"))


async def _single(world: World, request: Request) -> Response:
    async def act() -> Response:
        stored = _placed(world, request)
        if not await received(request, stored.path):
            return refuse(499, "client_disconnected", "The client went away")
        return JSONResponse({"access_url": world.store.address(origin(request), stored)})

    return await answered(world, request, dialect=_CDN, phase="upload", act=act)


async def _begin(world: World, request: Request) -> Response:
    async def act() -> Response:
        stored = _placed(world, request)
        stored.upload_id = secrets.token_hex(12)
        address = world.store.address(origin(request), stored)
        return JSONResponse({"access_url": address, "uploadId": stored.upload_id})

    return await answered(world, request, dialect=_CDN, phase="upload", act=act)


def _upload(world: World, request: Request) -> Stored | None:
    place = request.path_params
    stored = world.store.get(place["secret"], unquote(place["name"]))
    return stored if stored and stored.upload_id and stored.upload_id == place["upload"] else None


async def _part(world: World, request: Request) -> Response:
    async def act() -> Response:
        stored, number = _upload(world, request), request.path_params["number"]
        if stored is None or number < 1:
            return refuse(404, "not_found", "No such upload")
        path = stored.path.with_name(f"{stored.secret}.{number}")
        if not await received(request, path):
            return refuse(499, "client_disconnected", "The client went away")
        etag = f'"{_digest(path)}"'
        stored.parts[number] = (etag, path)
        return Response(headers={"ETag": etag})

    return await answered(world, request, dialect=_CDN, phase="upload", act=act)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _complete(world: World, request: Request) -> Response:
    async def act() -> Response:
        stored, body = _upload(world, request), await json_body(request)
        if stored is None:
            return refuse(404, "not_found", "No such upload")
        if fields.check(body, _PARTS):
            return refuse(400, "bad_request", "parts are required")
        parts = sorted((part["partNumber"], part["etag"]) for part in body["parts"])
        if parts != sorted((number, etag) for number, (etag, _) in stored.parts.items()):
            return refuse(400, "bad_request", "The parts are not those that were uploaded")
        _join(stored)
        return JSONResponse({"access_url": world.store.address(origin(request), stored)})

    return await answered(world, request, dialect=_CDN, phase="upload", act=act)


def _join(stored: Stored) -> None:
    with stored.path.open("wb") as file:
        for _, (_, path) in sorted(stored.parts.items()):
            file.write(path.read_bytes())
            path.unlink()
    stored.parts.clear()
