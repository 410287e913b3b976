"""A seam of the changed region: the mouth of the original moves into that of the performance, as sharp on its way as at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.laying_in import Piece, matte_of_piece

if TYPE_CHECKING:
    from reperform.media.compositing.views import Layout
    from reperform.media.pictures import Planes

__all__ = ["between"]

_FARTHEST = 0.12
"""Of the picture's shorter side: what seems to move further is not followed."""
_SMALLEST = 24
"""Pixels: in a smaller region no motion is looked for."""
_LARGEST = 400
"""Pixels of the longer side in which motion is looked for."""
_SURE = 1.5
"""Of those pixels, by which the motion there and the motion back may differ."""
_STEADY = 0.014
"""Of the picture's shorter side, as sigma, over which motion is gathered: a picture that is moved must not tear."""
_TIMES = (4, 2, 1)
"""In what multiples of that it is gathered: the widest everywhere, a narrower one where it is gentle."""
_GENTLE = 0.14
"""Pixels by which neighbours may part."""
_FOLLOWED = 4
"""How often the motion is asked where on its way a pixel came from."""
_FINE = 0.0016
"""Of the shorter side, as sigma: what is finer comes from one picture, for two of them, each with its own grain and a
little beside the other, are softer than either."""
_BROAD = 0.02
"""… and as much of two pictures that do not agree is mixed: their broad tones, not their edges."""
_FINEST, _STRENGTHENED = 0.8, 1.4
"""Pixels, as sigma, below which moving a picture makes it softer, and the most by which that is made good."""
_AGREE, _DISAGREE = 4.0, 12.0
"""Levels of 8 bits between both, moved to the same place: up to the first they are one picture, from the second on two."""

Map = NDArray[np.float32]


def between(original: Planes, laid: Planes, matte: Map, *, share: float, layout: Layout) -> Planes:
    """The picture `share` of the way from `original` to `laid`, which differ only under `matte`, along their motion.

    The nearer of both gives the details, wherever the other stands; of the other come the smooth parts where both agree
    after the motion, and the broad tones alone where no motion leads from one to the other: no edge is seen twice.
    """
    piece = Piece.of(matte)
    if piece is None:
        return original
    near, far, away = (original, laid, share) if share < 0.5 else (laid, original, 1 - share)
    way = _Way.of(near, far, piece, matte, away=away, layout=layout)
    height, width = original[0].shape
    result = []
    for number in range(3):
        shape = original[number].shape
        step = (-(-width // shape[1]), -(-height // shape[0]))
        part = piece.of_plane(*step)
        own = matte_of_piece(matte, piece, step, shape)
        made = way.seen(
            near[number][part].astype(np.float32), far[number][part].astype(np.float32), min(height, width) / step[0]
        )
        if not layout.floating:
            made = np.clip(np.rint(made), 0, layout.top)
        plane = original[number].copy()
        np.copyto(plane[part], made.astype(plane.dtype), where=own > 0)
        result.append(plane)
    return (*result, *original[3:])


@dataclass(frozen=True)
class _Way:
    """From the nearer picture to the farther one, in a piece of both."""

    flow: Map
    """[height, width, 2]: how far each pixel on the way moves from near to far, across and down."""
    agreed: Map
    """From 0 to 1, where both, moved to the same place, are one picture."""
    away: float
    """The share of the way that is gone, at most a half."""

    @classmethod
    def of(cls, near: Planes, far: Planes, piece: Piece, matte: Map, *, away: float, layout: Layout) -> _Way:
        """The motion, by the lumas."""
        rows, columns = piece.of_plane(1, 1)
        one, other = (_levels(planes[0][rows, columns], layout) for planes in (near, far))
        small = min(1.0, _LARGEST / max(one.shape))
        size = (max(1, round(one.shape[1] * small)), max(1, round(one.shape[0] * small)))
        one, other, here = (_sized(each, size) for each in (one, other, matte[rows, columns]))
        short = min(near[0].shape) * small
        flow = _on_its_way(_motion(one, other, here, short), away)
        # At the matte's edge both are the original, and nothing moves.
        flow *= np.minimum(here * 2, 1)[..., np.newaxis]
        off = _blurred(np.abs(_at(one, flow, -away) - _at(other, flow, 1 - away)), _BROAD * short / 2)
        agreed = np.clip((_DISAGREE - off) / (_DISAGREE - _AGREE), 0, 1)
        return cls(flow, _blurred(np.asarray(agreed, np.float32), _BROAD * short / 2), away)

    def seen(self, near: Map, far: Map, short: float) -> Map:
        """A plane's piece there; `short` is the shorter side of its whole plane."""
        height, width = near.shape
        flow, agreed = (_sized(each, (width, height)) for each in (self.flow, self.agreed))
        flow = flow * np.array([width / self.flow.shape[1], height / self.flow.shape[0]], np.float32)
        here = _as_fine(_at(near, flow, -self.away), near)
        off = _at(far, flow, 1 - self.away) - here
        smooth, broad = _blurred(off, _FINE * short), _blurred(off, _BROAD * short)
        return np.asarray(here + np.float32(self.away) * (broad + agreed * (smooth - broad)), np.float32)


def _levels(plane: NDArray[Any], layout: Layout) -> Map:
    return np.asarray(np.clip(plane.astype(np.float32) / np.float32(layout.scale), 0, 255), np.float32)


def _sized(values: Map, size: tuple[int, int]) -> Map:
    import cv2

    if (values.shape[1], values.shape[0]) == size:
        return values
    how = cv2.INTER_AREA if size[0] < values.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, size, interpolation=how), np.float32)


def _motion(one: Map, other: Map, matte: Map, short: float) -> Map:
    """How far each pixel of one moves to where it is in the other: steady, and led by the places that are sure of it."""
    import cv2

    if min(one.shape) < _SMALLEST:
        return np.zeros((*one.shape, 2), np.float32)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    before, after = (_blurred(each, 0.7).astype(np.uint8) for each in (one, other))
    there, back = (
        np.asarray(finder.calc(*pair, np.zeros((*one.shape, 2), np.float32)), np.float32)
        for pair in ((before, after), (after, before))
    )
    returned = there + np.dstack([_at(back[..., axis], there, 1.0) for axis in (0, 1)])
    sure = np.exp(-(returned**2).sum(axis=2) / _SURE**2)
    sure *= np.hypot(there[..., 0], there[..., 1]) <= _FARTHEST * short
    return _led(there, sure * np.maximum(matte, 0.05), short)


def _led(flow: Map, sure: Map, short: float) -> Map:
    """The motion as smooth as it must be for nothing to tear: in detail where its details are gentle, else in broad terms."""
    whole = _whole_motion(flow, sure)
    own = (flow - whole) * sure[..., np.newaxis]
    result = np.zeros_like(flow)
    for times in _TIMES:
        sigma = times * _STEADY * short
        weight = _blurred(sure, sigma) + 0.05
        found = np.dstack([_blurred(own[..., axis], sigma) / weight for axis in (0, 1)])
        strain = np.maximum.reduce([np.abs(slope) for axis in (0, 1) for slope in np.gradient(found[..., axis])])
        gentle = _blurred(np.clip(2 - strain / _GENTLE, 0, 1), sigma)[..., np.newaxis]
        result = np.asarray(result * (1 - gentle) + found * gentle, np.float32)
    return np.asarray(whole + result, np.float32)


def _whole_motion(flow: Map, sure: Map) -> Map:
    """The motion of it all, as that of a head: moved, turned and scaled."""
    height, width = sure.shape
    y, x = np.mgrid[:height:4, :width:4].astype(np.float64)
    design = np.column_stack([np.ones(x.size), x.ravel() / width, y.ravel() / height])
    moved, trusted = flow[::4, ::4].reshape(-1, 2).astype(np.float64), sure[::4, ::4].ravel().astype(np.float64)
    weights: NDArray[np.float64] = trusted
    shares: NDArray[np.floating] = np.zeros((3, 2))
    for _ in range(4):
        weighted = design * weights[:, np.newaxis]
        # Little that is sure says little of a turn.
        shares = np.linalg.solve(weighted.T @ design + np.diag([1.0, 9, 9]), weighted.T @ moved)
        weights = trusted / (1 + ((moved - design @ shares) ** 2).sum(axis=1) / 9)
    across, down = np.arange(width) / width, np.arange(height) / height
    motion = shares[0] + across[np.newaxis, :, np.newaxis] * shares[1] + down[:, np.newaxis, np.newaxis] * shares[2]
    return np.asarray(motion, np.float32)


def _on_its_way(flow: Map, away: float) -> Map:
    """The motion of what has gone `away` of it: asked where that came from."""
    way = flow
    for _ in range(_FOLLOWED):
        way = np.dstack([_at(flow[..., axis], way, -away) for axis in (0, 1)])
    return way


def _at(picture: Map, flow: Map, along: float) -> Map:
    """The picture seen a part of the way along the motion."""
    import cv2

    height, width = picture.shape
    x = np.arange(width, dtype=np.float32)[np.newaxis, :] + np.float32(along) * flow[..., 0]
    y = np.arange(height, dtype=np.float32)[:, np.newaxis] + np.float32(along) * flow[..., 1]
    source = np.ascontiguousarray(picture)
    return np.asarray(cv2.remap(source, x, y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _as_fine(moved: Map, own: Map) -> Map:
    """A moved picture with the finest details as strong as its own were: between two pixels every filter is soft."""
    meant, fine = (picture - _blurred(picture, _FINEST) for picture in (own, moved))
    wanted, found = (_blurred(each * each, 10 * _FINEST) for each in (meant, fine))
    gain = np.clip(np.sqrt(wanted / np.maximum(found, 1e-6)), 1, _STRENGTHENED)
    return np.asarray(moved + (gain - 1) * fine, np.float32)


def _blurred(values: Map, sigma: float) -> Map:
    """By a Gaussian; a wide one of a reduced picture."""
    import cv2

    less = int(sigma / 3)
    if less < 2:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), max(sigma, 0.3)), np.float32)
    height, width = values.shape
    small = _sized(values, (max(1, width // less), max(1, height // less)))
    return _sized(np.asarray(cv2.GaussianBlur(small, (0, 0), sigma / less), np.float32), (width, height))
