"""A cue sheet on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.planning.costs import dollars
from reperform.tables.printing import clean, columns, indented, plural, render, row, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from reperform.sheets.rows import Row, Sheet

__all__ = ["STATUS_STYLES", "sheet_text"]

STATUS_STYLES = {
    "chosen": "green", "performed": "green", "preview": "cyan", "paid": "green", "original": "default",
    "planned": "dim", "performing": "yellow", "problem": "red", "failed": "red", "refused": "red", "unknown": "red", "expired": "red",
}  # fmt: skip
_IN, _LENGTH = 11, 7


def sheet_text(sheet: Sheet, *, width: int | None = None, styled: bool = False) -> str:
    """A line a cue, its words below; the sums at the end."""
    wide = columns(width)
    head = text(clean(sheet.title), "bold").append(f"   reel {clean(sheet.reel)}", style="not bold dim")
    if not sheet.rows:
        return render([head, "", text("There are no cues in this timeline.")], width=width, styled=styled)
    number = len(str(len(sheet.rows)))
    status = max(len(each.status) for each in sheet.rows)
    cost = max(len(_cost(each)) for each in sheet.rows)
    widths = (number, _IN, _IN, _LENGTH, max(12, wide - number - 2 * _IN - _LENGTH - status - cost - 14), status, cost)
    parts: list[RenderableType] = [head, ""]
    for each in sheet.rows:
        parts.append(row(_cells(each), widths=widths, right=(0, 3, 6)))
        parts += [indented(line, number + 2) for line in _below(each)]
    sums = f"{plural(len(sheet.rows), 'cue')}, {plural(len(sheet.characters), 'character')}, {sheet.seconds:.2f} s"
    paid = f", {dollars(sheet.cost_usd)}" if sheet.cost_usd else ""
    return render([*parts, "", text(f"{sums}{paid}", "bold")], width=width, styled=styled)


def _cells(each: Row) -> list[Text]:
    what = text(f"{each.character}: " if each.character else "", "cyan")
    what.append(clean(each.direction or ("–" if not each.line else "")), style="default")
    seconds = f"{each.seconds:.2f} s" if each.seconds is not None else ""
    status = text(each.status, STATUS_STYLES.get(each.status, ""))
    return [
        text(str(each.cue), "bold"),
        text(each.record_in),
        text(each.record_out),
        text(seconds),
        what,
        status,
        text(_cost(each)),
    ]


def _below(each: Row) -> list[Text]:
    lines = [text(f"“{each.line}”")] if each.line else []
    lines += [text(f"note: {each.note}", "dim")] if each.note else []
    lines += [text(each.problem, "red")] if each.problem else []
    source = "  ".join(
        part for part in (each.source, f"{each.source_in}-{each.source_out}" if each.source_in else "") if part
    )
    take = f"  → {each.take}" if each.take else ""
    return [*lines, text(f"{source}{take}   {each.id}", "dim")]


def _cost(each: Row) -> str:
    if each.cost_usd:
        return dollars(each.cost_usd)
    return f"≈{dollars(each.estimate_usd)}" if each.estimate_usd and each.cost_usd is None else ""
