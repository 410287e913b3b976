"""One pass over the take's pictures beside the original's: of each pair a few numbers are kept, and no picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.media import originals
from reperform.media.checks.outside import decibels, similarity
from reperform.media.checks.pairs import Map, Pair, SmallPair, levels_off, reduced, tiny, within
from reperform.media.checks.stillness import Standing
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

    from reperform.media.conformed import Conformed

__all__ = ["Feed", "Watch"]

Feed = Callable[[Map, Map], None]
"""Given the luma of the original's and of the take's picture, in levels of 8 bits."""

_AROUND = 8
"""Frames looked at before and after what was performed, for the shot's own motion."""
_SMALL, _SIMILAR, _FED = 128, 1280, 1920
"""Pixels of the longer side in which motion is measured (grain is gone, a mouth is not), structure, and what is fed."""
_RIM = 8
"""Pixels around what was changed that coding may touch: half a macroblock."""
_LEAST_OUTSIDE = 0.02
"""Of the picture: less is not looked at."""
_INSIDE = 0.25
"""Of a small pixel that what came back counts, for its motion to be looked at."""


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
        self._small, self._shown = within(*self._size, _SMALL), tuple(conformed.weights)
        self._wanted = _wanted(self._shown, conformed.range)
        self._next, self._original = 0, iter(originals.pictures(shot, self._wanted))
        self._before: SmallPair | None = None
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
        inside = reduced(matte, self._small) > _INSIDE
        outside = self._outside(frame, matte)
        share = min(Fraction(1), sum(self._conformed.weights.get(frame, {}).values(), Fraction(0)))
        small = SmallPair(frame, before[..., 0], after[..., 0], inside)
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
                off=levels_off(before, after, outside),
            )
        )

    def _stood(self, small: SmallPair, share: Fraction) -> int:
        if share == 1:
            return self._standing.step(small.frame, tiny(small.original), tiny(small.taken))
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
        size = within(*self._size, _SIMILAR)
        pair = luma(original, self._layout, size), luma(taken, self._layout, size)
        if self._feed is not None:
            self._fed(original, taken, outside)
        where = reduced(outside.astype(np.float32), size) > 1 - 1e-3
        level = decibels(original[0], taken[0], outside, scale=self._layout.scale)
        return level, similarity(*pair, where)

    def _fed(self, original: Planes, taken: Planes, outside: NDArray[np.bool_]) -> None:
        assert self._feed is not None
        size = within(*self._size, _FED)
        before, after = luma(original, self._layout, size), luma(taken, self._layout, size)
        share = reduced(outside.astype(np.float32), size)
        self._feed(before, before + (after - before) * share)


def _wanted(shown: Sequence[int], covered: FrameRange) -> tuple[int, ...]:
    """What was performed, and some frames around it, inside the take."""
    around = {near for frame in shown for near in range(frame - _AROUND, frame + _AROUND + 1)}
    return tuple(sorted(frame for frame in around if frame in covered))
