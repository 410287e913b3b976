"""One picture through FFmpeg: decoded from a file with all that it shows, and encoded into the bytes of one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import ConformError, MediaError
from reperform.media.opening import opened

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.pictures import Planes

__all__ = ["Pixels", "alpha_of", "decoded", "encoded", "interleaved"]

Pixels = NDArray[Any]
"""[height, width, channels]: red, green, blue, and what is transparent where there are four; or grey alone."""

_FORMATS = {(1, 1): "gray", (1, 3): "rgb24", (1, 4): "rgba", (2, 1): "gray16", (2, 3): "rgb48", (2, 4): "rgba64"}
"""FFmpeg's names by bytes and channels of a pixel; those of two bytes end in an order of bytes."""


def decoded(path: Path) -> VideoFrame:
    """The picture of a file, as it was coded.

    Raises:
        MediaRefused, MediaError: it cannot be opened, or has no picture.

    """
    with opened(path) as container:
        for picture in container.decode(container.streams.video[0]):
            return picture
    raise MediaError(f"{path.name} has no picture that can be decoded", fix="Copy or render that picture again.")


def alpha_of(path: Path, *, bits: int) -> NDArray[Any] | None:
    """What is transparent in a file's picture, [height, width], in as many bits; None where nothing can be.

    Raises:
        MediaRefused, MediaError: as `decoded`.

    """
    picture = decoded(path)
    if not picture.format.has_palette and not any(part.is_alpha for part in picture.format.components):
        return None
    alpha = picture.reformat(format="rgba64le" if bits > 8 else "rgba").to_ndarray()[..., 3]
    return None if picture.format.has_palette and alpha.min() == 2**bits - 1 else alpha


def interleaved(picture: Planes, alpha: NDArray[Any] | None = None, *, grey: bool = False) -> Pixels:
    """Planes of green, blue and red as pixels. With `grey` of one channel, where they are all equal."""
    green, blue, red = picture[:3]
    if alpha is not None:
        return np.dstack([red, green, blue, alpha])
    if grey and np.array_equal(green, blue) and np.array_equal(green, red):
        return green[..., np.newaxis]
    return np.dstack([red, green, blue])


def encoded(codec: str, pixels: Pixels, *, order: str = "le", options: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a file with the picture, as FFmpeg's encoder of this name writes it.

    Raises:
        ConformError: it does not.

    """
    import av

    height, width, channels = pixels.shape
    name = _FORMATS[pixels.dtype.itemsize, channels]
    name += order if pixels.dtype.itemsize == 2 else ""
    flat = np.ascontiguousarray(pixels[..., 0] if channels == 1 else pixels)
    picture = av.VideoFrame.from_ndarray(flat, format=name)
    picture.pts = 0
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = width, height, name
    context.time_base = Fraction(1, 24)
    context.options = dict(options or {})
    try:
        return b"".join(bytes(packet) for packet in [*context.encode(picture), *context.encode(None)])
    except av.FFmpegError as error:
        raise ConformError(f"a picture could not be written as {codec}: {error.strerror}", cause=str(error)) from error
