"""fal's engine against the emulator: whatever goes wrong in whichever phase, one result, billed once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from burned import numbers
from engines_http.served import QUICK
from engines_wire.orders import segment
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines import _fal_storage
from reperform.engines.base import Connection, Finished, JobOrder, Prepared, Submitted
from reperform.engines.fal import FalEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    NotSubmitted,
    RateLimited,
    Rejected,
    SubmissionUnknown,
)

RATE = Fraction(24)
FRAMES = 24
MODEL = "fal-ai/sync-lipsync/react-1"
Given = TypeVar("Given")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def ordered(**options: str) -> JobOrder:
    return JobOrder(
        model=MODEL, rate=RATE, frames=FRAMES, seconds=Fraction(1), width=320, height=180,
        segments=(segment("0.25", "0.75", emotion="sad"),), options=options,
    )  # fmt: skip


def prepared(media: Path) -> Prepared:
    return Prepared(attempt_id="attempt-1", folder=media, video=media / "v.mp4", audio=media / "a.wav")


def opened(emulator: Emulator, act: Callable[[FalEngine], Awaitable[Given]], key: str | None = None) -> Given:
    """What comes of it with an engine that is open."""

    async def run() -> Given:
        engine = FalEngine()
        engine.patience, engine.poll_seconds = QUICK, 0.05
        secret = Secret(key or emulator.key("fal"))
        await engine.open(Connection(base_url=emulator.base_url, credentials=secret))
        try:
            return await act(engine)
        finally:
            await engine.aclose()

    return anyio.run(run)


async def submitted(engine: FalEngine, media: Path, order: JobOrder | None = None) -> Submitted:
    addresses = await engine.upload(prepared(media), ordered(), lambda *_: None)
    return await engine.submit(prepared(media), order or ordered(), addresses)


async def _carried(engine: FalEngine, media: Path, into: Path, said: list[str]) -> Finished:
    """As a run does it; a submit of unknown fate is sent again only where the list of requests does not have it."""
    addresses = await engine.upload(prepared(media), ordered(), lambda *_: None)
    sent = datetime.now(UTC)
    while True:
        try:
            job = await engine.submit(prepared(media), ordered(), addresses)
        except NotSubmitted:
            continue
        except SubmissionUnknown:
            found = await engine.reconcile("attempt-1", sent_at=sent)
            if found is None:
                continue
            job = found
        break
    finished = await engine.wait(job, lambda text, _: said.append(text))
    await engine.fetch(finished.outputs[0], into)
    return finished


def carried(emulator: Emulator, media: Path, into: Path, said: list[str] | None = None) -> Finished:
    return opened(emulator, lambda engine: _carried(engine, media, into, [] if said is None else said))


def test_a_job_is_performed(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Real media comes back, frame for frame, with its facts and its cost; the log is shown; the key went nowhere else."""
    said: list[str] = []
    finished = carried(emulator, media, tmp_path / "r.mp4", said)
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES
    (bill,) = emulator.billed
    assert finished.cost_usd == pytest.approx(bill.usd, abs=0.0001)
    facts = finished.outputs[0].facts
    assert (facts["num_frames"], facts["fps"], facts["duration"]) == (FRAMES, 24.0, 1.0)
    assert "Performing" in said
    assert emulator.leaks == []


def test_a_large_file_goes_up_in_parts(
    emulator: Emulator, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part has its tag, a part that failed is sent again, and what arrives is the file."""
    monkeypatch.setattr(_fal_storage, "LARGEST_SINGLE", 10_000)
    monkeypatch.setattr(_fal_storage, "PART", 40_000)
    emulator.fault("fal", "upload", "503", after=4)
    carried(emulator, media, tmp_path / "r.mp4")
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES
    assert sum("/multipart/" in seen.path and seen.method == "PUT" for seen in emulator.world.seen) >= 3
    assert emulator.leaks == []


FAULTS = [
    *[("submit", kind) for kind in ("drop_before", "drop_after", "500_after", "garbage_after", "other_json", "429")],
    *[("upload", kind) for kind in ("drop_after", "503", "garbage")],
    *[("poll", kind) for kind in ("drop_before", "500", "garbage", "429", "410")],
    *[("result", kind) for kind in ("drop_before", "504", "html", "429", "400")],
    *[("download", kind) for kind in ("503", "truncated")],
]


@pytest.mark.parametrize(("phase", "kind"), FAULTS, ids=[f"{kind} at {phase}" for phase, kind in FAULTS])
def test_a_fault_costs_nothing_and_loses_nothing(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """One result, complete, and one bill. What is not tried again by itself goes on when it is asked for again."""
    value = "0.05" if kind == "429" else None
    emulator.fault("fal", phase, kind, value=value)
    if (phase, kind) == ("result", "400"):
        with pytest.raises(NotSubmitted):
            carried(emulator, media, tmp_path / "r.mp4")
        return
    carried(emulator, media, tmp_path / "r.mp4")
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES
    assert len(emulator.billed) == 1


@pytest.mark.parametrize(
    ("kind", "error", "temporary", "billed"),
    [
        ("failed", JobFailed, False, False),
        ("failed_temporary", JobFailed, True, False),
        ("content_block", Rejected, None, None),
    ],
)
def test_a_failed_job_says_how(
    kind: str, error: type[EngineError], temporary: bool | None, billed: bool | None, emulator: Emulator, media: Path
) -> None:
    """COMPLETED with an error: what stands in the result's place says whether it may succeed later, and was billed."""
    emulator.fault("fal", "submit", kind)
    with pytest.raises(error) as caught:
        opened(emulator, lambda engine: _waited(engine, media))
    assert (getattr(caught.value, "temporary", None), getattr(caught.value, "billed", None)) == (temporary, billed)
    assert caught.value.cause
    assert "http" not in caught.value.cause


async def _waited(engine: FalEngine, media: Path) -> Finished:
    return await engine.wait(await submitted(engine, media), lambda *_: None)


def test_the_gateways_trouble_is_not_the_jobs(emulator: Emulator, media: Path) -> None:
    """A gateway's error in the place of a failed job's result does not change how the job failed."""
    emulator.fault("fal", "submit", "content_block")
    emulator.fault("fal", "result", "504")
    with pytest.raises(Rejected, match="does not take"):
        opened(emulator, lambda engine: _waited(engine, media))


def test_what_the_queue_forgot_stands_in_the_list(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """The queue keeps a record for minutes: the list of requests still knows where the result is."""
    emulator.fault("fal", "result", "expired")
    carried(emulator, media, tmp_path / "r.mp4")
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES


def test_what_is_gone_is_expired(emulator: Emulator, media: Path) -> None:
    """Neither the queue nor the list has it."""
    emulator.fault("fal", "poll", "expired", times=None)
    emulator.fault("fal", "reconcile", "403", times=None)
    with pytest.raises(Expired):
        opened(emulator, lambda engine: _waited(engine, media))


def test_who_may_not_and_who_has_to_wait(emulator: Emulator, media: Path) -> None:
    """A wrong key, an empty balance, too many requests."""
    with pytest.raises(AccessRefused, match="key"):
        opened(emulator, lambda engine: submitted(engine, media), key="wrong")
    emulator.fault("fal", "submit", "402")
    with pytest.raises(AccessRefused, match="balance"):
        opened(emulator, lambda engine: submitted(engine, media))
    emulator.fault("fal", "submit", "429", value="7")
    with pytest.raises(RateLimited) as caught:
        opened(emulator, lambda engine: submitted(engine, media))
    assert caught.value.retry_after_seconds == 7


def test_options_go_into_query_and_headers(emulator: Emulator, media: Path) -> None:
    """The queue takes them there; one that it does not take is refused by it, which shows that it arrived."""
    order = ordered(priority="low", **{"X-Fal-Queue-Priority": "low", "X-Fal-Request-Timeout": "60"})
    assert opened(emulator, lambda engine: submitted(engine, media, order)).remote_id
    full = ordered(fal_max_queue_length="1")

    async def twice(engine: FalEngine) -> None:
        for _ in range(3):
            await submitted(engine, media, full)

    emulator.world.conduct = type(emulator.world.conduct)(queue_seconds=5)
    with pytest.raises(RateLimited):
        opened(emulator, twice)


def test_a_job_is_cancelled_once(emulator: Emulator, media: Path) -> None:
    """It is let go of, and stays so when that is asked for again; one that is not there cannot be said to have stopped."""

    async def act(engine: FalEngine) -> tuple[bool, bool, bool]:
        job = await submitted(engine, media)
        missing = Submitted(remote_id="00000000-0000-0000-0000-000000000000")
        return await engine.cancel(job), await engine.cancel(job), await engine.cancel(missing)

    emulator.world.conduct = type(emulator.world.conduct)(run_seconds=5)
    assert opened(emulator, act) == (True, True, False)
    assert emulator.billed == []


@pytest.mark.parametrize("restarted", [False, True], ids=["by its address", "by its name, after a restart"])
def test_a_job_is_found_by_its_video(restarted: bool, emulator: Emulator, media: Path) -> None:
    """The list shows what was sent; another attempt's is not taken for it."""
    moment = datetime.now(UTC)

    async def act(engine: FalEngine) -> tuple[str, Submitted | None, Submitted | None]:
        job = await submitted(engine, media)
        asked = await _reopened(emulator, engine) if restarted else engine
        try:
            found = await asked.reconcile("attempt-1", sent_at=moment)
            other = await asked.reconcile("attempt-2", sent_at=moment)
            late = await asked.reconcile("attempt-1", sent_at=moment + timedelta(hours=1))
            assert late is None
        finally:
            if restarted:
                await asked.aclose()
        return job.remote_id, found, other

    remote_id, found, other = opened(emulator, act)
    assert found is not None
    assert (found.remote_id, other) == (remote_id, None)


async def _reopened(emulator: Emulator, engine: FalEngine) -> FalEngine:
    again = FalEngine()
    again.patience = QUICK
    await again.open(engine.connection)
    return again


@pytest.mark.parametrize("kind", ["403", "500", "garbage", "other_json"])
def test_a_list_that_cannot_be_had_leaves_it_unknown(kind: str, emulator: Emulator, media: Path) -> None:
    """Then nobody says that it did not arrive."""

    async def act(engine: FalEngine) -> Submitted | None:
        await submitted(engine, media)
        return await engine.reconcile("attempt-1", sent_at=datetime.now(UTC))

    emulator.fault("fal", "reconcile", kind, times=None)
    with pytest.raises(SubmissionUnknown):
        opened(emulator, act)


def test_fal_estimates_by_its_own_price(emulator: Emulator) -> None:
    """The price of today, by the second."""
    assert opened(emulator, lambda engine: engine.estimate(ordered())) == pytest.approx(10 / 60)


ASTRAY = [(phase, "stranger_address") for phase in ("submit", "poll", "result", "upload")]


@pytest.mark.parametrize(("phase", "kind"), [*ASTRAY, ("submit", "private_address"), ("result", "private_address")])
def test_an_answer_cannot_lead_us_astray(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """No other host gets the key or the token, and nothing private is asked, whatever addresses an answer holds."""
    emulator.fault("fal", phase, kind, times=None)
    try:
        carried(emulator, media, tmp_path / "r.mp4")
    except EngineError:
        assert not (tmp_path / "r.mp4").exists()
    else:
        assert len(emulator.billed) == 1
    assert emulator.leaks == []
    assert not any("multipart" in line or "files/upload" in line for line in emulator.world.strangers)
