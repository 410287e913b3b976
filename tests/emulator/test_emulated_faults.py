from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import burned
from emulated import HOSTED, Client
from reperform.emulator import faults
from reperform.errors import SettingsError

Uploaded = dict[str, tuple[str, str]]


@pytest.fixture
def submitting(client: Client, uploaded: Uploaded) -> Callable[[str], httpx.Response]:
    return lambda engine: client.submit(engine, client.body(engine, *uploaded[engine]))


@pytest.mark.parametrize("engine", HOSTED)
@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_says_nothing_of_whether_the_job_was_taken(
    engine: str, kind: str, accepted: int, client: Client, submitting: Callable[[str], httpx.Response]
) -> None:
    """The socket is closed without an answer, or reset: before acceptance nothing is billed, after it the job runs on."""
    before = client.bills()
    client.emulator.fault(engine, "submit", kind)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        submitting(engine)
    assert client.bills() - before == accepted
    assert submitting(engine).is_success


@pytest.mark.parametrize("engine", HOSTED)
@pytest.mark.parametrize(("kind", "accepted"), [("503", 0), ("503_after", 1), ("garbage", 0), ("garbage_after", 1)])
def test_a_failing_answer_says_nothing_of_whether_the_job_was_taken(
    engine: str, kind: str, accepted: int, client: Client, submitting: Callable[[str], httpx.Response]
) -> None:
    """A 5xx and garbage come with and without a job behind them."""
    before = client.bills()
    client.emulator.fault(engine, "submit", kind)
    answer = submitting(engine)
    if kind.startswith("503"):
        assert answer.status_code == 503
    else:
        with pytest.raises(ValueError):
            answer.json()
    assert client.bills() - before == accepted


REFUSALS = [
    ("sync", "429", 429, "rate_limit_exceeded"),
    ("sync", "429_concurrency", 429, "retryAfterSeconds"),
    ("sync", "402", 402, "account_payment_required"),
    ("sync", "500", 500, "internal_error"),
    ("runware", "429", 429, '"errors"'),
    ("runware", "429_concurrency", 429, "concurrentRateLimitExceeded"),
    ("runware", "429_array", 429, '[{"code"'),
    ("runware", "429_single", 429, '{"error":'),
    ("runware", "402", 402, "insufficientCredits"),
    ("runware", "401", 401, "invalidApiKey"),
    ("segmind", "429", 429, "Rate limit"),
    ("segmind", "406", 406, "Insufficient Credits"),
    ("segmind", "410", 410, "retired"),
    ("fal", "429", 429, "concurrent_requests_limit"),
    ("fal", "403", 403, "Forbidden"),
    ("fal", "504", 504, "request_timeout"),
]


@pytest.mark.parametrize(("engine", "kind", "status", "said"), REFUSALS, ids=[f"{row[0]} {row[1]}" for row in REFUSALS])
def test_a_refusal_has_its_engines_shape(
    engine: str, kind: str, status: int, said: str, client: Client, submitting: Callable[[str], httpx.Response]
) -> None:
    """Each engine refuses in its own words, once, and takes the next request."""
    client.emulator.fault(engine, "submit", kind)
    answer = submitting(engine)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert submitting(engine).is_success


def test_hints_come_where_each_engine_puts_them(client: Client, submitting: Callable[[str], httpx.Response]) -> None:
    """Segmind says when a limit is over and has no Retry-After; fal says that a retry is needed; Sync counts jobs."""
    client.emulator.fault("segmind", "submit", "429", value="7")
    client.emulator.fault("fal", "submit", "429")
    client.emulator.fault("sync", "submit", "429", value="3")
    limited = submitting("segmind").headers
    assert ("x-rate-limit-reset-at-utc" in limited, "retry-after" in limited) == (True, False)
    assert submitting("fal").headers["x-fal-needs-retry"] == "1"
    assert submitting("sync").headers["retry-after"] == "3"


SHAPES = [("short", "3", 22), ("long", "2", 27), ("rate", "50", 50), ("frozen", None, 25), ("raster", "120", 25)]


@pytest.mark.parametrize(("kind", "value", "frames"), SHAPES, ids=[row[0] for row in SHAPES])
def test_a_result_can_be_another_than_was_asked_for(
    kind: str, value: str | None, frames: int, client: Client, uploaded: Uploaded, tmp_path: Path
) -> None:
    """Frames short or long, another rate, another raster, a frozen picture: real media each time."""
    client.emulator.fault("fal", "result", kind, value=value)
    identity = client.finished("fal", client.body("fal", *uploaded["fal"]))
    said = client.result("fal", identity).json()["video"]
    numbers = burned.numbers(client.download("fal", identity, tmp_path / "result.mp4"))
    assert (len(numbers), said["num_frames"], said["height"]) == (frames, frames, 120 if kind == "raster" else 90)
    assert (set(numbers) == {0}) == (kind == "frozen")


def test_a_black_result_is_black(client: Client, uploaded: Uploaded, tmp_path: Path) -> None:
    """Black is what an engine's failure often looks like."""
    client.emulator.fault("segmind", "result", "black")
    identity = client.finished("segmind", client.body("segmind", *uploaded["segmind"]))
    result = client.download("segmind", identity, tmp_path / "result.mp4")
    assert max(float(picture.mean()) for picture in burned.pictures(result)) < 40


ENDS = {
    "failed": {"sync": "FAILED", "runware": "error", "segmind": "FAILED", "fal": "COMPLETED"},
    "failed_temporary": {"sync": "FAILED", "runware": "error", "segmind": "FAILED", "fal": "COMPLETED"},
    "content_block": {"sync": "REJECTED", "runware": "error", "segmind": "FAILED", "fal": "COMPLETED"},
}
WORDS = {
    ("failed", "sync"): "generation_pipeline_failed",
    ("failed", "runware"): "inferenceError",
    ("failed", "segmind"): "inference failed",
    ("failed", "fal"): "internal_server_error",
    ("failed_temporary", "sync"): "generation_infra_resource_exhausted",
    ("failed_temporary", "runware"): "noAvailableServer",
    ("failed_temporary", "segmind"): "temporarily unavailable",
    ("failed_temporary", "fal"): "downstream_service_unavailable",
    ("content_block", "sync"): "content moderation",
    ("content_block", "runware"): "providerContentPolicyViolation",
    ("content_block", "segmind"): "content moderation",
    ("content_block", "fal"): "content_policy_violation",
}


@pytest.mark.parametrize("engine", HOSTED)
@pytest.mark.parametrize("kind", ENDS)
def test_a_job_that_fails_ends_in_its_engines_words_and_is_not_billed(
    kind: str, engine: str, client: Client, uploaded: Uploaded
) -> None:
    """Sync REJECTED, Segmind 422, fal COMPLETED with an error, Runware an item's error."""
    before = client.bills()
    client.emulator.fault(engine, "poll", kind)
    identity = client.identity(engine, client.submit(engine, client.body(engine, *uploaded[engine])))
    states = client.states(engine, identity)
    assert (states[-1], "PROCESSING" in states and states[-1] == "REJECTED") == (ENDS[kind][engine], False)
    result = client.result(engine, identity)
    assert WORDS[kind, engine] in result.text
    assert result.status_code in {"sync": (200,), "runware": (200,), "segmind": (422,), "fal": (422, 500)}[engine]
    assert client.bills() == before


@pytest.mark.parametrize("engine", HOSTED)
def test_an_expired_record_is_gone_for_good(engine: str, client: Client, uploaded: Uploaded) -> None:
    """404 from then on, although it was billed."""
    identity = client.finished(engine, client.body(engine, *uploaded[engine]))
    client.emulator.fault(engine, "poll", "expired")
    assert [client.poll(engine, identity).status_code for _ in range(2)] == [404, 404]


@pytest.fixture(scope="module")
def done(shared_client: Client, uploaded: Uploaded) -> str:
    """The address of a result of Sync's."""
    return shared_client.address("sync", shared_client.finished("sync", shared_client.body("sync", *uploaded["sync"])))


def test_a_truncated_download_ends_before_its_length_and_goes_on_by_range(client: Client, done: str) -> None:
    """The connection is closed half way; a range gives exactly the rest."""
    whole = client.http.get(done).content
    client.emulator.fault("sync", "download", "truncated")
    got = b""
    with pytest.raises(httpx.RemoteProtocolError), client.http.stream("GET", done) as answer:
        for block in answer.iter_raw():
            got += block
    assert 0 < len(got) < len(whole)
    rest = client.http.get(done, headers={"Range": f"bytes={len(got)}-"})
    assert (rest.status_code, rest.headers["content-range"]) == (206, f"bytes {len(got)}-{len(whole) - 1}/{len(whole)}")
    assert got + rest.content == whole


def test_downloads_go_wrong_in_their_own_ways(client: Client, done: str) -> None:
    """Slow, cut without a word, a range ignored, a page in place of a file."""
    whole = client.http.get(done).content
    started = time.monotonic()
    client.emulator.fault("sync", "download", "slow", value="0.3")
    assert (client.http.get(done).content, time.monotonic() - started > 0.25) == (whole, True)
    client.emulator.fault("sync", "download", "short_file")
    assert len(client.http.get(done).content) == len(whole) // 2
    client.emulator.fault("sync", "download", "ignores_range")
    assert client.http.get(done, headers={"Range": "bytes=100-"}).status_code == 200
    client.emulator.fault("sync", "download", "html")
    assert client.http.get(done).headers["content-type"].startswith("text/html")


def test_an_expired_address_is_refused_as_storage_does(client: Client, uploaded: Uploaded) -> None:
    """403 in XML from then on; a wrong signature is refused as well."""
    identity = client.finished("sync", client.body("sync", *uploaded["sync"]))
    address = client.address("sync", identity)
    assert client.http.get(address[:-4] + "0000").status_code == 403
    client.emulator.fault("sync", "download", "expired")
    answers = [client.http.get(address) for _ in range(2)]
    assert [(answer.status_code, "Request has expired" in answer.text) for answer in answers] == [(403, True)] * 2


@pytest.mark.parametrize("engine", HOSTED)
def test_answers_can_lead_elsewhere(engine: str, client: Client, uploaded: Uploaded) -> None:
    """A redirect to another host, addresses on a private network or another host: for clients to see through."""
    identity = client.finished(engine, client.body(engine, *uploaded[engine]))
    client.emulator.fault(engine, "poll", "redirect")
    moved = client.poll(engine, identity)
    assert (moved.status_code, moved.headers["location"].startswith(client.emulator.world.stranger)) == (307, True)
    phase = "poll" if engine in ("sync", "runware") else "result"
    client.emulator.fault(engine, phase, "private_address")
    assert "http://169.254.169.254/" in client.result(engine, identity).text
    client.emulator.fault(engine, phase, "stranger_address")
    assert client.emulator.world.stranger in client.result(engine, identity).text


def test_a_key_that_reaches_another_host_is_written_down(started: Any, video: Path) -> None:
    """A client that follows a redirect with its key has leaked it; so has one that sends it to storage."""
    client = started()
    client.http.get(f"{client.emulator.world.stranger}/x", headers=client.headers("sync"))
    place = client.upload("segmind", video)
    client.http.get(place, headers=client.headers("segmind"))
    assert [(leak.place == "another host", leak.header) for leak in client.emulator.leaks] == [
        (True, "x-api-key"),
        (False, "x-api-key"),
    ]


def test_a_clock_can_be_wrong(client: Client, submitting: Callable[[str], httpx.Response]) -> None:
    """The Date header and the record's time are both an hour behind."""
    client.emulator.fault("sync", "submit", "clock_skew", value="-3600")
    answer = submitting("sync")
    date = email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(date + 3600 - time.time()) < 5
    assert answer.json()["createdAt"][:13] != time.strftime("%Y-%m-%dT%H", time.gmtime())


def test_faults_wait_their_turn(client: Client, submitting: Callable[[str], httpx.Response]) -> None:
    """One after two that pass, twice; then nothing more."""
    client.emulator.fault("fal", "submit", "500", 2, after=2)
    assert [submitting("fal").status_code for _ in range(5)] == [200, 200, 500, 500, 200]


PARSED = [
    ("fal:poll:500:3", faults.Fault(engine="fal", phase="poll", kind="500", times=3)),
    ("sync:result:short=2", faults.Fault(engine="sync", phase="result", kind="short", value="2")),
    ("runware:submit:429_array:*", faults.Fault(engine="runware", phase="submit", kind="429_array", times=None)),
]


@pytest.mark.parametrize(("text", "fault"), PARSED, ids=[text for text, _ in PARSED])
def test_a_fault_is_written_as_one_word(text: str, fault: faults.Fault) -> None:
    """ENGINE:PHASE:KIND[=VALUE][:TIMES]."""
    assert faults.parse(text) == fault


@pytest.mark.parametrize(
    "text", ["fal", "fal:poll", "fal:poll:x", "fox:poll:500", "fal:sleep:500", "fal:poll:short", "fal:poll:500:x"]
)
def test_what_is_no_fault_is_refused(text: str) -> None:
    """With the names that there are."""
    with pytest.raises(SettingsError):
        faults.parse(text)
