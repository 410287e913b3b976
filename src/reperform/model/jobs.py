"""Jobs: planned requests to an engine, and what they cost."""

from __future__ import annotations

from typing import Any

from reperform.model.documents import Document
from reperform.timing import FrameRange

__all__ = ["Cost", "Job", "JobPart", "Segment"]


class Segment(Document):
    """The wire form of a cue in a job: hundredths of seconds from the first frame of the media sent."""

    startTime: float  # noqa: N815 - the engines' spelling
    endTime: float  # noqa: N815
    audio: str
    """Name of the sound it takes: `audio` for the job's own."""
    audioStartTime: float  # noqa: N815
    audioEndTime: float  # noqa: N815


class Cost(Document):
    """What a job costs, or would. `amount` None means the price is unknown."""

    amount: float | None
    currency: str = "USD"
    unit: str = ""
    """What is billed: `output frame at 25 fps`, `second of audio`."""
    basis: str = ""
    """Price, quantity, date and source, in words."""


class JobPart(Document):
    """The part of a cue that a job performs: all of it, but where a long cue was split."""

    cue: str
    in_frame: int
    frames: int

    @property
    def range(self) -> FrameRange:
        """Its frames, half-open, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


class Job(Document):
    """A planned request to an engine, for one or more cues."""

    id: str
    engine: str
    model: str
    cues: tuple[str, ...]
    in_frame: int
    """First frame sent."""
    frames: int
    """Frames sent, context included."""
    seconds: float
    segments: tuple[Segment, ...] = ()
    request: dict[str, Any]
    """The body as it would be sent, URLs as placeholders."""
    cost: Cost
    parts: tuple[JobPart, ...]
    results: int = 1
    """Takes asked for in this one request."""
    first_take: int = 1
    """Which take its first result is, where more takes are asked for than one request returns."""

    @property
    def range(self) -> FrameRange:
        """The frames sent, half-open, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)
