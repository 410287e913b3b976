"""A cue that is longer than an engine takes, in parts that overlap by a seam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from reperform.timing import FrameRange, Rate

__all__ = ["Room", "longest_frames", "middle", "parts", "with_context"]

NEAR_LIMIT_SECONDS = 3
"""How far before the limit a quiet place is looked for."""

SHORTEST_PART_SECONDS = 1
"""No part is shorter, where that can be had: a model needs some frames to perform in."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a job may hold, in frames of one clock."""

    longest: int | None
    """Frames a job, context included. None for no limit."""
    head: int
    """Frames of context before."""
    tail: int
    """Frames of context after."""
    seam: int
    """Frames that two parts of a cue share."""
    available: FrameRange
    """The frames that the media has."""
    rate: Rate

    def sent(self, part: FrameRange) -> FrameRange:
        """The part with its context, as far as the media goes."""
        return with_context(part, head=self.head, tail=self.tail, available=self.available)

    def fits(self, part: FrameRange) -> bool:
        """Whether the part and its context may be sent as one job."""
        return self.longest is None or self.sent(part).frames <= self.longest


def with_context(part: FrameRange, *, head: int, tail: int, available: FrameRange) -> FrameRange:
    """The part, grown by context where the media has frames for it."""
    start, end = max(available.start, part.start - head), min(available.end, part.end + tail)
    return FrameRange.between(min(start, part.start), max(end, part.end))


def longest_frames(limit: Fraction | None, rate: Rate) -> int | None:
    """The frames that fit into `limit` seconds."""
    return None if limit is None else int(limit * rate)


def middle(window: FrameRange) -> int:
    """The frame to cut at where nothing is known of the voice."""
    return window.start + window.frames // 2


def parts(cue: FrameRange, *, room: Room, quietest: Callable[[FrameRange], int] = middle) -> tuple[FrameRange, ...]:
    """The cue in as few parts as `room` allows, each but the first beginning a seam before the one before it ends.

    `quietest` chooses the frame to cut at, out of the window that it is given; the seam lies around that frame.

    Raises:
        ValueError: context and seam leave no room for the cue in a job.

    """
    if room.longest is None or room.fits(cue):
        return (cue,)
    capacity = room.longest - room.head - room.tail
    if capacity <= 2 * room.seam + 1:
        raise ValueError(f"{room.head} + {room.tail} frames of context and a seam of {room.seam} leave no room")
    found: list[FrameRange] = []
    rest = cue
    while not room.fits(rest):
        window = _window(rest, room=room, capacity=capacity)
        cut = min(max(quietest(window), window.start), window.end - 1)
        end = cut + room.seam - room.seam // 2
        found.append(FrameRange.between(rest.start, end))
        rest = FrameRange.between(end - room.seam, cue.end)
    return (*found, rest)


def _window(rest: FrameRange, *, room: Room, capacity: int) -> FrameRange:
    """The frames at which `rest` may be cut: near the limit, and with no more parts than are needed."""
    after, before = room.seam - room.seam // 2, room.seam // 2
    step = capacity - room.seam
    more = -((room.seam - rest.frames) // step) - 1
    latest = rest.start + capacity - after
    # What is left must fit into the parts that are left.
    earliest = max(rest.end - (more * step + room.seam) + before, latest - int(NEAR_LIMIT_SECONDS * room.rate))
    shortest = min(int(SHORTEST_PART_SECONDS * room.rate), rest.frames // 2)
    latest = min(latest, rest.end - shortest + before)
    earliest = min(max(earliest, rest.start + shortest), latest)
    return FrameRange.between(earliest, latest + 1)
