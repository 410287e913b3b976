"""How media reach Runware: as stored media, or as data URLs inside the submit."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from reperform.engines._answers import Answer
from reperform.engines._data_urls import MEDIA_TYPES, body_around, data_url
from reperform.engines._runware_answers import Reply, read, refusal
from reperform.engines.base import JobOrder, Prepared, Progress
from reperform.errors import AccessRefused, EngineError, OutOfReach, RateLimited, Rejected

if TYPE_CHECKING:
    from reperform.engines._http.wire import Wire

__all__ = ["API", "WITH_SUBMIT", "fits_inline", "inlined", "stored"]

API = "https://api.runware.ai/v1"
WITH_SUBMIT = "with the submit: "
"""How the address of a file begins that is sent inside the submit."""
_LARGEST_INLINE = 10_000_000
"""Bytes of media in one submit: no limit is published."""


async def stored(wire: Wire, kind: str, file: Path, *, folder: Path, progress: Progress) -> str:
    """The address of the file in Runware's storage. `folder` is for the body while it is sent.

    Raises:
        EngineError: it could not be stored.

    """
    for _ in range(3):  # an upload that was repeated may meet its own identity
        identity = str(uuid.uuid4())

        def task(media: str, identity: str = identity) -> list[dict[str, str]]:
            return [{"taskType": "mediaStorage", "taskUUID": identity, "operation": "upload", "media": media}]

        async with body_around(file, MEDIA_TYPES[kind], task, folder=folder) as body:
            answer = await wire.post(
                wire.url(API),
                repeat=True,
                content=body,
                headers={"Content-Type": "application/json"},
                progress=lambda part: progress(f"uploading {kind}", part),
            )
        reply = read(answer.json(), identity)
        for item in reply.items:
            if address := item.get("mediaURL") or item.get("mediaUUID"):
                return str(address)
        if not any(trouble.kind == "arrived" for trouble in reply.own):
            raise _not_stored(wire, kind, answer, reply)
    raise OutOfReach(f"Runware's storage did not take the {kind}.")


def _not_stored(wire: Wire, kind: str, answer: Answer, reply: Reply) -> EngineError:
    error = refusal(answer, reply, clean=wire.clean)
    if isinstance(error, AccessRefused | RateLimited) or (isinstance(error, Rejected) and not answer.ok):
        return error
    return OutOfReach(f"Runware's storage did not take the {kind}.", cause=error.cause)


def fits_inline(files: dict[str, Path], order: JobOrder) -> bool:
    """Whether the media are small enough for the submit. Every segment holds its sound anew."""
    times = {"audio": len(order.segments)}
    return sum(file.stat().st_size * times.get(kind, 1) for kind, file in files.items()) <= _LARGEST_INLINE


async def inlined(prepared: Prepared, addresses: dict[str, str]) -> dict[str, str]:
    """The addresses, with the media themselves in place of those that wait for the submit."""
    files = {"video": prepared.video, "audio": prepared.audio}
    media = dict(addresses)
    for kind, address in addresses.items():
        file = files[kind]
        if address.startswith(WITH_SUBMIT) and file is not None:
            media[kind] = data_url(await anyio.Path(file).read_bytes(), MEDIA_TYPES[kind])
    return media
