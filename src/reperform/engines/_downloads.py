"""A download: what has come, what is asked for next, and when it is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from reperform.errors import EngineError, Expired, OutOfReach

if TYPE_CHECKING:
    from reperform.engines._http.line import Stream
    from reperform.engines._http.wire import Wire
    from reperform.engines._patience import Patience

__all__ = ["Download"]

LARGEST = 64 * 1024**3
_HOPS = 5

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(kw_only=True)
class Download:
    """One file on its way to `into`. All sizes are bytes."""

    wire: Wire
    into: Path
    expected: int | None
    """As the engine says. None where it does not."""
    have: int = 0
    total: int | None = None
    """As the server says in this answer."""
    validator: str | None = None
    """What tells that the file is still the same one. None: it is begun again, not gone on with."""
    misfits: int = 0

    async def fetch(self, url: str, *, keyed: bool, patience: Patience) -> None:
        """Fetch it, complete or not at all. See `Wire.download`."""
        try:
            await self._fetched(url, keyed, patience)
        except BaseException:
            self.into.unlink(missing_ok=True)
            raise

    async def _fetched(self, url: str, keyed: bool, patience: Patience) -> None:
        while True:
            before = self.have
            try:
                async for attempt in patience.tries():
                    with attempt:
                        await self._piece(url, keyed)
                        return
            except OutOfReach:
                # As long as it grows, it is worth going on.
                if self.have <= before:
                    raise

    async def _piece(self, url: str, keyed: bool) -> None:
        named = url
        for _ in range(_HOPS):
            async with self.wire.stream(url, auth=keyed, headers=self.headers()) as stream:
                if stream.onward is None:
                    await self._receive(stream, keyed, elsewhere=url != named and not self.wire.owns(url))
                    return
                url, keyed = stream.onward, False
        raise EngineError(
            "The address of a result leads round in circles.",
            fix="`reperform resume` asks for it again; what was paid is not lost by this.",
        )

    async def _receive(self, stream: Stream, keyed: bool, *, elsewhere: bool) -> None:
        # Storage answers a signature that ran out with 403; with our key, 403 is a matter of the key.
        if stream.status in (404, 410) or (stream.status == 403 and not keyed):
            if elsewhere:  # not the engine's word: where it sends us may be down, or wrong, for a while
                raise OutOfReach(
                    f"{stream.engine} sends us elsewhere for the result, and it is not there ({stream.status}).",
                    fix="`reperform resume` asks for it again.",
                )
            raise Expired(f"{stream.engine} no longer has the result ({stream.status}).")
        if stream.status not in (200, 206, 416):
            raise await stream.refusal()
        offset = self.begin(stream.status, stream.headers)
        if offset is None:
            return
        async with await anyio.open_file(self.into, "r+b" if offset else "wb", buffering=0) as file:
            await file.seek(offset)
            await file.truncate()
            async for chunk in stream.chunks():  # as it comes: what is gathered first is lost when it breaks off
                await file.write(chunk)
                self.received(len(chunk))
        self.finish()

    def headers(self) -> dict[str, str]:
        """What asks for the rest."""
        if self.have and self.validator:
            return {"Range": f"bytes={self.have}-", "If-Range": self.validator}
        self.have = 0
        return {}

    def begin(self, status: int, headers: Mapping[str, str]) -> int | None:
        """The position at which this answer's bytes are written. None where nothing is missing."""
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise EngineError("A result came packed, though it was asked for as it is.")
        if status == 416:
            return self._beyond()
        if status == 206:
            return self._go_on(headers)
        self.have, self.total = 0, _size(headers.get("content-length"))
        self.validator = _validator(headers)
        return 0

    def received(self, size: int) -> None:
        """More has been written."""
        self.have += size
        if self.have > LARGEST:
            raise EngineError("A result is larger than any result can be.")

    def finish(self) -> None:
        """The server has ended: pass where the file is complete."""
        if self.have and self.have == (self.total or self.have) and self.have == (self.expected or self.have):
            return
        found, wanted = self.have, self.expected or self.total
        self.misfits += 1
        self.have = 0
        kind = OutOfReach if self.misfits < 3 else EngineError
        raise kind(f"A result of {wanted or 'more than 0'} bytes came as {found} bytes.")

    def _go_on(self, headers: Mapping[str, str]) -> int:
        found = _RANGE.fullmatch(headers.get("content-range", "").strip())
        if not found or int(found[1]) != self.have:
            self.have = 0
            self.validator = None
            raise OutOfReach("A result came in pieces that do not fit.")
        self.total = None if found[3] == "*" else int(found[3])
        return self.have

    def _beyond(self) -> int | None:
        """Nothing lies beyond what has come: it was all there is."""
        self.total = None
        self.finish()
        return None


def _size(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _validator(headers: Mapping[str, str]) -> str | None:
    tag = headers.get("etag")
    return tag if tag and not tag.startswith("W/") else headers.get("last-modified")
