"""The takes that there are, and which of them stand in the cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from reperform.model import Shot, Take
from reperform.tables.printing import clean, render, short, text

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["takes_text"]

_STANDS = "\N{BLACK CIRCLE}"


def takes_text(
    shots: Sequence[Shot],
    takes: Mapping[str, Sequence[Take]],
    *,
    standing: Collection[str | None],
    made: Collection[str],
    styled: bool = False,
) -> str:
    """A line for each take, a dot before those that stand in the cut. `takes` are by shot id, `made` by this run."""
    rows = [(shot, take) for shot in shots for take in takes.get(shot.id, ())]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*map(_cells, rows), strict=True)]
    lines = [_line(row, widths, standing=standing, made=made) for row in rows]
    return render(lines, width=1000, styled=styled)


def _cells(row: tuple[Shot, Take]) -> tuple[str, str, str]:
    shot, take = row
    return shot.id, clean(short(shot.clip)), clean(take.path.name)


def _line(
    row: tuple[Shot, Take], widths: Sequence[int], *, standing: Collection[str | None], made: Collection[str]
) -> Text:
    take = row[1]
    line = text(f"{_STANDS} " if take.id in standing else "  ", "cyan")
    for cell, width, style in zip(_cells(row), widths, ("dim", "bold", ""), strict=True):
        line.append(f"{cell:<{width}}  ", style=style)
    failed = [check.name for check in take.checks if not check.passed]
    if failed:
        return line.append(f"not put in: {', '.join(failed)}", style="red")
    line.append("new" if take.id in made else "", style="green")
    noticed = [check.name for check in take.checks if check.noticed]
    if noticed:
        line.append(f"{'  ' if take.id in made else ''}look at: {', '.join(noticed)}", style="yellow")
    return line
