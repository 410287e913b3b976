"""Claims on cues, and the attempts that hold them: what is never paid for twice."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reperform.errors import LedgerError, ReperformError
from reperform.ledger.holds import held_by
from reperform.ledger.records import (
    Address,
    Again,
    Attempt,
    AttemptCue,
    AttemptState,
    Claimed,
    Held,
    Piece,
)

if TYPE_CHECKING:
    import sqlite3

    from reperform.ledger.ledger import Ledger

__all__ = ["Claims"]


class Claims:
    """Who may perform what."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(
        self,
        pieces: Sequence[Piece],
        *,
        shot: str,
        job: str,
        settings: str,
        estimate_usd: float | None,
        run_id: str | None = None,
        retry_failed: bool = False,
        resubmit_unknown: bool = False,
    ) -> Claimed:
        """Claim all of `pieces` for one new attempt, in state planned, or none of them.

        A piece is free when nobody claimed it, or when the attempt that did has failed for certain and another may follow:
        by itself, or with `retry_failed` and `resubmit_unknown` because a person asks for it. `shot`, `job` and `settings`
        are JSON: the attempt must be able to go on without its timeline.
        """
        if not pieces:
            raise ValueError("an attempt is made for at least one cue")
        session_id = self._ledger.session_id
        with self._ledger.transaction():
            claims = {piece.key: self._ledger.row("claim", key=piece.key) for piece in pieces}
            asked = {"retry_failed": retry_failed, "resubmit_unknown": resubmit_unknown}
            held = tuple(
                found for row in claims.values() if row is not None and (found := held_by(self._ledger, row, **asked))
            )
            if held:
                return Claimed(attempt=None, held=held)
            attempt_id = str(uuid.uuid4())
            first = pieces[0]
            self._ledger.change(
                "add_attempt",
                id=attempt_id,
                session_id=session_id,
                engine=first.engine,
                model=first.model,
                shot=shot,
                job=job,
                settings=settings,
                estimate_usd=estimate_usd,
                run_id=run_id,
                origin=None,
            )
            for piece in pieces:
                self._claim(piece, attempt_id, anew=claims[piece.key] is not None)
            return Claimed(attempt=self.attempt(attempt_id))

    def attempt(self, attempt_id: str) -> Attempt:
        """One attempt as it stands.

        Raises:
            LedgerError: there is none of that id.

        """
        known = self.known(attempt_id)
        if known is None:
            raise LedgerError(f"the ledger has no attempt {attempt_id}.")
        return known

    def known(self, attempt_id: str) -> Attempt | None:
        """One attempt as it stands; None where there is none of that id."""
        row = self._ledger.row("attempt", id=attempt_id)
        return None if row is None else _attempt(row)

    def attempts(self) -> tuple[Attempt, ...]:
        """All of them, oldest first."""
        return tuple(_attempt(row) for row in self._ledger.rows("attempts"))

    def unfinished(self) -> tuple[Attempt, ...]:
        """Those that something still has to be done for, oldest first."""
        return tuple(_attempt(row) for row in self._ledger.rows("open_attempts"))

    def unknown(self) -> tuple[Attempt, ...]:
        """Those of which nobody knows whether they arrived, and that no later attempt stands for, oldest first."""
        return tuple(_attempt(row) for row in self._ledger.rows("unknown_attempts"))

    def held(self, key: str) -> Held | None:
        """Who holds this claim now; None where it could be claimed, without anyone asking for it."""
        row = self._ledger.row("claim", key=key)
        return None if row is None else held_by(self._ledger, row)

    def are_free(self, keys: Collection[str]) -> bool:
        """Whether all of these could be claimed now, without anyone asking for it."""
        return all(self.held(key) is None for key in keys)

    def count_against(self, attempt: Attempt, run_id: str | None) -> Attempt:
        """The attempt, paid for by this run where no run does yet."""
        if run_id is None or attempt.run_id is not None:
            return attempt
        rows = self._ledger.change("count_against", id=attempt.id, run_id=run_id)
        return _attempt(rows[0]) if rows else attempt

    def cues(self, attempt_id: str) -> tuple[AttemptCue, ...]:
        """What an attempt was made for."""
        return tuple(AttemptCue(**row) for row in self._ledger.rows("cues_of_attempt", attempt_id=attempt_id))

    def holder(self, held: Held) -> str:
        """Which process holds a claim, for people: `process 4711 on edit-3, since 2026-11-21T09:00:00.000Z`."""
        row = self._ledger.row("session", id=held.session_id)
        assert row is not None, "the foreign key was checked"
        return f"process {row['pid']} on {row['host']}, since {row['started_at']}"

    def adopt(self, attempt: Attempt) -> Attempt | None:
        """Take over an attempt whose run has died; None when that run lives, or another was quicker."""
        session_id = self._ledger.session_id
        with self._ledger.transaction():
            if attempt.session_id == session_id or self._ledger.is_live(attempt.session_id):
                return None
            rows = self._ledger.change(
                "adopt_attempt", id=attempt.id, session_id=session_id, from_session_id=attempt.session_id
            )
            return _attempt(rows[0]) if rows else None

    def move(
        self,
        attempt: Attempt,
        state: AttemptState,
        *,
        remote_id: str | None = None,
        cost_usd: float | None = None,
        estimate_usd: float | None = None,
        error: ReperformError | None = None,
        again: Again | None = None,
    ) -> Attempt:
        """The attempt in its next state. What is None stays as it was.

        Raises:
            LedgerError: it is no longer in the state it was read in, or `state` cannot follow that one.

        """
        rows = self._ledger.change(
            "move_attempt",
            id=attempt.id,
            from_state=attempt.state,
            state=state,
            remote_id=remote_id,
            cost_usd=cost_usd,
            estimate_usd=estimate_usd,
            error=None if error is None else json.dumps(error.to_dict()),
            again=again,
        )
        if not rows:
            raise LedgerError(f"attempt {attempt.id} is no longer {attempt.state}: another process went on with it.")
        return _attempt(rows[0])

    def end(
        self,
        attempt: Attempt,
        state: AttemptState,
        error: ReperformError,
        *,
        again: Again = Again.ASKED,
        cost_usd: float | None = None,
    ) -> Attempt:
        """The attempt ended without a result: why is kept, and its addresses are forgotten unless it may yet be reconciled."""
        with self._ledger.transaction():
            ended = self.move(attempt, state, error=error, again=again, cost_usd=cost_usd)
            if state is not AttemptState.UNKNOWN:
                self._ledger.change("forget_addresses", attempt_id=attempt.id)
        self._ledger.compact()
        return ended

    def store_addresses(self, attempt: Attempt, addresses: Sequence[Address]) -> None:
        """Keep short-lived URLs until the result is here."""
        with self._ledger.transaction():
            for each in addresses:
                self._ledger.change(
                    "store_address",
                    attempt_id=attempt.id,
                    name=each.name,
                    address=each.address,
                    facts=json.dumps(each.facts),
                )

    def addresses(self, attempt: Attempt) -> Mapping[str, Address]:
        """The short-lived URLs of an attempt by name, for the engine's next step only."""
        rows = self._ledger.rows("addresses_of_attempt", attempt_id=attempt.id)
        return {
            row["name"]: Address(name=row["name"], address=row["address"], facts=json.loads(row["facts"]))
            for row in rows
        }

    def _claim(self, piece: Piece, attempt_id: str, *, anew: bool) -> None:
        if anew:
            self._ledger.change("take_over_claim", key=piece.key, attempt_id=attempt_id)
        else:
            self._ledger.change("add_claim", attempt_id=attempt_id, **_claim_row(piece))
        self._ledger.change(
            "add_attempt_cue",
            attempt_id=attempt_id,
            key=piece.key,
            output=piece.output,
            first_frame=piece.first_frame,
        )


def _claim_row(piece: Piece) -> dict[str, Any]:
    return {
        "key": piece.key,
        "engine": piece.engine,
        "model": piece.model,
        "parameters": piece.parameters,
        "take_number": piece.take_number,
        "frames": piece.digests.frames,
        "picture": piece.digests.picture,
        "voice": piece.digests.voice,
    }


def _attempt(row: sqlite3.Row) -> Attempt:
    values = dict(row)
    again = None if values["again"] is None else Again(values["again"])
    return Attempt(**{**values, "state": AttemptState(values["state"]), "again": again})
