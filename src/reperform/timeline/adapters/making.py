"""OTIO's objects out of exact times: what the readers of other formats have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timing import Rate

__all__ = ["ONCE", "Budget", "Read", "Remark", "marker", "moment", "span"]

_NEAR = Fraction(1, 10_000)
_MOST_ITEMS = 200_000


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a reader wants said of one place in the cut."""

    message: str
    clip: str | None = None
    timecode: str | None = None
    fix: str | None = None
    warning: bool = False
    """Else a note."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a reader makes of a file."""

    root: Any
    """A timeline, or a SerializableCollection of timelines."""
    drop_frame: bool | None = None
    """What the file says of its timecode. None where it says nothing."""
    remarks: tuple[Remark, ...] = ()


@dataclass
class Budget:
    """How many items a file may still become: compound clips inside compound clips multiply."""

    name: str
    left: int = field(default=_MOST_ITEMS)

    def spend(self) -> None:
        """One item more. Raises TimelineError where that is too many."""
        self.left -= 1
        if self.left < 0:
            raise TimelineError(
                f"“{self.name}” has more than {_MOST_ITEMS:,} clips once its compound clips are opened",
                fix="Export a part of the cut, a reel for example.",
            )


ONCE = Fraction(1)
"""The speed of what is not retimed."""


def moment(seconds: Fraction, rate: Rate) -> otio.opentime.RationalTime:
    """Exact seconds at a rate; whole frames exactly."""
    value = seconds * rate
    whole = round(value)
    return otio.opentime.RationalTime(float(whole if abs(value - whole) < _NEAR else value), float(rate))


def span(start: Fraction, duration: Fraction, rate: Rate) -> otio.opentime.TimeRange:
    """A range of exact seconds."""
    return otio.opentime.TimeRange(moment(start, rate), moment(duration, rate))


def marker(
    name: str,
    *,
    start: Fraction,
    duration: Fraction,
    rate: Rate,
    comment: str = "",
    color: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> otio.schema.Marker:
    """A marker in the time of the item it is put on. Seconds."""
    made = otio.schema.Marker(name=name, marked_range=span(start, duration, rate), metadata=metadata or {})
    made.comment = comment
    if color is not None:
        made.color = color
    return made
