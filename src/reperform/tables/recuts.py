"""A change list: each shot in the old and the new cut, what was done to it, its take, and what lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reperform.planning import costs
from reperform.tables.printing import clean, columns, indented, plural, render, row, short, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from reperform.model import Shot
    from reperform.workflow.reattaching import Reattached, Recut

__all__ = ["recuts_table"]

_HEADINGS = ("was", "is", "clip", "change", "take")
_GAP = 2
_STYLES = {"attached": "", "lacking": "yellow", "new": "cyan", "gone": "dim"}


def recuts_table(found: Reattached, *, width: int | None = None, styled: bool = False) -> str:
    """The list, and the sums at its end."""
    parts: list[RenderableType] = []
    if found.shots:
        parts += _rows(found.shots, columns(width))
        parts.append("")
    return render([*parts, *_sums(found)], width=width, styled=styled)


def _rows(shots: Sequence[Recut], width: int) -> list[RenderableType]:
    cells = [_cells(shot) for shot in shots]
    needs = [max(len(heading), *(len(line[number]) for line in cells)) for number, heading in enumerate(_HEADINGS)]
    left = width - _GAP * len(needs) - needs[0] - needs[1]
    if sum(needs[2:]) > left:
        needs[2] = min(needs[2], max(8, left // 4))
        needs[4] = min(needs[4], max(12, (left - needs[2]) // 2))
        needs[3] = max(12, min(needs[3], left - needs[2] - needs[4]))
    lines: list[RenderableType] = [row([text(heading) for heading in _HEADINGS], widths=needs, style="dim")]
    for shot, line in zip(shots, cells, strict=True):
        lines.append(row([text(cell, _STYLES[shot.state]) for cell in line], widths=needs))
        lines += [indented(each) for each in _lacking(shot)]
    return lines


def _cells(shot: Recut) -> tuple[str, str, str, str, str]:
    return (_place(shot.before), _place(shot.after), short(shot.clip, 28), _change(shot), _take(shot))


def _place(shot: Shot | None) -> str:
    return "–" if shot is None else f"{shot.track} {shot.record.in_}"


def _change(shot: Recut) -> str:
    if shot.state == "gone":
        return f"fell out: {shot.why}"
    if shot.state == "new":
        return f"new: {short(shot.why)}"
    if shot.before is None:
        return "not in the earlier cut"
    said = [f"{change.kind} {change.detail}".strip() for change in shot.changes]
    return ", ".join(said) or "as it was"


def _take(shot: Recut) -> str:
    if shot.state == "new":
        return "never performed"
    standing = next((take for take in shot.takes if take.id == shot.chosen), None)
    if standing is None:
        return "its original" if shot.takes else "–"
    return f"{clean(standing.path.name)}{' (conformed anew)' if standing.id in shot.made else ''}"


def _lacking(shot: Recut) -> Iterator[Text]:
    for gap in shot.missing:
        media = f", {gap.source_timecode}" if gap.source_timecode else ""
        frames = abs(gap.source_out_frame - gap.source_in_frame)
        said = f"{gap.record_in} to {gap.record_out} was never performed: frames {gap.source_in_frame}{media}, {plural(frames, 'frame')}"
        yield text(f"  {said}", "yellow")
    if shot.jobs:
        amounts = [job.cost.amount for job in shot.jobs]
        cost = (
            "an unknown price" if None in amounts else costs.dollars(sum(each for each in amounts if each is not None))
        )
        seconds = sum(job.seconds for job in shot.jobs)
        yield text(f"  the smallest job for it: {seconds:.2f} s, {cost}", "yellow")


def _sums(found: Reattached) -> Iterator[RenderableType]:
    counted = [(state, sum(shot.state == state for shot in found.shots)) for state in _STYLES]
    words = {"attached": "with all its takes", "lacking": "lacking frames", "new": "new", "gone": "fallen out"}
    said = [f"{number} {words[state]}" for state, number in counted if number]
    yield text(", ".join(said) or "Nothing that was performed is in this cut.", "bold")
    if found.earlier is not None:
        yield text(f"Compared with {found.earlier.path.name} as it was last run.", "dim")
    if found.fill is not None and found.fill.totals.jobs:
        totals = found.fill.totals
        cost = totals.cost.basis if totals.cost.amount is None else costs.dollars(totals.cost.amount)
        yield text(
            f"--fill would perform what lacks: {plural(totals.jobs, 'job')}, {totals.seconds_sent:.2f} s, {cost}."
        )
