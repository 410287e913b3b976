"""How far a take may be off before it is said, and what of that keeps it out of the timeline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reperform.model.documents import Document

__all__ = ["Judged", "Thresholds"]

Judged = Literal[
    "sync", "black", "frozen", "outside", "ssim", "vmaf", "colour", "seams", "repeated", "loudness", "clipping"
]
"""What is judged by a threshold."""


class Thresholds(Document):
    """Of the checks of a take's pictures and sound. A value that is worse than its threshold is said."""

    failing: tuple[Judged, ...] = ("sync", "black", "frozen", "outside")
    """What keeps a take out of the timeline; the others are remarks: a false alarm would cost what is paid."""
    sync_ms: float = Field(default=60, gt=0)
    """Milliseconds by which the returned voice may sound earlier or later than the one that was sent."""
    black: float = Field(default=20, ge=0, le=255)
    """Level of 255 that the brightest place of a picture reaches at least, where the original's does."""
    frozen_ms: float = Field(default=500, gt=0)
    """Milliseconds for which a picture may stand still where the original moves."""
    repeated: int = Field(default=2, ge=0)
    """Frames of a cue that may repeat the one before where the original moves."""
    psnr: float = Field(default=32, ge=0)
    """Decibels of each frame outside the changed region, against the original."""
    ssim: float = Field(default=0.9, ge=0, le=1)
    """The same as structural similarity."""
    vmaf: float = Field(default=80, ge=0, le=100)
    """The same as VMAF, with what was changed put back; `reperform check --vmaf` measures it."""
    colour: float = Field(default=3, gt=0)
    """Levels of 255 by which the mean brightness or colour over a cue may be off."""
    jump: float = Field(default=3, gt=1)
    """Times the shot's own motion that a step into or out of a cue may be."""
    loudness: float = Field(default=6, gt=0)
    """LU between the take's voice and the production sound around it."""
    clipped: int = Field(default=0, ge=0)
    """Places where the voice may be cut off at full scale."""
