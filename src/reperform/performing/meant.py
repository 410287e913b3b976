"""Which attempts a person means: as `run --only` takes it, by state, engine, or the beginning of an id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from pydantic import ValidationError

from reperform.choosing_cues import cue_test
from reperform.errors import InputError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt
from reperform.model import Shot
from reperform.performing.statuses import Status
from reperform.timing import Rate, parse_timecode

__all__ = ["meant"]

_SHORTEST_ID = 4


def meant(rows: Sequence[Status], words: Sequence[str], ledger: Ledger) -> tuple[Status, ...]:
    """The rows that any of the words means, in their order; all where there are no words.

    Record timecode is that of the timeline that an attempt was performed for, counted in its frames.

    Raises:
        InputError: a word means none of them; it names those that there are.

    """
    if not words:
        return tuple(rows)
    places = {row.attempt: _Place.of(ledger.claims.attempt(row.attempt), ledger) for row in rows}
    kept: set[str] = set()
    for word in words:
        found = {row.attempt for row in rows if _is_meant(row, word.strip(), places[row.attempt])}
        if not found:
            raise InputError(f"`--only {word}` fits no attempt.", fix=_hint(word, rows))
        kept |= found
    return tuple(row for row in rows if row.attempt in kept)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where in its timeline an attempt's shot is, as it was performed."""

    shot: Shot
    rate: Rate
    start_frame: int
    """At which the timeline begins, counted from 00:00:00:00."""
    drop_frame: bool

    @classmethod
    def of(cls, attempt: Attempt, ledger: Ledger) -> _Place | None:
        """None where the ledger does not say."""
        try:
            shot = Shot.model_validate_json(attempt.shot)
            run = ledger.runs.get(attempt.run_id) if attempt.run_id else None
            rate = Fraction(json.loads(run.plan)["timeline"]["rate"]) if run else shot.media.rate
            drop_frame = ";" in shot.record.in_
            first = parse_timecode(shot.record.in_, rate, drop_frame=drop_frame)
        except (ValidationError, ValueError, KeyError):
            return None
        return cls(shot=shot, rate=rate, start_frame=first - shot.record.in_frame, drop_frame=drop_frame)

    def shows(self, timecode: str) -> bool:
        """Whether the shot is seen at this record timecode."""
        try:
            frame = parse_timecode(timecode, self.rate, drop_frame=self.drop_frame) - self.start_frame
        except ValueError:
            return False
        return 0 <= frame - self.shot.record.in_frame < self.shot.record.frames

    def holds(self, word: str, cues: Sequence[str]) -> bool:
        """Whether `run --only WORD` would mean one of these of its cues."""
        test = cue_test(word, rate=self.rate, start_frame=self.start_frame, drop_frame=self.drop_frame)
        return any(test(self.shot, cue) for cue in self.shot.cues if cue.id in cues)


def _is_meant(row: Status, word: str, place: _Place | None) -> bool:
    if place is not None and (place.holds(word, row.cues) or place.shows(word)):
        return True
    if len(word) >= _SHORTEST_ID and row.attempt.startswith(word.lower()):
        return True
    return word.casefold() in {name.casefold() for name in _names(row)}


def _names(row: Status) -> tuple[str, ...]:
    return tuple(filter(None, (row.shot, row.clip, *row.cues, *row.characters, row.state, row.engine, row.model)))


def _hint(word: str, rows: Sequence[Status]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in _names(row)))
    near = get_close_matches(word, names, 3, 0.4) or names[:6]
    return f"There are: {', '.join(near)}." if near else "There are no attempts."
