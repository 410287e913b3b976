"""Results that were paid for, and which cues they cover."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from reperform.ledger.records.frames import FrameDigests
from reperform.timing import FrameRange

__all__ = ["Covered", "NewResult", "Performed", "Remapped", "Result"]


@dataclass(frozen=True, kw_only=True)
class NewResult:
    """What came back for one cue, as it is kept."""

    key: str
    output: int
    file: str
    sha256: str
    first_frame: int
    frames_sent: int
    facts: dict[str, Any] = field(default_factory=dict)
    alignment: str | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A paid result for one cue. It never goes away."""

    id: str
    key: str
    attempt_id: str
    output: int
    file: str
    sha256: str
    first_frame: int
    """The frame of the file at which the cue begins."""
    frames_sent: int
    """How many frames the job sent: what the file should hold."""
    facts: str
    """What the engine said of it (JSON)."""
    alignment: str | None
    """How its frames lie on those that were sent (JSON); None where it could not be measured."""
    cost_usd: float | None
    kept_at: str
    engine: str
    model: str
    parameters: str
    take_number: int
    digests: FrameDigests = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Remapped:
    """Where the frames of a result stand in a shot that shows its media at another pace than what was performed."""

    first: int
    """The frame of the shot's clock that the first entry stands for; context around the cue is among them."""
    frames: tuple[int | None, ...]
    """For each frame from there on: the frame of what was sent that stands for it, counted from 0; None where none does."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Frames of a cue that a paid result answers."""

    result: Result
    cue_start: int
    """Counted from the cue's first frame."""
    result_start: int
    """Counted from the first frame of what the result was claimed for."""
    frames: int
    remapped: Remapped | None = None
    """None: its frames follow each other as they were performed."""


@dataclass(frozen=True, kw_only=True, order=True)
class Performed:
    """Frames of a take that come from a result."""

    in_frame: int
    """On the shot's clock."""
    frames: int
    result_id: str
    anchor: int
    """The frame of the shot's clock that the result file's first frame stands for."""
    paced: bool = False
    """Whether the result was laid out at another pace than it was performed at, from `anchor` on."""

    def as_dict(self) -> dict[str, object]:
        """Its fields; `paced` only where it is so, as it stands in what was written before there was a pace."""
        return {name: value for name, value in asdict(self).items() if value is not False}

    def clipped(self, to: FrameRange) -> Performed | None:
        """What of it lies inside; None when nothing does."""
        inside = FrameRange(self.in_frame, self.frames).intersection(to)
        if not inside.frames:
            return None
        return replace(self, in_frame=inside.start, frames=inside.frames)
