"""A seam of the changed region: the mouth of the original moves into that of the performance, instead of two at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.media.compositing.laying_in import Piece, matte_of_piece

if TYPE_CHECKING:
    from reperform.media.compositing.views import Layout
    from reperform.media.pictures import Planes

__all__ = ["between"]

_BETTER = 0.8
"""Motion is believed when it explains this much of the difference away, at least …"""
_FARTHEST = 0.08
"""… and moves nothing further than this share of the picture's height."""

Map = NDArray[np.float32]


def between(original: Planes, laid: Planes, matte: Map, *, share: float, layout: Layout) -> Planes | None:
    """The picture `share` of the way from `original` to `laid`, which differ only under `matte`, along their motion.

    None where no motion leads from one to the other: then they are dissolved.
    """
    piece = Piece.of(matte)
    if piece is None:
        return original
    here = matte[piece.top : piece.bottom, piece.left : piece.right]
    flow = _flow(original[0], laid[0], piece, here, layout)
    if flow is None:
        return None
    flow *= np.minimum(here * 2, 1)[..., np.newaxis]
    height, width = original[0].shape
    result = []
    for number in range(3):
        shape = original[number].shape
        step = (-(-width // shape[1]), -(-height // shape[0]))
        part = piece.of_plane(*step)
        own = matte_of_piece(matte, piece, step, shape)
        moved = _between_planes(original[number][part], laid[number][part], flow, step, share)
        top = layout.top if not layout.floating else np.inf
        made = moved if layout.floating else np.clip(np.rint(moved), 0, top)
        plane = original[number].copy()
        np.copyto(plane[part], made.astype(plane.dtype), where=own > 0)
        result.append(plane)
    return (*result, *original[3:])


def _flow(
    one: NDArray[Any], other: NDArray[Any], piece: Piece, matte: Map, layout: Layout
) -> NDArray[np.float32] | None:
    """How far each pixel of the piece moves, across and down; None where that explains too little."""
    import cv2

    if min(matte.shape) < 24:
        return None
    rows, columns = piece.of_plane(1, 1)
    before, after = (
        np.clip(plane[rows, columns].astype(np.float32) / np.float32(layout.scale), 0, 255) for plane in (one, other)
    )
    still = np.zeros((*before.shape, 2), np.float32)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    flow = np.asarray(finder.calc(before.astype(np.uint8), after.astype(np.uint8), still), np.float32)
    if np.abs(flow).max() > _FARTHEST * one.shape[0]:
        return None
    explained = np.abs(_at(after, flow, 1.0) - before)[matte > 0.5].mean() if (matte > 0.5).any() else np.inf
    plain = np.abs(after - before)[matte > 0.5].mean() if (matte > 0.5).any() else 0.0
    return flow if explained <= _BETTER * plain else None


def _between_planes(
    one: NDArray[Any], other: NDArray[Any], flow: NDArray[np.float32], step: tuple[int, int], share: float
) -> Map:
    import cv2

    own = flow
    if step != (1, 1):
        smaller = cv2.resize(flow, (one.shape[1], one.shape[0]), interpolation=cv2.INTER_AREA)
        own = np.asarray(smaller / np.array(step, np.float32), np.float32)
    before = _at(one.astype(np.float32), own, -share)
    after = _at(other.astype(np.float32), own, 1 - share)
    return before * np.float32(1 - share) + after * np.float32(share)


def _at(picture: Map, flow: NDArray[np.float32], along: float) -> Map:
    """The picture seen a part of the way along the motion."""
    import cv2

    height, width = picture.shape
    x = np.arange(width, dtype=np.float32)[np.newaxis, :] + np.float32(along) * flow[..., 0]
    y = np.arange(height, dtype=np.float32)[:, np.newaxis] + np.float32(along) * flow[..., 1]
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)
