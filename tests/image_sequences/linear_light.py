"""OpenEXR sequences whose every picture, as it is shown, says its number, and the eyes to compare their files bit for bit."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
from numpy.typing import NDArray

import burned
from image_sequences.rendered import FIRST, RATE
from reperform.media import sequences
from reperform.media.picture_files.exr_layout import parsed
from reperform.media.viewing.scene_linear import SceneLinear
from reperform.model import ImageSequence, Source

WIDTH, HEIGHT = 320, 180
Numbers = dict[str, NDArray[Any]]


def light(number: int) -> NDArray[np.float32]:
    """Scene-linear light that is shown as the picture of this number, in a tint."""
    shown = burned.picture(number).astype(np.float32)[..., np.newaxis] / 255
    return SceneLinear().undone(
        np.zeros((HEIGHT, WIDTH, 3), np.float32), np.asarray(np.repeat(shown, 3, axis=2) * _TINT, np.float32)
    )


_TINT = np.array([1.0, 1.0, 0.9], np.float32)


def numbers_of(number: int, *, kind: str = "half") -> Numbers:
    """A plate's channels: the picture with what no display shows in its middle, transparency, depth, an id and another layer."""
    picture = light(number)
    middle = slice(70, 110)
    picture[middle, 20:40] = 23.5
    picture[middle, 40:50] = -0.125
    picture[middle, 50:52], picture[middle, 52:54] = np.nan, np.inf
    stored = picture.astype(np.float16 if kind == "half" else np.float32)
    random = np.random.default_rng(number)
    return {
        **{name: np.ascontiguousarray(stored[..., place]) for place, name in enumerate("RGB")},
        "A": random.random((HEIGHT, WIDTH)).astype(np.float16),
        "depth.Z": random.random((HEIGHT, WIDTH)).astype(np.float32) * 1000,
        "id": random.integers(0, 2**32, (HEIGHT, WIDTH), np.uint32),
        "spec.R": random.random((HEIGHT, WIDTH)).astype(np.float16),
    }


def timecode(frame: int) -> Any:
    """01:00:00 and some frames."""
    made = OpenEXR.TimeCode()
    made.hours, made.frame = 1, frame
    return made


def window(left: int, top: int, width: int, height: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """As OpenEXR has it: the last pixels are inside."""
    return np.array([left, top], np.int32), np.array([left + width - 1, top + height - 1], np.int32)


def write(path: Path, numbers: Numbers, **header: Any) -> Path:
    """A file of one part; ZIP and scan lines unless the header says otherwise."""
    said = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
    OpenEXR.File(said, dict(numbers)).write(str(path))  # it changes what it is given
    return path


def render(folder: Path, *, count: int = 24, kind: str = "half", **header: Any) -> Source:
    """A sequence of them, probed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        own = {"timeCode": timecode(number), **header}
        write(folder / f"x.{FIRST + number:04d}.exr", numbers_of(number, kind=kind), **own)
    sequence = ImageSequence(prefix="x.", suffix=".exr", padding=4, first=FIRST, frames=count)
    return sequences.probe(folder / sequence.pattern, sequence, rate=RATE)


def with_attribute(file: bytes, name: str, kind: str, value: bytes) -> bytes:
    """A file of one part with one more attribute, of whatever type."""
    layout = parsed(file)
    more = f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value
    offsets = [chunk.start + len(more) for chunk in layout.parts[0].chunks]
    body = file[layout.head + 8 * len(offsets) :]
    return file[:8] + more + file[8 : layout.head] + struct.pack(f"<{len(offsets)}Q", *offsets) + body


def read(path: Path, part: int = 0) -> Numbers:
    """All channels of a part as they are stored."""
    found = OpenEXR.File(str(path), separate_channels=True)
    return {name: channel.pixels for name, channel in found.parts[part].channels.items()}


def differing(one: Path, other: Path, part: int = 0) -> dict[str, int]:
    """How many numbers of each channel are not the same, bit for bit; channels that are equal are left out."""
    before, after = read(one, part), read(other, part)
    assert [(name, plane.dtype) for name, plane in before.items()] == [
        (name, plane.dtype) for name, plane in after.items()
    ]
    counted = {name: int(np.count_nonzero(bits(before[name]) != bits(after[name]))) for name in before}
    return {name: count for name, count in counted.items() if count}


def bits(plane: NDArray[Any]) -> NDArray[Any]:
    """Numbers as their bits, so that no number equals none."""
    return np.ascontiguousarray(plane).view(f"u{plane.dtype.itemsize}")
