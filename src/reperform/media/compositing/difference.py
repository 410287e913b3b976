"""How much what came back differs from the original, in multiples of what coding alone would explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.views import View

__all__ = ["Difference", "Expectation", "measured"]

_WINDOW = 1.2
"""Pixels of the view, as sigma, over which differences are gathered."""
_ROUNDS = 10
_FLOOR = (0.45, 0.30)
"""Levels of 8 bits that rounding alone makes, of luma and of colours."""
_FASTEST = 60
"""Levels of 8 bits between two frames: more is a cut."""
_KINDS = 6
"""Of details and motion, by their strength, each twice the last."""
_OFTEN = 4
"""Every how many-th pixel across and down is asked what to expect."""

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Difference:
    """One frame's differences and what may explain them: maps in levels of 8 bits."""

    bright: Map
    colour: Map
    detail: Map
    """How fine and strong the original's details are: coding loses of them, and a sub-pixel shift shows at them."""
    colour_detail: Map
    """The same of its colours, which are sent at half the size."""
    motion: Map
    """How far the original differs from its last frame."""


def measured(original: View, returned: View, previous: View | None) -> Difference:
    """The differences between two views that lie alike, and what in the original may explain them."""
    off = returned - original
    luma = original[..., 0]
    motion = np.zeros_like(luma) if previous is None else np.abs(luma - previous[..., 0])
    return Difference(
        bright=np.sqrt(_gathered(off[..., 0] ** 2)),
        colour=np.sqrt(_gathered(off[..., 1] ** 2 + off[..., 2] ** 2)),
        detail=_near(_steepness(luma)),
        colour_detail=np.sqrt(_gathered(_steepness(original[..., 1]) + _steepness(original[..., 2]), 2 * _WINDOW)),
        motion=_near(np.minimum(motion, _FASTEST) ** 2),
    )


def _near(energy: Map) -> Map:
    """The root of it there and around: wide, but no less at a lonely edge than there itself."""
    return np.sqrt(np.maximum(_gathered(energy), _gathered(energy, 2 * _WINDOW)))


def _steepness(values: Map) -> Map:
    down, across = np.gradient(values)
    return np.asarray(across**2 + down**2, np.float32)


def _gathered(values: Map, sigma: float = _WINDOW) -> Map:
    import cv2

    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


@dataclass(frozen=True)
class Expectation:
    """Differences to be expected without a change: a constant, and shares of detail and motion; of luma and of colours."""

    bright: tuple[float, float, float]
    colour: tuple[float, float, float]

    @classmethod
    def of(cls, seen: list[Difference], unchanged: list[Map] | None = None) -> Expectation:
        """By what is usual in these frames: fitted so that what stands out has no say."""
        often = np.s_[_OFTEN::_OFTEN, _OFTEN::_OFTEN]
        ones = np.concatenate([np.ones(d.bright[often].size) for d in seen])
        motion = np.concatenate([d.motion[often].ravel() for d in seen])
        detail = [np.concatenate([m[often].ravel() for m in each]) for each in _details(seen)]
        designs = [np.column_stack([ones, each, motion]).astype(np.float64) for each in detail]
        trusted = np.ones(len(ones))
        if unchanged is not None:
            trusted = np.concatenate([(each[often].ravel() > 0.98) for each in unchanged]).astype(np.float64)
        if trusted.sum() < 50:
            trusted[:] = 1
        bright = np.concatenate([d.bright[often].ravel() for d in seen]).astype(np.float64)
        colour = np.concatenate([d.colour[often].ravel() for d in seen]).astype(np.float64)
        return cls(_usual(designs[0], bright, trusted, _FLOOR[0]), _usual(designs[1], colour, trusted, _FLOOR[1]))

    def ratio(self, seen: Difference) -> Map:
        """How many times what is expected is seen, at each pixel: the larger of luma and colours."""
        colour = seen.colour / _predicted(self.colour, seen.colour_detail, seen.motion)
        return np.asarray(np.maximum(seen.bright / self.of_bright(seen), colour), np.float32)

    def of_bright(self, seen: Difference) -> Map:
        """What is expected of the luma."""
        return _predicted(self.bright, seen.detail, seen.motion)


def _details(seen: list[Difference]) -> tuple[list[Map], list[Map]]:
    return [each.detail for each in seen], [each.colour_detail for each in seen]


def _predicted(shares: tuple[float, float, float], detail: Map, motion: Map) -> Map:
    return np.float32(shares[0]) + np.float32(shares[1]) * detail + np.float32(shares[2]) * motion


def _usual(
    design: NDArray[np.float64], values: NDArray[np.float64], trusted: NDArray[np.float64], floor: float
) -> tuple[float, float, float]:
    """A line through the usual values, none of its shares below zero, its constant not below `floor`."""
    shares = np.array([max(floor, float(np.median(values[trusted > 0]))), 0.0, 0.0])
    active = [0, 1, 2]
    heard = _evenly(design[:, 1:].max(axis=1))
    for _ in range(_ROUNDS):
        predicted = np.maximum(design @ shares, floor)
        relative = values / predicted
        # Of equal relative weight; what is more than twice the usual is let go.
        weights = trusted * heard / predicted**2 / (1 + np.maximum(relative - 1.3, 0) ** 2 * 6) ** 2
        part = design[:, active]
        weighted = part * weights[:, np.newaxis]
        solution = np.linalg.lstsq(weighted.T @ part, weighted.T @ values, rcond=None)[0]
        shares = np.zeros(3)
        shares[active] = solution
        negative = [number for number in (1, 2) if shares[number] < 0]
        if negative:
            active = [number for number in active if number not in negative]
            shares[negative] = 0
        shares[0] = max(shares[0], floor)
    return float(shares[0]), float(shares[1]), float(shares[2])


def _evenly(strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights by which the few strong details have as much say as the many faint ones."""
    kind = np.clip(np.log2(np.maximum(strength, 1)), 0, _KINDS - 1).astype(int)
    share = 1 / np.maximum(np.bincount(kind, minlength=_KINDS), 0.02 * len(strength))
    return np.asarray(share[kind] / share[kind].mean(), np.float64)
