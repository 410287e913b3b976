"""Runware against the emulated service: whole attempts, faults, identities."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from burned import numbers
from engines_http.emulated_kit import FRAMES, ordered
from engines_http.runware_kit import REACT_1, SYNC_3, attempt
from engines_wire.orders import segment
from reperform.emulator import Emulator
from reperform.engines.base import JobOrder
from reperform.errors import (
    AccessRefused,
    SubmissionUnknown,
)

ENGINE = "runware"

ORDERS = {
    "react-1": ordered(REACT_1),
    "react-1 inside the submit": ordered(REACT_1, upload="inline"),
    "react-1 as QuickTime": ordered(REACT_1, outputFormat="MOV", outputQuality="80", ttl="600"),
    "react-1 with every field": ordered(
        REACT_1,
        segment(sync="remap", region="head", emotion="sad", temperature=0.7, speaker="auto", occlusion=True),
        options={"safety.checkContent": "on", "safety.mode": "full"},
    ),
    "sync-3 with a segment": ordered(SYNC_3),
    "sync-3 with two segments": ordered(SYNC_3, segment("0.1", "0.4"), segment("0.5", "0.9")),
    "sync-3 with two segments inside the submit": ordered(
        SYNC_3, segment("0.1", "0.4"), segment("0.5", "0.9"), upload="inline"
    ),
    "sync-3 with a point": ordered(SYNC_3, segment("0.1", "0.9", speaker=(160, 90), region="lips", emotion="happy")),
    "sync-3 with a line": ordered(SYNC_3, segment(line="No.", speech_voice="Rachel"), options={"tts.stability": "0.4"}),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_job_is_performed(order: JobOrder, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Real media comes back, frame for frame, with its cost and seed; the key went nowhere else; nothing lies about."""
    done = attempt(emulator, media, tmp_path, order)
    finished = done.carried()
    assert len(numbers(done.result())) == FRAMES
    (bill,) = emulator.billed
    assert (bill.request, bill.model, done.submits) == (done.identity, order.model, 1)
    assert finished.cost_usd == pytest.approx(bill.usd)
    assert {"id", "seed", "videoUUID"} <= set(finished.outputs[0].facts)
    assert emulator.leaks == []
    assert list(tmp_path.iterdir()) == [done.result()]


def test_several_results_are_one_job(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """`numberResults` gives as many outputs, each with a seed of its own, in one bill."""
    done = attempt(emulator, media, tmp_path, ordered(REACT_1, results=3))
    finished = done.carried()
    assert [output.number for output in finished.outputs] == [0, 1, 2]
    assert len({output.facts["seed"] for output in finished.outputs}) == 3
    assert [len(numbers(done.result(number))) for number in range(3)] == [FRAMES] * 3
    (bill,) = emulator.billed
    assert bill.results == 3
    assert finished.cost_usd == pytest.approx(bill.usd)


FAULTS = [
    *[("submit", kind) for kind in ("drop_before", "drop_after", "500", "500_after", "502_after", "504", "504_after")],
    *[("submit", kind) for kind in ("garbage", "garbage_after", "other_json", "html", "truncated", "redirect")],
    *[("submit", kind) for kind in ("429", "429_concurrency", "429_array", "429_single")],
    *[("upload", kind) for kind in ("drop_before", "drop_after", "503", "429", "garbage", "truncated")],
    *[("poll", kind) for kind in ("drop_before", "drop_after", "500", "garbage", "html", "429", "truncated")],
    *[("download", kind) for kind in ("drop_before", "503", "truncated", "ignores_range", "429")],
]


@pytest.mark.parametrize(("phase", "kind"), FAULTS, ids=[f"{kind} at {phase}" for phase, kind in FAULTS])
def test_a_fault_costs_nothing_and_loses_nothing(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """One result, complete, and one bill."""
    value = "0.05" if kind.startswith("429") else None
    emulator.fault("runware", phase, kind, value=value)
    done = attempt(emulator, media, tmp_path)
    done.carried()
    assert len(numbers(done.result())) == FRAMES
    assert [bill.request for bill in emulator.billed] == [done.identity]


def test_an_identity_that_was_used_had_arrived(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Sent again, the submit is answered with conflictTaskUUID: it is the same job, and is billed once."""
    done = attempt(emulator, media, tmp_path)

    async def twice() -> None:
        addresses = await done.engine.upload(done.prepared, done.order, done.progress)
        first = await done.engine.submit(done.prepared, done.order, addresses)
        assert await done.engine.submit(done.prepared, done.order, addresses) == first
        await done.engine.wait(first, done.progress)

    anyio.run(done.run, twice)
    assert [bill.request for bill in emulator.billed] == [done.identity]


def test_a_job_that_was_found_again_has_all_its_results(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """After a lost answer, Runware itself is asked how many there are."""
    emulator.fault("runware", "submit", "drop_after")
    finished = attempt(emulator, media, tmp_path, ordered(REACT_1, results=2)).carried()
    assert [output.number for output in finished.outputs] == [0, 1]


def test_what_never_arrived_is_not_there(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """None, and not an error; without a key nobody can say."""
    done = attempt(emulator, media, tmp_path)

    async def found() -> Any:
        return await done.engine.reconcile(done.identity, sent_at=datetime.now(UTC))

    assert anyio.run(done.run, found) is None
    emulator.fault("runware", "poll", "400")
    with pytest.raises(SubmissionUnknown):
        anyio.run(done.run, found)
    emulator.fault("runware", "poll", "500", times=9)
    with pytest.raises(SubmissionUnknown):
        anyio.run(done.run, found)
    emulator.clear_faults()
    emulator.fault("runware", "poll", "401")
    with pytest.raises(AccessRefused):
        anyio.run(done.run, found)
