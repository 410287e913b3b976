"""Why a cue has no result, in words: who holds it, what became of it, and the way out."""

from __future__ import annotations

from reperform.errors import PlanError, ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Again, Attempt, AttemptState, Held, HeldBecause
from reperform.ledger.shares import TheirClaim
from reperform.model import Problem

__all__ = ["as_error", "claimed_elsewhere", "why_held", "with_way_out"]


def why_held(held: Held, attempt: Attempt, ledger: Ledger) -> ReperformError:
    """Why a claim that another attempt holds cannot be taken."""
    if held.because is HeldBecause.LIVE:
        return ReperformError(
            f"another reperform is performing this cue now ({ledger.claims.holder(held)}).",
            fix="Run again when it is done: its result will be used.",
        )
    if held.because is HeldBecause.EXPIRED:
        return ReperformError(
            f"this cue was performed by {attempt.engine}, and the result can no longer be fetched.",
            fix="It is not paid for again by itself; --retry-failed does.",
        )
    if held.because is HeldBecause.FAILED:
        said = (attempt.failure or {}).get("message") or attempt.state.value
        return ReperformError(
            f"an earlier request for this cue failed at {attempt.engine}: {said}",
            fix="It is not paid for again by itself; --retry-failed does.",
        )
    return ReperformError(
        f"an earlier request for this cue may have arrived at {attempt.engine}; it is not sent again.",
        fix=f"Look for {attempt.id} in your account there; --resubmit-unknown sends it anew, and may be billed again.",
    )


def with_way_out(error: Exception, attempt: Attempt) -> Exception:
    """A failure that is not repeated by itself says what repeats it."""
    ended = (AttemptState.FAILED, AttemptState.REJECTED, AttemptState.EXPIRED)
    asks = attempt.state in ended and attempt.again is Again.ASKED
    if asks and isinstance(error, ReperformError) and "--retry-failed" not in (error.fix or ""):
        error.fix = f"{error.fix or ''} --retry-failed asks for it again, and may be billed again.".strip()
    return error


def claimed_elsewhere(theirs: TheirClaim) -> ReperformError:
    """Another machine on the same share holds a cue."""
    return ReperformError(
        f"{theirs.host} is performing this cue (since {theirs.since}).",
        fix=f"Run again when it is done: its result will be used. If that machine is gone for good, remove {theirs.path}.",
    )


def as_error(problem: Problem) -> PlanError:
    """What planning finds wrong with a cue, as the reason why it has no result."""
    return PlanError(problem.message, fix=problem.fix)
