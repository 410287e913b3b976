"""Segmind's engine against the emulator: what may have arrived stays unknown, and everything else is one result and one bill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from burned import numbers
from engines_http.emulated_kit import FRAMES, Attempt, bills, ordered
from engines_http.served import QUICK, answer, serving
from engines_wire.orders import segment
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines import webhooks
from reperform.engines.base import Connection, JobOrder, Submitted
from reperform.engines.segmind import SegmindEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    NotSubmitted,
    OutOfReach,
    Rejected,
    SettingsError,
    SubmissionUnknown,
)

ENGINE = "segmind"
MODEL = "sync.so-react-1"


def quick() -> SegmindEngine:
    engine = SegmindEngine()
    engine.poll_seconds = 0.02
    engine.settling_seconds = 0.1
    return engine


def attempt(emulator: Emulator, media: Path, into: Path, order: JobOrder | None = None, **rest: Any) -> Attempt:
    return Attempt(quick(), emulator, media, into, order or ordered(MODEL), **rest)


@pytest.mark.parametrize(
    "order",
    [
        ordered(MODEL),
        ordered(
            MODEL,
            segment(sync="remap", region="lips", emotion="angry", temperature=0.2, speaker="auto", occlusion=True),
        ),
    ],
    ids=["nothing directed", "every field"],
)
def test_a_job_is_performed(order: JobOrder, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Real media comes back, frame for frame, with its cost; an emotion was named; the key went nowhere else."""
    done = attempt(emulator, media, tmp_path, order)
    finished = done.carried()
    assert len(numbers(done.result())) == FRAMES
    (bill,) = emulator.billed
    assert finished.cost_usd == pytest.approx(bill.usd)
    (work,) = [work for work in emulator.world.works.values() if work.identity == bill.identity]
    assert work.body["prompt"] == (order.direction.emotion or "neutral")
    assert emulator.leaks == []
    assert list(tmp_path.iterdir()) == [done.result()]


FAULTS = [
    *[("submit", kind) for kind in ("429", "429_concurrency")],
    *[("upload", kind) for kind in ("drop_before", "drop_after", "503", "429", "garbage", "other_json", "truncated")],
    *[("poll", kind) for kind in ("drop_before", "drop_after", "500", "garbage", "html", "429", "truncated")],
    *[("result", kind) for kind in ("drop_before", "502", "504", "garbage", "429", "truncated")],
    *[("download", kind) for kind in ("drop_before", "503", "truncated", "ignores_range", "429")],
]


@pytest.mark.parametrize(("phase", "kind"), FAULTS, ids=[f"{kind} at {phase}" for phase, kind in FAULTS])
def test_a_fault_costs_nothing_and_loses_nothing(
    phase: str, kind: str, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """One result, complete, and one bill."""
    emulator.fault("segmind", phase, kind, value="0.05" if kind.startswith("429") else None)
    done = attempt(emulator, media, tmp_path)
    if (phase, kind) == (
        "upload",
        "other_json",
    ):  # an answer that may be read, and says nothing: asked again by the run
        with pytest.raises(OutOfReach):
            done.carried()
    done.carried()
    assert len(numbers(done.result())) == FRAMES
    assert bills(emulator, "segmind") == 1


UNKNOWN = {
    **dict.fromkeys(("drop_before", "500", "502", "504", "garbage", "html", "redirect"), 0),
    **dict.fromkeys(("drop_after", "500_after", "502_after", "504_after", "garbage_after", "other_json"), 1),
    "truncated": 1,
}


@pytest.mark.parametrize(("kind", "billed"), UNKNOWN.items())
def test_what_may_have_arrived_is_sent_once_and_stays_unknown(
    kind: str, billed: int, emulator: Emulator, media: Path, tmp_path: Path
) -> None:
    """Segmind cannot be asked for it, so it is never sent again by itself: at most one bill."""
    emulator.fault("segmind", "submit", kind)
    done = attempt(emulator, media, tmp_path)
    assert (done.engine.deduplicates, done.engine.reconciles, done.engine.cancels) == (False, False, False)
    with pytest.raises(SubmissionUnknown):
        done.carried()
    assert (done.submits, bills(emulator, "segmind")) == (1, billed)


REFUSALS: list[tuple[str, str, type[EngineError], bool | None]] = [
    ("submit", "400", Rejected, None),
    ("submit", "401", AccessRefused, None),
    ("submit", "403", AccessRefused, None),
    ("submit", "406", AccessRefused, None),
    ("submit", "410", Rejected, None),
    ("upload", "401", AccessRefused, None),
    ("upload", "406", AccessRefused, None),
    ("upload", "400", Rejected, None),
    ("poll", "401", AccessRefused, None),
    ("poll", "406", AccessRefused, None),
    ("poll", "400", OutOfReach, None),
    ("poll", "failed", JobFailed, False),
    ("poll", "failed_temporary", JobFailed, True),
    ("poll", "content_block", Rejected, None),
    ("poll", "expired", Expired, None),
    ("result", "expired", Expired, None),
    ("download", "expired", Expired, None),
]


@pytest.mark.parametrize(
    ("phase", "kind", "error", "temporary"), REFUSALS, ids=[f"{kind} at {phase}" for phase, kind, *_ in REFUSALS]
)
def test_a_refusal_says_what_it_is(
    phase: str,
    kind: str,
    error: type[EngineError],
    temporary: bool | None,
    emulator: Emulator,
    media: Path,
    tmp_path: Path,
) -> None:
    """The error by kind, after at most one submit; a failed job is not billed, and is said to be not."""
    emulator.fault("segmind", phase, kind)
    done = attempt(emulator, media, tmp_path)
    refused = done.refused(error, temporary=temporary)
    if isinstance(refused, JobFailed):
        assert (refused.billed, bills(emulator, "segmind")) == (False, 0)
    assert not done.result().exists()


def test_a_rate_limit_says_when_it_is_over(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """From `x-rate-limit-reset-at-utc`: the submit certainly never arrived."""
    emulator.fault("segmind", "submit", "429", value="7")
    done = attempt(emulator, media, tmp_path)

    async def sent() -> None:
        await done.engine.submit(done.prepared, done.order, {"video": "https://v", "audio": "https://a"})

    with pytest.raises(NotSubmitted) as raised:
        anyio.run(done.run, sent)
    assert raised.value.retry_after_seconds == pytest.approx(7, abs=1)


def test_a_job_is_gone_after_its_hour(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Within the hour it can be waited for again; after it, it is Expired, and nothing is sent."""
    done = attempt(emulator, media, tmp_path)

    async def twice() -> None:
        addresses = await done.engine.upload(done.prepared, done.order, done.progress)
        submitted = await done.engine.submit(done.prepared, done.order, addresses)
        await done.engine.wait(submitted, done.progress)
        emulator.advance(3500)
        await done.engine.wait(submitted, done.progress)
        emulator.advance(200)
        await done.engine.wait(submitted, done.progress)

    with pytest.raises(Expired):
        anyio.run(done.run, twice)
    assert bills(emulator, "segmind") == 1


def test_a_wrong_key_is_not_shown(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Neither in the error nor in its cause."""
    with pytest.raises(AccessRefused) as raised:
        attempt(emulator, media, tmp_path, key="SG_do_not_show").carried()
    assert "SG_do_not_show" not in f"{raised.value.to_dict()}"


@pytest.mark.parametrize("phase", ["submit", "poll", "upload", "result"])
def test_an_answer_cannot_lead_us_astray(phase: str, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Its addresses of status and response are not used; no other host gets the key."""
    emulator.fault("segmind", phase, "stranger_address", times=None)
    attempt(emulator, media, tmp_path).carried_or_refused()
    assert emulator.leaks == []


def test_nobody_can_ask_segmind_what_arrived_or_what_it_would_cost() -> None:
    """It has no list, no estimate and no webhook."""
    with pytest.raises(SubmissionUnknown):
        anyio.run(lambda: SegmindEngine().reconcile("attempt", sent_at=datetime.now(UTC)))
    assert anyio.run(lambda: SegmindEngine().estimate(ordered(MODEL))) is None
    with pytest.raises(SettingsError):
        webhooks.verify("segmind", headers={}, body=b"{}")


def waited(*replies: Any) -> Any:
    async def run(base_url: str) -> Any:
        engine = quick()
        engine.patience = QUICK
        await engine.open(Connection(base_url=base_url, credentials=Secret("SG_key")))
        try:
            return await engine.wait(Submitted(remote_id="r1"), lambda *_: None)
        finally:
            await engine.aclose()

    with serving(*[reply if callable(reply) else answer(200, reply) for reply in replies]) as served:
        return anyio.run(run, served.base_url)


DONE = {"status": "COMPLETED", "metrics": {}}
ADDRESS = "https://images.segmind.com/generations/v.mp4"


@pytest.mark.parametrize(
    "held",
    [{"output": ADDRESS}, {"output": [ADDRESS]}, {"output": {"url": ADDRESS}}, {"video": {"url": ADDRESS}}],
    ids=["text", "list", "object", "video"],
)
def test_a_result_is_found_wherever_it_stands(held: dict[str, Any]) -> None:
    """The shape of `video` is not documented; a cost that is not stated is None."""
    finished = waited(DONE, DONE | held)
    assert (finished.outputs[0].address, finished.cost_usd) == (ADDRESS, None)


def test_a_job_may_come_up_late() -> None:
    """Just after the submit, an unknown job is asked for once more."""
    assert len(waited(answer(404, {"error": "not found"}), DONE, DONE | {"output": ADDRESS}).outputs) == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("The request was blocked by content moderation (RAI)", Rejected),
        ("Invalid parameters: sync_mode", Rejected),
        ("CUDA error", JobFailed),
    ],
)
def test_a_failed_job_comes_as_422(said: str, error: type[EngineError]) -> None:
    """Content blocks are failures too; what is wrong with the request would be wrong again."""
    with pytest.raises(error) as raised:
        waited(answer(422, {"status": "FAILED", "error": said}))
    assert raised.value.cause == said
