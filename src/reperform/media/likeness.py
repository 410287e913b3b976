"""Whether two files of the same pictures look alike: what was made of one may be put into the other only then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.media import frames as media_frames
from reperform.media.thumbnails import thumbnails
from reperform.model import Source

if TYPE_CHECKING:
    from reperform.media.viewing.base import Viewing

__all__ = ["unlike"]

_COMPARED = 3
_ALIKE = 0.8
"""Correlation of two pictures, above which they are the same one: coding and scaling leave 0.98 and more."""
_LEVELS = 24.0
"""Grey levels by which they may be brighter or darker on average, …"""
_CONTRAST = 1.35
"""… and how much more or less contrast they may have. A log picture beside a graded one has about half."""
_FLAT = 4.0
"""Grey levels of contrast below which there is nothing to compare."""


def unlike(
    one: Source, other: Source, *, frames: Sequence[int], later: int, viewing: Viewing | None = None
) -> str | None:
    """How `other` looks otherwise than `one`, by some of these frames of `one`; frame n is its frame n + `later`. None: alike.

    `other` is looked at through `viewing`, where there is one.

    Raises:
        MediaError: a picture does not decode.

    """
    some = sorted({frames[number * (len(frames) - 1) // (_COMPARED - 1)] for number in range(_COMPARED)})
    first = thumbnails(media_frames.shown(one, some)).astype(np.float64)
    second = thumbnails(media_frames.shown(other, [frame + later for frame in some], viewing=viewing)).astype(
        np.float64
    )
    if first.std() < _FLAT or second.std() < _FLAT:
        return None
    if _correlation(first, second) < _ALIKE:
        return f"the pictures of {other.path.name} do not look like those of {one.path.name} at the same timecode"
    contrast = first.std() / second.std()
    if abs(first.mean() - second.mean()) > _LEVELS or not 1 / _CONTRAST < contrast < _CONTRAST:
        return (
            f"{other.path.name} has other brightness or contrast than {one.path.name}: what was performed looks as that did,"
            " and stands out in it"
        )
    return None


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
