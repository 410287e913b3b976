"""Pictures as planes of numbers, brought to one raster, pixel format and colour coding, and mixed exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from reperform.errors import ConformError
from reperform.model import Source

__all__ = ["Coding", "Fitter", "Planes", "coding_of", "has_alpha", "mixed", "planes", "raw"]

Planes = tuple[NDArray[Any], ...]
"""One array [height, width] for each plane of a planar picture: of whole numbers, or of 32-bit floating ones."""

_HD_HEIGHT = 577
_FLOATING = "gbrpf32le"
_MATRICES = {
    "bt709": "bt709", "fcc": "fcc", "bt470bg": "bt470", "smpte170m": "smpte170m", "smpte240m": "smpte240m",
    "bt2020nc": "bt2020", "bt2020c": "bt2020",
}  # fmt: skip


@dataclass(frozen=True)
class Coding:
    """How the numbers of a picture mean colours: FFmpeg's names."""

    matrix: str
    range: str

    @property
    def full(self) -> bool:
        """Whether black is 0."""
        return self.range == "pc"


def coding_of(source: Source, *, untagged: Coding | None = None) -> Coding:
    """What a file's tags say. A file that does not say is `untagged`, or by its size: 601 up to 576 lines, 709 above."""
    space = source.color.get("space")
    matrix = _MATRICES.get(space or "")
    if matrix is None:
        matrix = (
            untagged.matrix if untagged and space is None else "smpte170m" if source.height < _HD_HEIGHT else "bt709"
        )
    rgb = source.pixel_format.startswith(("gbr", "rgb", "bgr"))
    full = rgb or source.pixel_format.startswith("yuvj") or source.color.get("range") == "pc"
    said = full or "range" in source.color
    return Coding(matrix, "pc" if full else untagged.range if untagged and not said else "tv")


class Fitter:
    """Brings pictures of one file to one raster, pixel format and coding."""

    def __init__(
        self, coding: Coding, *, width: int, height: int, pixel_format: str, into: Coding, turn: int = 0
    ) -> None:
        self._coding, self._into = coding, into
        self._width, self._height, self._format = width, height, pixel_format
        self._turn = turn % 360
        self._graph: Graph | None = None
        self._graph_for: tuple[int, int, str] | None = None

    def fit(self, picture: VideoFrame) -> VideoFrame:
        """The picture, lanczos-filtered where the raster differs; itself where nothing does."""
        if self._fits(picture):
            return picture
        key = (picture.width, picture.height, picture.format.name)
        if self._graph is None or self._graph_for != key:
            self._graph, self._graph_for = self._built(picture), key
        self._graph.push(picture)
        fitted = self._graph.pull()
        assert isinstance(fitted, VideoFrame)
        return fitted

    def _fits(self, picture: VideoFrame) -> bool:
        same_raster = (picture.width, picture.height) == (self._width, self._height)
        return same_raster and picture.format.name == self._format and self._coding == self._into and not self._turn

    def _built(self, picture: VideoFrame) -> Graph:
        graph = Graph()
        steps = [
            graph.add_buffer(
                width=picture.width, height=picture.height, format=picture.format, time_base=Fraction(1, 1000)
            )
        ]
        steps += [graph.add("transpose", turn) for turn in _TURNS[self._turn]]
        steps.append(graph.add("scale", self._scale(picture.format.name)))
        steps += [graph.add("format", f"pix_fmts={self._format}"), graph.add("buffersink")]
        for before, after in pairwise(steps):
            before.link_to(after)
        graph.configure()
        return graph

    def _scale(self, pixel_format: str) -> str:
        flags = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"
        parts = [f"w={self._width}:h={self._height}:{flags}"]
        if not pixel_format.startswith(("gbr", "rgb", "bgr")):
            parts.append(f"in_color_matrix={self._coding.matrix}:in_range={self._coding.range}")
        if not self._format.startswith(("gbr", "rgb", "bgr")):
            parts.append(f"out_color_matrix={self._into.matrix}:out_range={self._into.range}")
        return ":".join(parts)


_TURNS: dict[int, list[str]] = {0: [], 90: ["cclock"], 180: ["clock", "clock"], 270: ["clock"]}


def has_alpha(pixel_format: str) -> bool:
    """Whether pictures in this planar format have a fourth plane that says what is transparent."""
    return pixel_format.startswith(("yuva", "gbrap"))


def planes(picture: VideoFrame) -> Planes:
    """The picture's planes, without the padding of their lines: its own memory, which nobody may write to.

    Raises:
        ConformError: it is not planar, or of numbers of another kind.

    """
    found = []
    for number, plane in enumerate(picture.planes):
        parts = [part for part in picture.format.components if part.plane == number]
        floating = picture.format.name == _FLOATING
        if len(parts) != 1 or (parts[0].bits > 16 and not floating):
            raise ConformError(f"pictures in {picture.format.name} cannot be spliced")
        kind: Any = np.dtype("<f4") if floating else np.uint8 if parts[0].bits <= 8 else np.dtype("<u2")
        lines = np.frombuffer(memoryview(plane), kind).reshape(-1, plane.line_size // np.dtype(kind).itemsize)
        own = lines[: plane.height, : plane.width]
        own.flags.writeable = False
        found.append(own)
    return tuple(found)


def mixed(parts: Sequence[tuple[Planes, Fraction]]) -> Planes:
    """The sum of pictures with weights that add up to 1, in whole numbers, halves up."""
    if len(parts) == 1:
        return parts[0][0]
    whole = math.lcm(*(weight.denominator for _, weight in parts))
    shares = [int(weight * whole) for _, weight in parts]
    result = []
    for layers in zip(*(picture for picture, _ in parts), strict=True):
        total = np.full(layers[0].shape, whole // 2, np.uint32)
        for layer, share in zip(layers, shares, strict=True):
            total += layer.astype(np.uint32) * np.uint32(share)
        result.append((total // np.uint32(whole)).astype(layers[0].dtype))
    return tuple(result)


def raw(picture: Planes) -> bytes:
    """The bytes that FFmpeg's rawvideo wants."""
    return b"".join(np.ascontiguousarray(plane).data for plane in picture)
