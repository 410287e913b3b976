"""What stands in the way of claiming a cue again, by the attempt that claimed it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.ledger.records import DEFINITELY_FAILED, Again, AttemptState, Held, HeldBecause

if TYPE_CHECKING:
    import sqlite3

    from reperform.ledger.ledger import Ledger

__all__ = ["held_by"]

_ENDED = frozenset({HeldBecause.FAILED, HeldBecause.EXPIRED})


def held_by(
    ledger: Ledger, claim: sqlite3.Row, *, retry_failed: bool = False, resubmit_unknown: bool = False
) -> Held | None:
    """Who holds this claim, and why it cannot be taken again; None when it can.

    A person may ask for it all the same where the attempt failed or expired (`retry_failed`), or where nobody knows
    whether it arrived (`resubmit_unknown`).
    """
    because = _because(ledger, claim)
    if because is None:
        return None
    if (retry_failed and because in _ENDED) or (resubmit_unknown and because is HeldBecause.UNKNOWN):
        return None
    return Held(key=claim["key"], because=because, attempt_id=claim["attempt_id"], session_id=claim["session_id"])


def _because(ledger: Ledger, claim: sqlite3.Row) -> HeldBecause | None:
    state = AttemptState(claim["state"])
    if claim["result_id"] is not None:
        return HeldBecause.PAID
    if state in DEFINITELY_FAILED:
        return None if _may_follow(claim, state) else HeldBecause.FAILED
    if state is AttemptState.EXPIRED:
        return HeldBecause.EXPIRED
    live = ledger.is_live(claim["session_id"])
    if state is AttemptState.UNKNOWN:
        # Another process may be looking for it just now.
        return HeldBecause.LIVE if live and claim["session_id"] != ledger.session_id else HeldBecause.UNKNOWN
    return HeldBecause.LIVE if live else HeldBecause.ORPHANED


def _may_follow(claim: sqlite3.Row, state: AttemptState) -> bool:
    """Whether a new attempt follows by itself: nothing was paid for this one, and nothing will be billed twice."""
    if state is AttemptState.CANCELLED or claim["again"] == Again.FREELY:
        return True
    return bool(claim["again"] == Again.ONCE and claim["tried"] == 1)
