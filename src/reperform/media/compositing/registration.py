"""Where a returned picture lies against the original: a shift and a scale in each direction, to fractions of a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAME_PLACE", "Registration", "register"]

_LEVELS = (4, 2, 1)
_ROUNDS = (10, 6, 4)
_THINNED = (1, 1, 2)
"""Every how many-th pixel across and down has a say."""
_BLUR = 1.0
_NOTICED, _MEASURED = 0.06, 1920
"""Pixels by which a picture's corners must lie elsewhere for it to be moved back, and of its longer side up to which they count: less is
lost in the measuring. That is done in a reduced picture, so of a larger one in proportion more is lost."""
_LARGEST_SCALE, _LARGEST_SHIFT = 0.08, 0.06

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Registration:
    """The point of the original at (x, y), from the picture's middle in widths and heights, lies in what came back at
    (x × `scale_x` + `shift_x`, y × `scale_y` + `shift_y`)."""

    scale_x: float = 1.0
    shift_x: float = 0.0
    scale_y: float = 1.0
    shift_y: float = 0.0
    likeness: float = 1.0
    """Correlation of the details of both pictures, as they lie then."""

    @property
    def moves(self) -> bool:
        """Whether anything has to be moved back."""
        return (self.scale_x, self.shift_x, self.scale_y, self.shift_y) != (1.0, 0.0, 1.0, 0.0)

    @property
    def plausible(self) -> bool:
        """Whether an encoder or a scaler does such a thing; else it is another picture."""
        scales, shifts = (self.scale_x, self.scale_y), (self.shift_x, self.shift_y)
        return all(abs(s - 1) <= _LARGEST_SCALE for s in scales) and all(abs(s) <= _LARGEST_SHIFT for s in shifts)

    def corner(self, width: int, height: int) -> float:
        """Pixels by which the corner that moves most lies elsewhere, in a picture of this raster."""
        across = (abs(self.scale_x - 1) / 2 + abs(self.shift_x)) * width
        down = (abs(self.scale_y - 1) / 2 + abs(self.shift_y)) * height
        return float(np.hypot(across, down))

    def snapped(self, width: int, height: int) -> Registration:
        """Itself, or the same place where it moves nothing that is seen in a picture of this raster."""
        if self.corner(width, height) >= _NOTICED * max(1.0, max(width, height) / _MEASURED):
            return self
        return Registration(likeness=self.likeness)

    def matrix(
        self, width: int, height: int, *, left: int = 0, top: int = 0, siting: tuple[float, float] = (0, 0)
    ) -> NDArray[np.float64]:
        """For `cv2.warpAffine` with WARP_INVERSE_MAP: from a plane's pixel to that of what came back.

        The plane is width × height; `left` and `top` are where the piece that is made begins in it. `siting` is how far its
        samples stand from the middles of its own pixels, in those.
        """
        rows = []
        for scale, shift, length, begin, sited in (
            (self.scale_x, self.shift_x, width, left, siting[0]),
            (self.scale_y, self.shift_y, height, top, siting[1]),
        ):
            middle = length / 2 - 0.5 - sited
            rows.append((scale, scale * (begin - middle) + middle + shift * length))
        return np.array([[rows[0][0], 0, rows[0][1]], [0, rows[1][0], rows[1][1]]])


SAME_PLACE = Registration()


def register(
    pairs: Sequence[tuple[Picture, Picture]],
    *,
    unchanged: Sequence[NDArray[np.float32]] | None = None,
    start: Registration = SAME_PLACE,
) -> Registration:
    """How all the returned lumas lie against the originals', of one raster, once for the shot.

    Gauss-Newton on a pyramid, with the brightness solved along and weights that let go what is otherwise different.
    `unchanged` weighs each pair's pixels, from 0.
    """
    import cv2

    blurred = [[np.asarray(cv2.GaussianBlur(each, (0, 0), _BLUR), np.float32) for each in pair] for pair in pairs]
    weights = list(unchanged) if unchanged is not None else [np.ones_like(one) for one, _ in pairs]
    found = np.array([start.scale_x, start.shift_x, start.scale_y, start.shift_y])
    for level, rounds, thinned in zip(_LEVELS, _ROUNDS, _THINNED, strict=True):
        size = (pairs[0][0].shape[1] // level, pairs[0][0].shape[0] // level)
        if min(size) < 40 and level > 1:
            continue
        small = [_all_resized((*pair, weight), size) for pair, weight in zip(blurred, weights, strict=True)]
        for _ in range(rounds):
            step = _step(small, found, thinned)
            found = found + step
            if np.abs(step).max() < 2e-6 or np.abs(found - (1, 0, 1, 0)).max() > 0.2:
                break
    result = Registration(*map(float, found))
    return replace(result, likeness=_likeness(blurred, weights, result))


def _all_resized(pictures: Sequence[Picture], size: tuple[int, int]) -> list[Picture]:
    import cv2

    if (pictures[0].shape[1], pictures[0].shape[0]) == size:
        return list(pictures)
    return [np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA), np.float32) for each in pictures]


def _step(pairs: Sequence[list[Picture]], found: NDArray[np.float64], thinned: int) -> NDArray[np.float64]:
    """The correction that the pictures ask for: scale and shift across, scale and shift down."""
    normal, right = np.zeros((4, 4)), np.zeros(4)
    for original, returned, weight in pairs:
        part = _equations(original, returned, weight, Registration(*map(float, found)), thinned)
        normal += part[0]
        right += part[1]
    normal += np.eye(4) * 1e-9 * max(1e-6, float(np.trace(normal)))
    return np.asarray(np.linalg.solve(normal, right))


def _equations(
    original: Picture, returned: Picture, weight: Picture, at: Registration, thinned: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    height, width = original.shape
    here = _moved(returned, at)
    across = np.gradient(here, axis=1) * width / at.scale_x
    down = np.gradient(here, axis=0) * height / at.scale_y
    x = ((np.arange(width) + 0.5) / width - 0.5).astype(np.float32)[np.newaxis, :]
    y = ((np.arange(height) + 0.5) / height - 0.5).astype(np.float32)[:, np.newaxis]
    # What was moved in from beyond the edge says nothing.
    edge = max(2, round(0.02 * width))
    inside = np.s_[edge:-edge:thinned, edge:-edge:thinned]
    columns = np.stack([part[inside].ravel() for part in (across * x, across, down * y, down)], 1).astype(np.float64)
    ones, bright = np.ones(len(columns)), original[inside].ravel().astype(np.float64)
    target, weights = here[inside].ravel().astype(np.float64), weight[inside].ravel().astype(np.float64)
    # here + J·step = gain × original + offset
    design = np.column_stack([-columns, bright, ones])
    residual = target - bright - np.median(target - bright)
    scale = max(0.5, 1.48 * float(np.median(np.abs(residual))))
    solution: NDArray[np.floating] = np.zeros(6)
    for _ in range(2):
        robust = weights / (1 + (residual / (2 * scale)) ** 2) ** 2
        weighted = design * robust[:, np.newaxis]
        solution = np.linalg.lstsq(weighted.T @ design, weighted.T @ target, rcond=None)[0]
        residual = target - design @ solution
        scale = max(0.3, 1.48 * float(np.median(np.abs(residual))))
    robust = weights / (1 + (residual / (2 * scale)) ** 2) ** 2 / scale**2
    corrected = target - bright * solution[4] - solution[5]
    weighted = columns * robust[:, np.newaxis]
    return weighted.T @ columns, -(weighted.T @ corrected)


def _moved(picture: Picture, at: Registration) -> Picture:
    import cv2

    height, width = picture.shape
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(
        picture, at.matrix(width, height), (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def _likeness(pairs: Sequence[Sequence[Picture]], weights: Sequence[Picture], at: Registration) -> float:
    import cv2

    products = np.zeros(3)
    for (original, returned), weight in zip(pairs, weights, strict=True):
        one, other = (each - cv2.GaussianBlur(each, (0, 0), 8) for each in (original, _moved(returned, at)))
        products += [float((weight * a * b).sum()) for a, b in ((one, other), (one, one), (other, other))]
    return float(products[0] / np.sqrt(max(products[1] * products[2], 1e-9)))
