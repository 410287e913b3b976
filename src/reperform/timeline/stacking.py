"""Which way up a stack is written: OpenTimelineIO has the lowest track first, Kdenlive the uppermost."""

from __future__ import annotations

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.cut import Cut
from reperform.timeline.records import TimelineRecord

__all__ = ["is_top_down", "turn"]


def is_top_down(cut: Cut) -> bool:
    """Whether the picture tracks of a cut stand with the uppermost first."""
    record = records.read(cut.timeline, TimelineRecord)
    return bool(record.top_down if record else cut.dialect.top_track_first)


def turn(stack: otio.schema.Stack) -> None:
    """Turns the order of the picture tracks, in place; sound stays where it is. Twice, and all is as it was."""
    children = [stack.pop(0) for _ in range(len(stack))]
    pictures = [child for child in children if not _is_sound(child)]
    stack.extend([child if _is_sound(child) else pictures.pop() for child in children])


def _is_sound(child: object) -> bool:
    return isinstance(child, otio.schema.Track) and child.kind == otio.schema.TrackKind.Audio
