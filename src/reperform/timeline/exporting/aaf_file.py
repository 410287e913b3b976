"""What OpenTimelineIO's adapter writes wrongly into an AAF, put right in the file: how timecode counts, reels, and speeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.timeline.exporting.aaf_speed import add_speeds
from reperform.timeline.exporting.retiming import Retimes
from reperform.timing import Rate, drop_frame_allowed, nominal_rate

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["Labels", "correct"]


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What the file should say."""

    rate: Rate
    drop_frame: bool
    """Of the timeline."""
    drops: Mapping[str, bool]
    """Of takes, by the names of their files."""
    reels: Mapping[str, str]


def correct(path: Path, labels: Labels, timeline: otio.schema.Timeline, retimes: Retimes) -> None:
    """Has timecode count as it does, what is nested last as long as it does, tapes of takes be called by their reels, and
    retimed clips play as they do.
    """
    import aaf2

    with aaf2.open(str(path), "rw") as file:
        for mob in list(file.content.mobs):
            own = mob.name or ""
            is_source = type(mob).__name__ == "SourceMob"
            drop = labels.drops.get(own, False) if is_source else labels.drop_frame
            for timecode in _timecodes(mob):
                timecode.fps = nominal_rate(labels.rate)
                timecode.drop = drop and drop_frame_allowed(labels.rate)
            if is_source and own in labels.reels:
                mob.name = labels.reels[own]
            for slot in mob.slots:
                _correct_length(slot.segment)
        add_speeds(file, timeline, retimes, labels.rate)


def _correct_length(segment: Any) -> int:
    """The adapter leaves a sequence without length, and adds up the layers of what is nested."""
    kind = type(segment).__name__
    if kind == "Sequence":
        parts = [(type(part).__name__, _correct_length(part)) for part in segment.components]
        segment.length = sum(-length if name == "Transition" else length for name, length in parts)
    elif kind == "OperationGroup" and len(segment.segments):
        segment.length = max(_correct_length(part) for part in segment.segments)
    return int(segment.length or 0)


def _timecodes(mob: Any) -> Iterator[Any]:
    for slot in mob.slots:
        if type(slot.segment).__name__ == "Timecode":
            yield slot.segment
