"""The checks of takes: what failed and what is to be looked at, with all figures where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reperform.tables.printing import clean, plural, render, text

if TYPE_CHECKING:
    from rich.text import Text

    from reperform.model import Check
    from reperform.workflow.rechecking import CheckedTake

__all__ = ["checks_text"]

_MARKS = {"failed": ("✗", "red"), "noticed": ("!", "yellow"), "passed": ("✓", "green")}


def checks_text(takes: Sequence[CheckedTake], *, styled: bool = False) -> str:
    """A block for each take: every check, the measured value, the place and what to do where it is not good."""
    lines: list[Text] = []
    for each in takes:
        lines += [*_take(each), text("")]
    failed = sum(not each.take.passed for each in takes)
    noticed = sum(any(check.noticed for check in each.take.checks) for each in takes)
    lines.append(text(f"{plural(len(takes), 'take')} checked: {failed} failed, {noticed} with remarks."))
    return render(lines, width=1000, styled=styled)


def _take(each: CheckedTake) -> list[Text]:
    head = text(clean(each.take.path.name), "bold")
    head.append(f"  {clean(each.shot.clip)}  {each.shot.record.in_}", style="dim")
    head.append(
        "  passed" if each.take.passed else "  failed: not put in", style="green" if each.take.passed else "red"
    )
    width = max((len(check.name) for check in each.take.checks), default=0)
    return [head, *(line for check in each.take.checks for line in _check(check, width))]


def _check(check: Check, width: int) -> list[Text]:
    mark, style = _MARKS["failed" if not check.passed else "noticed" if check.noticed else "passed"]
    line = text(f"  {mark} ", style)
    line.append(f"{clean(check.name):<{width}}  ").append(clean(check.detail), style="dim" if style == "green" else "")
    lines = [line]
    where = "" if check.frame is None else f"at {check.timecode}, frame {check.frame}. "
    if where or check.fix:
        lines.append(text(f"    {'':<{width}}  {where}{check.fix or ''}", "dim"))
    return lines
