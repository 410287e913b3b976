"""The region that was changed, in every frame: found, steady in time, grown and feathered."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHORTEST", "Mask", "Masks", "Mattes", "hysteresis", "median_of_three", "tracked"]

Mask = NDArray[np.bool_]
Map = NDArray[np.float32]

SHORTEST = 3
"""Frames that a change lasts, unless less than that was asked for."""

SEED, EXTEND = 6.0, 2.4
"""Multiples of what is expected at which a change is one, and to which it reaches."""
_SEED_LEVELS, _EXTEND_LEVELS = 2.6, 1.3
_FARTHEST = 0.025
"""Of the view's longer side, from a pixel that is well over to one that is a little over."""
_SPUR = 7
"""Pixels of the view: what is thinner, and hangs on a region, is an edge that coding blurred."""
_SMALLEST = 0.0012
_CONVEX = 0.72
_HELD = 2
_SIGMA = 2.0
_REACH = 4
"""Frames on each side over which the matte is smoothed."""
_GROWN, _FEATHER = 0.005, 0.004
"""Of the view's longer side."""


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


def hysteresis(ratio: Map, levels: Map) -> Mask:
    """Where a frame is changed: pixels well over the expectation, with all that is over it and touches them.

    `ratio` is in multiples of what is expected, `levels` the difference itself: what nobody sees is no change.
    """
    import cv2

    reached = (ratio > EXTEND) & (levels > _EXTEND_LEVELS)
    seeds = (ratio > SEED) & (levels > _SEED_LEVELS)
    small, large = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)) for size in (3, 7))
    closed = cv2.morphologyEx(reached.astype(np.uint8), cv2.MORPH_OPEN, small)
    closed = cv2.morphologyEx(np.pad(closed, 8), cv2.MORPH_CLOSE, large)[8:-8, 8:-8]
    count, labels = cv2.connectedComponents(np.ascontiguousarray(closed), connectivity=8)
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


class Mattes:
    """The matte of each frame of a range: 0 where the original stays, 1 where all is what came back."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._grown = lru_cache(maxsize=2 * (_REACH + _HELD) + 4)(self._made_grown)

    def __len__(self) -> int:
        return len(self._masks)

    def matte(self, number: int) -> Map:
        """Of one frame, from 0 to 1; exact zeros where nothing changed in it or near it in time."""
        import cv2

        near = range(number - _REACH, number + _REACH + 1)
        shares = [float(np.exp(-(((each - number) / _SIGMA) ** 2) / 2)) for each in near]
        total = sum(share * self._held(each) for each, share in zip(near, shares, strict=True))
        smooth: Map = np.minimum(np.asarray(total, np.float32) * np.float32(1.15 / sum(shares)), 1)
        if not smooth.any():
            return smooth
        reach = self._pixels(_FEATHER)
        # A box three times over: smooth, and with an end.
        for _ in range(3):
            blurred = cv2.blur(smooth, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REPLICATE)
            smooth = np.asarray(blurred, np.float32)
        return np.where(smooth < 1 / 256, np.float32(0), np.minimum(smooth, 1)).astype(np.float32)

    def changed(self, number: int) -> bool:
        """Whether anything of a frame is taken from what came back."""
        near = range(number - _REACH - _HELD, number + _REACH + _HELD + 1)
        return any(self._grown(self._inside(each)).any() for each in near) and bool(self.matte(number).any())

    def _held(self, number: int) -> Map:
        near = {self._inside(each) for each in range(number - _HELD, number + _HELD + 1)}
        result = np.zeros_like(self._grown(self._inside(number)))
        for each in near:
            result |= self._grown(each)
        return result.astype(np.float32)

    def _inside(self, number: int) -> int:
        return min(max(number, 0), len(self._masks) - 1)

    def _made_grown(self, number: int) -> Mask:
        import cv2

        mask = self._masks[number].astype(np.uint8)
        size = 2 * (self._pixels(_GROWN) + self._pixels(_FEATHER)) + 1
        return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))) > 0

    def _pixels(self, share: float) -> int:
        return max(1, round(share * max(map(int, self._masks[0].shape))))
