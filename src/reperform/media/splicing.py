"""Where a take shows what came back, and how much of it: whole inside the cues, dissolving into the original around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reperform.errors import ConformError
from reperform.media.aligning import Alignment
from reperform.timing import FrameRange

__all__ = ["Splice", "Weights", "frame_weights", "weights_of"]

Weights = Mapping[int, Mapping[int, Fraction]]
"""For each changed frame: how much each splice (by its number) counts in it, above 0. What lacks to 1 is the original."""


@dataclass(frozen=True, kw_only=True)
class Splice:
    """A cue, or a part of one, and the result that stands in it. Ranges are half-open, on the shot's clock."""

    cue: FrameRange
    returned: Path
    """What the engine returned."""
    returned_range: FrameRange
    """What was sent: the job's frames, context included."""
    sent: Path | None = None
    """The file that was sent; None where it is no longer kept."""
    alignment: Alignment | None = None
    """What `checking.check_result` found; None: returned frame k stands for frame `returned_range.start` + k."""
    name: str = ""
    """What a person calls it, for messages: the cue's id."""

    def returned_frame(self, frame: int) -> int | None:
        """The returned frame, counted from 0, that stands for `frame`; None where none does."""
        number = frame - self.returned_range.start
        if not 0 <= number < self.returned_range.frames:
            return None
        if self.alignment is None:
            return number
        # A result that could not be aligned has no frames at all.
        return self.alignment.frames[number] if number < len(self.alignment.frames) else None

    def available(self) -> frozenset[int]:
        """The frames that came back."""
        span = range(self.returned_range.start, self.returned_range.end)
        return frozenset(frame for frame in span if self.returned_frame(frame) is not None)


def weights_of(splices: Sequence[Splice], *, take: FrameRange, seam_frames: int) -> Weights:
    """How much of each splice each changed frame of the take shows.

    Raises:
        ConformError: a frame inside a cue did not come back.

    """
    available = [splice.available() for splice in splices]
    for splice, frames in zip(splices, available, strict=True):
        inside = splice.cue.intersection(take)
        lacking = [frame for frame in range(inside.start, inside.end) if frame not in frames]
        if lacking:
            what = (
                f"frame {lacking[0]} of the media"
                if len(lacking) == 1
                else f"{len(lacking)} frames from {lacking[0]} on"
            )
            raise ConformError(
                f"{splice.name or splice.returned.name}: {what}, inside the cue, did not come back",
                fix="Perform this cue again (`--another`).",
            )
    return frame_weights([splice.cue for splice in splices], available, take=take, seam_frames=seam_frames)


def frame_weights(
    cues: Sequence[FrameRange], available: Sequence[Collection[int]], *, take: FrameRange, seam_frames: int
) -> Weights:
    """The weights of splices with these cues, of each of which the frames `available` came back.

    Inside a cue only its own result counts; where two cues overlap (the parts of one that was split) the first dissolves
    into the second. Outside, a linear dissolve of up to `seam_frames` at each end: as many as came back, never inside
    another cue, never outside the take.
    """
    order = sorted(range(len(cues)), key=lambda number: (cues[number].start, cues[number].end))
    weights: dict[int, dict[int, Fraction]] = {}
    for number in order:
        inside = cues[number].intersection(take)
        for frame in range(inside.start, inside.end):
            weights[frame] = _inside([n for n in order if frame in cues[n]], cues, frame)
    covered = frozenset(weights)
    for number in order:
        if not cues[number].intersection(take).frames:
            continue
        first, last = cues[number].start, cues[number].end - 1
        for edge, step in ((first, -1), (last, 1)):
            room = _room(edge, step, available[number], covered, take, seam_frames)
            for distance in range(1, room + 1):
                share = Fraction(room + 1 - distance, room + 1)
                weights.setdefault(edge + step * distance, {})[number] = share
    return dict(sorted(weights.items()))


def _inside(holders: Sequence[int], cues: Sequence[FrameRange], frame: int) -> dict[int, Fraction]:
    """The weights of the cues that hold `frame`, in order of their starts: of more than two, the last two count."""
    if len(holders) == 1:
        return {holders[0]: Fraction(1)}
    before, after = holders[-2:]
    overlap = cues[before].intersection(cues[after])
    share = Fraction(frame - overlap.start + 1, overlap.frames + 1)
    return {before: 1 - share, after: share}


def _room(
    edge: int, step: int, available: Collection[int], covered: Collection[int], take: FrameRange, longest: int
) -> int:
    """How many frames beyond `edge` a dissolve may use."""
    room = 0
    while room < longest:
        frame = edge + step * (room + 1)
        if frame not in available or frame in covered or frame not in take:
            break
        room += 1
    return room
