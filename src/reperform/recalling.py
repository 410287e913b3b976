"""What a project knows of the takes that its timeline shows: an editor that sent it back may have dropped our metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Shot, Source, Take
from reperform.timeline.recognising import TAKE_SOUND
from reperform.timeline.remembering import Known, names_shown, remember

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.ledger.storage import Storage
    from reperform.timeline.cut import Cut

__all__ = ["recalled"]


def recalled(cut: Cut, project: Path, storage: Storage | None = None) -> Cut:
    """The cut in which every take of the project says that it is one. `storage` is as `Ledger.open` takes it.

    Raises:
        LedgerError: the project's ledger cannot be read.

    """
    from reperform.ledger.ledger import Ledger

    ledger = Ledger.existing(project, storage)
    if ledger is None:
        return cut
    with ledger:
        rows = {name: row for row in ledger.takes.all() for name in _names(row, ledger)}
        shown = names_shown(cut.timeline) & rows.keys() if rows else ()
        if not shown:
            return cut
        attempts = {result.id: result.attempt_id for result in ledger.results.all()}
        return remember(cut, {name: _known(rows[name], attempts, ledger) for name in shown})


def _names(row: TakeRow, ledger: Ledger) -> tuple[str, ...]:
    """As references call it; of a sequence's folder, which has no ending, its sound's, too."""
    path = ledger.takes.path(row)
    return (path.name,) if path.suffix else (path.name, path.name + TAKE_SOUND)


def _known(row: TakeRow, attempts: Mapping[str, str], ledger: Ledger) -> Known:
    assert row.document is not None, "only finished takes are listed"
    take = Take.model_validate_json(row.document).model_copy(update={"path": ledger.takes.path(row)})
    # A retimed shot's take stands for more than a range of its source.
    return Known(take=take, original=_original(row, attempts, ledger) if row.clock == "media" else None)


def _original(row: TakeRow, attempts: Mapping[str, str], ledger: Ledger) -> Source | None:
    """The original, as the attempt that performed for it had it. `attempts` are by result."""
    for each in row.performed:
        if each.result_id in attempts:
            return Shot.model_validate_json(ledger.claims.attempt(attempts[each.result_id]).shot).source
    return None
