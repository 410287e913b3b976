"""Pictures of a take beside those that were meant: which ones, how near they are, and how near is near enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLOSE", "decibels", "spread"]

CLOSE = 26.0
"""Decibels by which the take's picture must be the one that was meant: the lightest codecs keep more, another frame less."""

_SAMPLED = 9
_LINES = 256
"""Lines that are compared at once: a plane of 4K is never held a second time."""


def spread(numbers: Sequence[int]) -> tuple[int, ...]:
    """At most a few of them, from the first to the last."""
    if len(numbers) <= _SAMPLED:
        return tuple(numbers)
    return tuple(numbers[place * (len(numbers) - 1) // (_SAMPLED - 1)] for place in range(_SAMPLED))


def decibels(found: NDArray[Any], meant: NDArray[Any], *, top: float) -> float:
    """Peak signal to noise of a plane of luma, or of green, whose largest number is `top`."""
    bands = range(0, len(meant), _LINES)
    error = sum(_squares(found[line : line + _LINES], meant[line : line + _LINES]) for line in bands) / meant.size
    return float("inf") if error == 0 else 20 * float(np.log10(top)) - 10 * float(np.log10(error))


def _squares(found: NDArray[Any], meant: NDArray[Any]) -> float:
    difference = found.astype(np.float32) - meant
    return float(np.vdot(difference, difference))
