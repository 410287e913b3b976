"""Scenes conformed and measured against their truth."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

import altered_scene
from altered_scene import Picture, Planes, Scene, Slip
from reperform.media.compositing.examining import Examined, examine
from reperform.media.compositing.laying_in import LayIn

FORMAT = "yuv422p10le"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Means over the frames, unless said otherwise."""

    touched_outside: int
    """Samples outside the matte that are not the original's, in all planes and frames."""
    loss: float
    """Decibels by which an ideal paste is nearer to the grainless truth; and in the worst frame."""
    worst_loss: float
    found: float
    """Of the visibly changed pixels."""
    overlap: float
    area: float
    """Of the matte, in areas of the true region."""
    fine: tuple[float, float]
    """Energy of the finest details inside: ours, the truth's."""
    corner: float
    """Pixels by which the place is off."""


def examined(scene: Scene, back: Sequence[Picture], *, how: LayIn | None = None) -> Examined:
    """What is found in what came back."""
    pairs = ((scene.original(frame), altered_scene.planes_of(back[frame], 10)) for frame in range(scene.frames))
    return examine(pairs, pixel_format=FORMAT, frames=scene.frames, how=how)


def measured(scene: Scene, slip: Slip, back: Sequence[Picture], found: Examined) -> Measured:
    """What was made of it, against the truth."""
    rows = [_of_frame(scene, slip, back[frame], found, frame) for frame in range(scene.frames)]
    mean = np.mean(rows, axis=0)
    place = found.laying.registration
    across = abs(place.scale_x - slip.scale) / 2 * scene.width + abs(place.shift_x * scene.width - slip.shift)
    down = abs(place.scale_y - slip.scale) / 2 * scene.height + abs(place.shift_y * scene.height - slip.shift)
    return Measured(
        touched_outside=int(sum(row[0] for row in rows)),
        loss=float(mean[1]),
        worst_loss=float(max(row[1] for row in rows)),
        found=float(mean[2]),
        overlap=float(mean[3]),
        area=float(mean[4]),
        fine=(float(mean[5]), float(mean[6])),
        corner=float(np.hypot(across, down)),
    )


def touched_outside(original: Planes, laid: Planes, matte: Picture) -> int:
    """Samples that are not the original's although no pixel of theirs is under the matte."""
    count = 0
    for before, after in zip(original, laid, strict=True):
        down, across = (-(-matte.shape[axis] // before.shape[axis]) for axis in (0, 1))
        under = cv2.dilate((matte > 0).astype(np.uint8), np.ones((down, across), np.uint8), anchor=(0, 0))
        count += int(np.count_nonzero((before != after) & (under[::down, ::across] == 0)))
    return count


def _of_frame(scene: Scene, slip: Slip, back: Picture, found: Examined, frame: int) -> tuple[float, ...]:
    original = scene.original(frame)
    laid = found.laid(frame, original, altered_scene.planes_of(back, 10))
    matte, region = found.matte(frame), scene.region(frame)
    ours, truth = altered_scene.picture_of(laid, 10), scene.truth(frame, grain=False)
    around = cv2.dilate((region > 0.02).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    share = np.clip(region * 8, 0, 1)[..., np.newaxis]
    ideal = altered_scene.picture_of(original, 10) * (1 - share) + slip.undone(back) * share
    loss = altered_scene.decibels(ideal, truth, around) - altered_scene.decibels(ours, truth, around)
    seen, mine, true = altered_scene.visible(scene, frame), matte > 0.5, region > 0.02
    return (
        touched_outside(original, laid, matte),
        loss,
        float((seen & mine).sum() / max(1, seen.sum())),
        float((mine & true).sum() / (mine | true).sum()),
        float(mine.sum() / true.sum()),
        _fineness(ours, around),
        _fineness(scene.truth(frame, grain=True), around),
    )


def _fineness(picture: Picture, where: NDArray[np.bool_]) -> float:
    luma = np.ascontiguousarray(picture[..., 0])
    return float((luma - cv2.GaussianBlur(luma, (0, 0), 1))[where].std())


def written(path: Path, pictures: Sequence[Planes], *, bits: int, layout: str, codec: Sequence[str]) -> Path:
    """A movie of these planes at 24 frames a second, from 01:00:00:00."""
    height, width = pictures[0][0].shape
    form = f"yuv{layout}p" + ("" if bits == 8 else f"{bits}le")
    raw = ["-f", "rawvideo", "-pix_fmt", form, "-s", f"{width}x{height}", "-r", "24", "-i", "pipe:0"]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, "-timecode", "01:00:00:00"]
    blocks = b"".join(plane.tobytes() for picture in pictures for plane in picture)
    tags = ["-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"]
    subprocess.run([*program, *tags, *codec, str(path)], input=blocks, check=True)
    return path
