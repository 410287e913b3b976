"""A camera's log colours, the LUT that shows them, and a film in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import altered_scene
import composited
from altered_scene import Picture, Scene

Colours = NDArray[np.floating]
_A, _B, _C, _D, _E, _F, _CUT = 5.555556, 0.052272, 0.247190, 0.385537, 5.367655, 0.092809, 0.010591
_TO_709 = np.array([[1.30, -0.24, -0.06], [-0.06, 1.20, -0.14], [-0.01, -0.16, 1.17]])
_709 = {"red": 0.2126, "blue": 0.0722}


def shown(log: Colours) -> Colours:
    """A LogC-like camera's colours, from 0 to 1, for a display: linear light, other primaries, Rec. 709's curve."""
    light = np.where(log > _E * _CUT + _F, (10 ** ((log - _D) / _C) - _B) / _A, (log - _F) / _E) @ _TO_709.T
    light = np.maximum(light, 0)
    curve = np.where(light < 0.018, 4.5 * light, 1.099 * np.maximum(light, 1e-9) ** 0.45 - 0.099)
    return np.asarray(np.clip(curve, 0, 1))


def logged(display: Colours) -> Colours:
    """Back, exactly."""
    light = np.where(display < 0.081, display / 4.5, ((np.maximum(display, 1e-9) + 0.099) / 1.099) ** (1 / 0.45))
    light = light @ np.linalg.inv(_TO_709).T
    return np.where(light > _CUT, _C * np.log10(np.maximum(_A * light + _B, 1e-9)) + _D, _E * light + _F)


def write_lut(path: Path, *, edge: int = 33) -> Path:
    """The LUT of it."""
    line = np.linspace(0, 1, edge)
    blue, green, red = np.meshgrid(line, line, line, indexing="ij")
    rows = shown(np.stack([red, green, blue], -1).reshape(-1, 3))
    entries = "\n".join(f"{r:.7f} {g:.7f} {b:.7f}" for r, g, b in rows)
    path.write_text(f'TITLE "log to Rec. 709"\nLUT_3D_SIZE {edge}\n{entries}\n')
    return path


def colours_of(picture: Picture) -> Colours:
    """Luma and colours in levels of 8 bits as red, green and blue from 0 to 1."""
    luma = (picture[..., 0] - 16) / 219
    blue, red = ((picture[..., n] - 128) / 224 for n in (1, 2))
    r, b = luma + 2 * (1 - _709["red"]) * red, luma + 2 * (1 - _709["blue"]) * blue
    green = (luma - _709["red"] * r - _709["blue"] * b) / (1 - _709["red"] - _709["blue"])
    return np.stack([r, green, b], -1)


def picture_of(colours: Colours) -> Picture:
    """Back."""
    luma = colours @ np.array([_709["red"], 1 - _709["red"] - _709["blue"], _709["blue"]])
    blue = (colours[..., 2] - luma) / (2 * (1 - _709["blue"]))
    red = (colours[..., 0] - luma) / (2 * (1 - _709["red"]))
    return np.dstack([16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red]).astype(np.float32)


@dataclass(frozen=True)
class LogFilm:
    """A scene as a log camera stores it."""

    scene: Scene

    def log(self, frame: int) -> Picture:
        """As it is stored, flat and pale."""
        return picture_of(0.22 + 0.36 * colours_of(self.scene.grained(frame)))

    def stored(self, frame: int) -> altered_scene.Planes:
        """10-bit 4:2:2."""
        return altered_scene.planes_of(self.log(frame), 10)

    def display(self, frame: int) -> Picture:
        """As people see it."""
        return picture_of(shown(colours_of(self.log(frame))))

    def truth(self, frame: int) -> Picture:
        """What a log camera would have stored of the altered scene."""
        return picture_of(logged(colours_of(self.scene.altered(self.display(frame), frame))))

    def write(self, path: Path) -> Path:
        """As ProRes HQ."""
        planes = [self.stored(frame) for frame in range(self.scene.frames)]
        codec = ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0"]
        return composited.written(path, planes, bits=10, layout="422", codec=codec)
