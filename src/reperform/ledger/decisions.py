"""What people decide as they review a timeline: circled, rejected, noted; each at once, each undoable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.ledger.records.decisions import Action, Decision, Note, Verdict

if TYPE_CHECKING:
    import sqlite3

    from reperform.ledger.ledger import Ledger

__all__ = ["Decisions", "Verdicts", "verdicts"]

Verdicts = Mapping[tuple[str, str], Verdict]
"""By the ids of the shot and the version."""


class Decisions:
    """Everything that was decided, by the timeline that was looked at."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def decide(
        self,
        timeline: Path,
        *,
        shot: str,
        version: str,
        action: Action,
        frame: int | None = None,
        timecode: str | None = None,
        text: str | None = None,
        note: int | None = None,
    ) -> Decision:
        """This was decided. What was undone before cannot be done again after it.

        Raises:
            LedgerError: a note without text, or another action with one; a note that is not there.

        """
        path = self._ledger.outputs.kept(timeline)
        values = {"frame": frame, "timecode": timecode, "text": text, "note": note}
        with self._ledger.transaction():
            self._ledger.change("drop_undone", timeline=path)
            rows = self._ledger.change("decide", timeline=path, shot=shot, version=version, action=action, **values)
        return Decision(**rows[0])

    def standing(self, timeline: Path) -> tuple[Decision, ...]:
        """What was decided and not undone, in order."""
        return tuple(Decision(**row) for row in self._ledger.rows("decisions", timeline=self._kept(timeline)))

    def verdicts(self, timeline: Path) -> Verdicts:
        """What it comes to. What nothing was decided of has no entry."""
        return verdicts(self.standing(timeline))

    def undo(self, timeline: Path) -> Decision | None:
        """Takes the last decision back, and gives it; None where there is none."""
        return _first(self._ledger.change("undo_decision", timeline=self._kept(timeline)))

    def redo(self, timeline: Path) -> Decision | None:
        """Makes the decision that was undone last again; None where there is none."""
        return _first(self._ledger.change("redo_decision", timeline=self._kept(timeline)))

    def last_change(self, timeline: Path) -> int:
        """A number that is larger after every change."""
        row = self._ledger.row("last_decision_change", timeline=self._kept(timeline))
        assert row is not None, "a maximum is always one row"
        return int(row["id"])

    def changed_since(self, timeline: Path, change: int) -> tuple[int, tuple[str, ...]]:
        """The number of the last change, and the shots of which something was decided, or undone, after `change`."""
        rows = self._ledger.rows("decision_changes", timeline=self._kept(timeline), id=change)
        return (rows[-1]["id"] if rows else change), tuple(dict.fromkeys(row["shot"] for row in rows))

    def _kept(self, timeline: Path) -> str:
        return self._ledger.outputs.kept(timeline)


def verdicts(decisions: Iterable[Decision]) -> Verdicts:
    """What decisions come to, in their order: one version of a shot is circled, and what is circled is not rejected."""
    found: dict[tuple[str, str], Verdict] = {}
    circled: dict[str, str] = {}
    for each in decisions:
        place = each.shot, each.version
        verdict = found.get(place, Verdict())
        if each.action == "circle":
            if (before := circled.get(each.shot)) not in (None, each.version):
                found[each.shot, str(before)] = replace(found[each.shot, str(before)], circled=False)
            circled[each.shot] = each.version
        found[place] = _after(verdict, each)
    return found


def _after(verdict: Verdict, decision: Decision) -> Verdict:
    match decision.action:
        case "circle":
            return replace(verdict, circled=True, rejected=False)
        case "uncircle":
            return replace(verdict, circled=False)
        case "reject":
            return replace(verdict, circled=False, rejected=True)
        case "unreject":
            return replace(verdict, rejected=False)
        case "note":
            return replace(verdict, notes=(*verdict.notes, _note(decision)))
        case "unnote":
            return replace(verdict, notes=tuple(note for note in verdict.notes if note.id != decision.note))


def _note(decision: Decision) -> Note:
    return Note(
        id=decision.id,
        frame=decision.frame,
        timecode=decision.timecode,
        text=decision.text or "",
        at=decision.decided_at,
    )


def _first(rows: list[sqlite3.Row]) -> Decision | None:
    return Decision(**rows[0]) if rows else None
