"""The one way out: every byte between reperform and an engine passes here, and nothing else imports httpx.

A submit is sent once, on a connection of its own, and its failures are named by whether it can have arrived. Everything else may be
repeated. Keys go to the engine's own hosts only; nothing is logged but methods, hosts and statuses.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio
import httpx

from reperform import __version__
from reperform.engines._answers import Answer, status_error, without_addresses
from reperform.engines._patience import Limits, Patience
from reperform.engines._reach import Place, Reach, is_loopback
from reperform.errors import EngineError, NotSubmitted, OutOfReach, SettingsError, SubmissionUnknown

__all__ = ["Answer", "Limits", "Patience", "Stream", "Wire", "without_addresses"]

_log = logging.getLogger(__name__)

LARGEST_ANSWER = 32 * 1024 * 1024
"""More than this is not an answer."""
_CHUNK = 1024 * 1024

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""After these, the engine cannot have the request."""
MAY_HAVE_ARRIVED = (
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.LocalProtocolError,
    httpx.RemoteProtocolError,
    httpx.DecodingError,
    httpx.TooManyRedirects,
    httpx.HTTPStatusError,
    httpx.CookieConflict,
    httpx.StreamError,
)
"""After these, it may."""
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError, TimeoutError)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Request:
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
        _silence()
        self._engine = engine
        self._base = None if base_url is None else _origin(base_url)
        self._reach = Reach(engine=engine, hosts=hosts, base=None if self._base is None else _place(self._base))
        self._headers = dict(headers)
        self._patience = patience or Patience()
        self._limits = limits or Limits()
        context = httpx.create_ssl_context(trust_env=not self._reach.local)
        self._client = self._made(context, httpx.Limits(max_connections=100, max_keepalive_connections=20))
        # A kept connection that the server is just closing fails as if the request had arrived: a submit gets a new one.
        self._submitter = self._made(context, httpx.Limits(max_connections=100, max_keepalive_connections=0))

    def _made(self, context: Any, limits: httpx.Limits) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=context,
            limits=limits,
            timeout=httpx.Timeout(
                connect=self._limits.connect, read=self._limits.read, write=self._limits.write, pool=None
            ),
            follow_redirects=False,
            trust_env=not self._reach.local,
            headers={"User-Agent": f"reperform/{__version__}", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()
        await self._submitter.aclose()

    def url(self, host_and_path: str) -> str:
        """The address to ask: as the maker declares it, or its path and query below the base."""
        if self._base is None:
            return host_and_path
        return str(self._base.copy_with(raw_path=httpx.URL(host_and_path).raw_path))

    def owns(self, url: str) -> bool:
        """Whether an address that came in an answer is at one of the engine's own hosts, or below the base."""
        try:
            return self._reach.own(_place(self._parsed(url)))
        except EngineError:
            return False

    def clean(self, text: object) -> str:
        """What an engine said, fit to be shown: on one line, shortened, without addresses, without the key."""
        said = " ".join(without_addresses(str(text)).split())
        for value in self._headers.values():
            for part in {value, value.rpartition(" ")[2]}:
                said = said.replace(part, "(key)") if part else said
        return said if len(said) <= 500 else f"{said[:499]}…"

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
        request = _Request(
            method=method,
            url=self._parsed(url),
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
                answer = await self._answer(request)
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

    @asynccontextmanager
    async def stream(self, url: str, *, auth: bool, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        """One GET whose body is read as it comes. Raises as a read does; nothing is repeated."""
        address = self._parsed(url)
        place = _place(address)
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
        except _FAILURES as error:
            failure = failed(error, engine=self._engine, repeat=True)
        finally:
            self._client.cookies.clear()
        if failure:
            raise failure from None

    def _as_stream(self, address: httpx.URL, response: httpx.Response) -> Stream:
        async def refusal() -> EngineError:
            answer = self._answered(response, await _body(response), submit=False)
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

    async def _answer(self, request: _Request) -> Answer:
        await self._reach.permit(_place(request.url), auth=request.auth)
        failure: EngineError | None = None
        answer: Answer | None = None
        client = self._client if request.repeat else self._submitter
        try:
            # A file takes as long as it takes; each part of it has its own limit.
            patience = None if request.content is not None or request.parts else self._limits.answer
            with anyio.fail_after(patience):
                answer = await self._sent(client, request)
        except _FAILURES as error:
            failure = failed(error, engine=self._engine, repeat=request.repeat)
        finally:
            client.cookies.clear()
        if answer is not None:
            failure = self._refusal(answer, request)
        if failure:
            raise failure from None  # outside the handler: httpx's errors hold the request, and with it the key
        assert answer is not None
        return answer

    async def _sent(self, client: httpx.AsyncClient, request: _Request) -> Answer:
        place = _place(request.url)
        made, opened = self._built(client, request)
        try:
            response = await client.send(made, stream=True)
            try:
                self._check_peer(place, response)
                body = await _body(response)
            finally:
                await response.aclose()
        finally:
            for file in opened:
                file.close()
        self._log(request.method, place, response.status_code)
        return self._answered(response, body, submit=not request.repeat)

    def _built(self, client: httpx.AsyncClient, request: _Request) -> tuple[httpx.Request, list[Any]]:
        headers = {**(self._headers if request.auth else {}), **request.headers}
        if request.parts:
            opened = [
                (name, file_name, path.open("rb"), kind) for name, (file_name, path, kind) in request.parts.items()
            ]
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

    def _answered(self, response: httpx.Response, body: bytes, *, submit: bool) -> Answer:
        return Answer(
            engine=self._engine, status=response.status_code, headers=_lower(response), body=body, submit=submit
        )

    def _refusal(self, answer: Answer, request: _Request) -> EngineError | None:
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

    def _parsed(self, url: str) -> httpx.URL:
        try:
            found = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise EngineError(f"{self._engine} names an address that is none.") from None
        if not found.host or found.scheme not in ("https", "http") or found.userinfo:
            raise EngineError(f"{self._engine} names an address that cannot be asked.")
        return found


def failed(error: Exception, *, engine: str, repeat: bool) -> EngineError:
    """Our error for one of httpx, with its kind only: its message may hold what was sent or came.

    Why a connection could not be made is said in full, for it may be a certificate or a name.
    """
    kind = type(error).__name__
    if isinstance(error, httpx.ConnectError) and str(error):
        kind = f"{kind}: {without_addresses(str(error))}"
    if repeat:
        return OutOfReach(f"{engine} could not be reached, or broke off.", cause=kind)
    if isinstance(error, NOTHING_SENT):
        return NotSubmitted(f"{engine} could not be reached: nothing was sent.", cause=kind)
    return SubmissionUnknown(f"The connection to {engine} broke while the job was being sent.", cause=kind)


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): text for name, text in response.headers.items()}


async def _body(response: httpx.Response) -> bytes:
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


def _origin(base_url: str) -> httpx.URL:
    wanted = "An origin: https://host, or http://127.0.0.1:PORT for this machine."
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise SettingsError("The base address is not an address.", fix=wanted) from None
    if not url.host or url.userinfo or url.path not in ("", "/") or url.query or url.fragment:
        raise SettingsError("The base address is not an origin.", fix=wanted)
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise SettingsError(f"The base address leads to {url.host} without TLS.", fix=wanted)
    return url


def _place(url: httpx.URL) -> Place:
    return Place(url.scheme, url.host, url.port)


_TALKATIVE = (
    "httpx",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
    "stamina",
)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _silence() -> None:
    """They log addresses with all that stands in them, at any level that is asked for; stamina repeats what we say."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_nothing)
