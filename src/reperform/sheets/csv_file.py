"""The sheet as CSV (RFC 4180), there and back: no cell is a formula to a spreadsheet, and each comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from reperform.errors import InputError
from reperform.sheets.rows import COLUMNS, Sheet

__all__ = ["Cells", "Table", "guarded", "parse", "unguarded", "written"]

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r\n]")
_GUARDED = re.compile(r"''*\s*[=+\-@＝＋－＠]|''*[\t\r\n]")
_MONEY = ("cost_usd", "estimate_usd")
_ALSO = {
    "in": "record_in", "out": "record_out", "tc_in": "record_in", "tc_out": "record_out", "start": "record_in",
    "end": "record_out", "dialogue": "line", "dialog": "line", "text": "line", "notes": "note", "comment": "note",
    "comments": "note", "cue_id": "id", "cue_number": "cue", "role": "character",
}  # fmt: skip
"""What other people call these columns."""
MOST = 20_000
"""Rows that are read."""


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would be one."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The cell before `guarded`. An apostrophe before anything else is one of the text's own."""
    return text[1:] if _GUARDED.match(text) else text


def written(sheet: Sheet, *, bom: bool = False) -> str:
    """The sheet as CSV with the columns of `rows.COLUMNS`, comma and CRLF. With `bom` it begins with a byte order mark."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in sheet.rows:
        table.writerow([_cell(name, getattr(row, name)) for name in COLUMNS])
    return ("\ufeff" if bom else "") + out.getvalue()


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _MONEY:
        return f"{value:.4f}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return guarded(str(value))


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One row of a sheet that came back."""

    number: int
    """As a spreadsheet counts: the headings are row 1."""
    values: Mapping[str, str]
    """By column, those that are known."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet that came back."""

    columns: tuple[str, ...]
    """The known ones that it has."""
    rows: tuple[Cells, ...]
    remarks: tuple[str, ...]
    """Columns that are not known, and are left alone."""


def parse(text: str, name: str) -> Table:
    """The rows of a CSV, with commas, semicolons or tabs between, whoever saved it. Empty rows are passed over.

    Raises:
        InputError: it is no table of cues.

    """
    text = text.removeprefix("\ufeff")
    if text.startswith("sep=") and "\n" in text[:8]:
        text = text.split("\n", 1)[1]
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"“{name}” is no CSV: {error}.", fix="Save the sheet as CSV (UTF-8).") from error
    first = next((number for number, line in enumerate(lines) if any(map(str.strip, line))), None)
    if first is None:
        raise InputError(f"“{name}” is empty.", fix="Make a sheet with `reperform cues TIMELINE --csv`.")
    if len(lines) - first > MOST:
        raise InputError(f"“{name}” has more than {MOST:,} rows.", fix="Give the sheet of one reel.")
    columns = _columns(lines[first], name)
    rows = tuple(
        Cells(number=number, values=_values(columns, line))
        for number, line in enumerate(lines[first + 1 :], first + 2)
        if any(map(str.strip, line))
    )
    known = tuple(column for column in columns if column)
    return Table(
        columns=known, rows=rows, remarks=(*_unknown(lines[first], columns), *_overlong(lines, columns, first))
    )


def _columns(heads: list[str], name: str) -> list[str | None]:
    columns = [_known(head) for head in heads]
    twice = {column for column in columns if column and columns.count(column) > 1}
    if twice:
        raise InputError(f"“{name}” has the column {sorted(twice)[0]} twice.", fix="Keep one of them.")
    if "id" not in columns and "record_in" not in columns:
        raise InputError(
            f"“{name}” is no cue sheet: its first row has neither id nor record_in.",
            fix=f"Its columns are: {', '.join(COLUMNS)}.",
        )
    return columns


def _known(head: str) -> str | None:
    plain = re.sub(r"[\s\-]+", "_", unguarded(head).strip().lower())
    plain = _ALSO.get(plain, plain)
    return plain if plain in COLUMNS else None


def _values(columns: list[str | None], line: list[str]) -> dict[str, str]:
    return {column: unguarded(cell.strip()) for column, cell in zip(columns, line, strict=False) if column}


def _unknown(heads: list[str], columns: list[str | None]) -> list[str]:
    remarks = []
    for head, column in zip(heads, columns, strict=True):
        if column is None and head.strip():
            near = get_close_matches(head.strip().lower()[:40], (*COLUMNS, *_ALSO), 1, 0.75)
            hint = f"; did you mean {near[0]}?" if near else ""
            remarks.append(f"row 1: the column “{head.strip()[:40]}” is not known, and is left alone{hint}")
    return remarks


def _overlong(lines: list[list[str]], columns: list[str | None], first: int) -> list[str]:
    return [
        f"row {number}: it has more cells than there are columns; those are left alone"
        for number, line in enumerate(lines[first + 1 :], first + 2)
        if any(map(str.strip, line[len(columns) :]))
    ]
