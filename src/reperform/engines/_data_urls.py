"""Files inside JSON: for engines that take uploads as data URLs. A file is never held in memory as a whole."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread

__all__ = ["MEDIA_TYPES", "body_around", "data_url"]

MEDIA_TYPES = {"video": "video/mp4", "audio": "audio/wav"}
_PLACE = "@@the data URL@@"
_BLOCK = 3 * 512 * 1024
"""Bytes; a multiple of three, so that blocks join to one base64 text."""


def data_url(data: bytes, media_type: str) -> str:
    """The bytes as an address that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@asynccontextmanager
async def body_around(file: Path, media_type: str, shape: Callable[[str], Any], *, folder: Path) -> AsyncIterator[Path]:
    """A JSON file, to be sent, of what `shape` makes of a data URL; it is gone afterwards.

    `shape` is called with a text that stands for the data URL, and gives what JSON can hold.
    """
    head, tail = json.dumps(shape(_PLACE)).split(_PLACE)
    body = folder / f"{file.stem}.{uuid.uuid4().hex}.json"
    try:
        await anyio.to_thread.run_sync(_write, file, f"{head}data:{media_type};base64,", tail, body)
        yield body
    finally:
        body.unlink(missing_ok=True)


def _write(file: Path, head: str, tail: str, body: Path) -> None:
    with file.open("rb") as read, body.open("xb") as written:
        written.write(head.encode())
        while block := read.read(_BLOCK):
            written.write(base64.b64encode(block))
        written.write(tail.encode())
