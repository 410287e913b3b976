"""How many pictures a report may have: it is mailed.

They are counted first, and the more there are the smaller they are; past a limit the other takes stay words, then the
originals, then the shots at the end; and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reperform.reporting.documents import Shot

__all__ = ["Allowance", "allowed"]

_WIDTHS = ((150, 560), (600, 400), (1500, 280), (4500, 192))
"""Up to so many pictures, so many pixels wide."""
_COMPARED = 200
"""Shots up to which the strongest frame is searched for."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a report of some length shows."""

    width: int
    """Of a large picture, in pixels."""
    shots: int
    """So many have pictures, from the first."""
    of: int
    """So many there are."""
    originals: bool
    others: bool
    compares: bool
    """Whether the strongest frame is searched for."""

    @property
    def said(self) -> str:
        """What was left out, in words; empty where nothing was."""
        if not self.shots:
            return "This file was made without pictures." if self.of else ""
        parts = ["the takes that are not in the cut"] if not self.others else []
        parts += ["the originals of shots with a take"] if not self.originals else []
        parts += [f"the last {self.of - self.shots:,} shots"] if self.shots < self.of else []
        return f"So that this file stays small, it has no pictures of {', and none of '.join(parts)}." if parts else ""


def allowed(shots: Sequence[Shot], *, most: int = _WIDTHS[-1][0]) -> Allowance:
    """What fits into `most` pictures. 0 allows none."""
    others = sum(len(shot.others) for shot in shots)
    both = sum(2 if shot.beside else 1 for shot in shots)
    compares = len(shots) <= _COMPARED
    for count, with_originals, with_others in (
        (both + others, True, True),
        (both, True, False),
        (len(shots), False, False),
    ):
        if count <= most:
            width = next((width for limit, width in _WIDTHS if count <= limit), _WIDTHS[-1][1])
            return Allowance(
                width=width,
                shots=len(shots),
                of=len(shots),
                originals=with_originals,
                others=with_others,
                compares=compares,
            )
    return Allowance(width=_WIDTHS[-1][1], shots=most, of=len(shots), originals=False, others=False, compares=False)
