"""Downloads: complete or not at all, gone on from where they broke off."""

from __future__ import annotations

import re
import socket
import tracemalloc
from pathlib import Path
from typing import Any

import anyio
import pytest

from engines_http.served import KEY, Act, Request, Served, answer, drop, hang_up, head, serving
from reperform.errors import EngineError, Expired, OutOfReach

RESULT = bytes(range(256)) * 4000


def fetch(served: Served, into: Path, *, url: str | None = None, **rest: Any) -> None:
    async def talk() -> None:
        async with served.wire() as wire:
            await wire.download(url or wire.url("https://api.fake.example/r.mp4"), into, **rest)

    anyio.run(talk)


def ranged(*, broken_after: int | None = None, tag: str = '"one"', content: bytes = RESULT) -> Act:
    """A file server that knows ranges, and may break off."""

    def act(request: Request, connection: socket.socket) -> None:
        found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        start = int(found[1]) if found and request.headers.get("if-range") == tag else 0
        rest = content[start:]
        said = {"ETag": tag}
        if start:
            said["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        connection.sendall(head(206 if start else 200, len(rest), **said))
        connection.sendall(rest if broken_after is None else rest[:broken_after])
        if broken_after is not None:
            hang_up(connection)

    return act


def test_a_result_is_fetched_whole(tmp_path: Path) -> None:
    """What is served is what stands in the file."""
    with serving(ranged()) as served:
        fetch(served, tmp_path / "r.mp4", expected_bytes=len(RESULT))
    assert (tmp_path / "r.mp4").read_bytes() == RESULT


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    """Bytes that have come are not fetched again; as long as it grows it goes on, however often it breaks."""
    with serving(*[ranged(broken_after=100_000)] * 8, ranged()) as served:
        fetch(served, tmp_path / "r.mp4")
    assert (tmp_path / "r.mp4").read_bytes() == RESULT
    assert [request.headers.get("range") for request in served.requests[:3]] == [
        None,
        "bytes=100000-",
        "bytes=200000-",
    ]


def test_a_file_that_changed_is_begun_again(tmp_path: Path) -> None:
    """Two halves of two files are no file."""
    other = bytes(reversed(RESULT))
    with serving(ranged(broken_after=5000), ranged(tag='"two"', content=other)) as served:
        fetch(served, tmp_path / "r.mp4")
    assert (tmp_path / "r.mp4").read_bytes() == other


def test_a_server_without_ranges_is_begun_again(tmp_path: Path) -> None:
    """Where nothing tells that the file is the same, nothing is gone on with."""

    def short(_: Request, connection: socket.socket) -> None:
        connection.sendall(head(200, len(RESULT)) + RESULT[:5000])
        hang_up(connection)

    with serving(short, answer(200, RESULT)) as served:
        fetch(served, tmp_path / "r.mp4")
    assert (tmp_path / "r.mp4").read_bytes() == RESULT
    assert "range" not in served.requests[1].headers


UNFIT = {
    "always cut short": ranged(broken_after=0),
    "hangs up": drop,
    "500": answer(500),
    "429": answer(429),
    "pieces that do not fit": answer(206, RESULT[:10], Content_Range="bytes 7-16/100"),
    "empty": answer(200, b""),
    "shorter than promised": answer(200, RESULT[:-1]),
    "gone": answer(404),
    "no longer signed": answer(410),
    "packed": answer(200, RESULT, Content_Encoding="gzip"),
}


@pytest.mark.parametrize("act", UNFIT.values(), ids=UNFIT.keys())
def test_what_is_not_complete_is_not_there(act: Act, tmp_path: Path) -> None:
    """Whatever went wrong, no part of a file is left."""
    with serving(act) as served, pytest.raises(EngineError):
        fetch(served, tmp_path / "r.mp4", expected_bytes=len(RESULT))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_expired_at_once(status: int, tmp_path: Path) -> None:
    """An address that ran out is not asked again."""
    with serving(answer(status)) as served, pytest.raises(Expired):
        fetch(served, tmp_path / "r.mp4")
    assert len(served.requests) == 1


def test_results_are_fetched_without_the_key(tmp_path: Path) -> None:
    """Nobody keeps results behind it; where it is wanted it goes to the engine's own hosts only."""
    with serving(answer(200, RESULT)) as served, serving(answer(200, RESULT)) as storage:
        fetch(served, tmp_path / "r.mp4")
        fetch(served, tmp_path / "r.mp4", auth=True)
        with pytest.raises(EngineError):
            fetch(served, tmp_path / "r.mp4", url=f"{storage.base_url}/r.mp4", auth=True)
    assert [KEY in request.headers.values() for request in served.requests] == [False, True]
    assert storage.requests == []


def test_403_without_a_key_is_an_address_that_ran_out(tmp_path: Path) -> None:
    """Storage answers an old signature with 403."""
    with serving() as base, serving(answer(403, b"<Error>expired</Error>")) as storage, pytest.raises(Expired):
        fetch(base, tmp_path / "r.mp4", url=f"{storage.base_url}/r.mp4?sig=1")


def test_a_redirect_is_followed_without_the_key(tmp_path: Path) -> None:
    """The engine's own host gets the key; where it sends us to does not, also when that is the same host."""
    with serving(answer(200, RESULT)) as storage:
        with serving(answer(302, Location=f"{storage.base_url}/real?sig=1")) as served:
            fetch(served, tmp_path / "r.mp4", auth=True)
        assert [KEY in request.headers.values() for request in (*served.requests, *storage.requests)] == [True, False]
    assert (tmp_path / "r.mp4").read_bytes() == RESULT


@pytest.mark.parametrize(
    "target", ["https://10.0.0.1/x", "http://cdn.example/x", "file:///etc/passwd", "https://u:p@x.example/"]
)
def test_a_redirect_cannot_lead_inside(target: str, tmp_path: Path) -> None:
    """Each hop is looked at as the first one was."""
    with serving(answer(302, Location=target)) as served, pytest.raises(EngineError):
        fetch(served, tmp_path / "r.mp4")
    assert len(served.requests) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_where_a_redirect_leads_may_come_yet(status: int, tmp_path: Path) -> None:
    """Another host's word is not the engine's: the result is not gone, and is asked for again."""
    with (
        serving(answer(status)) as elsewhere,
        serving(answer(302, Location=f"{elsewhere.base_url}/x")) as served,
        pytest.raises(OutOfReach) as raised,
    ):
        fetch(served, tmp_path / "r.mp4")
    assert "reperform resume" in (raised.value.fix or "")


def test_a_redirect_within_the_engine_can_say_that_it_is_gone(tmp_path: Path) -> None:
    """Its own host's word counts, wherever it was asked first."""
    with serving(answer(302, Location="/gone"), answer(404)) as served, pytest.raises(Expired):
        fetch(served, tmp_path / "r.mp4")


def test_a_circle_of_redirects_ends(tmp_path: Path) -> None:
    """It is an error, soon."""
    with serving(answer(302, Location="/r.mp4")) as served, pytest.raises(EngineError, match="circles"):
        fetch(served, tmp_path / "r.mp4")
    assert len(served.requests) < 10


def test_memory_does_not_grow_with_the_result(tmp_path: Path) -> None:
    """Sixty megabytes pass through a few."""
    piece = bytes(1_000_000)

    def large(_: Request, connection: socket.socket) -> None:
        connection.sendall(head(200, 60 * len(piece)))
        for _piece in range(60):
            connection.sendall(piece)

    with serving(large) as served:
        tracemalloc.start()
        fetch(served, tmp_path / "r.mp4")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (tmp_path / "r.mp4").stat().st_size == 60 * len(piece)
    assert peak < 12_000_000


def test_out_of_reach_is_said_as_such(tmp_path: Path) -> None:
    """It may be tried again later: nothing is lost."""
    with serving(drop) as served, pytest.raises(OutOfReach):
        fetch(served, tmp_path / "r.mp4")
