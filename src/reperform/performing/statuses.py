"""Every attempt of a project as a person or a program reads it: what it is for, where it is, what it cost, what to do."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import UNFINISHED, Again, Attempt, AttemptState

__all__ = ["Status", "as_csv", "as_dict", "statuses", "total_usd"]


@dataclass(frozen=True, kw_only=True)
class Status:
    """One attempt."""

    attempt: str
    shot: str
    clip: str
    cues: tuple[str, ...]
    """Ids."""
    record: tuple[str, ...]
    """Record timecode of each."""
    span: tuple[str, str]
    """Record timecode of the shot's first frame, and after its last; empty where that is not known."""
    characters: tuple[str, ...]
    engine: str
    model: str
    state: str
    age_seconds: float
    """Since it was made."""
    cost_usd: float | None
    """As the engine stated it. None: it did not, or has not yet."""
    estimate_usd: float | None
    paid_by: str | None
    """The other project, or machine, that paid for it."""
    error: str | None
    todo: str
    """What to do; empty where there is nothing."""
    timeline: str | None
    """Path of the timeline that it was performed for. None: it was brought here, or performed outside of a run."""

    @property
    def counted_usd(self) -> float | None:
        """What it counts for: as stated, else, where something may be billed, as estimated. None: nobody knows."""
        if self.paid_by is not None or self.state in _COSTS_NOTHING:
            return self.cost_usd if self.paid_by is None and self.cost_usd is not None else 0.0
        return self.cost_usd if self.cost_usd is not None else self.estimate_usd


_COSTS_NOTHING = frozenset({"planned", "prepared", "uploaded", "rejected", "cancelled"})
_NEXT_STEP = {
    AttemptState.UNKNOWN: "look for it in your account; `resume --resubmit-unknown` sends it anew",
    AttemptState.EXPIRED: "the result is gone; `resume --retry-failed` performs it anew",
}


def statuses(ledger: Ledger, *, now: datetime | None = None) -> tuple[Status, ...]:
    """All attempts, oldest first."""
    moment = now or datetime.now(UTC)
    attempts = ledger.claims.attempts()
    runs = {run_id: ledger.runs.get(run_id) for run_id in {each.run_id for each in attempts if each.run_id}}
    of_run = {run_id: run.timeline for run_id, run in runs.items() if run}
    return tuple(_status(ledger, each, moment, of_run.get(each.run_id or "")) for each in attempts)


def total_usd(rows: Sequence[Status]) -> tuple[float, bool]:
    """What they cost together, and whether that is all: False where a cost is unknown."""
    counted = [row.counted_usd for row in rows]
    return sum(each for each in counted if each is not None), None not in counted


def as_dict(rows: Sequence[Status], *, others: int = 0) -> dict[str, Any]:
    """For programs. `others` is how many attempts of the project are left out, for they are of other timelines."""
    total, known = total_usd(rows)
    return {
        "version": 1,
        "attempts": [asdict(row) for row in rows],
        "others": others,
        "cost": {"amount": total, "currency": "USD", "known": known},
    }


def as_csv(rows: Sequence[Status]) -> str:
    """By cue, with the total in the last row. What one request cost for several cues is shared among them."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(("shot", "clip", "cue", "record", "character", "engine", "model", "state", "attempt", "cost_usd"))
    for row in rows:
        share = None if row.counted_usd is None else row.counted_usd / max(1, len(row.cues))
        for cue, record, character in zip(row.cues, row.record, row.characters, strict=True):
            facts = (row.shot, row.clip, cue, record, character, row.engine, row.model, row.state, row.attempt)
            table.writerow((*(_harmless(fact) for fact in facts), "unknown" if share is None else f"{share:.4f}"))
    total, known = total_usd(rows)
    table.writerow(("total", *[""] * 8, f"{total:.4f}{'' if known else ' and what is unknown'}"))
    return written.getvalue()


def _status(ledger: Ledger, attempt: Attempt, now: datetime, timeline: str | None) -> Status:
    shot, job = json.loads(attempt.shot), json.loads(attempt.job)
    by_id = {cue["id"]: cue for cue in shot.get("cues", ())}
    cues = tuple(cue for cue in job.get("cues", ()) if cue in by_id)
    created = datetime.fromisoformat(attempt.created_at)
    return Status(
        attempt=attempt.id,
        shot=shot.get("id", ""),
        clip=shot.get("clip", ""),
        cues=cues,
        record=tuple(by_id[cue]["record_in"] for cue in cues),
        span=(shot.get("record", {}).get("in", ""), shot.get("record", {}).get("out", "")),
        characters=tuple(by_id[cue].get("character") or "" for cue in cues),
        engine=attempt.engine,
        model=attempt.model,
        state=attempt.state.value,
        age_seconds=round((now - created).total_seconds(), 1),
        cost_usd=attempt.cost_usd,
        estimate_usd=attempt.estimate_usd,
        paid_by=attempt.origin,
        error=(attempt.failure or {}).get("message"),
        todo=_todo(ledger, attempt),
        timeline=timeline,
    )


def _todo(ledger: Ledger, attempt: Attempt) -> str:
    if attempt.state in UNFINISHED:
        return (
            "another process is at it" if ledger.is_live(attempt.session_id) else "`reperform resume` goes on with it"
        )
    if attempt.state in (AttemptState.FAILED, AttemptState.REJECTED):
        asks = attempt.again is Again.ASKED
        return "`resume --retry-failed` asks for it again" if asks else "the next run tries anew"
    if attempt.state is AttemptState.UNKNOWN and attempt.id not in {each.id for each in ledger.claims.unknown()}:
        return "sent anew since"
    return _NEXT_STEP.get(attempt.state, "")


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
