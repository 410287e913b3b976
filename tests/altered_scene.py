"""Synthetic truth for compositing: a moving face on a grainy 10-bit original, its mouth altered by a known program."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint16], ...]
Picture = NDArray[np.float32]
"""[height, width, 3]: luma and colours, in levels of 8 bits, colours around 128."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A shot of `frames` frames. `grain` is in levels of 8 bits."""

    width: int = 320
    height: int = 180
    frames: int = 24
    grain: float = 1.4
    camera: float = 0.0
    """Pixels a frame by which all of it moves."""
    fades: bool = False
    seed: int = 5
    _cache: dict[int, Picture] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Of this scene alone: `replace` begins another."""

    @cached_property
    def _world(self) -> Picture:
        random = np.random.default_rng(self.seed)
        height, width = self.height * 2, self.width * 2
        world = np.zeros((height, width, 3), np.float32)
        for octave, strength in ((4, 34), (9, 22), (24, 14), (70, 9), (180, 6)):
            noise = random.standard_normal((max(2, octave * height // width), octave, 3)).astype(np.float32)
            world += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * strength
        world[..., 1:] *= 0.3
        world[..., 0] += 112
        world[..., 1:] += 128
        for _ in range(14):
            x, y = random.integers(0, width), random.integers(0, height)
            color = tuple(float(c) for c in random.uniform((40, 110, 110), (200, 146, 146)))
            cv2.rectangle(world, (int(x), int(y)), (int(x) + width // 12, int(y) + height // 5), color, -1)
        return np.clip(cv2.GaussianBlur(world, (0, 0), 0.7), 18, 232)

    @property
    def unit(self) -> float:
        """Pixels by which the face is measured: half as much again as the head is high."""
        return self.height

    def face(self, frame: int) -> tuple[float, float]:
        """The middle of the head."""
        sway = math.sin(frame / 9) * 0.03
        return self.width * (0.48 + sway), self.height * (0.47 + 0.015 * math.sin(frame / 5))

    def clean(self, frame: int) -> Picture:
        """Without grain."""
        if frame not in self._cache:
            self._cache[frame] = self._made(frame)
        return self._cache[frame]

    def _made(self, frame: int) -> Picture:
        matrix = np.array([[1, 0, self.width / 2 + self.camera * frame], [0, 1, self.height / 2]], np.float32)
        size = (self.width, self.height)
        picture = cv2.warpAffine(self._world, matrix, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
        x, y = np.meshgrid(np.arange(self.width, dtype=np.float32), np.arange(self.height, dtype=np.float32))
        middle_x, middle_y = self.face(frame)
        unit = self.height
        u, v = (x - middle_x) / unit, (y - middle_y) / unit
        head = _soft(1 - np.hypot(u / 0.23, v / 0.33), 0.03)[..., np.newaxis]
        skin = np.dstack([150 - 60 * u + 18 * np.cos(9 * v), 112 + 6 * u, 150 - 5 * v]).astype(np.float32)
        skin[..., 0] += 3 * np.sin(u * 140) * np.sin(v * 120)
        for side in (-1, 1):
            eye = _soft(1 - np.hypot((u - 0.085 * side) / 0.04, (v + 0.07) / 0.02), 0.2)
            skin[..., 0] -= 70 * eye
        lips = _soft(1 - np.hypot(u / 0.075, (v - 0.15) / 0.028), 0.3)
        skin += lips[..., np.newaxis] * np.array([-38, -4, 14], np.float32)
        picture = np.asarray(picture * (1 - head) + skin * head, np.float32)
        return self._shaded(np.asarray(picture, np.float32), frame)

    def _shaded(self, picture: Picture, frame: int) -> Picture:
        if self.fades:
            shade = np.float32(1 - 0.6 * frame / max(1, self.frames - 1))
            picture = (picture - (16, 128, 128)) * shade + np.array((16, 128, 128), np.float32)
        return picture.astype(np.float32)

    def grained(self, frame: int) -> Picture:
        """With grain, as it was filmed."""
        random = np.random.default_rng(self.seed * 1000 + frame)
        noise = random.standard_normal((self.height, self.width, 3)).astype(np.float32)
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.55), np.float32)
        noise *= self.grain / max(1e-6, float(noise.std()))
        return self.clean(frame) + noise * np.array([1, 0.6, 0.6], np.float32)

    def original(self, frame: int) -> Planes:
        """10-bit 4:2:2."""
        return planes_of(self.grained(frame), 10)

    def region(self, frame: int) -> Picture:
        """How far the program reaches, from 0 to 1."""
        x, y = np.meshgrid(np.arange(self.width, dtype=np.float32), np.arange(self.height, dtype=np.float32))
        middle_x, middle_y = self.face(frame)
        u, v = (x - middle_x) / self.unit, (y - middle_y) / self.unit
        return _soft(1 - np.hypot(u / 0.15, (v - 0.17) / 0.12), 0.35)

    def altered(self, picture: Picture, frame: int, *, strength: float = 1.0) -> Picture:
        """The program: the jaw drops, the mouth opens and is dark, lips redden; whatever picture of this frame it is given."""
        mask = self.region(frame) * np.float32(strength)
        middle_x, middle_y = self.face(frame)
        x, y = np.meshgrid(np.arange(self.width, dtype=np.float32), np.arange(self.height, dtype=np.float32))
        opened = 0.5 + 0.5 * math.sin(frame / 2.5)
        lower = np.clip((y - middle_y - 0.13 * self.unit) / (0.04 * self.unit), -0.3, 1)
        moved = cv2.remap(
            picture, x, y - mask * lower * 0.035 * self.unit * opened, cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        u, v = (x - middle_x) / self.unit, (y - middle_y) / self.unit
        inside = _soft(1 - np.hypot(u / 0.06, (v - 0.165) / (0.012 + 0.03 * opened)), 0.3) * np.float32(strength)
        shade = np.float32(0.4 if self.fades else 1.0)
        result = moved + inside[..., np.newaxis] * np.array([-60, 3, 8], np.float32) * shade
        result += mask[..., np.newaxis] * np.array([7, -3, 5], np.float32) * shade
        return result.astype(np.float32)

    def truth(self, frame: int, *, grain: bool) -> Picture:
        """What a perfect engine and a perfect conform would give."""
        return self.altered(self.grained(frame) if grain else self.clean(frame), frame)


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What an engine's encode does to a whole picture."""

    shift: float = 0.0
    scale: float = 1.0
    ranged: bool = False
    cast: bool = False

    def applied(self, picture: Picture) -> Picture:
        """To a picture."""
        result = _warped(picture, self.scale, self.shift)
        if self.cast:
            result = result + np.array([1.5, 2.5, -3.0], np.float32)
        if self.ranged:
            result = np.dstack([16 + result[..., 0] * 219 / 255, 128 + (result[..., 1:] - 128) * 224 / 255])
        return result.astype(np.float32)

    def undone(self, picture: Picture) -> Picture:
        """By one who knows it."""
        result = picture
        if self.ranged:
            result = np.dstack([(result[..., 0] - 16) * 255 / 219, 128 + (result[..., 1:] - 128) * 255 / 224])
        if self.cast:
            result = result - np.array([1.5, 2.5, -3.0], np.float32)
        return _warped(result.astype(np.float32), 1 / self.scale, -self.shift / self.scale)


NONE = Slip()
SHIFTED = Slip(shift=0.5)
SCALED = Slip(scale=1.01)
RANGED = Slip(ranged=True)
CAST = Slip(cast=True)
ALL = Slip(shift=0.5, scale=1.01, ranged=True, cast=True)


def returned(scene: Scene, slip: Slip, *, crf: int, alters: bool = True, sent: int = 12) -> list[Picture]:
    """What an engine gives back: H.264 at CRF `sent`, altered, slipped, H.264 at `crf`."""
    frames = range(scene.frames)
    given = coded([scene.grained(frame) for frame in frames], crf=sent)
    made = [scene.altered(given[frame], frame) if alters else given[frame] for frame in frames]
    return coded([slip.applied(picture) for picture in made], crf=crf)


def coded(pictures: Sequence[Picture], *, crf: int) -> list[Picture]:
    """Through 8-bit 4:2:0 H.264 and back."""
    height, width = pictures[0].shape[:2]
    raw = ["-f", "rawvideo", "-s", f"{width}x{height}", "-r", "24"]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error"]
    x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-bf", "0", "-f", "h264", "pipe:1"]
    blocks = b"".join(b"".join(p.tobytes() for p in planes_of(each, 8, down=2)) for each in pictures)
    stream = _piped([*program, *raw, "-pix_fmt", "yuv420p", "-i", "pipe:0", *x264], blocks)
    back = ["-f", "h264", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]
    data = np.frombuffer(_piped([*program, *back], stream), np.uint8)
    size, half = width * height, width * height // 4
    found = []
    for start in range(0, len(data), size + 2 * half):
        luma = data[start : start + size].reshape(height, width)
        colours = data[start + size : start + size + 2 * half].reshape(2, height // 2, width // 2)
        found.append(picture_of((luma, *colours), 8))
    return found


def planes_of(picture: Picture, bits: int, *, down: int = 1) -> Planes:
    """As planes of 4:2:2 (`down` 1) or 4:2:0 (2), colours on the left of their two pixels."""
    scale = 2 ** (bits - 8)
    kind = np.uint8 if bits == 8 else np.uint16
    layers = [picture[..., 0]]
    for number in (1, 2):
        plane = cv2.sepFilter2D(picture[..., number], -1, np.array([0.25, 0.5, 0.25]), np.array([1.0]))[:, ::2]
        layers.append(np.asarray(plane if down == 1 else (plane[::2] + plane[1::2]) / 2, np.float32))
    return tuple(np.clip(np.rint(layer * scale), 0, 2**bits - 1).astype(kind) for layer in layers)


def picture_of(planes: Sequence[NDArray[np.generic]], bits: int) -> Picture:
    """Planes of 4:2:2 or 4:2:0 as a picture."""
    height, width = planes[0].shape
    scale = np.float32(2 ** (bits - 8))
    layers = [planes[0].astype(np.float32) / scale]
    for plane in planes[1:3]:
        down = height // plane.shape[0]
        matrix = np.array([[0.5, 0, 0], [0, 1 / down, 0.5 / down - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        colour = plane.astype(np.float32) / scale
        moved = cv2.warpAffine(colour, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        layers.append(np.asarray(moved, np.float32))
    return np.dstack(layers)


def visible(scene: Scene, frame: int) -> NDArray[np.bool_]:
    """Where the program changes what is seen."""
    clean = scene.clean(frame)
    off = np.abs(scene.altered(clean, frame) - clean)
    return np.asarray(np.maximum(off[..., 0], off[..., 1:].max(axis=2)) > 2.5)


def decibels(one: Picture, other: Picture, where: NDArray[np.bool_]) -> float:
    """Peak signal to noise of the luma inside a region."""
    error = float(np.mean((one[..., 0] - other[..., 0])[where] ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


def _soft(values: NDArray[np.floating], width: float) -> Picture:
    part = np.clip(values / width, 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def _warped(picture: Picture, scale: float, shift: float) -> Picture:
    if (scale, shift) == (1.0, 0.0):
        return picture
    height, width = picture.shape[:2]
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = np.array(
        [
            [1 / scale, 0, middle[0] - (middle[0] + shift) / scale],
            [0, 1 / scale, middle[1] - (middle[1] + shift) / scale],
        ]
    )
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.float32)


def _piped(arguments: Sequence[str], data: bytes) -> bytes:
    return subprocess.run(arguments, input=data, capture_output=True, check=True).stdout
