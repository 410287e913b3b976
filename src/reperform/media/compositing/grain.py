"""How strong a picture's grain is, in two bands: what is left of them where there is nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "GRAINY", "grain_of"]

BANDS = (1.2, 2.5)
"""Pixels, as sigmas, that part what is finer than a face's change."""
GRAINY = 0.7
"""Levels of 8 bits, as standard deviation of the finest band, from which an original has grain worth keeping."""
_BLOCK = 16
_QUIETEST = 25
_LONGEST = 1024


def grain_of(plane: NDArray[Any], scale: float) -> tuple[float, float]:
    """The standard deviation in each band in levels of 8 bits; `scale` is how many numbers make one.

    Of the middle of a large picture, and of its quietest parts, for textures are no grain.
    """
    import cv2

    height, width = plane.shape
    top, left = max(0, (height - _LONGEST) // 2), max(0, (width - _LONGEST) // 2)
    part = plane[top : top + _LONGEST, left : left + _LONGEST].astype(np.float32) / np.float32(scale)
    if min(part.shape) < 2 * _BLOCK:
        return 0.0, 0.0
    size = (part.shape[1] // _BLOCK, part.shape[0] // _BLOCK)
    # Crushed blacks and clipped whites have no grain, whatever the rest has.
    mean = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    lit = (mean > 20) & (mean < 235)
    if not lit.any():
        return 0.0, 0.0
    found = []
    for sigma in BANDS:
        below = np.asarray(cv2.GaussianBlur(part, (0, 0), sigma), np.float32)
        energy = cv2.resize((part - below) ** 2, size, interpolation=cv2.INTER_AREA)
        found.append(float(np.sqrt(np.percentile(energy[lit], _QUIETEST))))
        part = below
    return found[0], found[1]
