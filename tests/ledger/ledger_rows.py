"""Small rows to fill a ledger with."""

from __future__ import annotations

from collections.abc import Sequence

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt, AttemptState, FrameDigests, NewResult, Piece, Result

FORWARD = (
    AttemptState.PREPARED,
    AttemptState.UPLOADED,
    AttemptState.SUBMITTING,
    AttemptState.SUBMITTED,
    AttemptState.FINISHED,
)


def digests(frames: Sequence[int], voice: str = "voice") -> FrameDigests:
    """One digest for each of these source frames, with the same voice against it wherever it is used."""
    return FrameDigests.of([f"picture {n}" for n in frames], [f"{voice} {n}" for n in frames])


def piece(key: str = "a" * 64, frames: Sequence[int] = range(10), *, take: int = 1, voice: str = "voice") -> Piece:
    """A claim on these source frames."""
    return Piece(
        key=key,
        engine="fake",
        model="one",
        parameters="p",
        take_number=take,
        digests=digests(frames, voice),
        first_frame=6,
    )


def claim(ledger: Ledger, *pieces: Piece) -> Attempt:
    """An attempt that holds these pieces."""
    claimed = ledger.claims.take(pieces, shot="{}", job="{}", settings="{}", estimate_usd=1.5)
    assert claimed.attempt is not None, claimed.held
    return claimed.attempt


def advanced(ledger: Ledger, attempt: Attempt, to: AttemptState) -> Attempt:
    """The attempt taken forward, step by step, to this state."""
    for state in FORWARD[: FORWARD.index(to) + 1]:
        attempt = ledger.claims.move(attempt, state)
    return attempt


def paid(ledger: Ledger, claimed: Piece) -> Result:
    """The result of a piece, claimed and performed."""
    attempt = advanced(ledger, claim(ledger, claimed), AttemptState.FINISHED)
    result = NewResult(
        key=claimed.key, output=0, file="results/x/0.mp4", sha256="0" * 64, first_frame=6, frames_sent=22, cost_usd=0.5
    )
    return ledger.results.keep(attempt, [result])[1][0]
