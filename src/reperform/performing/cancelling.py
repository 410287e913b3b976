"""Stopping what can be stopped: what was not sent, and what an engine lets go of."""

from __future__ import annotations

from collections.abc import Sequence

from reperform.engines.base import Submitted
from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import NOTHING_SENT, Again, Attempt, AttemptState
from reperform.performing.carrying import tidy
from reperform.performing.roster import Roster
from reperform.performing.submitting import SUBMITTED

__all__ = ["cancel"]


async def cancel(ledger: Ledger, roster: Roster, attempts: Sequence[Attempt]) -> list[tuple[Attempt, str]]:
    """Each attempt as it stands then, and what happened, in words.

    Raises:
        LedgerError: the ledger cannot be written.

    """
    return [await _cancel(ledger, roster, attempt) for attempt in attempts]


async def _cancel(ledger: Ledger, roster: Roster, attempt: Attempt) -> tuple[Attempt, str]:
    if attempt.session_id != ledger.session_id:
        adopted = ledger.claims.adopt(attempt)
        if adopted is None:
            return attempt, "another process is at it: stop that one first"
        attempt = adopted
    if attempt.state in NOTHING_SENT:
        return _ended(ledger, attempt), "cancelled; nothing had been sent"
    if attempt.state is not AttemptState.SUBMITTED or attempt.remote_id is None:
        return attempt, f"it is {attempt.state}, and cannot be cancelled: `reperform resume` goes on with it"
    try:
        stopped = await _asked(ledger, roster, attempt)
    except ReperformError as error:
        return (
            attempt,
            f"it is not known to be stopped: {error.message} Try again, or `reperform resume` goes on with it",
        )
    if stopped:
        return _ended(ledger, attempt), f"cancelled at {attempt.engine}"
    return attempt, f"{attempt.engine} has not stopped it: `reperform resume` fetches it, for it may be paid"


async def _asked(ledger: Ledger, roster: Roster, attempt: Attempt) -> bool:
    assert attempt.remote_id is not None, "it is submitted"
    run = ledger.runs.get(attempt.run_id) if attempt.run_id else None
    performer = roster.performer(attempt.engine, run.base_url if run else None)
    if not performer.engine.cancels:
        return False
    engine = await performer.open()
    known = ledger.claims.addresses(attempt)
    addresses = {name.removeprefix(SUBMITTED): known[name].address for name in known if name.startswith(SUBMITTED)}
    return await engine.cancel(Submitted(remote_id=attempt.remote_id, addresses=addresses))


def _ended(ledger: Ledger, attempt: Attempt) -> Attempt:
    error = ReperformError("cancelled by a person.")
    ended = ledger.claims.end(attempt, AttemptState.CANCELLED, error, again=Again.FREELY)
    ledger.shares.release(ended, [cue.key for cue in ledger.claims.cues(ended.id)])
    tidy(ledger, ended.id)
    return ended
