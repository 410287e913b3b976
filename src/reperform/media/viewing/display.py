"""Planes of a picture as they are shown, and back: what an engine is sent, and what is compared with what it returns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.views import Layout
from reperform.media.viewing.samples import Samples

if TYPE_CHECKING:
    from reperform.media.pictures import Coding, Planes
    from reperform.media.viewing.base import Colours, Viewing

__all__ = ["DISPLAY_FORMAT", "WIRE_FORMAT", "Display", "displayed"]

WIRE_FORMAT = "yuv444p16le"
"""Of shown pictures on their way to an engine, and back: Rec. 709, TV range. FFmpeg's own way from RGB to luma and colours, and
back, is off by half a level of 8 bits."""
DISPLAY_FORMAT = "gbrp16le"
"""Of shown pictures: green, blue and red, from 0 to 65535, with the transfer of Rec. 709."""
_TOP = 65535
_UNIT = np.float32(1 / _TOP)
_WIRE = Samples(Layout(16, rgb=False), "bt709", full=False)
_ORDER = (1, 2, 0)
"""Of red, green and blue, as the planes stand."""
_LINES = 32
"""Lines that are worked on at once: an even number, so that a sample of subsampled colours stands in one of them only."""

_MOST = 0.5
"""A share of changed pixels above which all are brought back: to pick them out takes longer."""


@dataclass(frozen=True)
class Display:
    """Pictures of one planar format and coding, through a view."""

    viewing: Viewing
    pixel_format: str
    coding: Coding

    def shown(self, stored: Planes) -> Planes:
        """A stored picture in DISPLAY_FORMAT; transparency is left out."""
        height, width = stored[0].shape
        result = tuple(np.empty((height, width), "<u2") for _ in range(3))

        def show(lines: slice) -> None:
            _put(self.viewing.shown(self._samples.colours(stored, lines)), lines, result)

        _each(show, _bands(height, 0, height))
        return result

    def wired(self, stored: Planes) -> Planes:
        """A stored picture as it is shown, in WIRE_FORMAT."""
        height, width = stored[0].shape
        result = tuple(np.empty((height, width), "<u2") for _ in range(3))

        def show(lines: slice) -> None:
            shown = np.clip(self.viewing.shown(self._samples.colours(stored, lines)), 0, 1)
            for plane, coded in zip(result, _WIRE.coded(shown), strict=True):
                plane[lines] = coded

        _each(show, _bands(height, 0, height))
        return result

    def undone(self, stored: Planes, wanted: Planes, shown: Planes) -> Planes:
        """What to store so that `wanted` is shown where it differs from `shown`, which is `stored` as it is shown.

        A sample none of whose pixels differ keeps its number, and transparency stays.
        """
        changed = np.zeros(stored[0].shape, np.bool_)
        for one, other in zip(wanted[:3], shown, strict=True):
            changed |= one != other
        rows = np.flatnonzero(changed.any(axis=1))
        if not len(rows):
            return stored
        result = tuple(plane.copy() for plane in stored[:3])

        def undo(lines: slice) -> None:
            if (here := changed[lines]).any():
                self._undo(stored, wanted, here, lines, result)

        _each(undo, _bands(len(changed), int(rows[0]), int(rows[-1]) + 1))
        return (*result, *stored[3:])

    def _undo(
        self, stored: Planes, wanted: Planes, changed: NDArray[np.bool_], lines: slice, result: tuple[NDArray[Any], ...]
    ) -> None:
        """In these lines."""
        before = self._samples.colours(stored, lines)
        goal = np.stack([wanted[plane][lines] for plane in _FROM], axis=-1)
        if changed.mean() > _MOST:
            after = self.viewing.undone(before, goal * _UNIT)
        else:
            after = before.copy()
            there, meant = before[changed][np.newaxis], goal[changed][np.newaxis] * _UNIT
            after[changed] = self.viewing.undone(there, meant)[0]
        self._samples.store(before, after, changed, lines, result)

    @cached_property
    def _samples(self) -> Samples:
        return Samples.of(self.pixel_format, self.coding)


def displayed(wired: Planes) -> Planes:
    """A picture in WIRE_FORMAT, in DISPLAY_FORMAT."""
    height, width = wired[0].shape
    result = tuple(np.empty((height, width), "<u2") for _ in range(3))
    _each(lambda lines: _put(_WIRE.colours(wired, lines), lines, result), _bands(height, 0, height))
    return result


def _put(shown: Colours, lines: slice, planes: Planes) -> None:
    whole = np.rint(np.clip(shown, 0, 1) * np.float32(_TOP)).astype("<u2")
    for plane, number in zip(planes, _ORDER, strict=True):
        plane[lines] = whole[..., number]


_FROM = (2, 0, 1)
"""The planes of red, green and blue."""


def _bands(height: int, first: int, end: int) -> Iterator[slice]:
    start = first // _LINES * _LINES
    return (slice(line, min(line + _LINES, height)) for line in range(start, end, _LINES))


def _each(work: Callable[[slice], None], bands: Iterator[slice]) -> None:
    """On all cores: almost all of the work is done in NumPy, outside the interpreter's lock."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        for _ in threads.map(work, bands):
            pass
