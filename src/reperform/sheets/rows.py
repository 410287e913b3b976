"""The sheet: a line for each cue, as people in a recording studio read it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from reperform.direction import Direction
from reperform.grammar import format_direction
from reperform.lexing import one_line
from reperform.timing import Rate

__all__ = ["COLUMNS", "WORDS", "Row", "Sheet", "numbered", "plain", "plain_direction", "words_of"]

WORDS = ("character", "line", "note")
"""Parts of a direction that have columns of their own."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One cue. What is not known, or not there, is empty or None."""

    reel: str
    cue: int
    """Its number on this sheet, from 1."""
    character: str = ""
    record_in: str = ""
    record_out: str = ""
    """The first frame after it."""
    seconds: float | None = None
    source: str = ""
    """The file's name."""
    source_in: str = ""
    """Source timecode; of a file without timecode from zero."""
    source_out: str = ""
    """After its last frame."""
    line: str = ""
    direction: str = ""
    """All that is asked but character, line and note, as marks spell it."""
    note: str = ""
    status: str = "planned"
    take: str = ""
    """The take that stands for it: its file's name, or `original`."""
    cost_usd: float | None = None
    """What it has cost. None where nothing was performed for it, or nobody knows."""
    estimate_usd: float | None = None
    """What it would cost. None where nothing would be sent for it, or nobody knows."""
    track: str = ""
    clip: str = ""
    problem: str = ""
    """Why it cannot be performed."""
    id: str = ""
    """Names the cue to `mark`, `run --only` and others."""


COLUMNS: tuple[str, ...] = tuple(Row.__dataclass_fields__)
"""Names of the columns, which stay as they are."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The sheet of one cut."""

    title: str
    reel: str
    rate: Rate
    start: str
    """Timecode of the cut's first frame."""
    rows: tuple[Row, ...]

    @property
    def characters(self) -> tuple[str, ...]:
        """Each once, in the order in which they speak."""
        return tuple(dict.fromkeys(row.character for row in self.rows if row.character))

    @property
    def cost_usd(self) -> float:
        """What all of it has cost, as far as that is known."""
        return sum(row.cost_usd or 0.0 for row in self.rows)

    @property
    def seconds(self) -> float:
        """How long all cues are together."""
        return round(sum(row.seconds or 0.0 for row in self.rows), 3)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        rate = Fraction(self.rate)
        return {
            "version": 1,
            "timeline": {
                "name": self.title,
                "reel": self.reel,
                "rate": f"{rate.numerator}/{rate.denominator}",
                "start": self.start,
            },
            "cues": [asdict(row) for row in self.rows],
            "totals": {
                "cues": len(self.rows),
                "seconds": self.seconds,
                "cost": {"amount": self.cost_usd, "currency": "USD"},
            },
        }


def plain(text: str) -> str:
    """A text as a cell holds it: on one line, without control characters."""
    return "".join(
        letter for letter in one_line(text).replace("\t", " ") if unicodedata.category(letter) != "Cc"
    ).strip()


def plain_direction(direction: Direction) -> Direction:
    """The direction as a sheet holds it."""
    texts = {name: plain(value) or None for name, value in direction if isinstance(value, str)}
    return direction.model_copy(update=texts)


def words_of(direction: Direction | None) -> Mapping[str, str]:
    """What a sheet's columns say of a direction."""
    if direction is None:
        return {}
    plain = plain_direction(direction)
    rest = plain.model_copy(update=dict.fromkeys(WORDS))
    return {name: getattr(plain, name) or "" for name in WORDS} | {"direction": format_direction(rest)}


def numbered(rows: Sequence[Mapping[str, Any]], *, reel: str) -> tuple[Row, ...]:
    """The rows of a sheet, numbered in their order."""
    return tuple(Row(reel=reel, cue=number, **row) for number, row in enumerate(rows, 1))
