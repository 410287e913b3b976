"""DPX: the samples of a picture in the place of a file's own, with its whole header: film and television data, timecode."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reperform.media.picture_files.stills import Pixels

__all__ = ["rewritten"]

_RGB, _RGBA = 50, 51
_WORD = 4
_UNSAID = (0, 0xFFFFFFFF)
_FILLED = (1, 5)
"""Method A of SMPTE ST 268: samples at the top of their words. FFmpeg takes 5 for it, too."""


@dataclass(frozen=True)
class _Layout:
    """How the first picture of a file is laid out."""

    order: str
    offset: int
    width: int
    height: int
    channels: int
    bits: int
    packing: int
    row: int
    """Bytes of a line."""

    @property
    def end(self) -> int:
        return self.offset + self.row * self.height


def rewritten(original: bytes, pixels: Pixels) -> bytes | None:
    """The file with other samples, of as many bits as its own; None for a layout that is not written here."""
    layout = _layout(original)
    if layout is None or (layout.height, layout.width, layout.channels) != pixels.shape or layout.end > len(original):
        return None
    return original[: layout.offset] + _samples(pixels, layout) + original[layout.end :]


def _layout(file: bytes) -> _Layout | None:
    order = ">" if file[:4] == b"SDPX" else "<"
    try:
        elements, width, height = struct.unpack(f"{order}HII", file[770:780])
        kind, _, _, bits, packing, coded = struct.unpack(f"{order}BBBBHH", file[800:808])
        offset, line_padding = struct.unpack(f"{order}II", file[808:816])
    except struct.error:
        return None
    if offset in _UNSAID:
        offset = struct.unpack(f"{order}I", file[4:8])[0]
    channels = {_RGB: 3, _RGBA: 4}.get(kind)
    if elements != 1 or channels is None or coded or line_padding not in _UNSAID:
        return None
    row = _row(width, channels, bits, packing)
    return None if row is None else _Layout(order, offset, width, height, channels, bits, packing, row)


def _row(width: int, channels: int, bits: int, packing: int) -> int | None:
    samples = width * channels
    if bits == 8:
        length = samples
    elif bits == 16 or (bits == 12 and packing in _FILLED):
        length = samples * 2
    elif bits == 10 and channels == 3 and packing in _FILLED:
        return width * _WORD
    else:
        return None
    return -(-length // _WORD) * _WORD


def _samples(pixels: Pixels, layout: _Layout) -> bytes:
    """The lines, each filled up to whole words."""
    if layout.bits == 10:
        red, green, blue = (pixels[..., number].astype(np.uint32) for number in range(3))
        return (red << 22 | green << 12 | blue << 2).astype(f"{layout.order}u4").tobytes()
    flat: NDArray[Any] = pixels.reshape(layout.height, -1)
    if layout.bits == 8:
        lines = flat.astype(np.uint8)
    else:
        shifted = flat.astype(np.uint16) << (16 - layout.bits)
        lines = shifted.astype(f"{layout.order}u2").view(np.uint8)
    return np.pad(lines, ((0, 0), (0, layout.row - lines.shape[1]))).tobytes()
