"""JPEG: a picture coded with the tables, the sampling and the words of another file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from reperform.errors import MediaError
from reperform.media.picture_files.stills import interleaved

if TYPE_CHECKING:
    from reperform.media.pictures import Planes

__all__ = ["rewritten"]

_SAMPLING = {"yuvj444p": 0, "yuvj422p": 1, "yuvj420p": 2}
"""Pillow's numbers for the sampling of colours."""
_BEST = 95


def rewritten(original: bytes, picture: Planes, *, pixel_format: str) -> bytes:
    """The file with another picture: with its quantisation, as progressive as it is, with its colour profile and EXIF.

    Raises:
        MediaError: the original is damaged.

    """
    from PIL import Image, UnidentifiedImageError

    try:
        before: Any = Image.open(io.BytesIO(original))
    except (UnidentifiedImageError, OSError) as error:
        raise MediaError("a JPEG file cannot be read", cause=str(error)) from error
    said = {key: before.info[key] for key in ("icc_profile", "exif", "comment", "dpi") if before.info.get(key)}
    tables = before.quantization if before.mode in ("RGB", "YCbCr") and len(before.quantization) <= 2 else None
    said |= {"qtables": tables} if tables else {"quality": _BEST}
    out = io.BytesIO()
    progressive = bool(before.info.get("progressive"))
    sampling = _SAMPLING.get(pixel_format, 0)
    made = _image(picture, pixel_format)
    made.save(out, "JPEG", subsampling=sampling, progressive=progressive, optimize=True, **said)
    return out.getvalue()


def _image(picture: Planes, pixel_format: str) -> Any:
    """As Pillow has it, with colours as many as pixels: those of equal ones are halved again without a loss."""
    from PIL import Image

    if pixel_format not in _SAMPLING:
        return Image.fromarray(interleaved(picture))
    height, width = picture[0].shape
    layers = []
    for plane in picture[:3]:
        down, across = -(-height // plane.shape[0]), -(-width // plane.shape[1])
        large = np.repeat(np.repeat(plane, down, axis=0), across, axis=1)[:height, :width]
        layers.append(Image.fromarray(np.ascontiguousarray(large)))
    return Image.merge("YCbCr", layers)
