"""Real footage as a scene of known truth: a face that was filmed, its mouth altered by the program of `altered_scene`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import av
import cv2
import numpy as np
from numpy.typing import NDArray

import altered_scene
from altered_scene import Picture, Scene
from shared import SHARED

ACTOR, PRESENTER = "footage/actor_20s_25fps_hevc.mp4", "footage/presenter_6s_vfr_h264.mp4"


@dataclass(frozen=True, kw_only=True)
class Filmed(Scene):
    """`frames` frames of a film from frame `start` on, `grain` added to what they have, through a window of it."""

    path: str = ACTOR
    start: int = 50
    mouth: tuple[float, float] = (540, 532)
    """Where it is in the film's first frame, in the film's pixels."""
    head: float = 850
    """What a face is measured by, in the film's pixels."""
    window: tuple[float, float, float] = (0, 0, 1)
    """Left, top and enlargement of the film's part that is the scene."""

    @property
    def unit(self) -> float:
        return self.head * self.window[2]

    def face(self, frame: int) -> tuple[float, float]:
        left, top = self._corner(frame)
        x, y = self._middles[frame]
        return (x - left) * self.window[2], (y - top) * self.window[2]

    def altered(self, picture: Picture, frame: int, *, strength: float = 1.0) -> Picture:
        """As of a scene; no luma is below black."""
        made = super().altered(picture, frame, strength=strength)
        return np.maximum(made, np.array([17, 0, 0], np.float32))

    def _made(self, frame: int) -> Picture:
        left, top = self._corner(frame)
        scale = self.window[2]
        matrix = np.array([[1 / scale, 0, left + 0.5 / scale - 0.5], [0, 1 / scale, top + 0.5 / scale - 0.5]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        picture = altered_scene.picture_of(self._film[frame], 8)
        if (left, top, scale) != (0, 0, 1):
            picture = np.asarray(cv2.warpAffine(picture, matrix, (self.width, self.height), flags=flags), np.float32)
        return self._shaded(picture, frame)

    def _corner(self, frame: int) -> tuple[float, float]:
        return self.window[0] + self.camera * frame, self.window[1] + self.camera * frame / 2

    @cached_property
    def _film(self) -> list[tuple[NDArray[np.uint8], ...]]:
        with av.open(SHARED / self.path) as film:
            pictures = [
                picture for _, picture in zip(range(self.start + self.frames), film.decode(video=0), strict=False)
            ]
        return [_planes(picture) for picture in pictures[self.start :]]

    @cached_property
    def _middles(self) -> list[tuple[float, float]]:
        """Of the head, in each frame: the upper face is followed."""
        x, y = self.mouth[0], self.mouth[1] - 0.15 * self.head
        half = (int(0.2 * self.head), int(0.15 * self.head))
        found = [(x, y)]
        for before, after in zip(self._film, self._film[1:], strict=False):
            found.append(_followed(before[0], after[0], found[-1], half))
        padded = np.pad(np.array(found), ((2, 2), (0, 0)), mode="edge")
        means = [padded[n : n + 5].mean(axis=0) for n in range(len(found))]
        return [(float(mean[0]), float(mean[1])) for mean in means]


def _followed(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    at: tuple[float, float],
    half: tuple[int, int],
    margin: int = 16,
) -> tuple[float, float]:
    left, top = int(at[0]) - half[0], int(at[1]) - half[1]
    face = before[top : top + 2 * half[1], left : left + 2 * half[0]]
    around = after[top - margin : top + 2 * half[1] + margin, left - margin : left + 2 * half[0] + margin]
    likeness = cv2.matchTemplate(around, face, cv2.TM_CCOEFF_NORMED)
    x, y = cv2.minMaxLoc(likeness)[3]
    return at[0] + x - margin, at[1] + y - margin


def _planes(picture: av.VideoFrame) -> tuple[NDArray[np.uint8], ...]:
    width, height = picture.width, picture.height
    whole = np.asarray(picture.reformat(format="yuv420p").to_ndarray(), np.uint8)
    colours = whole[height:].reshape(2, height // 2, width // 2)
    return whole[:height], colours[0], colours[1]
