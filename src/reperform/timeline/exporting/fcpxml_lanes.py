"""What stands on one track, before it becomes a storyline of FCPXML or hangs on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.timeline.exporting.fcpxml_clips import Piece
from reperform.timeline.exporting.fcpxml_media import clean, seconds_text
from reperform.timing import exact_seconds

__all__ = ["Item", "at_offset", "end_of", "is_sound", "role_of", "runs", "touches", "transition_element"]


@dataclass(kw_only=True)
class Item:
    """What stands on a track: a piece, or a transition around `start`."""

    piece: Piece | None
    start: Fraction
    transition: Any = None


def at_offset(piece: Piece, offset: Fraction) -> Piece:
    """The piece, its offset counted from `offset` of the sequence."""
    piece.element.set("offset", seconds_text(piece.start - offset))
    return piece


def transition_element(transition: Any, start: Fraction, length: Fraction) -> ET.Element:
    """A transition, which starts at `start` of its storyline."""
    attributes = {"name": clean(transition.name) or "Cross Dissolve"}
    return ET.Element("transition", {**attributes, "offset": seconds_text(start), "duration": seconds_text(length)})


def touches(items: Sequence[Item], number: int) -> bool:
    """Whether something begins where this transition is."""
    after = items[number + 1] if number + 1 < len(items) else None
    return after is not None and after.start == items[number].start


def runs(lane: Sequence[Item]) -> Iterator[list[Item]]:
    """Items that transitions join, and those alone."""
    run: list[Item] = []
    for item in lane:
        joined = bool(run) and (
            (item.piece is None and run[-1].piece is not None and run[-1].piece.end == item.start)
            or (run[-1].piece is None and item.start == run[-1].start)
        )
        if run and not joined:
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def end_of(lane: Sequence[Item]) -> Fraction:
    """When a lane that is not empty ends, in the sequence's time."""
    last = lane[-1]
    if last.piece is not None:
        return last.piece.end
    return last.start + exact_seconds(last.transition.out_offset)


def is_sound(child: Any) -> bool:
    """Whether it is a track of sound."""
    return isinstance(child, otio.schema.Track) and child.kind == otio.schema.TrackKind.Audio


def role_of(track: Any, *, sound: bool) -> str:
    """The role that keeps a track's name, for the format has no tracks: a subrole of the one that Final Cut has. No dot of the
    name may look like a further one.
    """
    main = "dialogue" if sound else "video"
    name = " ".join(track.name.replace(".", " ").split())
    return f"{main}.{name}" if name else main if sound else ""
