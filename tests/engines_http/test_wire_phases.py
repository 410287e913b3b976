"""What a failure says of a request: a submit is sent once, and its errors are named by whether it can have arrived."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx  # noqa: TID251 - to see that no error of it is left out
import pytest

from engines_http.served import QUICK, Act, Served, answer, drop, hang, raw, reset, serving
from reperform.engines._answers import Answer, retry_after
from reperform.engines._http import failures, requests
from reperform.engines._http.wire import Wire
from reperform.engines._patience import Limits, Patience
from reperform.errors import EngineError, NotSubmitted, OutOfReach, RateLimited, SubmissionUnknown


def asked(served: Served, ask: Callable[[Wire], Awaitable[Any]], **wire: Any) -> Any:
    async def talk() -> Any:
        async with served.wire(**wire) as opened:
            return await ask(opened)

    return anyio.run(talk)


def submit(wire: Wire) -> Awaitable[Answer]:
    return wire.post(wire.url("https://api.fake.example/v2/generate"), repeat=False, json={"a": 1})


def read(wire: Wire) -> Awaitable[Answer]:
    return wire.get(wire.url("https://api.fake.example/v2/jobs?x=1"))


BROKEN = {
    "hangs up": drop,
    "breaks the connection": reset,
    "says nothing": hang,
    "answers in no HTTP": raw(b"garbage\r\n\r\n"),
    "ends inside its answer": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"),
    "is not JSON": answer(200, b"<html>"),
    "500": answer(500, {"message": "no"}),
    "502 from a proxy": answer(502, b"<html>bad gateway</html>"),
    "503": answer(503),
    "504": answer(504),
    "408": answer(408),
    "redirects": answer(307, Location="/elsewhere"),
}


@pytest.mark.parametrize("act", BROKEN.values(), ids=BROKEN.keys())
def test_a_submit_that_may_have_arrived_is_unknown_and_sent_once(act: Act) -> None:
    """Whatever goes wrong after the request has left, it is not sent again, and may have arrived."""
    with serving(act) as served, pytest.raises(SubmissionUnknown):
        asked(served, submit, limits=Limits(read=0.2, answer=2))
    assert len(served.requests) == 1


@pytest.mark.parametrize("act", BROKEN.values(), ids=BROKEN.keys())
def test_a_read_is_repeated_then_out_of_reach(act: Act) -> None:
    """The same failures of a question are repeated, and in the end say that the engine is out of reach."""
    with serving(act) as served, pytest.raises(OutOfReach):
        asked(served, read, limits=Limits(read=0.2, answer=2))
    assert len(served.requests) == QUICK.attempts


@pytest.mark.parametrize("act", BROKEN.values(), ids=BROKEN.keys())
def test_a_read_succeeds_once_the_engine_is_back(act: Act) -> None:
    """One failure of a question is not noticed."""
    with serving(act, answer(200, {"a": 1})) as served:
        assert asked(served, read, limits=Limits(read=0.2, answer=2)).json() == {"a": 1}


def test_a_submit_broken_while_it_is_sent_is_unknown() -> None:
    """A server that hangs up before it has read the body may still have the request."""
    with serving(reset, read_body=False) as served, pytest.raises(SubmissionUnknown):
        asked(
            served, lambda wire: wire.post(wire.url("https://api.fake.example/x"), repeat=False, json="x" * 30_000_000)
        )


def test_a_refused_connection_sent_nothing() -> None:
    """Where nobody listens, the submit certainly never arrived."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        served = Served([answer()], port=taken.getsockname()[1])
    with pytest.raises(NotSubmitted) as refused:
        asked(served, submit)
    assert type(refused.value) is NotSubmitted
    with pytest.raises(OutOfReach):
        asked(served, read)


def test_a_packed_answer_is_unpacked() -> None:
    """A server that packs although it was asked not to has still answered."""
    with serving(answer(200, gzip.compress(b'{"id": "g1"}'), Content_Encoding="gzip")) as served:
        assert asked(served, submit).need("id", kind=str) == "g1"
    assert served.requests[0].headers["accept-encoding"] == "identity"


def test_a_slow_answer_has_an_end() -> None:
    """An answer that drips without end is given up after the limit for the whole of it."""

    def drip(_: Any, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.05)

    started = time.monotonic()
    with serving(drip) as served, pytest.raises(SubmissionUnknown):
        asked(served, submit, limits=Limits(read=1, answer=0.3))
    assert time.monotonic() - started < 2


def test_an_answer_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than any answer can be is a failure, not a full memory."""
    monkeypatch.setattr(requests, "LARGEST_ANSWER", 1000)
    with serving(answer(200, b"[" + b"1," * 1000 + b"1]")) as served, pytest.raises(SubmissionUnknown):
        asked(served, submit)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 406, 409, 413, 422])
def test_what_an_engine_means_by_4xx_is_its_own(status: int) -> None:
    """Statuses of refusal come back as answers, of a submit and of a question, and are not repeated."""
    with serving(answer(status, {"message": "no"})) as served:
        assert asked(served, submit).status == status
        assert asked(served, read).status == status
    assert len(served.requests) == 2


def test_5xx_that_an_engine_gives_a_meaning_is_an_answer() -> None:
    """A failed job that is reported with 504 is not asked for again and again."""
    with serving(answer(504, {"detail": "too slow"})) as served:
        url = "https://api.fake.example/x"
        assert asked(served, lambda wire: wire.get(wire.url(url), accept=(504,))).status == 504
    assert len(served.requests) == 1


def test_every_submit_has_a_connection_of_its_own() -> None:
    """A kept connection that is being closed would make a submit look as if it had arrived."""
    with serving() as served:

        async def twice(wire: Wire) -> None:
            await submit(wire)
            await submit(wire)

        asked(served, twice)
        assert (served.connections, len(served.requests)) == (2, 2)


TOO_MANY = {
    "with Retry-After": answer(429, {"message": "slow down"}, Retry_After="0.2"),
    "with the hint in its body": answer(429, {"errorCode": "concurrency_limit_reached", "retryAfterSeconds": 0.2}),
}


@pytest.mark.parametrize("act", TOO_MANY.values(), ids=TOO_MANY.keys())
def test_429_of_a_submit_says_when_to_come_back(act: Act) -> None:
    """A submit that was turned away did not arrive, and is not repeated here."""
    with serving(act) as served, pytest.raises(RateLimited) as limited:
        asked(served, submit)
    assert (limited.value.retry_after_seconds, len(served.requests)) == (0.2, 1)


@pytest.mark.parametrize("act", TOO_MANY.values(), ids=TOO_MANY.keys())
def test_a_read_waits_as_long_as_it_is_told(act: Act) -> None:
    """What the engine says counts more than our own idea of a pause."""
    with serving(act, answer(503, Retry_After="0.2"), answer(200, {"a": 1})) as served:
        started = time.monotonic()
        asked(served, read)
    assert 0.35 < time.monotonic() - started < 1.5


def test_a_hint_too_far_off_is_handed_on() -> None:
    """An engine that asks for an hour is not waited for inside one question."""
    with serving(answer(429, Retry_After="3600")) as served, pytest.raises(RateLimited) as limited:
        asked(served, read)
    assert (limited.value.retry_after_seconds, len(served.requests)) == (3600, 1)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, b"", 7),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, b"", 30),
        ({"retry-after": "soon"}, b"", None),
        ({"retry-after": "-5"}, b"", 0),
        ({"retry-after": "nan"}, b"", None),
        ({"x-rate-limit-reset-at-utc": "2026-11-21T12:00:10Z"}, b"", 10),
        ({"x-rate-limit-reset-at-utc": "2026-11-21 12:00:10"}, b"", 10),
        ({"x-rate-limit-reset-at-utc": "1795262410"}, b"", 10),
        ({}, b'{"retryAfterSeconds": 12}', 12),
        ({}, b"[]", None),
        ({}, b"<html>", None),
    ],
)
def test_hints_of_every_shape_are_understood(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    """Seconds, dates and moments, in headers and bodies."""
    said = Answer(engine="fake", status=429, headers=headers, body=body)
    assert retry_after(said, now=datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


def test_every_error_of_httpx_has_its_place() -> None:
    """Each is in exactly one of the two tables, itself or through a class above it, and becomes one of ours."""

    def below(kind: type[Exception]) -> list[type[Exception]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    roots: list[type[Exception]] = [httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError]
    named = [value for value in vars(httpx).values() if isinstance(value, type) and issubclass(value, Exception)]
    every = {kind for root in roots for kind in below(root) if kind.__module__.startswith("httpx")}
    assert set(named) <= every
    bare = {httpx.HTTPError, httpx.RequestError, httpx.TransportError, httpx.TimeoutException}
    bare |= {httpx.NetworkError, httpx.ProtocolError}
    for kind in every - bare:
        nothing, may = issubclass(kind, failures.NOTHING_SENT), issubclass(kind, failures.MAY_HAVE_ARRIVED)
        assert (nothing, may) in ((True, False), (False, True)), kind
    for kind in every:
        error = kind.__new__(kind)
        expected = NotSubmitted if issubclass(kind, failures.NOTHING_SENT) else SubmissionUnknown
        assert type(failures.failed(error, engine="fake", repeat=False)) is expected
        assert type(failures.failed(error, engine="fake", repeat=True)) is OutOfReach


def test_a_file_is_streamed_and_its_progress_told(tmp_path: Path) -> None:
    """A file goes out in pieces, with its length, again from its beginning when it is repeated."""
    file = tmp_path / "a.mp4"
    file.write_bytes(bytes(range(256)) * 10_000)
    told: list[float] = []
    with serving(answer(503), answer(200, b"")) as served:

        async def put(wire: Wire) -> None:
            url = wire.url("https://api.fake.example/up")
            await wire.put(url, repeat=True, content=file, headers={"Content-Type": "video/mp4"}, progress=told.append)

        asked(served, put)
    assert [request.body == file.read_bytes() for request in served.requests] == [True, True]
    assert served.requests[1].headers["content-type"] == "video/mp4"
    assert told[-1] == 1.0
    assert told[len(told) // 2 - 1] == 1.0


def test_a_question_may_be_tried_less_often() -> None:
    """What is only nice to know does not hold up what matters."""
    with serving(answer(500)) as served, pytest.raises(OutOfReach):
        asked(served, lambda wire: wire.get(wire.url("https://api.fake.example/x"), tries=1), patience=Patience())
    assert len(served.requests) == 1


def test_answers_must_hold_what_they_should() -> None:
    """A field that is missing or of another kind is unknown after a submit, and to be asked again otherwise."""
    for submitted, kind in ((True, SubmissionUnknown), (False, OutOfReach)):
        said = Answer(engine="fake", status=200, headers={}, body=b'{"a": [{"id": ""}]}', submit=submitted)
        for path in (("b",), ("a", 1), ("a", 0, "id"), ("a",)):
            with pytest.raises(EngineError) as wrong:
                said.need(*path, kind=str)
            assert type(wrong.value) is kind
