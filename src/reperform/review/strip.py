"""The strip: which clip is seen when, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reperform.timeline.cut import Index, PlacedClip

__all__ = ["Piece", "Seen", "pieces_of", "seen_in"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What is seen of one clip, until another is seen."""

    index: int
    """Its place in the strip."""
    placed: PlacedClip
    record_frame: int
    frames: int
    shot: str | None
    """Id of the shot that its clip is; None for one that nothing is asked of."""


class Seen(NamedTuple):
    """A clip that is seen, in whole frames of the cut, half-open."""

    placed: PlacedClip
    first: int
    end: int


def pieces_of(seen: Sequence[Seen], shots: Mapping[tuple[int, ...], str]) -> tuple[Piece, ...]:
    """The strip; `shots` are the ids of those that something is asked of, by the addresses of their clips."""
    return tuple(
        Piece(index=number, placed=placed, record_frame=first, frames=end - first, shot=shots.get(placed.address))
        for number, (placed, first, end) in enumerate(seen)
    )


def seen_in(index: Index) -> Sequence[Seen]:
    """The picture that is seen, in whole frames of the cut, one after the other."""
    from reperform.timeline.picture import PictureFinder
    from reperform.timing import ceil_frame, floor_frame

    rate = index.cut.rate
    found: list[Seen] = []
    if not any(clip.track.kind == "video" and clip.enabled for clip in index.clips):
        return found
    reached = 0
    for placed, start, end in PictureFinder(index).topmost(Fraction(0), index.frames / rate):
        first, last = max(reached, floor_frame(start, rate)), ceil_frame(end, rate)
        if last > first:
            found.append(Seen(placed, first, last))
            reached = last
    return found
