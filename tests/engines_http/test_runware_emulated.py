"""Runware's engine against the emulator: whatever goes wrong in whichever phase, the results asked for, billed once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import pytest

from burned import make_movie, make_wave, numbers
from engines_http.emulated_kit import FRAMES, QUICKLY, RATE, Attempt, fresh, ordered
from engines_http.served import QUICK, answer, serving
from engines_wire.orders import segment
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines import webhooks
from reperform.engines._runware_answers import kind_of
from reperform.engines.base import Connection, JobOrder, Prepared, Submitted
from reperform.engines.runware import RunwareEngine
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    NotGenuine,
    OutOfReach,
    RateLimited,
    Rejected,
    SettingsError,
    SubmissionUnknown,
)

REACT_1, SYNC_3 = "sync:react-1@1", "sync:3@0"
TASK = "5d83c420-b163-459e-bfd8-3656caf3a65a"


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    make_movie(folder / "v.mp4", rate=RATE, frames=FRAMES, channels=0)
    make_wave(folder / "a.wav", samples=48000)
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator(conduct=QUICKLY) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    return fresh(running, "runware")


def quick() -> RunwareEngine:
    engine = RunwareEngine()
    engine.first_pause = engine.shortest_pause = engine.longest_pause = 0.02
    engine.settling_seconds = 0.1
    engine.missing_seconds = 0.3
    return engine


def attempt(emulator: Emulator, media: Path, into: Path, order: JobOrder | None = None, **rest: Any) -> Attempt:
    return Attempt(quick(), emulator, media, into, order or ordered(REACT_1), **rest)


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


REFUSALS: list[tuple[str, str, type[EngineError], bool | None]] = [
    ("submit", "400", Rejected, None),
    ("submit", "401", AccessRefused, None),
    ("submit", "402", AccessRefused, None),
    ("submit", "403", AccessRefused, None),
    ("submit", "410", JobFailed, True),
    ("submit", "rejected", Rejected, None),
    ("submit", "content_block", Rejected, None),
    ("upload", "401", AccessRefused, None),
    ("upload", "402", AccessRefused, None),
    ("poll", "401", AccessRefused, None),
    ("poll", "402", AccessRefused, None),
    ("poll", "400", OutOfReach, None),
    ("poll", "failed", JobFailed, True),
    ("poll", "failed_temporary", JobFailed, True),
    ("poll", "content_block", Rejected, None),
    ("poll", "expired", Expired, None),
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
    """The error by kind, after at most one submit; nothing is left at the result's place."""
    emulator.fault("runware", phase, kind)
    done = attempt(emulator, media, tmp_path)
    with pytest.raises(error) as raised:
        done.carried()
    assert type(raised.value) is error
    assert getattr(raised.value, "temporary", None) == temporary
    assert done.submits <= 1
    assert not done.result().exists()


def test_a_wrong_key_is_not_shown(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Neither in the error nor in its cause."""
    with pytest.raises(AccessRefused) as raised:
        attempt(emulator, media, tmp_path, key="rw-do-not-show").carried()
    assert "invalidApiKey" in str(raised.value.cause)
    assert "rw-do-not-show" not in f"{raised.value.to_dict()}"


@pytest.mark.parametrize("phase", ["submit", "poll", "upload"])
def test_an_answer_cannot_lead_us_astray(phase: str, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """No other host gets the key, whatever addresses an answer holds."""
    emulator.fault("runware", phase, "stranger_address", times=None)
    done = attempt(emulator, media, tmp_path)
    try:
        done.carried()
    except EngineError:
        assert not done.result().exists()
    assert emulator.leaks == []


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    came: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            came.append((self.command, self.path, body))
            self.send_response(200)
            self.end_headers()

        do_POST = do_PUT = _take  # noqa: N815 - names of the standard library's

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came
        server.shutdown()


def test_secret_addresses_reach_runware_and_the_result_is_fetched_all_the_same(
    emulator: Emulator, media: Path, tmp_path: Path, receiver: tuple[str, list[tuple[str, str, bytes]]]
) -> None:
    """The plan holds placeholders; the result is put there and comes here; the webhook is told by its token."""
    origin, came = receiver
    real = {"webhookURL": f"{origin}/hook?token=t0ken", "uploadEndpoint": f"{origin}/bucket?signature=s"}
    order = ordered(REACT_1, options=RunwareEngine.fields.public(real))
    assert "t0ken" not in f"{order}"
    done = attempt(emulator, media, tmp_path, order, options=real)
    done.carried()
    with anyio.from_thread.start_blocking_portal() as portal:
        for _ in range(200):
            if len(came) == 2:
                break
            portal.call(anyio.sleep, 0.01)
    sent = {method: (path, body) for method, path, body in came}
    assert sent["PUT"] == ("/bucket?signature=s", done.result().read_bytes())
    path, body = sent["POST"]
    told = webhooks.verify("runware", headers={}, body=body, secret="t0ken", address=f"{origin}{path}")
    assert (told["taskUUID"], told["status"]) == (done.identity, "success")


@pytest.mark.parametrize("address", ["https://me.example/hook", "https://me.example/hook?token=other", ""])
def test_a_webhook_without_its_token_is_not_runwares(address: str) -> None:
    """Runware signs nothing: the token in the address is all that tells."""
    with pytest.raises(NotGenuine):
        webhooks.verify("runware", headers={}, body=b"{}", secret="t0ken", address=address)
    with pytest.raises(SettingsError):
        webhooks.verify("runware", headers={}, body=b"{}", address=address)


@pytest.mark.parametrize(
    ("order", "usd"),
    [
        (ordered(REACT_1), 0.1467),
        (ordered(REACT_1, results=4), 0.5868),
        (ordered(SYNC_3, segment("0.1", "0.4"), segment("0.5", "0.9")), 0.133),
    ],
    ids=["react-1", "four results", "sync-3"],
)
def test_a_dry_run_says_the_price(order: JobOrder, usd: float, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """With stand-ins of the job's length; nothing is uploaded, performed or billed."""
    done = attempt(emulator, media, tmp_path, order)

    async def estimated() -> Any:
        return await done.engine.estimate(order)

    assert anyio.run(done.run, estimated) == pytest.approx(usd, rel=0.01)
    assert (emulator.billed, emulator.world.active("runware")) == ([], 0)
    assert [seen.phase for seen in emulator.requests] == ["submit"]


def waited(*replies: Any, results: str | None = None) -> Any:
    """What `wait` makes of these answers, the last one for ever."""

    async def run(base_url: str) -> Any:
        engine = quick()
        engine.patience = QUICK
        await engine.open(Connection(base_url=base_url, credentials=Secret("rw-key")))
        try:
            addresses = {"results": results} if results else {}
            return await engine.wait(Submitted(remote_id=TASK, addresses=addresses), lambda *_: None)
        finally:
            await engine.aclose()

    with serving(*[reply if callable(reply) else answer(200, reply) for reply in replies]) as served:
        return anyio.run(run, served.base_url)


def item(status: str = "success", **more: Any) -> dict[str, Any]:
    here = {"videoURL": "https://im.example/v.mp4"} if status == "success" else {}
    return {"taskType": "videoInference", "taskUUID": TASK, "status": status} | here | more


def test_replies_are_gathered_until_all_results_are_there() -> None:
    """Runware's replies are cumulative: one that has fewer results than asked for is not the last."""
    first, second = item(videoUUID="1", resultIndex=0, cost=0.1), item(videoUUID="2", resultIndex=1, cost=0.2)
    finished = waited({"data": [first]}, {"data": [second, first]}, results="2")
    assert [output.facts["videoUUID"] for output in finished.outputs] == ["1", "2"]
    assert finished.cost_usd == pytest.approx(0.3)


def test_results_are_kept_where_others_failed() -> None:
    """What was made is paid for."""
    failed = item("error", error={"code": "inferenceError", "message": "no"})
    finished = waited({"data": [item(videoUUID="1"), failed]}, results="2")
    assert len(finished.outputs) == 1


def test_results_that_never_come_are_not_waited_for_ever() -> None:
    """After a while without news, what is there is taken."""
    assert len(waited({"data": [item(videoUUID="1")]}, results="2").outputs) == 1


def test_a_task_may_come_up_late() -> None:
    """Just after the submit, an unknown task is asked for once more."""
    unknown = answer(404, {"errors": [{"code": "taskFailedOrNotFound", "taskUUID": TASK, "taskType": "getResponse"}]})
    assert len(waited(unknown, {"data": [item()]}).outputs) == 1
    with pytest.raises(Expired):
        waited(unknown)


@pytest.mark.parametrize(
    "broken",
    [
        {"data": [], "errors": [{"code": "providerTimeout", "taskUUID": TASK, "parameter": ["a", "b"]}]},
        [{"code": "noAvailableServer", "taskUUID": TASK}],
        {"error": {"code": "internalServerError", "message": "no"}, "taskUUID": TASK},
        {"data": [item("error", code="inferenceError", message="no")]},
        {"data": [item("error", error={"code": "taskFailed"}, cost=0.0)]},
    ],
    ids=["beside data", "a bare array", "a single one", "a flat item", "an item"],
)
def test_a_failed_task_is_understood_in_every_shape(broken: Any) -> None:
    """Each is the same failure, which may pass."""
    with pytest.raises(JobFailed) as raised:
        waited(broken)
    assert raised.value.temporary


def test_a_refused_field_is_named(media: Path, tmp_path: Path) -> None:
    """With its code and what it takes."""
    said = {
        "code": "invalidSyncMode",
        "message": "Unsupported value.",
        "parameter": ["syncMode"],
        "taskUUID": TASK,
        "allowedValues": ["bounce", "remap"],
    }

    async def run(base_url: str) -> None:
        engine = quick()
        await engine.open(Connection(base_url=base_url, credentials=Secret("rw-key")))
        prepared = Prepared(attempt_id=TASK, folder=tmp_path, video=media / "v.mp4", audio=media / "a.wav")
        try:
            await engine.submit(prepared, ordered(REACT_1), {"video": "https://v", "audio": "https://a"})
        finally:
            await engine.aclose()

    with serving(answer(400, {"errors": [said]})) as served, pytest.raises(Rejected) as raised:
        anyio.run(run, served.base_url)
    assert raised.value.cause == "Unsupported value. [invalidSyncMode] (syncMode) takes bounce, remap"
    with serving(answer(200, {"errors": [{**said, "code": "tooRateLimited"}]})) as served, pytest.raises(RateLimited):
        anyio.run(run, served.base_url)


@pytest.mark.parametrize(
    ("kind", "codes"),
    {
        "arrived": "conflictTaskUUID",
        "auth": "invalidApiKey missingApiKey unauthorized forbidden tokenExpired accountSuspended",
        "quota": "insufficientCredits quotaExceeded insufficientBalance paymentRequired",
        "rate": "rateLimitExceeded concurrentRateLimitExceeded",
        "safety": "contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected unsafeContentDetected"
        " nsfwContentDetected promptBlocked imageBlocked moderationFailed",
        "timeout": "providerTimeout inferenceTimeout timeout",
        "gone": "mediaNotFound taskFailedOrNotFound resultExpired unknownModel",
        "cancelled": "taskCancelled",
        "validation": "invalidSyncMode missingModel conflictParameters duplicateValue unsupportedModel valueTooLow"
        " arrayTooLong maxLength unknownParameter incompatibleParameters mismatchProviderSettingsProvider"
        " unknownProviderSettingsProvider validationFailed",
        "provider": "inferenceError processingFailed taskFailed downloadFailed uploadFailed noAvailableServer"
        " modelUnavailable providerError",
        "server": "internalServerError serviceUnavailable unknownError",
    }.items(),
)
def test_every_documented_code_has_its_kind(kind: str, codes: str) -> None:
    """As Runware's own clients sort them."""
    assert {code: kind_of(code) for code in codes.split()} == dict.fromkeys(codes.split(), kind)
