"""Pictures of a file by their numbers on its clock: found by timestamp, never by counting, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError
from reperform.media import sequences
from reperform.media.opening import reading
from reperform.media.seeking import Movie
from reperform.media.viewing.choosing import viewing_of
from reperform.media.viewing.showing import display_of, shown_picture
from reperform.model import Source
from reperform.timing import FrameRange, format_timecode

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.viewing.base import Viewing

__all__ = ["arrays", "in_any_order", "planes", "read", "rgb", "shown"]

_MOST_HELD = 48
_HELD_BYTES = 256_000_000
_RAW_FORMATS = re.compile(
    r"(yuvj?a?4\d\dp|gbra?p|gray|ya)(\d+)?(le|be)?|nv(12|16|21)|p\d1\d(le|be)"
    r"|(rgb|bgr)(24|48(le|be))|(rgba|bgra|argb|abgr)(64(le|be))?"
)

_SEPARATE = re.compile(r"yuvj?a?4\d\dp(\d+le)?|gbra?p(\d+le|f32le)?")
"""Formats with a plane for each of three colours."""


def read(
    source: Source, wanted: FrameRange | Sequence[int], *, pixel_format: str | None = None
) -> Iterator[VideoFrame]:
    """Exactly one picture for every wanted frame number, in that order, which must be ascending; repeats are allowed.

    Numbers are frames of the source's clock, as `probing.probe` says. `pixel_format` None gives what the decoder gives.
    Where a number is wanted again, or a picture of a variable-rate file stays on, the same object comes again.

    Raises:
        MediaError: a frame is not in the file or cannot be decoded; the message names it.
        ValueError: the numbers do not ascend.

    """
    numbers = range(wanted.start, wanted.end) if isinstance(wanted, FrameRange) else wanted
    if any(after < before for before, after in pairwise(numbers)):
        raise ValueError("frames are read in ascending order")
    if not numbers:
        return
    for outside in (number for number in (numbers[0], numbers[-1]) if not 0 <= number < source.frames):
        raise MediaError(_missing(source, outside), fix=f"It has {source.frames} frames; relink or trim the clip.")
    for picture in _pictures(source, numbers):
        yield picture if pixel_format in (None, picture.format.name) else picture.reformat(format=pixel_format)


def in_any_order(source: Source, wanted: Sequence[int], *, pixel_format: str | None = None) -> Iterator[VideoFrame]:
    """Like `read`, for numbers in any order, as retimed and reversed shots need them; a few pictures are held at a time.

    Raises:
        MediaError: as `read` does.

    """
    if not any(after < before for before, after in pairwise(wanted)):
        yield from read(source, wanted, pixel_format=pixel_format)
        return
    held = max(2, min(_MOST_HELD, _HELD_BYTES // max(1, source.width * source.height * 4)))
    for start in range(0, len(wanted), held):
        piece = wanted[start : start + held]
        ascending = sorted(set(piece))
        by_number = dict(zip(ascending, read(source, ascending, pixel_format=pixel_format), strict=True))
        yield from (by_number[number] for number in piece)


def shown(
    source: Source,
    wanted: FrameRange | Sequence[int],
    *,
    pixel_format: str | None = None,
    viewing: Viewing | None = None,
) -> Iterator[VideoFrame]:
    """Like `in_any_order`, as people see it: through `viewing`, or scene-linear light, as 16-bit RGB for display.

    All else comes as it is stored.

    Raises:
        MediaError: as `read` does.

    """
    numbers = range(wanted.start, wanted.end) if isinstance(wanted, FrameRange) else wanted
    view = viewing or viewing_of(source)
    if view is None:
        yield from in_any_order(source, numbers, pixel_format=pixel_format)
        return
    for stored in in_any_order(source, numbers):
        apart = _SEPARATE.fullmatch(stored.format.name)
        picture = stored if apart else stored.reformat(format=_planar(stored))
        displayed = shown_picture(picture, display_of(source, view, pixel_format=picture.format.name))
        yield displayed if pixel_format is None else displayed.reformat(format=pixel_format)


def arrays(
    source: Source,
    wanted: FrameRange | Sequence[int],
    *,
    width: int | None = None,
    viewing: Viewing | None = None,
) -> Iterator[NDArray[np.uint8]]:
    """The wanted frames as RGB pictures [height, width, 3], upright, with square pixels.

    `width` is that of the picture before it is turned upright; None keeps the raster's height. `viewing` is as for `shown`.

    Raises:
        MediaError: as `read` does.

    """
    for picture in shown(source, wanted, viewing=viewing):
        yield _rgb(source, picture, width)


def rgb(source: Source, frame: int, *, width: int | None = None, viewing: Viewing | None = None) -> NDArray[np.uint8]:
    """One frame as `arrays` gives it.

    Raises:
        MediaError: as `read` does.

    """
    return next(arrays(source, [frame], width=width, viewing=viewing))


def planes(picture: VideoFrame) -> tuple[str, bytes]:
    """FFmpeg's pixel format and the raw bytes of a picture as `-f rawvideo` wants them: without padding of lines.

    Formats that rawvideo lays out otherwise (palettes, packed 4:2:2) come as the planar format nearest to them.
    """
    if not _RAW_FORMATS.fullmatch(picture.format.name):
        picture = picture.reformat(format=_planar(picture))
    pieces = [_plane(picture, number) for number in range(len(picture.planes))]
    return picture.format.name, b"".join(pieces)


def _pictures(source: Source, numbers: Sequence[int]) -> Iterator[VideoFrame]:
    if source.sequence is not None:
        yield from sequences.pictures(source, numbers)
        return
    with Movie(source) as movie, reading(source.path):
        yield from _variable(movie, numbers) if source.variable else _constant(movie, numbers)


def _constant(movie: Movie, numbers: Sequence[int]) -> Iterator[VideoFrame]:
    reached, current = -1, None
    for wanted in numbers:
        if wanted > reached:
            movie.jump(reached, wanted)
        while current is None or reached < wanted:
            current = next(movie.pictures, None)
            if current is None:
                raise MediaError(_missing(movie.source, wanted), fix=_DAMAGED)
            reached = movie.number(current)
        if reached != wanted:
            raise MediaError(_missing(movie.source, wanted), fix=_DAMAGED)
        yield current


def _variable(movie: Movie, numbers: Sequence[int]) -> Iterator[VideoFrame]:
    """The last picture that is on screen by the middle of each frame; before the first one, the first one."""
    current, following = next(movie.pictures), next(movie.pictures, None)
    for wanted in numbers:
        if following is not None and movie.jump(movie.shown_from(current), wanted):
            current, following = next(movie.pictures), next(movie.pictures, None)
        while following is not None and movie.shown_from(following) <= wanted:
            current, following = following, next(movie.pictures, None)
        yield current


def _plane(picture: VideoFrame, number: int) -> bytes:
    plane = picture.planes[number]
    components = [part for part in picture.format.components if part.plane == number]
    width = plane.width * sum((part.bits + 7) // 8 for part in components)
    lines = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height].reshape(
        plane.height, plane.line_size
    )
    return bytes(np.ascontiguousarray(lines[:, :width]).data)


def _planar(picture: VideoFrame) -> str:
    """A planar format that holds all that a packed one holds."""
    deep = any(part.bits > 8 for part in picture.format.components)
    if picture.format.is_rgb or picture.format.has_palette or picture.format.is_bayer:
        return "gbrp16le" if deep else "gbrp"
    return "yuv422p16le" if deep else "yuv422p"


def _rgb(source: Source, picture: VideoFrame, width: int | None) -> NDArray[np.uint8]:
    shown_width = round(picture.width * source.pixel_aspect)
    width = width or shown_width
    height = max(1, round(Fraction(width * picture.height, shown_width)))
    tagged = source.color.get("space")
    space = "ITU601" if tagged in _SD_SPACES or (tagged is None and picture.height < _HD_HEIGHT) else "ITU709"
    shown = picture.reformat(width=width, height=height, format="rgb24", src_colorspace=space).to_ndarray()
    return np.rot90(shown, round(source.rotation / 90)).astype(np.uint8, copy=False)


_SD_SPACES = ("smpte170m", "bt470bg", "fcc")
_HD_HEIGHT = 570
_DAMAGED = "The file is damaged or shorter than it says; copy or transcode it again."


def _missing(source: Source, number: int) -> str:
    name = f"frame {number}"
    if source.start_frame is not None and source.kind == "movie":
        name += f" ({format_timecode(source.start_frame + number, source.rate, drop_frame=source.drop_frame)})"
    return f"{source.path.name} has no {name}"
