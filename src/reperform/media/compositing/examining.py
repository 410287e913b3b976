"""What came back for a shot looked through once: where it lies, its colours, and what of it is a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.colour import SAME_COLOURS, ColourMatch, brightness, match_colours
from reperform.media.compositing.difference import Difference, Expectation, measured
from reperform.media.compositing.laying_in import LayIn, Laying, native_matte
from reperform.media.compositing.looks import SAMPLES, Looks, spread
from reperform.media.compositing.masks import (
    REMEMBERED,
    SHORTEST,
    Masks,
    hysteresis,
    median_of_three,
    over_expectation,
    remembered,
    tracked,
)
from reperform.media.compositing.matte import Mattes
from reperform.media.compositing.registration import SAME_PLACE, Registration, register
from reperform.media.compositing.views import Layout, View

if TYPE_CHECKING:
    from reperform.media.pictures import Planes

__all__ = ["Examined", "Verdict", "examine"]

Verdict = Literal["changed", "unchanged", "rerendered"]

_FIRST = 20
"""Pictures by which place, colours and the usual difference are found."""
_LEAST_LIKENESS = 0.55
_MOST_USUAL = 4.0
"""Levels of 8 bits that differ all over: an encoder leaves less, another rendering more."""
_MOST_CHANGED = 0.55
"""Of the picture, in the middle frame of all: more, and nothing is left to hold on to."""

_RIM = 3
"""Pixels of a view at its edge, where what was moved ends."""

Map = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What was found. Frames count from the first that was looked at."""

    verdict: Verdict
    why: str
    """In words, for a person."""
    laying: Laying
    mattes: Mattes | None = None
    gains: Sequence[tuple[float, float]] = field(default=())
    size: tuple[int, int] = (0, 0)
    """Width and height of the picture."""

    def matte(self, number: int) -> Map:
        """In the picture's raster, from 0 to 1."""
        assert self.mattes is not None, "only a change has a matte"
        return native_matte(self.mattes.matte(number), *self.size)

    def laid(self, number: int, original: Planes, returned: Planes) -> Planes:
        """The original with the change of this frame in it."""
        return self.laying.laid(original, returned, self.matte(number), gain=self.gains[number])


def examine(
    pairs: Iterable[tuple[Planes, Planes]],
    *,
    pixel_format: str,
    frames: int,
    lasting: int = SHORTEST,
    how: LayIn | None = None,
) -> Examined:
    """Looks through the original's and the returned pictures, of one raster and pixel format, in order; memory is constant.

    What lasts fewer than `lasting` frames is no change: at least one, at most SHORTEST. `how` None: by the original's grain.
    """
    layout = Layout.of(pixel_format)
    looks = Looks(layout, min(frames, _FIRST))
    stream = (looks.at(*pair) for pair in pairs)
    first = list(islice(stream, _FIRST))
    size = looks.size
    samples = spread(first, SAMPLES)
    place, colours, usual = _found(samples, first, looks.lumas, size)
    laying = Laying(layout=layout, registration=place, colours=colours, how=how or looks.how(), grain=looks.grain())
    other = _other_picture(place, usual, samples)
    if other:
        return Examined(verdict="rerendered", why=other, laying=laying, size=size)
    gains: list[tuple[float, float]] = []
    masks, over = Masks(), Masks()
    for ratio, levels in _ratios(chain(first, stream), place, colours, usual, gains, alone=lasting == 1):
        masks.append(hysteresis(ratio, levels))
        over.append(over_expectation(ratio, levels, REMEMBERED))
    kept = tracked(remembered(masks, over), shortest=lasting)
    mattes = Mattes(kept, usual=usual.bright[0])
    areas = [float(kept[number].mean()) for number in range(len(kept))]
    changed = [area for area in areas if area]
    if not changed:
        return Examined(verdict="unchanged", why="nothing differs but by coding", laying=laying, size=size)
    if np.median(changed) > _MOST_CHANGED:
        why = f"{np.median(changed):.0%} of the picture differ"
        return Examined(verdict="rerendered", why=why, laying=laying, size=size)
    return Examined(verdict="changed", why="", laying=laying, mattes=mattes, gains=gains, size=size)


def _found(
    samples: Sequence[tuple[View, View]],
    first: Sequence[tuple[View, View]],
    lumas: Sequence[tuple[Map, Map]],
    size: tuple[int, int],
) -> tuple[Registration, ColourMatch, Expectation]:
    """Place, colours and the usual difference; then once more without what has changed."""
    place, colours = SAME_PLACE, SAME_COLOURS
    usual = Expectation((1.0, 0.0, 0.0), (1.0, 0.0, 0.0))
    unchanged: list[Map] | None = None
    for _ in range(2):
        large = None if unchanged is None else [_sized(each, lumas[0][0]) for each in unchanged]
        place = register(lumas, unchanged=large, start=place)
        place = place.snapped(*size) if place.plausible else place
        if not place.plausible:
            break
        moved = [(original, _moved(returned, place)) for original, returned in samples]
        colours = match_colours(moved, unchanged=unchanged)
        seen = [_seen(pair, _before(first, pair), place, colours)[0] for pair in samples]
        usual = Expectation.of(seen, unchanged)
        unchanged = [_unchanged(usual, each) for each in seen]
    return place, colours, usual


def _before(first: Sequence[tuple[View, View]], pair: tuple[View, View]) -> View | None:
    """The original's view before a sampled one."""
    number = next(n for n, each in enumerate(first) if each[0] is pair[0])
    return first[number - 1][0] if number else None


def _moved(picture: View, place: Registration) -> View:
    """A returned view as it lies in the original."""
    import cv2

    if not place.moves:
        return picture
    height, width = picture.shape[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    matrix = place.matrix(width, height)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _came_back(shape: tuple[int, ...], place: Registration) -> Map:
    """1 where what came back has a picture, 0 at the rim that it lacks: nothing can be said of that."""
    if not place.moves:
        return np.ones(shape, np.float32)
    ones = np.zeros((*shape, 1), np.float32)
    ones[_RIM:-_RIM, _RIM:-_RIM] = 1
    return (_moved(ones, place).reshape(shape) > 0.99).astype(np.float32)


def _seen(
    pair: tuple[View, View], before: View | None, place: Registration, colours: ColourMatch
) -> tuple[Difference, tuple[float, float]]:
    original = pair[0]
    returned = colours.applied(_moved(pair[1], place))
    gain = brightness(original, returned)
    if gain != (1.0, 0.0):
        returned = returned.copy()
        returned[..., 0] = returned[..., 0] * np.float32(gain[0]) + np.float32(gain[1])
    return measured(original, returned, before), gain


def _unchanged(usual: Expectation, seen: Difference) -> Map:
    import cv2

    ratio = usual.ratio(seen)
    mask = hysteresis(ratio, np.maximum(seen.bright, seen.colour))
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((15, 15), np.uint8))
    return (1 - grown).astype(np.float32)


def _sized(picture: Map, like: Map) -> Map:
    import cv2

    return np.asarray(cv2.resize(picture, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _ratios(
    pairs: Iterable[tuple[View, View]],
    place: Registration,
    colours: ColourMatch,
    usual: Expectation,
    gains: list[tuple[float, float]],
    *,
    alone: bool,
) -> Iterator[tuple[Map, Map]]:
    """Of each frame how many times the usual it differs, and by how many levels, unless `alone` both without what lasts one frame only."""

    def each() -> Iterator[Map]:
        before: View | None = None
        for pair in pairs:
            seen, gain = _seen(pair, before, place, colours)
            before = pair[0]
            gains.append(gain)
            there = _came_back(pair[0].shape[:2], place)
            yield np.dstack([usual.ratio(seen), np.maximum(seen.bright, seen.colour)]) * there[..., np.newaxis]

    for both in each() if alone else median_of_three(each()):
        yield both[..., 0], both[..., 1]


def _other_picture(place: Registration, usual: Expectation, samples: Sequence[tuple[View, View]]) -> str:
    """Why what came back is another picture; empty where it is not."""
    if not place.plausible:
        return "the picture came back reframed"
    if place.likeness < _LEAST_LIKENESS:
        return f"its details are others: a likeness of {place.likeness:.2f}"
    detail = [float(np.median(_seen_detail(original))) for original, _ in samples]
    level = usual.bright[0] + usual.bright[1] * float(np.median(detail))
    if level > _MOST_USUAL:
        return f"it differs by {level:.1f} levels of 255 all over"
    return ""


def _seen_detail(original: View) -> Map:
    return measured(original, original, None).detail
