"""What people decided on the review page: circled, rejected, and their notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reperform.reporting.documents import Decision, Note
from reperform.sheets.rows import plain

if TYPE_CHECKING:
    from reperform.ledger.decisions import Verdicts
    from reperform.ledger.ledger import Ledger
    from reperform.reporting.seen import Seen
    from reperform.timeline.cut import Cut

__all__ = ["Decisions"]


class Decisions:
    """All that was decided about a timeline, by shot and version; nothing without a project."""

    def __init__(self, out: Path, cut: Cut, ledger: Ledger | None) -> None:
        self._cut = cut
        self._verdicts: Verdicts = ledger.decisions.verdicts(out) if ledger else {}

    def of(self, seen: Seen, version: str) -> Decision:
        """What was decided about a version of a shot: `original`, or a take's id."""
        verdict = self._verdicts.get((seen.id, version))
        if verdict is None:
            return Decision()
        notes = tuple(
            Note(timecode=note.timecode or self._timecode(seen, note.frame), text=plain(note.text))
            for note in verdict.notes
        )
        return Decision(circled=verdict.circled, rejected=verdict.rejected, notes=notes)

    def _timecode(self, seen: Seen, frame: int | None) -> str:
        return "" if frame is None else self._cut.timecode(seen.start + frame)
