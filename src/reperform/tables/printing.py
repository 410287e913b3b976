"""Text for terminals. Names in a timeline are not ours, and a terminal obeys what it is sent: control characters go."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["clean", "columns", "indented", "plural", "render", "row", "short", "stacked", "text"]

_WIDEST, _NARROWEST = 110, 60


def columns(width: int | None) -> int:
    """The columns to print in: those asked for, else the terminal's, within what reads well."""
    return width or max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((100, 24)).columns))


def render(parts: Iterable[RenderableType], *, width: int | None, styled: bool) -> str:
    """The parts below each other, with a line break at the end; empty for no parts."""
    from io import StringIO

    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=columns(width),
        force_terminal=styled,
        color_system="standard" if styled else None,
        highlight=False,
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part, markup=False)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def text(words: str, style: str = "") -> Text:
    """Words that are printed as they stand, whatever is in them."""
    from rich.text import Text

    return Text(clean(words), style=style)


def row(
    cells: Sequence[RenderableType], *, widths: Sequence[int], right: Iterable[int] = (), style: str = ""
) -> RenderableType:
    """One line of cells, each folded into its width; the columns in `right` end at their right edge."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for number, width in enumerate(widths):
        grid.add_column(width=width, overflow="fold", justify="right" if number in right else "left", style=style)
    grid.add_row(*cells)
    return grid


def stacked(*parts: RenderableType) -> RenderableType:
    """The parts below each other, as one."""
    from rich.console import Group

    return Group(*parts)


def indented(part: RenderableType, by: int = 2) -> RenderableType:
    """The part, moved in."""
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, by))


def clean(words: str) -> str:
    """Without characters that a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def short(words: str, longest: int = 40) -> str:
    """On one line, and cut where it is long."""
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def plural(number: int, word: str) -> str:
    """`1 cue`, `2 cues`."""
    return f"{number} {word}{'' if number == 1 else 's'}"
