"""Takes, their cues, and the checks that they passed."""

from __future__ import annotations

from typing import Literal

from reperform.direction import Direction
from reperform.model.documents import Document, PathText, RateText
from reperform.model.jobs import Cost
from reperform.timing import FrameRange

__all__ = ["Check", "Take", "TakeComposite", "TakeCue"]


class Check(Document):
    """One check of what came back or of the finished take."""

    name: str
    """Such as `frame count`."""
    passed: bool
    detail: str
    """What was measured, against what."""


class TakeCue(Document):
    """One cue of a take: what was asked, and the paid result that stands in it."""

    id: str
    key: str
    in_frame: int
    frames: int
    direction: Direction
    character: str | None = None
    marker: str = ""
    result_id: str


class TakeComposite(Document):
    """How much of the picture one result of a take changed, and how it was laid in."""

    cue: str
    mode: Literal["changed", "whole", "unchanged"]
    """Only what the engine changed is shown; its whole picture; nothing of it, for it changed nothing."""
    why: str = ""
    """Why whole or unchanged, in words."""
    laid_in: Literal["replace", "delta"] | None = None
    """`delta` keeps the original's grain."""
    share: float = 0.0
    """Of the picture, from 0 to 1, on average over the frames in which it counts."""
    worst_share: float = 0.0
    worst_frame: int | None = None
    """On the shot's clock."""
    moved: float = 0.0
    """Pixels by which what came back lay elsewhere, at the corner where it was most, and was moved back."""
    recoloured: float = 0.0
    """Levels of 255 by which colours were off at most, and were put right."""


class Take(Document):
    """Conformed media for one shot, an alternate of its original on the same clock."""

    id: str
    number: int
    """As in the file's name; never reused."""
    path: PathText
    preview: bool
    shot_id: str
    engine: str
    model: str
    rate: RateText
    in_frame: int
    """The source frame that the take's first frame stands for."""
    frames: int
    start_frame: int | None
    """Timecode of the take's first frame, in frames from 00:00:00:00; None where its file carries none."""
    drop_frame: bool = False
    reel: str | None = None
    cues: tuple[TakeCue, ...]
    cost: Cost = Cost(amount=0.0)
    checks: tuple[Check, ...] = ()
    source_identity: str
    """`media.fingerprints.file_identity` of the original."""
    source_name: str
    made_at: str
    """ISO 8601, UTC."""
    consent: tuple[str, ...] = ()
    composite: tuple[TakeComposite, ...] = ()
    """Of each result; none where whole pictures were asked for."""

    @property
    def passed(self) -> bool:
        """Whether every check passed: only then does it go into the timeline."""
        return all(check.passed for check in self.checks)

    @property
    def range(self) -> FrameRange:
        """The source frames it covers, half-open."""
        return FrameRange(self.in_frame, self.frames)
