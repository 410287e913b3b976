"""What an engine's encode did to colours: measured where nothing changed, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAME_COLOURS", "ColourMatch", "brightness", "match_colours"]

_BLOCK = 8
_ROUNDS = 12
_NOTICED = 0.45
"""Levels of 8 bits by which colours must be off to be corrected."""
_CROSSED = 0.004
_BINS = 16
_LEAST_IN_BIN = 40

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class ColourMatch:
    """Original = `matrix` × returned + `offset`, of luma and colour differences (around 0) in levels of 8 bits; then `curve`."""

    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    offset: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    curve: NDArray[np.float64] | None = None
    """What is added to the luma at each of 256 levels; None adds nothing."""

    @property
    def corrects(self) -> bool:
        """Whether it does anything."""
        return self.curve is not None or not (np.array_equal(self.matrix, np.eye(3)) and not self.offset.any())

    @property
    def crosses(self) -> bool:
        """Whether luma and colours are mixed."""
        return bool(np.abs(self.matrix - np.diag(np.diag(self.matrix))).max() > 0)

    def applied(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """A picture [height, width, 3] as the original has its colours."""
        if not self.corrects:
            return picture
        result = picture @ self.matrix.T.astype(np.float32) + self.offset.astype(np.float32)
        if self.curve is not None:
            result[..., 0] += toned(result[..., 0], self.curve)
        return result

    def largest(self) -> float:
        """Levels by which it moves the black, the white or a plain colour most."""
        probes = np.array([[16.0, 0, 0], [126, 0, 0], [235, 0, 0], [126, 40, -40], [126, -40, 40]])
        moved = np.abs(probes @ self.matrix.T + self.offset - probes).max()
        return float(max(moved, 0 if self.curve is None else np.abs(self.curve).max()))


SAME_COLOURS = ColourMatch()


def toned(luma: NDArray[np.float32], curve: NDArray[np.float64]) -> NDArray[np.float32]:
    """What the curve adds at each luma."""
    return np.interp(luma, np.arange(256), curve).astype(np.float32)


def match_colours(
    pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    *,
    unchanged: Sequence[NDArray[np.float32]] | None = None,
) -> ColourMatch:
    """The correction from returned to original views of one raster, by the blocks that look unchanged."""
    before, after, trusted = _blocks(pairs, unchanged)
    if len(before) < 24:
        return SAME_COLOURS
    matrix, offset, weights = _affine(after, before, trusted)
    fitted = ColourMatch(matrix, offset)
    if np.abs(_of_samples(fitted, after) - after)[weights > 0.5].max(initial=0) < _NOTICED:
        fitted = SAME_COLOURS
    curve = _curve(_of_samples(fitted, after)[:, 0], before[:, 0], weights)
    return ColourMatch(fitted.matrix, fitted.offset, curve)


def brightness(
    original: NDArray[np.float32], returned: NDArray[np.float32], unchanged: NDArray[np.float32] | None = None
) -> tuple[float, float]:
    """One frame's own gain and offset of luma, from corrected returned to original; (1, 0) where none is noticed."""
    pair = [(original, returned)]
    before, after, trusted = _blocks(pair, None if unchanged is None else [unchanged])
    if len(before) < 24:
        return 1.0, 0.0
    design = np.column_stack([after[:, 0], np.ones(len(after))])
    solution = np.array([1.0, 0.0])
    for _ in range(_ROUNDS):
        weights = trusted * _let_go(np.abs(before[:, 0] - design @ solution))
        weighted = design * weights[:, np.newaxis]
        normal = weighted.T @ design + np.diag([2000.0, 0.01])
        solution = np.linalg.solve(normal, weighted.T @ before[:, 0] + np.array([2000.0, 0.0]))
    moved = np.abs(design @ solution - after[:, 0])
    low, high = np.percentile(moved, [50, 95])
    return (float(solution[0]), float(solution[1])) if max(low, 0.7 * high) >= _NOTICED else (1.0, 0.0)


def _blocks(
    pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], unchanged: Sequence[NDArray[np.float32]] | None
) -> tuple[Samples, Samples, NDArray[np.float64]]:
    import cv2

    before, after, trusted = [], [], []
    for number, (original, returned) in enumerate(pairs):
        height, width = original.shape[:2]
        size = (max(1, width // _BLOCK), max(1, height // _BLOCK))
        weight = np.ones((height, width), np.float32) if unchanged is None else unchanged[number]
        one, other, trust = (cv2.resize(e, size, interpolation=cv2.INTER_AREA) for e in (original, returned, weight))
        # The rim is moved in from elsewhere, and encoders pad it.
        inside = np.s_[1:-1, 1:-1]
        before.append(one[inside].reshape(-1, 3))
        after.append(other[inside].reshape(-1, 3))
        trusted.append((trust[inside].ravel() > 0.98).astype(np.float64))
    return np.concatenate(before).astype(float), np.concatenate(after).astype(float), np.concatenate(trusted)


def _affine(
    after: Samples, before: Samples, trusted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    design = np.column_stack([after, np.ones(len(after))])
    # A picture of few colours leaves most of the matrix open: then it stays as it is.
    prior = np.diag([4.0, 60.0, 60.0, 1e-3]) * max(1.0, len(after) / 400)
    known = np.vstack([np.eye(3), np.zeros((1, 3))])
    solution: NDArray[np.floating] = known.copy()
    solution[3] = np.median((before - after)[trusted > 0], axis=0) if trusted.any() else 0
    weights = trusted
    for _ in range(_ROUNDS):
        weights = trusted * _let_go(np.abs(before - design @ solution).max(axis=1))
        weighted = design * weights[:, np.newaxis]
        solution = np.linalg.solve(weighted.T @ design + prior, weighted.T @ before + prior @ known)
    matrix = solution[:3].T
    crossed = matrix - np.diag(np.diag(matrix))
    if np.abs(crossed).max() < _CROSSED:
        matrix = np.diag(np.diag(matrix))
    return matrix.astype(float), solution[3].astype(float), weights


def _let_go(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = max(0.25, 1.48 * float(np.median(residual)))
    weights: NDArray[np.float64] = 1 / (1 + (residual / (1.5 * scale)) ** 2) ** 2
    return weights


def _of_samples(match: ColourMatch, samples: Samples) -> Samples:
    return samples @ match.matrix.T + match.offset


def _curve(
    corrected: NDArray[np.float64], meant: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """What remains at each brightness, where enough of it was seen; None where it is nothing."""
    sure = weights > 0.4
    edges = np.linspace(0, 256, _BINS + 1)
    centres, values = [], []
    for low, high in pairwise(edges):
        inside = sure & (corrected >= low) & (corrected < high)
        if inside.sum() >= _LEAST_IN_BIN:
            centres.append(float(corrected[inside].mean()))
            values.append(float(np.median((meant - corrected)[inside])))
    if len(values) < 3 or max(map(abs, values)) < _NOTICED:
        return None
    return np.interp(np.arange(256), centres, values)
