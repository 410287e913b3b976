"""A timeline as it was read, and where everything in it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Problem
from reperform.timeline.placed import PlacedClip, PlacedMarker, TrackPlace
from reperform.timing import Rate, floor_frame, timecode_format

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timeline.dialects.base import Dialect

__all__ = ["Cut", "Index", "PlacedClip", "PlacedMarker", "TrackPlace"]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A timeline in memory. Its objects are ours: the file it came from is never written to."""

    path: Path
    sha256: str
    """Of the file's bytes (for a folder: of its content.otio)."""
    timeline: otio.schema.Timeline
    dialect: Dialect
    rate: Rate
    start_frame: int
    """Timecode of the first record frame, in frames from 00:00:00:00."""
    drop_frame: bool = False
    drop_frame_why: str | None = None
    media_folder: Path
    """Relative media paths start here: the timeline's folder, or where an archive was unpacked."""
    name: str = ""
    may_hold_takes: bool = True
    """False where the file certainly holds no metadata of ours."""
    written_as: str = "otio"
    """The format of the file: `otio`, `aaf`, `fcp7`, `edl`, `fcpxml`."""
    notes: tuple[Problem, ...] = ()
    """What its reader has to say of it; none of it is an error."""

    def timecode(self, record_frame: int) -> str:
        """Record timecode of a frame counted from the timeline's start."""
        return self._timecode(self.start_frame + record_frame)

    @cached_property
    def _timecode(self) -> Callable[[int], str]:
        return timecode_format(self.rate, drop_frame=self.drop_frame)

    def record_frame(self, record_seconds: Fraction) -> int:
        """The frame on screen at a time counted from the timeline's start."""
        return floor_frame(record_seconds, self.rate)


@dataclass(frozen=True, kw_only=True)
class Index:
    """Everything in the cut with its place, from one walk."""

    cut: Cut
    tracks: tuple[TrackPlace, ...]
    clips: tuple[PlacedClip, ...]
    """In the order of the walk: bottom track first, left to right."""
    markers: tuple[PlacedMarker, ...]
    frames: int
    """Length of the cut, in record frames."""
