"""One engine's open connection: requests that are repeated or sent once, answers, downloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from reperform.engines._answers import Answer
from reperform.engines._http.connections import origin, place_of, silence
from reperform.engines._http.line import Line, Stream
from reperform.engines._http.requests import Request
from reperform.engines._patience import Limits, Patience
from reperform.engines._reach import Reach
from reperform.errors import EngineError

__all__ = ["Wire"]


class Wire:
    """One engine's open connection.

    Args:
        engine: its name, for messages.
        hosts: the hosts that the key may go to, over TLS.
        base_url: an origin that stands for all of them. None: they are asked themselves. http is for this machine only.
        headers: what authenticates us.
        patience: for what may be repeated.
        limits: for every request.

    Raises:
        SettingsError: `base_url` is not an origin, or not over TLS.

    """

    def __init__(
        self,
        *,
        engine: str,
        hosts: Sequence[str],
        base_url: str | None,
        headers: Mapping[str, str],
        patience: Patience | None = None,
        limits: Limits | None = None,
    ) -> None:
        silence()
        self._engine = engine
        self._base = None if base_url is None else origin(base_url)
        self._reach = Reach(engine=engine, hosts=hosts, base=None if self._base is None else place_of(self._base))
        self._patience = patience or Patience()
        self._line = Line(engine=engine, reach=self._reach, limits=limits or Limits(), headers=dict(headers))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._line.aclose()

    def url(self, host_and_path: str) -> str:
        """The address to ask: as the maker declares it, or its path and query below the base."""
        if self._base is None:
            return host_and_path
        return str(self._base.copy_with(raw_path=httpx.URL(host_and_path).raw_path))

    def owns(self, url: str) -> bool:
        """Whether an address that came in an answer is at one of the engine's own hosts, or below the base."""
        try:
            return self._reach.own(place_of(self._line.parsed(url)))
        except EngineError:
            return False

    def clean(self, text: object) -> str:
        """What an engine said, fit to be shown: on one line, shortened, without addresses, without the key."""
        return self._line.clean(text)

    async def get(
        self,
        url: str,
        *,
        repeat: bool = True,
        auth: bool = True,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        json_expected: bool = True,
        tries: int | None = None,
    ) -> Answer:
        """GET. See `ask`."""
        return await self.ask(
            "GET",
            url,
            repeat=repeat,
            auth=auth,
            headers=headers,
            accept=accept,
            json_expected=json_expected,
            tries=tries,
        )

    async def post(self, url: str, *, repeat: bool, **rest: Any) -> Answer:
        """POST. See `ask`."""
        return await self.ask("POST", url, repeat=repeat, **rest)

    async def put(self, url: str, *, repeat: bool, **rest: Any) -> Answer:
        """PUT; its answer need not be JSON. See `ask`."""
        return await self.ask("PUT", url, repeat=repeat, **{"json_expected": False, **rest})

    async def ask(
        self,
        method: str,
        url: str,
        *,
        repeat: bool,
        auth: bool = True,
        json: Any = None,
        content: bytes | Path | None = None,
        parts: Mapping[str, tuple[str, Path, str]] | None = None,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        json_expected: bool = True,
        progress: Callable[[float], None] | None = None,
        tries: int | None = None,
    ) -> Answer:
        """One request and its answer.

        Args:
            method: as HTTP spells it.
            url: absolute. What the engine returned may be asked as it is; what it declares goes through `url()`.
            repeat: True for what may be asked twice. False for a submit, which is sent once.
            auth: whether the key goes with it; only to the engine's own hosts.
            json: the body, as JSON.
            content: the body, as bytes or a file, which is streamed.
            parts: files of a multipart body: name → (file name, file, media type).
            fields: its other fields.
            headers: more headers.
            accept: statuses of 3xx, 408, 429 and 5xx that are answers here, not failures.
            json_expected: a success that is not JSON is a failure, repeated where `repeat` is True.
            progress: called with how much of `content` has left, 0 to 1.
            tries: how often at most, where `repeat` is True. None: as `Patience` says.

        Returns:
            The answer: success, 4xx other than 408 and 429, or what `accept` holds.

        Raises:
            RateLimited: 429, with when to come back where the engine says so.
            NotSubmitted: a submit certainly never arrived.
            SubmissionUnknown: a submit may have arrived.
            OutOfReach: what was repeated did not succeed.
            EngineError: the address may not be asked.

        """
        request = Request(
            method=method,
            url=self._line.parsed(url),
            auth=auth,
            repeat=repeat,
            json=json,
            content=content,
            parts=parts,
            fields=fields,
            headers=headers or {},
            accept=accept,
            progress=progress,
        )
        async for attempt in self._patience.tries(tries if repeat else 1):
            with attempt:
                answer = await self._line.answer(request)
                if json_expected and answer.ok:
                    answer.json()
                return answer
        raise AssertionError("unreachable")

    async def download(self, url: str, into: Path, *, expected_bytes: int | None = None, auth: bool = False) -> None:
        """Fetch a result to `into`, complete or not at all; what a broken connection left is gone on from.

        With `auth` the key goes along, to the engine's own hosts only, and never across a redirect. Results lie at
        addresses that need none.

        Raises:
            Expired: the result is gone, or its address is no longer good.
            OutOfReach: it could not be fetched; it may be tried again.
            EngineError: the address may not be asked, or what is there is not what was promised.

        """
        from reperform.engines._downloads import Download

        task = Download(wire=self, into=into, expected=expected_bytes)
        await task.fetch(url, keyed=auth, patience=self._patience)

    def stream(self, url: str, *, auth: bool, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Stream]:
        """One GET whose body is read as it comes. Raises as a read does; nothing is repeated."""
        return self._line.stream(url, auth=auth, headers=headers)
