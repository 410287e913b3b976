"""What the server answers with: files, pages, JSON, and errors in words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from reperform.errors import LedgerError, MediaError, ReperformError
from reperform.review.cutting import encoded
from reperform.review.guarding import MOST_BYTES, refusal
from reperform.review.saving import Stale

__all__ = ["as_json", "body_of", "handlers", "made_file", "off", "own_file", "template", "text_of"]

_HERE = Path(__file__).parent
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_T = TypeVar("_T")


async def off(work: Callable[..., _T], *given: Any) -> _T:
    """Off the loop: files and the ledger take their time."""
    return await anyio.to_thread.run_sync(work, *given)


async def text_of(request: Request) -> bytes:
    """What was sent. Raises HTTPException where it is too long."""
    text = b""
    async for piece in request.stream():
        text += piece
        if len(text) > MOST_BYTES:
            raise HTTPException(413, "that is too much")
    return text


async def body_of(request: Request) -> dict[str, Any]:
    """What a page sent. Raises HTTPException where it is no JSON object, or too long."""
    try:
        found = json.loads(await text_of(request))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, "this is not what a page sends")
    return found


def made_file(made: Callable[[], Path | None], kind: str) -> Response:
    """A file that was made; where it is still being made, 202 and when to ask again."""
    path = made()
    if path is None:
        return Response(encoded({"ready": False}), 202, {"retry-after": "1"}, "application/json")
    return FileResponse(path, media_type=kind, headers={"cache-control": "private, no-cache"})


def own_file(name: str) -> Response:
    """A static file of ours by its name: one of those that lie there, whatever the name looks like."""
    folder = _HERE / "static"
    known = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    path = known.get(name)
    if path is None or path.suffix not in _KINDS:
        raise HTTPException(404)
    return FileResponse(path, media_type=_KINDS[path.suffix], headers={"cache-control": "private, no-cache"})


def template(page: str, status: int = 200, **values: Any) -> Response:
    """A page of ours with these values, escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    return Response(environment.get_template(page).render(**values), status, media_type="text/html; charset=utf-8")


def as_json(body: bytes) -> Response:
    """What is JSON already."""
    return Response(body, media_type="application/json")


def handlers() -> dict[Any, Any]:
    """What says each kind of error."""
    return {ReperformError: _said, Stale: _stale, HTTPException: _no_such, Exception: _unforeseen}


async def _said(_: Request, error: Exception) -> Response:
    assert isinstance(error, ReperformError)
    status = 409 if isinstance(error, LedgerError) else 422 if isinstance(error, MediaError) else 400
    return refusal(status, error.message, error.fix)


async def _stale(_: Request, error: Exception) -> Response:
    assert isinstance(error, Stale)
    return refusal(409, error.message, error.fix, changed=True)


async def _no_such(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal(error.status_code, "there is nothing here" if error.status_code == 404 else error.detail, None)


async def _unforeseen(request: Request, error: Exception) -> Response:
    logging.getLogger(__name__).info("%s failed", request.url.path, exc_info=error)
    return refusal(500, f"this went wrong: {type(error).__name__}", "Read the page anew; run with -v to see more.")
