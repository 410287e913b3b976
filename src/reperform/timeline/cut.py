"""A timeline as it was read, and where everything in it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reperform.timing import FrameRange, Rate, floor_frame, format_timecode

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

    def timecode(self, record_frame: int) -> str:
        """Record timecode of a frame counted from the timeline's start."""
        return format_timecode(self.start_frame + record_frame, self.rate, drop_frame=self.drop_frame)

    def record_frame(self, record_seconds: Fraction) -> int:
        """The frame on screen at a time counted from the timeline's start."""
        return floor_frame(record_seconds, self.rate)


@dataclass(frozen=True, kw_only=True)
class TrackPlace:
    """One track. Nested tracks are places of their own."""

    label: str
    """V1, V2 … and A1, A2 … bottom up among the tracks of its kind at the top; nested: `V1/V2`."""
    name: str
    kind: Literal["video", "audio"]
    address: tuple[int, ...]
    enabled: bool
    """Whether it and all it stands in are enabled."""
    height: tuple[int, ...]
    """Sorts tracks bottom up in what the audience sees."""
    track: otio.schema.Track = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PlacedClip:
    """One use of a clip: what is visible of it, in record time and in its own time.

    Times are exact seconds from the timeline's start (record) and in the time space of its `source_range` (source).
    """

    clip: otio.schema.Clip = field(compare=False, repr=False)
    address: tuple[int, ...]
    index: int
    """Among its track's children."""
    track: TrackPlace
    record_start: Fraction
    record_end: Fraction
    record: FrameRange
    """Whole frames of the timeline's rate: floor of the start, ceiling of the end."""
    source_start: Fraction
    """Where its visible part begins, in the space of its source_range; cut by what it is nested in."""
    source_end: Fraction
    speed: Fraction | None
    """1 where not retimed, -1 reversed, 0 frozen; None for a retime that varies."""
    enabled: bool
    """Itself, its track and all it stands in."""
    head_transition: Fraction = Fraction(0)
    """Seconds of its media that a transition before it uses ahead of `source_start`."""
    tail_transition: Fraction = Fraction(0)
    moving: bool = True
    """Moving picture: not a generator, title, still, or adjustment clip. Meaningless for audio."""

    @property
    def name(self) -> str:
        """As a person would call it: the clip's name, else its media's."""
        reference = self.clip.media_reference
        return str(self.clip.name or (reference.name if reference else "") or "unnamed clip")


@dataclass(frozen=True, kw_only=True)
class PlacedMarker:
    """A marker, and what it stands on."""

    marker: otio.schema.Marker = field(compare=False, repr=False)
    on: Literal["clip", "gap", "transition", "track", "stack"]
    clip: PlacedClip | None
    """The clip it stands on, picture or sound; None for all else."""
    record_start: Fraction | None
    """None where the dialect cannot place it inside its item (then `why` says it)."""
    record_end: Fraction | None
    trimmed_away: bool = False
    """Outside the visible range of its item."""
    uncertain: str | None = None
    """Said as a warning: the time space was guessed."""


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
