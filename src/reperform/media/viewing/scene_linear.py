"""Scene-linear light as people see it: its primaries become those of Rec. 709, its highlights are rolled off, its curve is Rec. 709's."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaRefused
from reperform.media.viewing.base import Colours

if TYPE_CHECKING:
    from reperform.model import Source

__all__ = ["REC_709", "Chromaticities", "SceneLinear", "scene_linear_of"]

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""CIE x and y of red, green, blue and white, as OpenEXR's header has them."""

REC_709: Chromaticities = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""What is meant where a header names none (OpenEXR, "Standard Attributes")."""

_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_NEAR = 0.002
"""Chromaticities nearer than this are the same: files round them, and none has another white by so little."""

_STRAIGHT, _SLOPE = 0.018, 4.5
_POWER, _GAIN = 0.45, 1.099
"""Of Rec. 709's curve (ITU-R BT.709-6, 1.2)."""

_KNEE = 0.35
"""Light from which on the curve bends down: skin lies below it. White (1.0) is shown at 0.81, three stops more at 0.96."""
_KNEE_SHOWN = _GAIN * _KNEE**_POWER - (_GAIN - 1)
_FALL = _KNEE * _GAIN * _POWER * _KNEE ** (_POWER - 1) / (1 - _KNEE_SHOWN)
"""The power by which what lacks to 1 falls above the knee, so that the slope is the same on both sides."""
_BRIGHTEST = 64.0
"""Light up to which the curve is undone (0.99): what was brighter stays so many times brighter."""
_BRIGHTEST_SHOWN = 1 - (1 - _KNEE_SHOWN) * (_KNEE / _BRIGHTEST) ** _FALL
_ONLY_AT_THE_TOP = 8
"""A power that keeps what is wanted darker from being multiplied by how bright it was."""
_WHITE_SHOWN = 1 - (1 - _KNEE_SHOWN) * _KNEE**_FALL

_SAME = 1 / 65535
"""What is shown and differs by no more than a step of 16 bits is the same."""
_LARGEST = 65504.0
_SINGULAR = 1e6
"""Of a matrix that no three colours make."""
_LINES = 128
"""Lines that are worked on at once: of a whole picture of 4K every step would hold 100 MB."""


@dataclass(frozen=True)
class SceneLinear:
    """A view of scene-linear light with these primaries."""

    chromaticities: Chromaticities = REC_709

    @property
    def name(self) -> str:
        """`scene-linear`."""
        return "scene-linear"

    @cached_property
    def digest(self) -> str:
        """Of the primaries and the curve, in hex."""
        numbers = (*self.chromaticities, _KNEE, _FALL, _BRIGHTEST)
        return hashlib.sha256(b"scene-linear 1" + struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest()

    def shown(self, stored: Colours) -> Colours:
        """As `Viewing.shown`: what is below black, or no number, is shown black; nothing is shown quite at 1."""
        return _banded(lambda one: _curve(self._light(_finite(one))), stored)

    def undone(self, stored: Colours, wanted: Colours) -> Colours:
        """As `Viewing.undone`.

        A colour that is shown already keeps its three numbers, whatever they are. Where black stays black what was below it stays;
        light beyond what can be told apart keeps its ratio to that.
        """
        return _banded(self._undone, stored, wanted)

    def _undone(self, stored: Colours, wanted: Colours) -> Colours:
        numbers = _finite(stored)
        light = self._light(numbers)
        shown = _curve(light)
        same = np.abs(wanted - shown) <= _SAME
        if same.all():
            return stored
        change = np.where(same, np.float32(0), _light_for(wanted, light, shown) - light)
        made = np.clip(numbers + _multiplied(change, self._back), -_LARGEST, _LARGEST)
        return np.where(same.all(axis=-1, keepdims=True), stored, made)

    def _light(self, numbers: Colours) -> Colours:
        """In the primaries of Rec. 709."""
        return _multiplied(numbers, self._to_709)

    @cached_property
    def _to_709(self) -> NDArray[np.float32] | None:
        """None where they are of Rec. 709."""
        if max(abs(a - b) for a, b in zip(self.chromaticities, REC_709, strict=True)) < _NEAR:
            return None
        return _matrix(self.chromaticities, REC_709).astype(np.float32)

    @cached_property
    def _back(self) -> NDArray[np.float32] | None:
        return None if self._to_709 is None else _matrix(REC_709, self.chromaticities).astype(np.float32)


def scene_linear_of(source: Source) -> SceneLinear:
    """The view that the header of a sequence's first picture asks for; Rec. 709's where it names no primaries.

    Raises:
        MediaRefused: its primaries are no colours.
        MediaError: it cannot be read.

    """
    from reperform.media import sequences
    from reperform.media.picture_files import exr_header

    path = sequences.frame_path(source, 0)
    said = exr_header.chromaticities(path)
    try:
        return _with(said or REC_709)
    except (ZeroDivisionError, np.linalg.LinAlgError) as error:
        raise MediaRefused(
            f"{path.name} has chromaticities that are no colours: {', '.join(f'{number:g}' for number in said or ())}",
            fix="Render it with the chromaticities of its colour space, or with none for Rec. 709.",
        ) from error


@lru_cache(maxsize=16)
def _with(chromaticities: Chromaticities) -> SceneLinear:
    if not np.isfinite(_matrix(chromaticities, REC_709)).all() or np.linalg.cond(_to_xyz(chromaticities)) > _SINGULAR:
        raise np.linalg.LinAlgError
    return SceneLinear(chromaticities)


def _finite(stored: Colours) -> Colours:
    return np.nan_to_num(stored.astype(np.float32), nan=0.0, posinf=_LARGEST, neginf=-_LARGEST)


def _curve(light: Colours) -> Colours:
    """Light in the primaries of Rec. 709 as it is shown."""
    positive = np.maximum(light, np.float32(1e-9))
    low = np.minimum(positive, np.float32(_KNEE))
    bent = np.where(
        low < _STRAIGHT, np.float32(_SLOPE) * low, np.float32(_GAIN) * _power(low, _POWER) - np.float32(_GAIN - 1)
    )
    rolled = 1 - np.float32(1 - _KNEE_SHOWN) * _power(np.float32(_KNEE) / positive, _FALL)
    return np.where(light <= 0, np.float32(0), np.where(positive > _KNEE, rolled, bent)).astype(np.float32)


def _light_for(wanted: Colours, light: Colours, shown: Colours) -> Colours:
    """The light that is shown as `wanted`. `light`, shown as `shown`, stands there now."""
    wanted = np.clip(wanted, 0, 1)
    made = _inverse(wanted)
    # Beyond the brightest all is shown alike: there a highlight stays as many times brighter as it was.
    if (bright := light > _BRIGHTEST).any():
        above = np.float32(_BRIGHTEST_SHOWN - _WHITE_SHOWN)
        part = np.clip((wanted[bright] - np.float32(_WHITE_SHOWN)) / above, 0, 1)
        made[bright] *= (light[bright] / np.float32(_BRIGHTEST)) ** (part**_ONLY_AT_THE_TOP)
    return np.where((wanted <= 0) & (shown <= 0), light, made)


def _inverse(shown: Colours) -> Colours:
    low = np.clip(shown, 0, np.float32(_KNEE_SHOWN))
    straight = low / np.float32(_SLOPE)
    bent = _power((low + np.float32(_GAIN - 1)) / np.float32(_GAIN), 1 / _POWER)
    high = np.minimum(shown, np.float32(_BRIGHTEST_SHOWN))
    rolled = np.float32(_KNEE) * _power(np.float32(1 - _KNEE_SHOWN) / (1 - high), 1 / _FALL)
    below = np.where(low < _SLOPE * _STRAIGHT, straight, bent)
    return np.where(shown > _KNEE_SHOWN, rolled, below).astype(np.float32)


def _multiplied(colours: Colours, matrix: NDArray[np.float32] | None) -> Colours:
    import cv2

    return colours if matrix is None else np.asarray(cv2.transform(colours, matrix), np.float32)


def _power(base: NDArray[Any], exponent: float) -> Colours:
    import cv2

    return np.asarray(cv2.pow(np.ascontiguousarray(base, np.float32), exponent), np.float32).reshape(base.shape)


def _banded(work: Callable[..., Colours], *pictures: Colours) -> Colours:
    result = np.empty(pictures[0].shape, np.float32)
    for line in range(0, len(result), _LINES):
        band = slice(line, line + _LINES)
        result[band] = work(*(np.ascontiguousarray(picture[band]) for picture in pictures))
    return result


def _matrix(one: Chromaticities, other: Chromaticities) -> NDArray[np.float64]:
    """From linear light in one's primaries to the other's; white stays white (Bradford)."""
    to_white, from_white = _BRADFORD @ _white(one), _BRADFORD @ _white(other)
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(from_white / to_white) @ _BRADFORD
    return np.asarray(np.linalg.inv(_to_xyz(other)) @ adapted @ _to_xyz(one))


def _to_xyz(chromaticities: Chromaticities) -> NDArray[np.float64]:
    """SMPTE RP 177."""
    pairs = np.array(chromaticities[:6]).reshape(3, 2)
    columns = np.stack([pairs[:, 0], pairs[:, 1], 1 - pairs.sum(axis=1)])
    return columns * np.linalg.solve(columns, _white(chromaticities))


def _white(chromaticities: Chromaticities) -> NDArray[np.float64]:
    x, y = chromaticities[6:]
    return np.array([x / y, 1, (1 - x - y) / y])
