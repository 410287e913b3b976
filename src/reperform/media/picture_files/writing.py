"""A picture written as a file it came in: the same kind, depth, packing and compression, and what else that file says."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reperform.errors import ConformError
from reperform.media import sequences
from reperform.media.opening import reading
from reperform.media.picture_files import dpx, exr, jpeg, png, stills, tiff
from reperform.media.pictures import planes

if TYPE_CHECKING:
    from reperform.media.pictures import Planes
    from reperform.model import Source

__all__ = ["KINDS", "planar_format", "rewritten"]

KINDS = {"png": "PNG", "tiff": "TIFF", "dpx": "DPX", "mjpeg": "JPEG", "exr": "OpenEXR"}
"""FFmpeg's codecs of the pictures whose sequences are written, and their names."""

_PLANAR = {
    "rgb24": ("gbrp", 8),
    "rgb48le": ("gbrp16le", 16),
    "gbrp10le": ("gbrp10le", 10),
    "gbrp12le": ("gbrp12le", 12),
}
_BYTE = 8
_JPEG = ("yuvj420p", "yuvj422p", "yuvj444p")


def planar_format(source: Source) -> str | None:
    """The planar pixel format in which changed pictures of a sequence are made; None for pictures that are not written here.

    Raises:
        MediaError: its first picture cannot be read.

    """
    if source.sequence is None or source.codec not in KINDS:
        return None
    if source.codec == "mjpeg" and source.pixel_format in _JPEG:
        return source.pixel_format
    if source.codec == "exr":
        return exr.PIXEL_FORMAT
    known = _PLANAR.get(source.pixel_format)
    return known[0] if known and _is_written(sequences.frame_path(source, 0), source.codec, *known) else None


def rewritten(path: Path, picture: Planes, *, pixel_format: str) -> bytes:
    """The file at `path` with another picture of its size in it, given in the sequence's `planar_format`.

    What is transparent stays so. Nothing is lost but in JPEG, which is coded with the tables of the file.

    Raises:
        MediaError: the file cannot be read.
        ConformError: no picture of its kind can be written.

    """
    if pixel_format == exr.PIXEL_FORMAT:
        return exr.rewritten(path, picture)
    original = _read(path)
    if original.startswith(b"\xff\xd8"):
        return jpeg.rewritten(original, picture, pixel_format=pixel_format)
    bits = next(bits for name, bits in _PLANAR.values() if name == pixel_format)
    alpha = stills.alpha_of(path, bits=bits)
    if original[:4] in (b"SDPX", b"XPDS"):
        made = dpx.rewritten(original, stills.interleaved(picture, alpha))
        if made is None:
            raise ConformError(f"{path.name} is packed otherwise than the first picture of its sequence")
        return made
    if original.startswith(b"\x89PNG"):
        pixels = stills.interleaved(picture, alpha, grey=png.is_grey(original))
        return png.with_chunks_of(original, stills.encoded("png", pixels, order="be", options={"pred": "mixed"}))
    pixels = stills.interleaved(picture, alpha, grey=tiff.is_grey(original))
    options = {"compression_algo": tiff.compression(original)}
    return tiff.with_tags_of(original, stills.encoded("tiff", pixels, options=options))


@lru_cache(maxsize=256)
def _is_written(path: Path, codec: str, pixel_format: str, bits: int) -> bool:
    if codec in ("png", "mjpeg"):
        return bits == _BYTE or codec == "png"
    original = _read(path)
    if codec == "tiff":
        return tiff.is_written(original)
    # Of the many ways to pack a DPX those are written that give the file back as it is.
    shown = stills.decoded(path).reformat(format=pixel_format)
    pixels = stills.interleaved(planes(shown), stills.alpha_of(path, bits=bits))
    made = dpx.rewritten(original, pixels)
    return made is not None and _same_samples(original, made, bits)


def _same_samples(one: bytes, other: bytes, bits: int) -> bool:
    """Whether two files differ in nothing but what fills up their words."""
    if bits != 10 or len(one) % 4:
        return one == other
    order = ">u4" if one[:4] == b"SDPX" else "<u4"
    before, after = (np.frombuffer(file, order) >> np.uint32(2) for file in (one, other))
    return bool(np.array_equal(before, after))


def _read(path: Path) -> bytes:
    with reading(path):
        return path.read_bytes()
