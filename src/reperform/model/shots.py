"""Shots: the uses of clips in the cut that carry cues."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from reperform.model.cues import Cue, SoundSource
from reperform.model.documents import Document, PathText, RateText
from reperform.model.jobs import Job
from reperform.model.sources import Source
from reperform.timing import FrameRange

__all__ = ["RecordRange", "Shot", "ShotMedia"]


class RecordRange(Document):
    """Where the shot is in the cut, in frames of the timeline's rate from its first frame."""

    in_: str = Field(alias="in")
    out: str
    """The first frame after it."""
    in_frame: int
    frames: int

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class ShotMedia(Document):
    """The visible range of the shot in its source, and what is kept around it.

    On the record's clock (a retimed shot) `in_frame` and `frames` are record frames at the timeline's rate, which `rate` then is,
    and `map` has head + frames + tail entries: entry i is the frame of the source, from 0, that is shown at record frame
    in_frame - head + i.
    """

    path: PathText
    rate: RateText
    start: str | None
    """Source timecode of the first visible frame; None where the source has none."""
    in_frame: int
    frames: int
    head: int
    """Handles before; fewer than asked for where the media starts."""
    tail: int
    map: tuple[int, ...] | None = None
    """The source frame of each frame, where the shot's clock is the record's. None on the media's clock."""

    @property
    def visible(self) -> FrameRange:
        """The visible frames, half-open."""
        return FrameRange(self.in_frame, self.frames)

    @property
    def with_handles(self) -> FrameRange:
        """What a take covers."""
        return self.visible.grown(self.head, self.tail)


class Shot(Document):
    """One use of a clip in the cut that carries at least one cue."""

    id: str
    """TRACK@RECORD-TIMECODE, such as `V1@01:00:04:00`."""
    clip: str
    track: str
    index: int
    """Of the clip among its track's children."""
    address: tuple[int, ...]
    """Child indices from the timeline's stack down to the clip."""
    clock: Literal["media", "record"] = "media"
    record: RecordRange
    media: ShotMedia
    source: Source
    own_sound: tuple[SoundSource, ...] = ()
    linked_audio: tuple[tuple[int, ...], ...] = ()
    """Addresses of the audio clips linked to it in the cut."""
    voice_in_cut: bool = False
    """The voice already sounds on a track of the cut (a guide track, or the shot's own sound)."""
    cues: tuple[Cue, ...]
    jobs: tuple[Job, ...] = ()
