"""Marks, and what is done with them, as lists for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reperform.tables.printing import clean, columns, indented, plural, render, row, short, stacked, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from reperform.timeline.cut import Cut
    from reperform.timeline.markup.edits import Edit
    from reperform.timeline.markup.existing import Asked
    from reperform.timing import FrameRange

__all__ = ["edits_text", "marks_text"]

_SIGNS = {"Add": ("+", "green"), "Change": ("~", "yellow"), "Remove": ("-", "red")}


def marks_text(asked: Sequence[Asked], cut: Cut, *, width: int | None = None, styled: bool = False) -> str:
    """A line a cue: its id, where it is, what it asks for."""
    if not asked:
        return render([text("There are no marks in this timeline.")], width=width, styled=styled)
    ids = [clean(each.id or _place(each)) for each in asked]
    longest = max(map(len, ids))
    room = max(20, columns(width) - longest - 27)
    lines: list[RenderableType] = []
    for each, name in zip(asked, ids, strict=True):
        cells = [text(name, "dim"), text(_span(each.frames, cut)), _words(each)]
        lines.append(row(cells, widths=(longest, 23, room)))
    return render([*lines, "", text(plural(len(asked), "cue"), "bold")], width=width, styled=styled)


def edits_text(edits: Sequence[Edit], cut: Cut, *, width: int | None = None, styled: bool = False) -> str:
    """What is done, a block each: a sign, where, and what it says then and before."""
    if not edits:
        return render([text("There is nothing to change.")], width=width, styled=styled)
    counts = {"Add": "added", "Change": "changed", "Remove": "removed"}
    sums = [
        f"{number} {word}" for kind, word in counts.items() if (number := sum(type(e).__name__ == kind for e in edits))
    ]
    blocks: list[RenderableType] = [stacked(*_lines(edit, cut)) for edit in edits]
    return render([*blocks, "", text(", ".join(sums), "bold")], width=width, styled=styled)


def _lines(edit: Edit, cut: Cut) -> Iterator[RenderableType]:
    from reperform.timeline.markup.edits import Add, Change, Remove, says

    sign, style = _SIGNS[type(edit).__name__]
    if isinstance(edit, Remove):
        yield _head(sign, style, _span(edit.frames, cut), edit.id, None).append(
            f"  {clean(short(edit.text, 60))}", style="not bold"
        )
        return
    clip = f"{edit.clip.name} ({edit.clip.track.label})" if edit.clip else None
    if isinstance(edit, Add):
        where = f"on {clip}" if edit.on == "clip" else "on the timeline"
        yield _head(sign, style, _span(edit.frames, cut), None, where)
        yield indented(text(says(edit.direction)), 4)
        return
    assert isinstance(edit, Change)
    yield _head(sign, style, _span(edit.frames_before, cut), edit.id, clip)
    if edit.frames is not None:
        yield indented(text(f"to {_span(edit.frames, cut)}"), 4)
    if edit.direction is not None:
        yield indented(text(f"was: {says(edit.before)}", "dim"), 4)
        yield indented(text(f"now: {says(edit.direction)}"), 4)


def _head(sign: str, style: str, span: str, name: str | None, where: str | None) -> Text:
    line = text(f"{sign} ", style).append(span, style="default bold")
    for part in (name, where):
        if part:
            line.append(f"  {clean(part)}", style="not bold dim")
    return line


def _span(frames: FrameRange | None, cut: Cut) -> str:
    if frames is None:
        return "at an unknown place"
    if frames.frames == 1:
        return cut.timecode(frames.start)
    return f"{cut.timecode(frames.start)}-{cut.timecode(frames.end)}"


def _place(asked: Asked) -> str:
    return f"{asked.clip.track.label} {asked.clip.name}" if asked.clip else "timeline"


def _words(asked: Asked) -> Text:
    from reperform.timeline.markup.edits import says

    direction = asked.direction
    if direction is None:
        return text(f"not understood: {short(asked.mark.text)}", "red")
    rest = direction.model_copy(update={"character": None})
    return text(f"{direction.character}: " if direction.character else "", "cyan").append(
        clean(says(rest)), style="default"
    )
