"""fal's storage: a token, then one POST, or for a large file many parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self

import anyio.to_thread

from reperform.engines._answers import Answer
from reperform.engines._fal_answers import refusal
from reperform.engines._http.wire import Wire
from reperform.engines.base import Progress
from reperform.errors import AccessRefused, EngineError, OutOfReach, Rejected

__all__ = ["LARGEST_SINGLE", "PART", "Storage", "stored_name", "tells_names"]

LARGEST_SINGLE = 100 * 1024 * 1024
"""Bytes that are sent in one piece at most."""
PART = 10 * 1024 * 1024
"""Bytes of each part of a larger file."""

_CDN = "https://v3.fal.media"
_MEDIA_TYPES = {"video": "video/mp4", "audio": "audio/wav"}
_PREFIX = "reperform-"


def stored_name(attempt_id: str) -> str:
    """How the names of an attempt's files begin; a stored file's address ends in its name."""
    return f"{_PREFIX}{attempt_id}"


def tells_names(address: str) -> bool:
    """Whether an upload of ours kept its name in this address: then it shows whose it is."""
    return _PREFIX in address.rpartition("/")[2]


class Storage:
    """The CDN, for one job's files. It is given a token, never the key."""

    def __init__(self, wire: Wire, token: str, base: str) -> None:
        self._wire = wire
        self._authorised = {"Authorization": f"Bearer {token}"}
        self._base = base

    @classmethod
    async def opened(cls, wire: Wire) -> Self:
        """With a new token.

        Raises:
            AccessRefused: the key is not accepted.
            OutOfReach: there is no token to be had.

        """
        asked = wire.url("https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3")
        answer = await wire.post(asked, repeat=True, json={})
        if not answer.ok:
            error = refusal(answer, submit=False, clean=wire.clean)
            raise error if isinstance(error, AccessRefused) else _not_taken("token", answer, error.cause)
        body = answer.json()
        base = body.get("base_url") if isinstance(body, dict) else None
        own = base.rstrip("/") if isinstance(base, str) and wire.owns(base) else wire.url(_CDN).rstrip("/")
        return cls(wire, answer.need("token", kind=str), own)

    async def keep(self, kind: str, file: Path, attempt_id: str, progress: Progress) -> str:
        """The address of the file, which is at the CDN then.

        Raises:
            OutOfReach: it was not taken.
            Rejected: it is too large.

        """
        headers = {
            **self._authorised,
            "Content-Type": _MEDIA_TYPES[kind],
            "X-Fal-File-Name": f"{stored_name(attempt_id)}{file.suffix}",
        }
        say: Callable[[float], None] = partial(progress, f"uploading {kind}")
        if file.stat().st_size > LARGEST_SINGLE:
            return await self._in_parts(file, headers, say)
        answer = await self._wire.post(
            self._wire.url(f"{_CDN}/files/upload"),
            repeat=True,
            auth=False,
            content=file,
            headers=headers,
            progress=say,
        )
        return self._taken(answer).need("access_url", kind=str)

    async def _in_parts(self, file: Path, headers: dict[str, str], say: Callable[[float], None]) -> str:
        begun = self._taken(
            await self._wire.post(
                f"{self._base}/files/upload/multipart", repeat=True, auth=False, headers=headers, json={}
            )
        )
        address = begun.need("access_url", kind=str)
        place = f"{address}/multipart/{begun.need('uploadId', kind=str)}"
        if not self._wire.owns(address):
            raise EngineError("fal names a place for parts that is not its own: nothing is sent there.")
        size, parts = file.stat().st_size, []
        for number, start in enumerate(range(0, size, PART), start=1):
            etag = await self._part(f"{place}/{number}", file, start, headers["Content-Type"])
            parts.append({"partNumber": number, "etag": etag})
            say(min(1.0, (start + PART) / size))
        ended = await self._wire.post(
            f"{place}/complete",
            repeat=True,
            auth=False,
            headers=self._authorised,
            json={"parts": parts},
            json_expected=False,
        )
        self._taken(ended)
        return address

    async def _part(self, place: str, file: Path, start: int, kind: str) -> str:
        content = await anyio.to_thread.run_sync(_bytes, file, start)
        headers = {**self._authorised, "Content-Type": kind}
        answer = self._taken(await self._wire.put(place, repeat=True, auth=False, content=content, headers=headers))
        etag = answer.headers.get("etag")
        if not etag:
            raise OutOfReach("fal's storage took a part and gave it no tag.")
        return etag

    def _taken(self, answer: Answer) -> Answer:
        if answer.ok:
            return answer
        cause = refusal(answer, submit=False, clean=self._wire.clean).cause
        if answer.status == 413:
            raise Rejected("fal's storage does not take a file of this size.", cause=cause)
        raise _not_taken("file", answer, cause)


def _not_taken(what: str, answer: Answer, cause: str | None) -> OutOfReach:
    said = "gave no token" if what == "token" else "did not take the file"
    return OutOfReach(f"fal's storage {said} ({answer.status}).", cause=cause)


def _bytes(file: Path, start: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(start)
        return opened.read(PART)
