"""Takes: numbers that are given out once, and what each take was made of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.ledger.records import Performed, TakeRow
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Takes"]


class Takes:
    """Every take of the project."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def number(
        self,
        identity: str,
        *,
        stem: str,
        source_identity: str,
        clock: str,
        covers: FrameRange,
        performed: Sequence[Performed],
        settings: str,
        file_of: Callable[[int], str],
    ) -> TakeRow:
        """The take of this identity, given its number now if it has none: one that no overlapping take of `stem` ever had.

        `file_of` names the file of a number. A number whose file is there already, from another project, is passed over.
        """
        with self._ledger.transaction():
            known = self.by_identity(identity)
            if known is not None:
                return known
            number, file = self._free(stem, clock, covers, file_of)
            rows = self._ledger.change(
                "add_take",
                id=Path(file).stem,
                number=number,
                stem=stem,
                identity=identity,
                source_identity=source_identity,
                clock=clock,
                in_frame=covers.start,
                frames=covers.frames,
                performed=json.dumps([each.as_dict() for each in performed]),
                settings=settings,
                file=file,
            )
            return _take(rows[0])

    def finish(self, take: TakeRow, document: str) -> None:
        """The file is in its place: the `Take` as JSON."""
        self._ledger.change("finish_take", id=take.id, document=document)

    def by_identity(self, identity: str) -> TakeRow | None:
        """The take that was made of exactly this, or is being made."""
        row = self._ledger.row("take_by_identity", identity=identity)
        return None if row is None else _take(row)

    def of_source(self, source_identity: str) -> tuple[TakeRow, ...]:
        """The finished takes of one original, oldest first."""
        return tuple(_take(row) for row in self._ledger.rows("takes_of_source", source_identity=source_identity))

    def all(self) -> tuple[TakeRow, ...]:
        """Every finished take, oldest first."""
        return tuple(_take(row) for row in self._ledger.rows("takes"))

    def path(self, take: TakeRow) -> Path:
        """Where its file lies."""
        return self._ledger.project / take.file

    def _free(self, stem: str, clock: str, covers: FrameRange, file_of: Callable[[int], str]) -> tuple[int, str]:
        row = self._ledger.row(
            "highest_take_number", stem=stem, clock=clock, in_frame=covers.start, end_frame=covers.end
        )
        assert row is not None, "a maximum is always one row"
        number = int(row["number"]) + 1
        while self._taken(file_of(number)):
            number += 1
        return number, file_of(number)

    def _taken(self, file: str) -> bool:
        known = self._ledger.row("take_by_file", file=file) or self._ledger.row("take_by_id", id=Path(file).stem)
        return known is not None or (self._ledger.project / file).exists()


def _take(row: sqlite3.Row) -> TakeRow:
    values = dict(row)
    performed = tuple(Performed(**each) for each in json.loads(values.pop("performed")))
    return TakeRow(performed=performed, **values)
