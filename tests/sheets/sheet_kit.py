"""Sheets of cuts that exist in memory only, and sheets that came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marked import Library, find
from reperform.model import PlanSettings
from reperform.sheets import csv_file
from reperform.sheets.making import sheet_of
from reperform.sheets.returned import Returned, changes_of
from reperform.sheets.rows import Sheet
from reperform.timeline.cut import Index
from reperform.timeline.index import build
from reperform.timeline.markup.applying import Applied, apply
from reperform.timeline.markup.edits import Edit
from reperform.timeline.markup.existing import Asked, asked_in


def asked(made: Index, media: Library | None = None) -> tuple[Asked, ...]:
    return asked_in(made, find(made, media=media).shots, PlanSettings())


def sheet(made: Index, media: Library | None = None) -> Sheet:
    """By way of the plan's shots."""
    found = find(made, media=media)
    return sheet_of(made, asked_in(made, found.shots, PlanSettings()), problems=found.problems).sheet


def returned(text: str, made: Index, media: Library | None = None) -> Returned:
    return changes_of(csv_file.parse(text, "cues.csv"), asked(made, media), made)


def applied(made: Index, edits: Sequence[Edit]) -> tuple[Index, Applied]:
    """The cut after the edits, read again."""
    done = apply(made, edits, PlanSettings())
    return build(made.cut), done


def rows(made: Sheet, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in names) for row in made.rows]
