"""Numbers of planes as red, green and blue, and changes of those as changes of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.views import Layout

if TYPE_CHECKING:
    from reperform.media.pictures import Coding, Planes
    from reperform.media.viewing.base import Colours

__all__ = ["Samples"]

_LUMA = {
    "bt709": (0.2126, 0.0722), "fcc": (0.30, 0.11), "bt470": (0.299, 0.114), "smpte170m": (0.299, 0.114),
    "smpte240m": (0.212, 0.087), "bt2020": (0.2627, 0.0593),
}  # fmt: skip
"""Shares of red and blue in the luma (ITU-T H.273, table 4)."""


@dataclass(frozen=True)
class Samples:
    """How the numbers of one planar format and coding mean colours. Colours are not cut off: a camera stores more than white."""

    layout: Layout
    matrix: str
    full: bool

    @classmethod
    def of(cls, pixel_format: str, coding: Coding) -> Samples:
        """By FFmpeg's name of the format."""
        return cls(Layout.of(pixel_format), coding.matrix, coding.full)

    def colours(self, planes: Planes, lines: slice) -> Colours:
        """These lines of a picture, [height, width, 3]: 0 is black and 1 white as it is coded, floating numbers as they are."""
        if self.layout.rgb:
            green, blue, red = (plane[lines].astype(np.float32) for plane in planes[:3])
            colours = np.stack([red, green, blue], axis=-1)
            return colours if self.layout.floating else colours / np.float32(self.layout.top)
        height, width = planes[0].shape
        luma = (planes[0][lines].astype(np.float32) - self._black) / self._luma
        others = [_spread(plane, lines, height, width) for plane in planes[1:3]]
        blue, red = ((other - self._middle) / self._chroma for other in others)
        to_red, to_green, to_blue = self._from_luma
        return np.stack([luma + to_red * red, luma + to_green[0] * blue + to_green[1] * red, luma + to_blue * blue], -1)

    def coded(self, colours: Colours) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Colours, [height, width, 3], as planes of 4:4:4."""
        red, blue = _LUMA[self.matrix]
        luma = red * colours[..., 0] + (1 - red - blue) * colours[..., 1] + blue * colours[..., 2]
        others = [(colours[..., n] - luma) * np.float32(0.5 / (1 - share)) for n, share in ((2, blue), (0, red))]
        layers = (luma * self._luma + self._black, *(other * self._chroma + self._middle for other in others))
        one, two, three = (np.clip(np.rint(layer), 0, self.layout.top).astype("<u2") for layer in layers)
        return one, two, three

    def store(
        self,
        before: Colours,
        after: Colours,
        changed: NDArray[np.bool_],
        lines: slice,
        planes: Sequence[NDArray[Any]],
    ) -> None:
        """Brings into these lines of `planes` what changed from `before` to `after`.

        Of numbers that are no red, green and blue the change is added, so that nothing is lost to rounding or subsampling.
        """
        if self.layout.rgb:
            self._store_rgb(after, changed, lines, planes)
            return
        change = after - before
        red, blue = _LUMA[self.matrix]
        luma = red * change[..., 0] + (1 - red - blue) * change[..., 1] + blue * change[..., 2]
        self._add(planes[0], lines, luma * self._luma, changed, low=self._black, high=self._black + self._luma)
        for plane, number, share in ((planes[1], 2, blue), (planes[2], 0, red)):
            chroma = (change[..., number] - luma) * np.float32(0.5 / (1 - share)) * self._chroma
            step = (-(-changed.shape[1] // plane.shape[1]), _down(planes[0], plane))
            own = slice(lines.start // step[1], -(-lines.stop // step[1]))
            gathered, touched = _gathered(chroma, changed, step, plane.shape[1])
            half = self._chroma / 2
            self._add(plane, own, gathered, touched, low=self._middle - half, high=self._middle + half)

    def _store_rgb(
        self, after: Colours, changed: NDArray[np.bool_], lines: slice, planes: Sequence[NDArray[Any]]
    ) -> None:
        for plane, number in zip(planes, (1, 2, 0), strict=True):
            made = after[..., number]
            if not self.layout.floating:
                made = np.clip(np.rint(made * np.float32(self.layout.top)), 0, self.layout.top)
            np.copyto(plane[lines], made.astype(plane.dtype), where=changed)

    def _add(
        self,
        plane: NDArray[Any],
        lines: slice,
        change: NDArray[np.float32],
        touched: NDArray[np.bool_],
        *,
        low: np.float32,
        high: np.float32,
    ) -> None:
        """Never further outside the legal range than the original was."""
        was = plane[lines].astype(np.float32)
        made = np.clip(np.rint(was + change), np.minimum(was, low), np.maximum(was, high))
        np.copyto(plane[lines], np.clip(made, 0, self.layout.top).astype(plane.dtype), where=touched)

    @cached_property
    def _from_luma(self) -> tuple[np.float32, tuple[np.float32, np.float32], np.float32]:
        red, blue = _LUMA[self.matrix]
        green = 1 - red - blue
        to_green = (-2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green)
        return (
            np.float32(2 * (1 - red)),
            (np.float32(to_green[0]), np.float32(to_green[1])),
            np.float32(2 * (1 - blue)),
        )

    @property
    def _black(self) -> np.float32:
        return np.float32(0 if self.full else 16 * self.layout.scale)

    @property
    def _middle(self) -> np.float32:
        return np.float32(128 * self.layout.scale)

    @property
    def _luma(self) -> np.float32:
        return np.float32(self.layout.top if self.full else 219 * self.layout.scale)

    @property
    def _chroma(self) -> np.float32:
        return np.float32(self.layout.top if self.full else 224 * self.layout.scale)


def _down(luma: NDArray[Any], plane: NDArray[Any]) -> int:
    return -(-len(luma) // len(plane))


def _spread(plane: NDArray[Any], lines: slice, height: int, width: int) -> NDArray[np.float32]:
    """These lines of a plane of colours at the luma's size: they stand on the left of their pixels, and between lines."""
    across, down = -(-width // plane.shape[1]), -(-height // plane.shape[0])
    stop = min(lines.stop, height)
    if down == 1:
        rows = plane[lines.start : stop].astype(np.float32)
    else:
        place = np.clip((np.arange(lines.start, stop) + 0.5) / down - 0.5, 0, plane.shape[0] - 1)
        first = np.minimum(place.astype(np.intp), max(0, plane.shape[0] - 2))
        part = (place - first).astype(np.float32)[:, np.newaxis]
        below = plane[np.minimum(first + 1, plane.shape[0] - 1)].astype(np.float32)
        rows = plane[first].astype(np.float32) * (1 - part) + below * part
    if across == 1:
        return rows
    result = np.empty((len(rows), plane.shape[1] * across), np.float32)
    following = np.concatenate([rows[:, 1:], rows[:, -1:]], axis=1)
    for number in range(across):
        share = np.float32(number / across)
        result[:, number::across] = rows * (1 - share) + following * share
    return result[:, :width]


def _gathered(
    change: NDArray[np.float32], changed: NDArray[np.bool_], step: tuple[int, int], width: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """A change for each sample of a plane of colours, and whether any of its own pixels changed."""
    across, down = step
    if across == down == 1:
        return change, changed
    missing = (-len(change) % down, width * across - change.shape[1])
    padding = ((0, missing[0]), (0, missing[1]))
    change = np.pad(change, padding, mode="edge") if any(missing) else change
    changed = np.pad(changed, padding) if any(missing) else changed
    rows = change.reshape(-1, down, change.shape[1]).mean(axis=1)
    own = np.asarray(changed.reshape(len(rows), down, width, across).any(axis=(1, 3)))
    if across == 1:
        return rows, own
    # Around the left of its pixels, where it stands.
    padded = np.pad(rows, ((0, 0), (across - 1, across - 1)), mode="edge")
    total = np.zeros((len(rows), width), np.float32)
    for number in range(-across + 1, across):
        start = number + across - 1
        weight = np.float32((across - abs(number)) / across**2)
        total += weight * padded[:, start : start + width * across : across]
    return total, own
