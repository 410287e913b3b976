"""One pass over the take's pictures beside the original's: of each pair a few numbers are kept, and no picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.media import originals
from reperform.media.checks.outside import decibels, similarity
from reperform.media.checks.stillness import Standing, repeats
from reperform.media.compositing.views import Layout, luma, view
from reperform.media.pictures import Fitter, Planes, coding_of, planes
from reperform.media.returning import take_coding
from reperform.media.viewing.choosing import viewing_of
from reperform.media.viewing.display import DISPLAY_FORMAT
from reperform.media.viewing.showing import display_of
from reperform.model import Shot
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.conforming import Conformed

__all__ = ["Feed", "Pair", "Watch"]

Map = NDArray[np.float32]
Feed = Callable[[Map, Map], None]
"""Given the luma of the original's and of the take's picture, in levels of 8 bits."""

_AROUND = 8
"""Frames looked at before and after what was performed, for the shot's own motion."""
_TINY, _SMALL, _SIMILAR, _FED = 64, 128, 1280, 1920
"""Pixels of the longer side in which standing still is measured, motion (grain is gone, a mouth is not), structure, and what
is fed."""
_RIM = 8
"""Pixels around what was changed that coding may touch: half a macroblock."""
_LEAST_OUTSIDE = 0.02
"""Of the picture: less is not looked at."""
_INSIDE = 0.25
"""Of a small pixel that what came back counts, for its motion to be looked at."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A frame of the take beside the original's. Levels are those of 8 bits; of two numbers the first is the original's."""

    frame: int
    """On the shot's clock."""
    share: Fraction
    """How much of it is what came back: 0 outside cues and seams, 1 inside a cue."""
    brightest: tuple[float, float]
    stood: int
    """For how many frames of a cue the take's whole picture has been this one, while the original's moved away."""
    repeats: bool
    """Whether the whole picture is the one before, where the original's is not."""
    inside: tuple[float, float]
    """How much moved since the frame before, on average where the take shows what came back; 0 in the first, and after a gap."""
    decibels: float | None
    """Outside what came back; None where nothing is outside, or the packet is the original's."""
    similarity: float | None
    off: tuple[float, float, float]
    """Brightness and two colours, the take's mean less the original's: outside, or everywhere where nothing is outside."""


@dataclass(frozen=True)
class _Small:
    """The brightness of a pair, and where the take shows what came back."""

    frame: int
    original: Map
    taken: Map
    inside: NDArray[np.bool_]

    def moved(self, last: _Small | None) -> tuple[float, float]:
        """Since the last, inside."""
        if last is None or last.frame != self.frame - 1:
            return 0.0, 0.0
        where = self.inside | last.inside
        if not where.any():
            return 0.0, 0.0
        steps = np.abs(self.original - last.original), np.abs(self.taken - last.taken)
        return float(steps[0][where].mean()), float(steps[1][where].mean())

    def repeats(self, last: _Small | None) -> bool:
        """Whether it is the last again."""
        if last is None or last.frame != self.frame - 1:
            return False
        pairs = (last.original, self.original), (last.taken, self.taken)
        return repeats(*((_tiny(before), _tiny(after)) for before, after in pairs))


class Watch:
    """Looks at the pictures of a take as they are decoded, in order. It holds two of them at a time."""

    def __init__(self, conformed: Conformed, shot: Shot, *, feed: Feed | None = None) -> None:
        """`feed` is given every pair that was encoded; in the take's, what came back is the original again."""
        self._conformed, self._shot, self._feed = conformed, shot, feed
        source, recipe = shot.source, conformed.recipe
        viewing = conformed.viewing if viewing_of(source) is not None else None
        self._display = None if viewing is None else display_of(source, viewing)
        self._layout = Layout.of(recipe.pixel_format if self._display is None else DISPLAY_FORMAT)
        into = take_coding(source, recipe, conformed.color)
        size = {"width": source.width, "height": source.height}
        self._fitter = Fitter(coding_of(source), **size, pixel_format=recipe.pixel_format, into=into)
        self._size = (source.width, source.height)
        self._small, self._shown = _within(*self._size, _SMALL), tuple(conformed.weights)
        self._wanted = _wanted(self._shown, conformed.range)
        self._next, self._original = 0, iter(originals.pictures(shot, self._wanted))
        self._before: _Small | None = None
        self._standing = Standing()
        self._pairs: list[Pair] = []

    def wants(self, frame: int) -> bool:
        """Whether it looks at this frame."""
        place = bisect_left(self._wanted, frame)
        return place < len(self._wanted) and self._wanted[place] == frame

    def see(self, frame: int, picture: Planes) -> None:
        """The take's picture of a frame that it wants. Those before it that were not shown are the original's own."""
        self._pass_to(frame)
        self._look(frame, self._original_picture(), self._seen(picture))

    def end(self) -> tuple[Pair, ...]:
        """All pairs, once the take has no more pictures.

        Raises:
            MediaError: the original cannot be read.

        """
        self._pass_to(None)
        if close := getattr(self._original, "close", None):
            close()
        return tuple(self._pairs)

    def _pass_to(self, frame: int | None) -> None:
        while self._next < len(self._wanted) and (frame is None or self._wanted[self._next] < frame):
            number = self._wanted[self._next]
            self._look(number, self._original_picture(), None)

    def _original_picture(self) -> Planes:
        self._next += 1
        picture: VideoFrame = next(self._original)
        return self._seen(planes(self._fitter.fit(picture)))

    def _seen(self, picture: Planes) -> Planes:
        """Scene-linear light as people see it."""
        return picture if self._display is None else self._display.shown(picture)

    def _look(self, frame: int, original: Planes, taken: Planes | None) -> None:
        """`taken` None: the take has the original's packet."""
        before = view(original, self._layout, self._small)
        after = before if taken is None else view(taken, self._layout, self._small)
        matte = self._matte(frame)
        inside = _reduced(matte, self._small) > _INSIDE
        outside = self._outside(frame, matte)
        outside = self._outside(frame, matte)
        share = min(Fraction(1), sum(self._conformed.weights.get(frame, {}).values(), Fraction(0)))
        small = _Small(frame, before[..., 0], after[..., 0], inside)
        last, self._before = self._before, small
        level: tuple[float | None, float | None] = (None, None)
        if taken is not None:
            level = self._compared(original, taken, outside)
        self._pairs.append(
            Pair(
                frame=frame,
                share=share,
                brightest=(float(before[..., 0].max()), float(after[..., 0].max())),
                stood=self._stood(small, share),
                repeats=small.repeats(last),
                inside=small.moved(last),
                decibels=level[0],
                similarity=level[1],
                off=_off(before, after, outside),
            )
        )

    def _stood(self, small: _Small, share: Fraction) -> int:
        if share == 1:
            return self._standing.step(small.frame, _tiny(small.original), _tiny(small.taken))
        self._standing.stop()
        return 0

    def _matte(self, frame: int) -> Map | None:
        """Where the take shows what came back, in this frame or the nearest one that does; None: everywhere."""
        if not self._shown:
            return np.zeros(self._size[::-1], np.float32)
        place = bisect_left(self._shown, frame)
        near = min(self._shown[max(0, place - 1) : place + 1], key=lambda each: abs(each - frame))
        found: Map | None = None
        for number in self._conformed.weights[near]:
            composition = self._conformed.compositions.get(number)
            if composition is None or composition.mode == "whole":
                return None
            part = composition.matte(near, width=self._size[0], height=self._size[1])
            found = part if found is None else np.maximum(found, part)
        return found

    def _outside(self, frame: int, matte: Map | None) -> NDArray[np.bool_] | None:
        """The pixels that are to be the original's; None where there are none to speak of."""
        import cv2

        if frame not in self._conformed.weights:
            return np.ones(self._size[::-1], np.bool_)
        if matte is None:
            return None
        kernel = np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)
        outside = cv2.dilate((matte > 0).astype(np.uint8), kernel) == 0
        return np.asarray(outside) if outside.mean() > _LEAST_OUTSIDE else None

    def _compared(
        self, original: Planes, taken: Planes, outside: NDArray[np.bool_] | None
    ) -> tuple[float | None, float | None]:
        if outside is None:
            return None, None
        size = _within(*self._size, _SIMILAR)
        pair = luma(original, self._layout, size), luma(taken, self._layout, size)
        if self._feed is not None:
            self._fed(original, taken, outside)
        where = _reduced(outside.astype(np.float32), size) > 1 - 1e-3
        level = decibels(original[0], taken[0], outside, scale=self._layout.scale)
        return level, similarity(*pair, where)

    def _fed(self, original: Planes, taken: Planes, outside: NDArray[np.bool_]) -> None:
        assert self._feed is not None
        size = _within(*self._size, _FED)
        before, after = luma(original, self._layout, size), luma(taken, self._layout, size)
        share = _reduced(outside.astype(np.float32), size)
        self._feed(before, before + (after - before) * share)


def _wanted(shown: Sequence[int], covered: FrameRange) -> tuple[int, ...]:
    """What was performed, and some frames around it, inside the take."""
    around = {near for frame in shown for near in range(frame - _AROUND, frame + _AROUND + 1)}
    return tuple(sorted(frame for frame in around if frame in covered))


def _within(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height of the same shape, no larger."""
    scale = min(1.0, longest / max(width, height))
    return max(8, round(width * scale)), max(8, round(height * scale))


def _tiny(picture: Map) -> Map:
    return _reduced(picture, _within(picture.shape[1], picture.shape[0], _TINY))


def _reduced(picture: NDArray[Any] | None, size: tuple[int, int]) -> Map:
    import cv2

    if picture is None:
        return np.ones(size[::-1], np.float32)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _off(before: Map, after: Map, outside: NDArray[np.bool_] | None) -> tuple[float, float, float]:
    if after is before:
        return (0.0, 0.0, 0.0)
    difference = after - before
    if outside is not None:
        where = _reduced(outside.astype(np.float32), (before.shape[1], before.shape[0])) > 1 - 1e-3
        difference = difference[where] if where.any() else difference
    mean = difference.reshape(-1, 3).mean(axis=0)
    return (float(mean[0]), float(mean[1]), float(mean[2]))
