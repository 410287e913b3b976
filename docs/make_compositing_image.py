"""Draws docs/images/compositing.png: the original, what came back, the take and its matte, of a synthetic scene.

python docs/make_compositing_image.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

import altered_scene  # noqa: E402 - found by the line above
from altered_scene import ALL, Picture, Scene  # noqa: E402
from composited import examined  # noqa: E402

FRAME = 6


def main() -> None:
    """Writes the picture."""
    scene = Scene(width=480, height=270, frames=12)
    back = altered_scene.returned(scene, ALL, crf=23)
    found = examined(scene, back)
    laid = found.laid(FRAME, scene.original(FRAME), altered_scene.planes_of(back[FRAME], 10))
    matte = np.dstack([found.matte(FRAME) * 255] * 3)
    seen = [_shown(each) for each in (scene.grained(FRAME), back[FRAME], altered_scene.picture_of(laid, 10))]
    rows = [np.hstack([seen[0], seen[1]]), np.hstack([seen[2], np.clip(matte, 0, 255).astype(np.uint8)])]
    cv2.imwrite(str(HERE / "images" / "compositing.png"), np.vstack(rows))


def _shown(picture: Picture) -> NDArray[np.uint8]:
    """As blue, green, red."""
    luma, blue, red = (picture[..., 0] - 16) * 255 / 219, picture[..., 1] - 128, picture[..., 2] - 128
    layers = [luma + 2.112 * blue, luma - 0.213 * blue - 0.533 * red, luma + 1.793 * red]
    return np.asarray(np.clip(np.dstack(layers), 0, 255), np.uint8)


if __name__ == "__main__":
    main()
