"""Views of pictures as they come, and what of the first ones place, colours and grain are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.grain import GRAINY, grain_of
from reperform.media.compositing.laying_in import LayIn
from reperform.media.compositing.views import Layout, View, looked_at_raster, luma, view

if TYPE_CHECKING:
    from reperform.media.pictures import Planes

__all__ = ["SAMPLES", "Looks", "spread"]

Map = NDArray[np.float32]

SAMPLES = 6
"""Pictures, spread over the first ones."""
_REGISTERED = 960
"""Pixels of the longer side in which the place is found."""


class Looks:
    """Views of pictures as they come, and of the first ones what else is needed of them."""

    def __init__(self, layout: Layout, first: int) -> None:
        self.size = (0, 0)
        self.lumas: list[tuple[Map, Map]] = []
        self._layout, self._count = layout, 0
        self._wanted = frozenset(spread(range(first), SAMPLES))
        self._grain: list[tuple[tuple[float, float], tuple[float, float]]] = []

    def at(self, original: Planes, returned: Planes) -> tuple[View, View]:
        """The views of the next pair."""
        height, width = original[0].shape
        self.size = (width, height)
        if self._count in self._wanted:
            large = min(1.0, _REGISTERED / max(width, height))
            raster = (round(width * large), round(height * large))
            self.lumas.append((luma(original, self._layout, raster), luma(returned, self._layout, raster)))
            self._grain.append((grain_of(original[0], self._layout.scale), grain_of(original[1], self._layout.scale)))
        self._count += 1
        raster = looked_at_raster(width, height)
        return view(original, self._layout, raster), view(returned, self._layout, raster)

    def how(self) -> LayIn:
        """By the original's grain."""
        return "delta" if self.grain()[0][0] >= GRAINY else "replace"

    def grain(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Of luma and of colours, in each band."""
        bright, colour = np.median(self._grain, axis=0) if self._grain else np.zeros((2, 2))
        return (float(bright[0]), float(bright[1])), (float(colour[0]), float(colour[1]))


def spread(items: Sequence[object], count: int) -> list:  # type: ignore[type-arg]  # of whatever kind they are
    """`count` of them from the first to the last, or all where there are no more."""
    if len(items) <= count:
        return list(items)
    return [items[number * (len(items) - 1) // (count - 1)] for number in range(count)]
