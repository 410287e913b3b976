"""The requests behind a cut: when each was sent and when it ended, what it cost, and which of its shots it was for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.reporting.documents import Job
from reperform.reporting.seen import Seen

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import Attempt
    from reperform.performing.statuses import Status

__all__ = ["jobs_of"]

_ENDS = ("finished", "fetched", "failed", "rejected", "expired", "cancelled")
_Ended = dict[str, str]


def jobs_of(out: Path, ledger: Ledger | None, seen: Sequence[Seen]) -> tuple[Job, ...]:
    """Every attempt that was made for the timeline or that its takes are made of, oldest first."""
    if ledger is None:
        return ()
    from reperform.performing.statuses import statuses
    from reperform.workflow.attempts import attempts_of

    its_own = attempts_of(out, ledger)
    shots = _shots_by_attempt(ledger, seen)
    ended = _ended(ledger)
    rows = {row.attempt: row for row in statuses(ledger)}
    return tuple(
        _job(attempt, rows[attempt.id], shots, ended)
        for attempt in ledger.claims.attempts()
        if (its_own is None or attempt.id in its_own) and attempt.id in rows
    )


def _shots_by_attempt(ledger: Ledger, seen: Sequence[Seen]) -> Mapping[str, str]:
    """The shot whose take shows a result of the attempt: cuts change, and shots move."""
    attempts = {result.id: result.attempt_id for result in ledger.results.all()}
    performed = {row.id: row.performed for row in ledger.takes.all()}
    found: dict[str, str] = {}
    for shot in seen:
        for take in shot.made:
            for each in performed.get(take.record.take, ()):
                if each.result_id in attempts:
                    found.setdefault(attempts[each.result_id], shot.id)
    return found


def _ended(ledger: Ledger) -> _Ended:
    """By attempt: when the engine was done with it, whatever came of it."""
    ends: dict[str, str] = {}
    sent = defaultdict[str, bool](bool)
    for event in ledger.events_after():
        if event.subject != "attempt":
            continue
        if event.what in ("submitting", "submitted"):
            # Sent again, it ends again.
            sent[event.subject_id] = True
            ends.pop(event.subject_id, None)
        elif event.what in _ENDS and sent[event.subject_id]:
            ends.setdefault(event.subject_id, event.at)
    return ends


def _job(attempt: Attempt, row: Status, shots: Mapping[str, str], ended: _Ended) -> Job:
    end = ended.get(attempt.id) if attempt.sent_at else None
    span = json.loads(attempt.shot).get("record", {})
    return Job(
        attempt=attempt.id,
        shot=shots.get(attempt.id, row.shot),
        clip=row.clip,
        record_in=next(iter(row.record), span.get("in", "")),
        engine=row.engine,
        model=row.model,
        state=row.state,
        begun_at=attempt.created_at,
        sent_at=attempt.sent_at,
        ended_at=end,
        waited_seconds=_seconds(attempt.sent_at, end),
        estimate_usd=row.estimate_usd,
        cost_usd=row.cost_usd,
        counted_usd=row.counted_usd,
        paid_by=row.paid_by,
        error=row.error,
        todo=row.todo,
    )


def _seconds(start: str | None, end: str | None) -> float | None:
    if start is None or end is None:
        return None
    return round(max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()), 3)
