"""A frame of the take beside the original's, and the pictures made small that its numbers are measured on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reperform.media.checks.stillness import repeats

__all__ = ["Map", "Pair", "SmallPair", "levels_off", "reduced", "tiny", "within"]

Map = NDArray[np.float32]
_TINY = 64
"""Pixels of the longer side in which standing still is measured."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A frame of the take beside the original's. Levels are those of 8 bits; of two numbers the first is the original's."""

    frame: int
    """On the shot's clock."""
    share: Fraction
    """How much of it is what came back: 0 outside cues and seams, 1 inside a cue."""
    brightest: tuple[float, float]
    stood: int
    """For how many frames of a cue the take's whole picture has been this one, while the original's moved away."""
    repeats: bool
    """Whether the whole picture is the one before, where the original's is not."""
    inside: tuple[float, float]
    """How much moved since the frame before, on average where the take shows what came back; 0 in the first, and after a gap."""
    decibels: float | None
    """Outside what came back; None where nothing is outside, or the packet is the original's."""
    similarity: float | None
    off: tuple[float, float, float]
    """Brightness and two colours, the take's mean less the original's: outside, or everywhere where nothing is outside."""


@dataclass(frozen=True)
class SmallPair:
    """The brightness of a pair, and where the take shows what came back."""

    frame: int
    original: Map
    taken: Map
    inside: NDArray[np.bool_]

    def moved(self, last: SmallPair | None) -> tuple[float, float]:
        """Since the last, inside."""
        if last is None or last.frame != self.frame - 1:
            return 0.0, 0.0
        where = self.inside | last.inside
        if not where.any():
            return 0.0, 0.0
        steps = np.abs(self.original - last.original), np.abs(self.taken - last.taken)
        return float(steps[0][where].mean()), float(steps[1][where].mean())

    def repeats(self, last: SmallPair | None) -> bool:
        """Whether it is the last again."""
        if last is None or last.frame != self.frame - 1:
            return False
        pairs = (last.original, self.original), (last.taken, self.taken)
        return repeats(*((tiny(before), tiny(after)) for before, after in pairs))


def within(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height of the same shape, no larger."""
    scale = min(1.0, longest / max(width, height))
    return max(8, round(width * scale)), max(8, round(height * scale))


def tiny(picture: Map) -> Map:
    """The picture in the size in which standing still is measured."""
    return reduced(picture, within(picture.shape[1], picture.shape[0], _TINY))


def reduced(picture: NDArray[Any] | None, size: tuple[int, int]) -> Map:
    """The picture in this width and height; ones where there is none."""
    import cv2

    if picture is None:
        return np.ones(size[::-1], np.float32)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def levels_off(before: Map, after: Map, outside: NDArray[np.bool_] | None) -> tuple[float, float, float]:
    """Brightness and two colours, the mean of `after` less that of `before`: outside, or everywhere where that is None."""
    if after is before:
        return (0.0, 0.0, 0.0)
    difference = after - before
    if outside is not None:
        where = reduced(outside.astype(np.float32), (before.shape[1], before.shape[0])) > 1 - 1e-3
        difference = difference[where] if where.any() else difference
    mean = difference.reshape(-1, 3).mean(axis=0)
    return (float(mean[0]), float(mean[1]), float(mean[2]))
