"""What a clip is linked to, and what opens its file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from reperform.model import AudioStream, ImageSequence, Source
from reperform.timing import Rate

__all__ = ["Linked", "LinkedSound", "Prober"]


class Prober(Protocol):
    """Opens a file, or the pictures of a sequence, and reads its clock."""

    def __call__(self, path: Path, *, rate: Rate | None = None, sequence: ImageSequence | None = None) -> Source:
        """The source; `rate` is the clock of a variable-rate file, and of a sequence. Raises MediaError or MediaRefused.

        Of a sequence `path` is the folder and the pattern.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The file of a picture clip, and what of it is visible."""

    source: Source
    in_frame: int
    """First visible frame, on the source's clock; of a reversed clip the earliest in the file."""
    frames: int
    """Visible frames, at least one."""
    start_seconds: Fraction
    """When in the file the visible part begins, from its first frame; exact, so mostly within `in_frame`."""
    first_frame_seconds: Fraction
    """Where the file's first frame stands in the time of the clip's source_range."""
    reference_key: str
    """Of the original among the clip's media references."""


@dataclass(frozen=True, kw_only=True)
class LinkedSound:
    """The file of a sound clip, and which samples of its first stream sound. They may lie outside the file: silence."""

    source: Source
    start_seconds: Fraction
    """When in the file the clip begins, from the picture's first frame; without picture from the first sample."""
    end_seconds: Fraction
    stream: AudioStream | None
    """The first one; None where the file has no sound."""
    start_sample: int
    """From the stream's first sample."""
    end_sample: int
    first_frame_seconds: Fraction
    reference_key: str
