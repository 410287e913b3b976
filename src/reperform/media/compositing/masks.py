"""Where a frame is changed: found by what stands out of the expectation, and steady over its neighbours."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "REMEMBERED",
    "SHORTEST",
    "Mask",
    "Masks",
    "hysteresis",
    "median_of_three",
    "over_expectation",
    "remembered",
    "tracked",
]

Mask = NDArray[np.bool_]
Map = NDArray[np.float32]

SHORTEST = 3
"""Frames that a change lasts, unless less than that was asked for."""

SEED, EXTEND = 6.0, 2.4
"""Multiples of what is expected at which a change is one, and to which it reaches …"""
REMEMBERED = 1.9
"""… and where a change was found a little before, or will be a little after."""
_SEED_LEVELS, _EXTEND_LEVELS = 2.6, 1.3
_FARTHEST = 0.025
"""Of the view's longer side, from a pixel that is well over to one that is a little over."""
_SPUR = 7
"""Pixels of the view: what is thinner, and hangs on a region, is an edge that coding blurred."""
_SMALLEST = 0.0012
_CONVEX = 0.72
_LONG, _AROUND = 6, 3
"""Frames before and after that count for that, and pixels of the view, as a square, by which it may have moved."""
_LASTING = 0.15
"""Of the largest change of all frames: what is smaller is not remembered."""


def median_of_three(maps: Iterable[Map]) -> Iterator[Map]:
    """Each map as the median of itself and its neighbours in time; the first and the last as they are with one."""
    before: Map | None = None
    now: Map | None = None
    for following in maps:
        if now is not None:
            yield np.minimum(now, following) if before is None else _middle(before, now, following)
        before, now = now, following
    if now is not None:
        yield now if before is None else np.minimum(before, now)


def _middle(one: Map, two: Map, three: Map) -> Map:
    return np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three))


def over_expectation(ratio: Map, levels: Map, times: float = EXTEND) -> Mask:
    """Where a frame may be changed: `times` over the expectation, without specks and small gaps."""
    import cv2

    reached = (ratio > times) & (levels > _EXTEND_LEVELS * times / EXTEND)
    small, large = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)) for size in (3, 7))
    opened = cv2.morphologyEx(reached.astype(np.uint8), cv2.MORPH_OPEN, small)
    closed = cv2.morphologyEx(np.pad(opened, 8), cv2.MORPH_CLOSE, large)[8:-8, 8:-8]
    return np.asarray(closed > 0)


def hysteresis(ratio: Map, levels: Map) -> Mask:
    """Where a frame is changed: pixels well over the expectation, with all that is over it and touches them.

    `ratio` is in multiples of what is expected, `levels` the difference itself: what nobody sees is no change.
    """
    import cv2

    over = over_expectation(ratio, levels)
    seeds = (ratio > SEED) & (levels > _SEED_LEVELS)
    count, labels = cv2.connectedComponents(over.astype(np.uint8), connectivity=8)
    seeded = np.zeros(count, bool)
    # One lonely pixel is no seed.
    strong = cv2.morphologyEx(seeds.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0
    seeded[np.unique(labels[strong])] = True
    seeded[0] = False
    # Along a strong edge what is a little over may run far away from the change that it touches.
    reach = 2 * round(_FARTHEST * max(ratio.shape)) + 1
    near = cv2.dilate(strong.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0
    return _without_spurs(seeded[labels] & near)


def _without_spurs(mask: Mask) -> Mask:
    """Regions without the thin edges that hang on them; one that is all thin stays as it is."""
    import cv2

    here = mask.astype(np.uint8)
    opened = cv2.morphologyEx(here, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SPUR, _SPUR)))
    count, labels = cv2.connectedComponents(here, connectivity=8)
    thick = np.zeros(count, bool)
    thick[np.unique(labels[opened > 0])] = True
    return np.asarray(np.where(thick[labels], opened > 0, mask))


class Masks:
    """Masks of one raster, held packed: one a frame, many frames."""

    def __init__(self, masks: Iterable[Mask] = ()) -> None:
        self._packed: list[bytes] = []
        self._shape: tuple[int, ...] = (0, 0)
        for mask in masks:
            self.append(mask)

    def append(self, mask: Mask) -> None:
        """One more, at the end."""
        self._shape = mask.shape
        self._packed.append(zlib.compress(np.packbits(mask).tobytes(), 1))

    def __len__(self) -> int:
        return len(self._packed)

    def __getitem__(self, number: int) -> Mask:
        bits = np.frombuffer(zlib.decompress(self._packed[number]), np.uint8)
        return np.unpackbits(bits, count=self._shape[0] * self._shape[1]).reshape(self._shape).astype(bool)


def remembered(found: Masks, over: Masks) -> Masks:
    """The masks with what is `over` the expectation by REMEMBERED where a few frames before or after a change is found.

    A mouth that closes is still another's skin, though it differs by little. What was never found is never remembered, nor is what
    is small beside the largest change: it may be an edge that was coded badly for a moment.
    """
    import cv2

    result = Masks()
    around = np.ones((_AROUND, _AROUND), np.uint8)
    largest = max((_areas(found[number])[1].max() for number in range(len(found))), default=0)
    held = lru_cache(maxsize=2 * _LONG + 2)(lambda number: _of_size(found[number], largest * _LASTING))
    for number in range(len(found)):
        near = range(max(0, number - _LONG), min(len(found), number + _LONG + 1))
        mask, once = found[number], np.logical_or.reduce([held(each) for each in near])
        if once.any():
            grown = cv2.dilate(once.astype(np.uint8), around) > 0
            mask = _without_spurs(mask | (over[number] & grown))
        result.append(mask)
    return result


def _areas(mask: Mask) -> tuple[NDArray[Any], NDArray[Any]]:
    """The number of each pixel's region, 0 for none, and the pixels of each; none has 0."""
    import cv2

    _, labels, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = np.asarray(facts[:, cv2.CC_STAT_AREA]).copy()
    areas[0] = 0
    return np.asarray(labels), areas


def _of_size(mask: Mask, smallest: float) -> Mask:
    """Without regions of fewer pixels."""
    labels, areas = _areas(mask)
    large = areas >= smallest
    large[0] = False
    return np.asarray(large[labels])


def tracked(masks: Masks, *, shortest: int = SHORTEST) -> Masks:
    """Only regions that last `shortest` frames, and are large enough to be meant; their holes filled, nearly convex ones made convex."""
    import cv2

    tracks = _Tracks()
    previous: tuple[int, NDArray[np.int32]] | None = None
    for number in range(len(masks)):
        count, labels, facts, _ = cv2.connectedComponentsWithStats(masks[number].astype(np.uint8), connectivity=8)
        first = tracks.add(number, facts[1:, cv2.CC_STAT_AREA])
        if previous is not None:
            both = (labels > 0) & (previous[1] > 0)
            for pair in set(zip(labels[both].tolist(), previous[1][both].tolist(), strict=True)):
                tracks.join(first + pair[0] - 1, previous[0] + pair[1] - 1)
        previous = first, np.asarray(labels, np.int32)
    smallest = _SMALLEST * masks[0].size if len(masks) else 0
    kept = tracks.kept(shortest=min(shortest, len(masks)), smallest=smallest)
    result, first = Masks(), 0
    for number in range(len(masks)):
        count, labels = cv2.connectedComponents(masks[number].astype(np.uint8), connectivity=8)
        mine = np.concatenate([[False], kept[first : first + count - 1]])
        first += count - 1
        result.append(_whole_shapes(mine[labels]))
    return result


class _Tracks:
    """Regions of frames joined with those that they touch in the next."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._frame: list[int] = []
        self._area: list[int] = []

    def add(self, frame: int, areas: NDArray[Any]) -> int:
        """Regions of a frame; gives the number of the first."""
        first = len(self._parent)
        self._parent += range(first, first + len(areas))
        self._frame += [frame] * len(areas)
        self._area += map(int, areas)
        return first

    def join(self, one: int, other: int) -> None:
        self._parent[self._root(one)] = self._root(other)

    def kept(self, *, shortest: int, smallest: float) -> NDArray[np.bool_]:
        """For each region, whether its track lasts and grows enough."""
        roots = [self._root(number) for number in range(len(self._parent))]
        frames: dict[int, set[int]] = {}
        largest: dict[int, int] = {}
        for root, frame, area in zip(roots, self._frame, self._area, strict=True):
            frames.setdefault(root, set()).add(frame)
            largest[root] = max(largest.get(root, 0), area)
        good = {root for root in frames if len(frames[root]) >= shortest and largest[root] >= smallest}
        return np.array([root in good for root in roots], bool)

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number


def _whole_shapes(mask: Mask) -> Mask:
    import cv2

    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    for contour in contours:
        hull = cv2.convexHull(contour)
        area = cv2.contourArea(hull)
        shape = hull if area and cv2.contourArea(contour) / area >= _CONVEX else contour
        cv2.drawContours(filled, [shape], -1, 1, cv2.FILLED)
    return filled > 0
