"""The line to an engine: one request and its answer, to places that may be asked, with failures named by what they leave open."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import httpx

from reperform.engines._answers import Answer, status_error, without_addresses
from reperform.engines._http.connections import client, place_of
from reperform.engines._http.failures import FAILURES, failed
from reperform.engines._http.requests import Request, body_of, built
from reperform.engines._patience import Limits
from reperform.engines._reach import Place, Reach
from reperform.errors import EngineError

__all__ = ["Line", "Stream"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, repr=False)
class Stream:
    """An answer whose body is still to come."""

    engine: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    chunks: Callable[[], AsyncIterator[bytes]]
    """The body as it comes."""
    refusal: Callable[[], Awaitable[EngineError]]
    """What to raise where this status gives no result."""
    onward: str | None
    """Where it sends us instead. None where it does not."""


class Line:
    """Two clients, and the rules for every request that they send. It repeats nothing and follows nothing."""

    def __init__(self, *, engine: str, reach: Reach, limits: Limits, headers: Mapping[str, str]) -> None:
        self._engine, self._reach, self._limits, self._headers = engine, reach, limits, headers
        self._client = client(limits, local=reach.local, kept=20)
        # A kept connection that the server is just closing fails as if the request had arrived: a submit gets a new one.
        self._submitter = client(limits, local=reach.local, kept=0)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()
        await self._submitter.aclose()

    def clean(self, text: object) -> str:
        """What an engine said, fit to be shown: on one line, shortened, without addresses, without the key."""
        said = " ".join(without_addresses(str(text)).split())
        for value in self._headers.values():
            for part in {value, value.rpartition(" ")[2]}:
                said = said.replace(part, "(key)") if part else said
        return said if len(said) <= 500 else f"{said[:499]}…"

    def parsed(self, url: str) -> httpx.URL:
        """An address that came in an answer. Raises EngineError where it is none that can be asked."""
        try:
            found = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise EngineError(f"{self._engine} names an address that is none.") from None
        if not found.host or found.scheme not in ("https", "http") or found.userinfo:
            raise EngineError(f"{self._engine} names an address that cannot be asked.")
        return found

    async def answer(self, request: Request) -> Answer:
        """The answer to one request, sent once.

        Raises:
            EngineError: it may not be asked, or failed; named by whether it can have arrived.

        """
        await self._reach.permit(place_of(request.url), auth=request.auth)
        failure: EngineError | None = None
        answer: Answer | None = None
        client = self._client if request.repeat else self._submitter
        try:
            # A file takes as long as it takes; each part of it has its own limit.
            patience = None if request.content is not None or request.parts else self._limits.answer
            with anyio.fail_after(patience):
                answer = await self._sent(client, request)
        except FAILURES as error:
            failure = failed(error, engine=self._engine, repeat=request.repeat)
        finally:
            client.cookies.clear()
        if answer is not None:
            failure = self._refusal(answer, request)
        if failure:
            raise failure from None  # outside the handler: httpx's errors hold the request, and with it the key
        assert answer is not None
        return answer

    @asynccontextmanager
    async def stream(self, url: str, *, auth: bool, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        """One GET whose body is read as it comes. Raises as a read does; nothing is repeated."""
        address = self.parsed(url)
        place = place_of(address)
        await self._reach.permit(place, auth=auth)
        failure: EngineError | None = None
        try:
            request = self._client.build_request("GET", address, headers={**(self._headers if auth else {}), **headers})
            response = await self._client.send(request, stream=True)
            try:
                self._check_peer(place, response)
                self._log("GET", place, response.status_code)
                yield self._as_stream(address, response)
            finally:
                await response.aclose()
        except FAILURES as error:
            failure = failed(error, engine=self._engine, repeat=True)
        finally:
            self._client.cookies.clear()
        if failure:
            raise failure from None

    async def _sent(self, client: httpx.AsyncClient, request: Request) -> Answer:
        place = place_of(request.url)
        made, opened = built(client, request, self._headers)
        try:
            response = await client.send(made, stream=True)
            try:
                self._check_peer(place, response)
                body = await body_of(response)
            finally:
                await response.aclose()
        finally:
            for file in opened:
                file.close()
        self._log(request.method, place, response.status_code)
        return self._answered(response, body, submit=not request.repeat)

    def _answered(self, response: httpx.Response, body: bytes, *, submit: bool) -> Answer:
        return Answer(
            engine=self._engine, status=response.status_code, headers=_lower(response), body=body, submit=submit
        )

    def _refusal(self, answer: Answer, request: Request) -> EngineError | None:
        if answer.ok or answer.status in request.accept:
            return None
        return status_error(answer, clean=self.clean)

    def _check_peer(self, place: Place, response: httpx.Response) -> None:
        """The name was looked up twice, by us and for the connection: what was connected to counts."""
        if self._reach.own(place) or self._reach.proxied(place):
            return
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        if peer and not self._reach.permits_peer(str(peer[0])):
            raise self._reach.private(place)

    def _log(self, method: str, place: Place, status: int) -> None:
        _log.debug("%s: %s %s → %s", self._engine, method, place.host, status)

    def _as_stream(self, address: httpx.URL, response: httpx.Response) -> Stream:
        async def refusal() -> EngineError:
            answer = self._answered(response, await body_of(response), submit=False)
            said = f"{self._engine} does not give its result: it answered {answer.status}."
            return status_error(answer, clean=self.clean) or EngineError(said)

        return Stream(
            engine=self._engine,
            status=response.status_code,
            headers=_lower(response),
            chunks=response.aiter_raw,
            refusal=refusal,
            onward=self._onward(address, response) if response.is_redirect else None,
        )

    def _onward(self, address: httpx.URL, response: httpx.Response) -> str:
        try:
            return str(address.join(response.headers.get("location", "")))
        except httpx.InvalidURL:
            raise EngineError(f"{self._engine} sends a result's address to nowhere.") from None


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): text for name, text in response.headers.items()}
