"""Every attempt of a project, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reperform.planning.costs import dollars
from reperform.tables.printing import indented, render, text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from reperform.performing.statuses import Status

__all__ = ["attempts_text"]

_STYLES = {"fetched": "green", "unknown": "red", "failed": "red", "rejected": "red", "expired": "red"}


def attempts_text(
    rows: Sequence[Status], *, total_usd: float, known: bool, width: int | None = None, styled: bool = False
) -> str:
    """One block an attempt: where it is in the cut, its state, age and cost; the sum at the end."""
    parts: list[RenderableType] = []
    for row in rows:
        where = ", ".join(row.record) or row.shot
        head = text(f"{where}  {row.clip}   ", "bold").append(f"{row.engine} {row.model}   ", style="not bold")
        parts.append(head.append(row.state, style=_STYLES.get(row.state, "not bold")))
        parts.append(indented(text(f"{row.attempt}   {_age(row.age_seconds)} old   {_cost(row)}", "dim")))
        parts += [indented(text(said)) for said in (row.error, f"→ {row.todo}" if row.todo else None) if said]
    sum_text = f"{dollars(total_usd)}{'' if known else ' and what is unknown'}"
    attempts = f"{len(rows)} attempt{'s' if len(rows) != 1 else ''}"
    return render([*parts, "", text(f"{attempts}, {sum_text}", "bold")], width=width, styled=styled)


def _cost(row: Status) -> str:
    if row.paid_by is not None:
        return f"paid by {row.paid_by}"
    if row.cost_usd is not None:
        return dollars(row.cost_usd)
    return "cost unknown" if row.estimate_usd is None else f"{dollars(row.estimate_usd)} estimated"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
