"""Claims on what is about to be paid for, and why one may be held back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reperform.ledger.records.attempts import Attempt

__all__ = ["Claimed", "Held", "HeldBecause"]


class HeldBecause(StrEnum):
    """Why a claim could not be taken."""

    PAID = "paid"
    """Its result is there already."""
    LIVE = "live"
    """Another process that is alive is performing it."""
    ORPHANED = "orphaned"
    """A process that is dead was performing it: its attempt can be adopted."""
    UNKNOWN = "unknown"
    """It may have been performed; to be reconciled."""
    EXPIRED = "expired"
    """It was performed, and the result can no longer be fetched."""
    FAILED = "failed"
    """It failed or was refused, and a new attempt may be billed anew."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A claim that was not to be had."""

    key: str
    because: HeldBecause
    attempt_id: str
    session_id: str


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """How claiming ended: an attempt that holds all the cues, or what stood in the way and nothing taken."""

    attempt: Attempt | None
    held: tuple[Held, ...] = ()
