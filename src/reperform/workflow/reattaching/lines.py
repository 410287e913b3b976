"""A cue that is paid: what performs it, and which frames of the original that shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from reperform.ledger.records import Result
from reperform.model import Cue, Shot
from reperform.planning.targets import PREVIEW
from reperform.timing import FrameRange

__all__ = ["Line", "Part"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Frames of a line that one paid result performs."""

    result: Result
    frames: FrameRange
    """On the line's clock."""
    anchor: int
    """The frame of that clock that the result's first frame stands for."""

    @property
    def sent(self) -> FrameRange:
        """What was sent for it, context included."""
        return FrameRange(self.anchor, self.result.frames_sent)


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A cue that is paid: what performs it, and which frames of the original that shows."""

    cue: Cue
    """On the line's clock."""
    key: str
    parts: tuple[Part, ...]
    seen: FrameRange
    """What was visible of the shots that it was performed for, on the line's clock."""
    shot: Shot
    """That it was performed for; its map says what the frames of a record clock show."""

    @property
    def is_retimed(self) -> bool:
        """Whether its clock is a record's."""
        return self.shot.clock == "record"

    @property
    def rate(self) -> Fraction:
        """Of its clock."""
        return self.shot.media.rate

    @property
    def is_preview(self) -> bool:
        """Whether the preview performed it."""
        return self.parts[0].result.engine == PREVIEW

    @property
    def take_number(self) -> int:
        """Which take of its cue it is."""
        return self.parts[0].result.take_number

    @property
    def age(self) -> tuple[str, int]:
        """Sorts by when it was kept."""
        return max((part.result.kept_at, part.result.take_number) for part in self.parts)

    def source_frame(self, frame: int) -> int | None:
        """The frame of the media that a frame of the line's clock shows; None beyond what is known."""
        if not self.is_retimed:
            return frame
        table = self.shot.media.map or ()
        position = frame - self.shot.media.with_handles.start
        return table[position] if 0 <= position < len(table) else None

    @cached_property
    def performed(self) -> dict[int, tuple[Part, tuple[int, ...]]]:
        """By frame of the media: the result that performs it, and its frames there, counted from 0."""
        found: dict[int, tuple[Part, tuple[int, ...]]] = {}
        for part in self.parts:
            for source, indices in self.indices(part, part.frames).items():
                found.setdefault(source, (part, indices))
        return found

    def indices(self, part: Part, frames: FrameRange) -> dict[int, tuple[int, ...]]:
        """By frame of the media: which frames of a part's result show it, of those `frames` of the line's clock."""
        found: dict[int, list[int]] = defaultdict(list)
        for frame in range(frames.start, frames.end):
            source = self.source_frame(frame)
            if source is not None and frame in part.sent:
                found[source].append(frame - part.anchor)
        return {source: tuple(indices) for source, indices in found.items()}

    @cached_property
    def extent(self) -> FrameRange:
        """From the first to the last frame of the media that it performs; of a fast one not every frame between."""
        return FrameRange.between(min(self.performed), max(self.performed) + 1)

    @cached_property
    def shown(self) -> FrameRange:
        """As `extent`, of all that was visible then."""
        frames = range(self.seen.start, self.seen.end)
        sources = [found for frame in frames if (found := self.source_frame(frame)) is not None]
        return FrameRange.between(min(sources), max(sources) + 1) if sources else self.extent

    @property
    def is_open(self) -> tuple[bool, bool]:
        """Whether it was the cut that ended it, at its first and at its last frame of the media, and not its mark.

        What a longer clip shows beyond may be dialogue that was never performed.
        """
        ends = self.cue.in_frame <= self.seen.start, self.cue.range.end >= self.seen.end
        first, last = self.source_frame(self.cue.in_frame), self.source_frame(self.cue.range.end - 1)
        backward = first is not None and last is not None and last < first
        return (ends[1], ends[0]) if backward else ends
