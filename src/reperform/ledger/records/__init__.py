"""What stands in the ledger, as frozen rows. Paths in rows are relative to the project, with forward slashes."""

from __future__ import annotations

from reperform.ledger.records.attempts import (
    DEFINITELY_FAILED,
    NOTHING_SENT,
    UNFINISHED,
    Again,
    Attempt,
    AttemptCue,
    AttemptState,
)
from reperform.ledger.records.claims import Claimed, Held, HeldBecause
from reperform.ledger.records.decisions import Action, Decision, Note, Verdict
from reperform.ledger.records.frames import FrameDigests, Piece
from reperform.ledger.records.results import Covered, NewResult, Performed, Remapped, Result
from reperform.ledger.records.runs import Event, RunRow
from reperform.ledger.records.takes import Address, Choice, TakeRow

__all__ = [
    "DEFINITELY_FAILED",
    "NOTHING_SENT",
    "UNFINISHED",
    "Action",
    "Address",
    "Again",
    "Attempt",
    "AttemptCue",
    "AttemptState",
    "Choice",
    "Claimed",
    "Covered",
    "Decision",
    "Event",
    "FrameDigests",
    "Held",
    "HeldBecause",
    "NewResult",
    "Note",
    "Performed",
    "Piece",
    "Remapped",
    "Result",
    "RunRow",
    "TakeRow",
    "Verdict",
]
