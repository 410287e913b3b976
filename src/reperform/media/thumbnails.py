"""Small grey pictures, to compare what came back with what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reperform.media.aligning import Thumbnails
from reperform.media.opening import fraction, opened, reading
from reperform.media.probing import picture_stream

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["Seen", "look_at", "thumbnails"]

_LONG_SIDE = 64


class Seen(NamedTuple):
    """Every picture of a file, small, and when each is shown."""

    pictures: Thumbnails
    times: tuple[Fraction, ...]
    """Seconds from the first one's."""
    width: int
    height: int


def look_at(path: Path) -> Seen:
    """Decodes all of a file. A file without a picture gives none.

    Raises:
        MediaRefused, MediaError: it cannot be opened, or a picture does not decode.

    """
    with opened(path) as container, reading(path):
        stream = picture_stream(container)
        if stream is None:
            return Seen(np.zeros((0, 1, 1), np.uint8), (), 0, 0)
        stream.thread_type = "AUTO"
        base = fraction(stream.time_base) or Fraction(1, 1000)
        small, stamps, size = [], [], (0, 0)
        for picture in container.decode(stream):
            small.append(_thumbnail(picture))
            stamps.append((picture.pts or 0) * base)
            size = size if any(size) else (picture.width, picture.height)
    first = stamps[0] if stamps else Fraction(0)
    shown = np.stack(small) if small else np.zeros((0, 1, 1), np.uint8)
    return Seen(shown, tuple(stamp - first for stamp in stamps), *size)


def thumbnails(pictures: Iterable[VideoFrame]) -> Thumbnails:
    """The pictures, small."""
    small = [_thumbnail(picture) for picture in pictures]
    return np.stack(small) if small else np.zeros((0, 1, 1), np.uint8)


def _thumbnail(picture: VideoFrame) -> Thumbnails:
    """One shape for all rasters: what was sent and what came back may differ in size."""
    small = picture.reformat(width=_LONG_SIDE, height=_LONG_SIDE * 9 // 16, format="gray", interpolation="AREA")
    return small.to_ndarray().astype(np.uint8, copy=False)
