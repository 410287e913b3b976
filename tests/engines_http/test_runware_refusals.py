"""Runware: what it refuses, and what fails there, by its documented codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from engines_http.emulated_kit import ordered
from engines_http.runware_kit import REACT_1, TASK, attempt, item, quick, waited
from engines_http.served import answer, serving
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines._runware_answers import kind_of
from reperform.engines.base import Connection, Prepared
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    OutOfReach,
    RateLimited,
    Rejected,
)

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


ENGINE = "runware"


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
    done.refused(error, temporary=temporary)
    assert not done.result().exists()


def test_a_wrong_key_is_not_shown(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Neither in the error nor in its cause."""
    with pytest.raises(AccessRefused) as raised:
        attempt(emulator, media, tmp_path, key="rw-do-not-show").carried()
    assert "invalidApiKey" in str(raised.value.cause)
    assert "rw-do-not-show" not in f"{raised.value.to_dict()}"


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
