"""Whether a picture stands where the original's moves: by the part of it that moves most, for a person hardly fills a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Standing", "repeats", "steps_allowed"]

Picture = NDArray[Any]
"""Brightness in levels of 255, some 64 pixels wide: grain is gone at that size, a mouth is not."""

_PART = 50
_STANDS, _LEFT = 2.0, 5.0
"""Levels of the liveliest part since a stand began. A picture that was held, coded as engines do, changes by up to 1.5; real
people on a fixed camera by 7 or more in half a second, and by half of theirs or more in any H.264 that is worth looking at."""
_MOVES, _REPEATS = 3.0, 0.3
"""Levels from one picture to the next that are a motion; the part of it that is left of a picture shown twice."""
_LEAST = 3
"""Steps that are no freeze, however short the time allowed."""


class Standing:
    """Follows what is judged beside the original, picture by picture."""

    def __init__(self) -> None:
        self._frame = 0
        self._first: tuple[int, Picture, Picture] | None = None
        self._left = False

    def step(self, frame: int, original: Picture, judged: Picture) -> int:
        """For how many steps the judged picture has stood, if the original's has moved away since; else 0."""
        if self._first is None or frame != self._frame + 1 or _liveliest(judged, self._first[2]) >= _STANDS:
            self._first, self._left = (frame, original, judged), False
        self._frame = frame
        self._left = self._left or _liveliest(original, self._first[1]) >= _LEFT
        return frame - self._first[0] if self._left else 0

    def stop(self) -> None:
        """The next picture is the first again."""
        self._first = None


def repeats(original: tuple[Picture, Picture], judged: tuple[Picture, Picture]) -> bool:
    """Whether the second of two pictures is the first again, where the original's is not."""
    moved = _liveliest(*original)
    return moved >= _MOVES and _liveliest(*judged) < _REPEATS * moved


def steps_allowed(milliseconds: float, rate: float, steps: int) -> int:
    """From how many steps on it is frozen: that time, or all of a cue of so many steps that is shorter."""
    return max(_LEAST, min(round(milliseconds * rate / 1000), steps))


def _liveliest(one: Picture, other: Picture) -> float:
    """The mean of the fiftieth of their differences that is largest."""
    flat = np.abs(one.astype(np.float32) - other.astype(np.float32)).reshape(-1)
    most = max(1, flat.size // _PART)
    return float(np.partition(flat, -most)[-most:].mean())
