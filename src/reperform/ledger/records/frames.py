"""Runs of frames by what they are, and the pieces of media that they make."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DIGEST_BYTES", "FrameDigests", "Piece"]

DIGEST_BYTES = 16
"""A frame, in `FrameDigests`."""


@dataclass(frozen=True, slots=True)
class FrameDigests:
    """A run of frames by what they are: the coded picture, and the voice as laid against it; 16 bytes a frame each."""

    picture: bytes
    voice: bytes

    def __post_init__(self) -> None:
        if len(self.picture) != len(self.voice) or len(self.picture) % DIGEST_BYTES or not self.picture:
            raise ValueError("picture and voice need the same number of frames, and at least one")

    @classmethod
    def of(cls, picture: Sequence[str], voice: Sequence[str]) -> FrameDigests:
        """From one text a frame, whatever its length."""
        return cls(_packed(picture), _packed(voice))

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.picture) // DIGEST_BYTES

    def part(self, start: int, frames: int) -> FrameDigests:
        """`frames` of them from `start`, counted from zero."""
        cut = slice(start * DIGEST_BYTES, (start + frames) * DIGEST_BYTES)
        return FrameDigests(self.picture[cut], self.voice[cut])

    def frame(self, position: int) -> bytes:
        """One frame's digest, picture and voice together (32 bytes)."""
        cut = slice(position * DIGEST_BYTES, (position + 1) * DIGEST_BYTES)
        return self.picture[cut] + self.voice[cut]

    def run(self, start: int, other: FrameDigests, other_start: int) -> int:
        """How many frames from `start` equal those of `other` from `other_start`."""
        longest = min(self.frames - start, other.frames - other_start)
        if longest > 0 and self.part(start, longest) == other.part(other_start, longest):
            return longest
        return next(
            (n for n in range(longest) if self.frame(start + n) != other.frame(other_start + n)), max(longest, 0)
        )

    def run_before(self, start: int, other: FrameDigests, other_start: int) -> int:
        """How many frames just before `start` equal those of `other` just before `other_start`."""
        longest = min(start, other_start)
        if longest and self.part(start - longest, longest) == other.part(other_start - longest, longest):
            return longest
        differing = (n for n in range(longest) if self.frame(start - 1 - n) != other.frame(other_start - 1 - n))
        return next(differing, longest)


def _packed(digests: Sequence[str]) -> bytes:
    return b"".join(hashlib.sha256(digest.encode()).digest()[:DIGEST_BYTES] for digest in digests)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What is claimed: a cue, or the part of it that one job performs, for one number of take."""

    key: str
    """The full key (SHA-256, hex), the take's number in it."""
    engine: str
    model: str
    parameters: str
    """Digest of the wire parameters with defaults filled in."""
    take_number: int
    digests: FrameDigests
    output: int = 0
    """Which output of the attempt answers it, from 0."""
    first_frame: int = 0
    """The frame of the returned media at which it begins: the context before it."""
    viewing: str | None = None
    """Digest of the view through which it is sent; None where it is sent as it is stored."""
    unviewed: str | None = None
    """`parameters` without that view; None without one."""
