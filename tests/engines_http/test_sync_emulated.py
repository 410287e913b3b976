"""Sync's engine against the emulator: whatever goes wrong in whichever phase, one result, billed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from burned import numbers
from engines_http.served import QUICK
from engines_wire.orders import segment
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines import sync
from reperform.engines.base import Connection, Finished, JobOrder, Prepared
from reperform.engines.sync import SyncEngine
from reperform.errors import EngineError, NotSubmitted, Rejected, SubmissionUnknown

RATE = Fraction(24)
FRAMES = 24


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "_LONGEST_PAUSE", 0.05)


def ordered(model: str = "react-1", **options: str) -> JobOrder:
    return JobOrder(
        model=model, rate=RATE, frames=FRAMES, seconds=Fraction(1), width=320, height=180,
        segments=(segment("0.25", "0.75"),), options=options,
    )  # fmt: skip


async def _carried(engine: SyncEngine, prepared: Prepared, order: JobOrder, into: Path) -> Finished:
    """As a run does it: a submit of unknown fate is reconciled, and sent again only where it is not there."""
    addresses = await engine.upload(prepared, order, lambda *_: None)
    sent = datetime.now(UTC)
    while True:
        try:
            submitted = await engine.submit(prepared, order, addresses)
        except NotSubmitted:
            continue
        except SubmissionUnknown:
            found = await engine.reconcile(prepared.attempt_id, sent_at=sent)
            if found is None:
                continue
            submitted = found
        break
    finished = await engine.wait(submitted, lambda *_: None)
    await engine.fetch(finished.outputs[0], into)
    return finished


def carried(emulator: Emulator, media: Path, into: Path, order: JobOrder | None = None) -> Finished:
    async def run() -> Finished:
        engine = SyncEngine()
        engine.patience, engine.poll_seconds = QUICK, 0.05
        await engine.open(Connection(base_url=emulator.base_url, credentials=Secret(emulator.key("sync"))))
        prepared = Prepared(attempt_id="attempt-1", folder=media, video=media / "v.mp4", audio=media / "a.wav")
        try:
            return await _carried(engine, prepared, order or ordered(), into)
        finally:
            await engine.aclose()

    return anyio.run(run)


@pytest.mark.parametrize(
    "order",
    [ordered(), ordered(upload="multipart"), ordered("sync-3"), ordered("lipsync-2")],
    ids=["react-1", "react-1 multipart", "sync-3 with segments", "lipsync-2"],
)
def test_a_job_is_performed(order: JobOrder, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Each model: real media comes back, frame for frame, with its cost; the key went nowhere else."""
    finished = carried(emulator, media, tmp_path / "r.mp4", order)
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES
    (bill,) = emulator.billed
    assert (bill.request, bill.model) == ("attempt-1", order.model)
    assert finished.cost_usd == pytest.approx(bill.usd)
    assert emulator.leaks == []


FAULTS = [
    *[("submit", kind) for kind in ("drop_before", "drop_after", "500", "500_after", "502_after", "504_after")],
    *[("submit", kind) for kind in ("garbage", "garbage_after", "other_json", "html", "429", "429_concurrency")],
    *[("upload", kind) for kind in ("drop_before", "drop_after", "503", "429", "garbage")],
    *[("poll", kind) for kind in ("drop_before", "drop_after", "500", "garbage", "html", "429", "truncated")],
    *[("download", kind) for kind in ("drop_before", "503", "truncated", "ignores_range")],
]


@pytest.mark.parametrize(("phase", "kind"), FAULTS, ids=[f"{kind} at {phase}" for phase, kind in FAULTS])
def test_a_fault_costs_nothing_and_loses_nothing(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """One result, complete, and one bill."""
    value = "0.05" if kind.startswith("429") else None
    emulator.fault("sync", phase, kind, value=value)
    carried(emulator, media, tmp_path / "r.mp4")
    assert len(numbers(tmp_path / "r.mp4")) == FRAMES
    assert [bill.request for bill in emulator.billed] == ["attempt-1"]


def test_a_rejected_job_is_refused_and_not_billed(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """It never ran."""
    emulator.fault("sync", "submit", "rejected")
    with pytest.raises(Rejected):
        carried(emulator, media, tmp_path / "r.mp4")
    assert emulator.billed == []


ASTRAY = [("submit", "stranger_address"), ("poll", "stranger_address"), ("upload", "stranger_address")]


@pytest.mark.parametrize(("phase", "kind"), [*ASTRAY, ("poll", "private_address")])
def test_an_answer_cannot_lead_us_astray(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """No other host gets the key, and nothing private is asked, whatever addresses an answer holds."""
    emulator.fault("sync", phase, kind, times=None)
    try:
        carried(emulator, media, tmp_path / "r.mp4")
    except EngineError:
        assert not (tmp_path / "r.mp4").exists()
    assert emulator.leaks == []
