"""Attempts to have a job performed: what state each is in, and what it is for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["DEFINITELY_FAILED", "NOTHING_SENT", "UNFINISHED", "Again", "Attempt", "AttemptCue", "AttemptState"]


class AttemptState(StrEnum):
    """Where an attempt is. What may follow what stands in the ledger's schema, and the database enforces it."""

    PLANNED = "planned"
    """Its identity is committed; nothing has been made."""
    PREPARED = "prepared"
    """The media to send lies in its work folder."""
    UPLOADED = "uploaded"
    """The engine can reach the media."""
    SUBMITTING = "submitting"
    """The one request is about to leave, or has left."""
    SUBMITTED = "submitted"
    """The engine has it."""
    FINISHED = "finished"
    """The engine is done; the result waits to be fetched."""
    FETCHED = "fetched"
    """The result is kept."""
    REJECTED = "rejected"
    """The engine refused it, and would again."""
    FAILED = "failed"
    """It failed for certain; nothing will come of it."""
    UNKNOWN = "unknown"
    """It may or may not have arrived; to be reconciled, never silently sent again."""
    EXPIRED = "expired"
    """It was performed, and can no longer be fetched."""
    CANCELLED = "cancelled"
    """Stopped before anything was paid for it."""


UNFINISHED = frozenset(
    {
        AttemptState.PLANNED,
        AttemptState.PREPARED,
        AttemptState.UPLOADED,
        AttemptState.SUBMITTING,
        AttemptState.SUBMITTED,
        AttemptState.FINISHED,
    }
)
"""Something still has to be done."""

NOTHING_SENT = frozenset({AttemptState.PLANNED, AttemptState.PREPARED, AttemptState.UPLOADED})
"""The request has not left, or certainly never arrived."""

DEFINITELY_FAILED = frozenset({AttemptState.REJECTED, AttemptState.FAILED, AttemptState.CANCELLED})
"""Nothing will come of it. Whether a new attempt may follow is said with it: `Again`."""


class Again(StrEnum):
    """Whether a new attempt may follow one that failed."""

    FREELY = "freely"
    """Nothing was sent, or nothing is paid: the next run tries anew."""
    ONCE = "once"
    """The engine calls the cause temporary and bills nothing: once, by itself."""
    ASKED = "asked"
    """It may be billed anew: only when a person asks for it."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request really made, or about to be. The documents are JSON, as `model` writes them."""

    id: str
    session_id: str
    state: AttemptState
    engine: str
    model: str
    shot: str = field(repr=False)
    job: str = field(repr=False)
    settings: str = field(repr=False)
    estimate_usd: float | None
    """None where the price is unknown."""
    cost_usd: float | None
    """As the engine stated it."""
    remote_id: str | None
    error: str | None
    """`ReperformError.to_dict` as JSON. None while all is well."""
    run_id: str | None
    """The run that it counts against; None for one that was made outside of any."""
    sent_at: str | None
    """When its request left first (ISO 8601, UTC). None while it certainly never arrived."""
    again: Again | None
    """Whether another may follow. None while it has not failed."""
    origin: str | None
    """The project or the machine that paid for it. None: this one."""
    created_at: str
    changed_at: str

    @property
    def failure(self) -> dict[str, str | None] | None:
        """The error's message, cause and fix."""
        return None if self.error is None else dict(json.loads(self.error))


@dataclass(frozen=True, kw_only=True)
class AttemptCue:
    """One cue of an attempt."""

    key: str
    output: int
    first_frame: int
    frames: int
    take_number: int
