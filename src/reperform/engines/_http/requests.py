"""One request as it leaves, and the body of its answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx

__all__ = ["Request", "body_of", "built"]

LARGEST_ANSWER = 32 * 1024 * 1024
"""More than this is not an answer."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True, repr=False)
class Request:
    """All that `Wire.ask` was given. It shows nothing of itself: there may be keys and addresses in it."""

    method: str
    url: httpx.URL
    auth: bool
    repeat: bool
    json: Any
    content: bytes | Path | None
    parts: Mapping[str, tuple[str, Path, str]] | None
    fields: Mapping[str, str] | None
    headers: Mapping[str, str]
    accept: Collection[int]
    progress: Callable[[float], None] | None


def built(client: httpx.AsyncClient, request: Request, own: Mapping[str, str]) -> tuple[httpx.Request, list[Any]]:
    """The request with the headers that authenticate us, where they go along; and the files that it holds open."""
    headers = {**(own if request.auth else {}), **request.headers}
    if request.parts:
        opened = [(name, file_name, path.open("rb"), kind) for name, (file_name, path, kind) in request.parts.items()]
        files = {name: (file_name, file, kind) for name, file_name, file, kind in opened}
        made = client.build_request(
            request.method, request.url, headers=headers, files=files, data=dict(request.fields or {})
        )
        return made, [file for _, _, file, _ in opened]
    content: Any = request.content
    if isinstance(content, Path):
        size = content.stat().st_size
        headers = {**headers, "Content-Length": str(size)}
        content = _read(content, size, request.progress)
    made = client.build_request(request.method, request.url, headers=headers, json=request.json, content=content)
    return made, []


async def body_of(response: httpx.Response) -> bytes:
    """The whole of an answer's body, as long as it is one. Raises as httpx does."""
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise httpx.RemoteProtocolError("too much")
        chunks.append(chunk)
    return b"".join(chunks)


async def _read(path: Path, size: int, progress: Callable[[float], None] | None) -> AsyncIterator[bytes]:
    done = 0
    async with await anyio.open_file(path, "rb") as file:
        while chunk := await file.read(_CHUNK):
            yield chunk
            done += len(chunk)
            if progress:
                progress(min(1.0, done / max(1, size)))
