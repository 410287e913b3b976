"""A sheet in the form that is asked for, printed or as a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import InputError

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.sheets.making import Made
    from reperform.workflow import Planned

__all__ = ["Given", "give", "kind_of"]

KINDS = ("csv", "html", "json")


@dataclass(frozen=True, kw_only=True)
class Given:
    """A sheet as text."""

    text: str
    count: int
    """Of its cues."""
    kept: Path | None = None
    """Where an earlier file went that was not as we last wrote it."""
    document: str = ""
    """What is said of the file to a program (JSON)."""


def kind_of(asked: str | None, out: Path | None) -> str:
    """`csv`, `html`, `json` or `table`: what is asked for, else by the ending of `out`.

    Raises:
        InputError: a file with an ending that says nothing.

    """
    if asked is not None or out is None:
        return asked or "table"
    ending = out.suffix.lower().lstrip(".")
    ending = {"htm": "html", "txt": "table"}.get(ending, ending)
    if ending not in (*KINDS, "table"):
        raise InputError(
            f"“{out.name}” does not say in which form.", fix="Write to a .csv, .html or .json, or say --csv or --html."
        )
    return ending


def give(
    planned: Planned, settings: Settings, *, kind: str, reel: str | None, bom: bool, out: Path | None, styled: bool
) -> Given:
    """The sheet of a planned timeline; written to `out` where that is given.

    Raises:
        InputError: `out` is the timeline, or cannot be written.
        LedgerError: the project's ledger cannot be read.

    """
    from reperform.sheets.making import make
    from reperform.sheets.storing import store

    made = make(planned, settings, reel=reel)
    text = _text(made, kind, bom=bom, styled=styled and out is None)
    kept = None
    if out is not None:
        kept = store(
            text.encode("utf-8", "replace"),
            out,
            timeline=planned.cut.path,
            project=planned.project,
            storage=settings.ledger,
        )
    said = {"version": 1, "out": str(out), "kept": str(kept) if kept else None, "cues": len(made.sheet.rows)}
    return Given(
        text=text, count=len(made.sheet.rows), kept=kept, document=json.dumps(said, indent=2, ensure_ascii=False)
    )


def _text(made: Made, kind: str, *, bom: bool, styled: bool) -> str:
    if kind == "csv":
        from reperform.sheets import csv_file

        return csv_file.written(made.sheet, bom=bom)
    if kind == "html":
        from reperform.sheets.page import page
        from reperform.sheets.pictures import pictures_of

        return page(made.sheet, pictures_of(made.asked))
    if kind == "json":
        return json.dumps(made.sheet.as_dict(), indent=2, ensure_ascii=False) + "\n"
    from reperform import tables

    return tables.sheet_text(made.sheet, styled=styled)
