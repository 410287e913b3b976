"""Sync: what can be asked of it beside a job: a lost submit, a price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engines_http.served import Act, Served, answer, drop
from engines_http.sync_kit import ASK, ATTEMPT, LIST, performed, standing
from engines_wire.orders import order
from reperform.engines.base import Submitted
from reperform.errors import (
    AccessRefused,
    EngineError,
    SubmissionUnknown,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def reconcile(served: Served) -> Any:
    return performed(served, lambda engine: engine.reconcile(ATTEMPT, sent_at=NOW))


def entry(number: int, name: str | None = "other", *, minutes: float = 0) -> dict[str, Any]:
    made = {"id": f"g{number}", "createdAt": (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")}
    return made if name is None else made | {"outputFileName": name}


NEXT = "GET /v2/generations?limit=100&cursor=c2"


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({LIST: answer(200, [])}, None),
        ({LIST: answer(200, [entry(1), entry(2, ATTEMPT)])}, "g2"),
        ({LIST: answer(200, {"generations": [entry(2, f"{ATTEMPT}.mp4")]})}, "g2"),
        (
            {
                LIST: answer(200, {"data": [entry(1)], "nextCursor": "c2"}),
                NEXT: answer(200, {"data": [entry(2, ATTEMPT)]}),
            },
            "g2",
        ),
        ({LIST: answer(200, {"items": [entry(1, minutes=2000)], "nextCursor": "c2"})}, None),
        ({LIST: answer(200, [entry(1, None)]), ASK: answer(200, entry(1, ATTEMPT))}, "g1"),
        ({LIST: answer(200, [entry(1, None)]), ASK: answer(200, entry(1))}, None),
        ({LIST: answer(200, [entry(1, None, minutes=60)])}, None),
    ],
    ids=[
        "nothing there",
        "by its name",
        "by its name with the ending",
        "on the second page",
        "not looked for in last week",
        "not named in the list",
        "another that is not named in the list",
        "too old to be it",
    ],
)
def test_a_lost_submit_is_found_by_its_name(routes: dict[str, Act | list[Act]], expected: str | None) -> None:
    """In the account's list, whatever its shape; None only where it is certainly not there."""
    with standing(routes) as served:
        assert reconcile(served) == (Submitted(remote_id=expected) if expected else None)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (answer(500), SubmissionUnknown),
        (answer(429), SubmissionUnknown),
        (drop, SubmissionUnknown),
        (answer(200, {"message": "hello"}), SubmissionUnknown),
        (answer(404), AccessRefused),
        (answer(400), SubmissionUnknown),
        (answer(200, [{"id": f"g{n}"} for n in range(60)]), SubmissionUnknown),
        (answer(401), AccessRefused),
    ],
)
def test_where_the_list_cannot_be_had_it_stays_unknown(act: Act, kind: type[EngineError]) -> None:
    """That an engine cannot be asked is not that it does not have the job."""
    with standing({LIST: act}) as served, pytest.raises(EngineError) as failed:
        reconcile(served)
    assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("act", "usd"),
    [
        (answer(200, {"estimatedFrameCount": 75, "estimatedGenerationCost": 0.5, "estimatedCredits": None}), 0.5),
        (answer(404), None),
        (answer(500), None),
        (drop, None),
    ],
)
def test_an_estimate_is_sync_own_or_none(act: Act, usd: float | None) -> None:
    """It is asked for the length and rate that would be sent, and never in the way."""
    with standing({"POST /v2/generations/estimate": act}) as served:
        assert performed(served, lambda engine: engine.estimate(order("react-1"))) == usd
    assert served.requests[0].json() == {"model": "react-1", "duration": 3.0, "fps": 24.0}
