"""Sync's ways in for local media: an asset upload, and a multipart submit."""

from __future__ import annotations

import json
import secrets
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator import fields, sync_bodies
from reperform.emulator.answering import answered, json_body, origin, route
from reperform.emulator.store import Stored
from reperform.emulator.sync_words import DIALECT, bad, refuse
from reperform.emulator.world import World

__all__ = ["routes", "submitted"]

_WEEK = 604800
_FILES = ("video", "audio", "image")
_STRUCTURED = ("input", "options", "segments", "dubParams")
_TEXTS = ("model", "webhookUrl", "outputFileName", "projectId")


def routes(world: World) -> list[Route]:
    """Of assets."""
    return [
        route(world, "POST", "/v2/assets/upload", _announce),
        route(world, "POST", "/v2/assets", _register),
        route(world, "GET", "/v2/assets", _list),
        route(world, "GET", "/v2/assets/{id}", _get),
    ]


async def _announce(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, sync_bodies.UPLOAD)
        if findings:
            return bad(sync_bodies.messages(findings))
        stored = world.store.place("sync", body["fileName"], body["contentType"], signed=True, seconds=_WEEK)
        stored.size = body["size"]
        address = world.store.address(origin(request), stored)
        upload = {"uploadUrl": address.replace("/media/", "/put/", 1), "url": address, "expiresIn": _WEEK}
        return JSONResponse(upload, status_code=201)

    return await answered(world, request, dialect=DIALECT, phase="upload", act=act)


async def _register(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, sync_bodies.ASSET)
        if findings:
            return bad(sync_bodies.messages(findings))
        stored = world.store.at(body["url"], world.origins)
        if stored is None or stored.engine != "sync":
            return refuse(400, "file_not_in_org_storage", "The file is not in your organization's storage")
        stored.asset_id = stored.asset_id or secrets.token_hex(12)
        return JSONResponse(_written(world, request, stored), status_code=201)

    return await answered(world, request, dialect=DIALECT, phase="upload", act=act)


async def _list(world: World, request: Request) -> Response:
    async def act() -> Response:
        return JSONResponse({"items": [_written(world, request, stored) for stored in world.store.assets("sync")]})

    return await answered(world, request, dialect=DIALECT, phase="assets", act=act)


async def _get(world: World, request: Request) -> Response:
    async def act() -> Response:
        stored = world.store.by_asset(request.path_params["id"])
        if stored is None:
            return refuse(404, "asset_not_found", "Asset not found")
        return JSONResponse(_written(world, request, stored))

    return await answered(world, request, dialect=DIALECT, phase="assets", act=act)


def _written(world: World, request: Request, stored: Stored) -> dict[str, Any]:
    return {
        "id": stored.asset_id,
        "url": world.store.address(origin(request), stored),
        "type": stored.content_type.partition("/")[0].upper(),
        "name": stored.name,
    }


async def submitted(world: World, request: Request) -> Any:
    """The body of a submit as JSON has it, whichever way it came; a Response where it cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _from_form(world, request)
    body = await json_body(request)
    if kind != "application/json" or not isinstance(body, dict):
        return bad(["the body must be a JSON object"])
    return {name: value for name, value in body.items() if value is not None}


async def _from_form(world: World, request: Request) -> Any:
    from starlette.formparsers import MultiPartException

    try:
        async with request.form(max_part_size=1 << 24) as form:
            body: dict[str, Any] = {}
            files: list[dict[str, Any]] = []
            for name, value in form.multi_items():
                if isinstance(value, UploadFile) and name in _FILES:
                    files.append({"type": name, "url": await _kept(world, request, value)})
                elif isinstance(value, str) and name in (*_STRUCTURED, *_TEXTS):
                    body[name] = json.loads(value) if name in _STRUCTURED else value
                else:
                    return bad([f"property {name} should not exist"])
    except (MultiPartException, ValueError):
        return bad(["the form cannot be read"])
    given = body.get("input", [])
    return body | {"input": files + (given if isinstance(given, list) else [given])}


async def _kept(world: World, request: Request, file: UploadFile) -> str:
    name = file.filename or "upload.bin"
    stored = world.store.place("sync", name, file.content_type or "application/octet-stream", signed=True)
    stored.path.write_bytes(await file.read())
    return world.store.address(origin(request), stored)
