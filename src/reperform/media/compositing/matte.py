"""The matte of a changed region, in every frame: held, grown, smoothed in time and feathered."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.masks import Mask, Masks

__all__ = ["Mattes"]

Map = NDArray[np.float32]

_HELD = 2
_SIGMA = 2.0
_REACH = 4
"""Frames on each side over which the matte is smoothed."""
_GROWN, _FEATHER = 0.0045, 0.004
"""Of the view's longer side."""
_PLAIN, _MOST_GROWN = 1.2, 2.0
"""Levels of 8 bits up to which the end of a change shows in spite of coding and grain, and the most by which a matte grows more beyond."""


class Mattes:
    """The matte of each frame of a range: 0 where the original stays, 1 where all is what came back."""

    def __init__(self, masks: Masks, *, usual: float = 0.0) -> None:
        """`usual` are the levels of 8 bits that coding and grain alone make."""
        self._masks = masks
        self._growth = self._pixels(_GROWN * min(max(1.0, usual / _PLAIN), _MOST_GROWN))
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
        size = 2 * self._growth + 1
        return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))) > 0

    def _pixels(self, share: float) -> int:
        return max(1, round(share * max(map(int, self._masks[0].shape))))
