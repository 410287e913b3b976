"""What is to be done with marks: set one, change one, take one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reperform.direction import Direction
from reperform.grammar import format_direction
from reperform.timeline.cut import PlacedClip, PlacedMarker
from reperform.timing import FrameRange

__all__ = ["Add", "Change", "Edit", "On", "Remove", "says"]

On = Literal["clip", "timeline"]


@dataclass(frozen=True, kw_only=True)
class Add:
    """A new mark."""

    frames: FrameRange
    """Of the cut, half-open. One frame is a point: the guide's dialogue there, or the whole clip."""
    direction: Direction
    typed: str | None = None
    """How a person wrote the direction; None: as `grammar` writes it."""
    on: On | None = None
    """None: on the clip where that can be, else on the timeline."""
    clip: PlacedClip | None = None
    """Which; None: the picture that is seen."""
    color: str | None = None
    row: int | None = None
    """Of the sheet, or the subtitle's number."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A mark that is to say something else, or to stand elsewhere."""

    markers: tuple[PlacedMarker, ...]
    """The mark, and those that repeat it."""
    before: Direction | None
    """None where it is not understood."""
    frames_before: FrameRange | None
    direction: Direction | None = None
    """None: as it was."""
    typed: str | None = None
    frames: FrameRange | None = None
    """Where it is to stand. None: where it stands."""
    clip: PlacedClip | None = None
    """On which it stands, or for which it is."""
    color: str | None = None
    row: int | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Remove:
    """A marker that is to go."""

    markers: tuple[PlacedMarker, ...]
    text: str
    frames: FrameRange | None
    id: str | None = None


Edit = Add | Change | Remove


def says(direction: Direction | None) -> str:
    """A direction, in words; what has none says nothing."""
    return (format_direction(direction) if direction else "") or "nothing"
