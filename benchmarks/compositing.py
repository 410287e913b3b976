"""What it costs to find and lay in only what changed: seconds a frame and the peak of memory, at 1080p and at 4K.

    python -m benchmarks.compositing [FRAMES]

Pictures of 10-bit 4:2:2 stand in memory, so that no decoding is counted: a face of a fifth of the height is changed, and what
came back lies half a pixel and one percent elsewhere. Against it, in the same run: the pictures encoded as ProRes HQ, which
is what a take of them costs anyway. Looking has a part that is once for the shot: place and colours. Each raster is a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from reperform.media import encoding, recipes
from reperform.media.compositing.examining import examine
from reperform.media.pictures import Planes, raw

RASTERS = {"1080p": (1920, 1080), "4K": (3840, 2160)}
FRAMES = 24
BOUND = 1500
"""Megabytes."""


def main() -> int:
    """Prints a table; 1 where the bound on memory is passed."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    worst = 0.0
    print("| raster | looking, CPU s a frame | laying in, CPU s a frame | ProRes HQ, s a frame | peak, MB |")
    print("|---|---|---|---|---|")
    for name in RASTERS:
        command = [sys.executable, "-m", "benchmarks.compositing", "--one", name, str(frames)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        worst = max(worst, row["peak"])
        print(f"| {name} | {row['look']:.3f} | {row['lay']:.3f} | {row['encode']:.3f} | {row['peak']:.0f} |")
    return int(worst > BOUND)


def one(name: str, frames: int) -> dict[str, float]:
    """One raster, in this process."""
    pairs = _Pairs(*RASTERS[name])
    started = time.process_time()
    found = examine(pairs.all(frames), pixel_format="yuv422p10le", frames=frames)
    look = time.process_time() - started
    assert found.verdict == "changed", found
    started = time.process_time()
    for number, (original, returned) in enumerate(pairs.all(frames)):
        found.laid(number, original, returned)
    lay = time.process_time() - started
    # Encoding is another process: its memory is not this one's.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    width, height = RASTERS[name]
    recipe = recipes.mezzanine("prores", width=width, height=height)
    pictures = (raw(original) for original, _ in pairs.all(frames))
    started = time.perf_counter()
    with encoding.encoded(recipe, pictures, width=width, height=height, rate=Fraction(24), color={}) as (_, packets):
        assert sum(1 for _ in packets) == frames
    encode = time.perf_counter() - started
    return {"look": look / frames, "lay": lay / frames, "encode": encode / frames, "peak": peak}


class _Pairs:
    """Two original pictures and what came back for them, over and over."""

    def __init__(self, width: int, height: int) -> None:
        self._pairs = [self._made(width, height, number) for number in range(2)]

    def all(self, frames: int) -> Iterator[tuple[Planes, Planes]]:
        """As many pairs."""
        return (self._pairs[number % 2] for number in range(frames))

    def _made(self, width: int, height: int, number: int) -> tuple[Planes, Planes]:
        random = np.random.default_rng(7)
        rough = random.uniform(200, 800, (height // 24, width // 24)).astype(np.float32)
        luma = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
        noise = np.random.default_rng(number).standard_normal((height, width)).astype(np.float32)
        changed = luma.copy()
        middle = (width // 2 + number * 2, height // 2)
        cv2.ellipse(changed, middle, (height // 10, height // 8), 0, 0, 360, 300.0, -1)
        matrix = np.array([[1 / 1.01, 0, width * 0.005 - 0.5], [0, 1 / 1.01, height * 0.005 - 0.5]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(changed + 2 * noise, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT)
        return self._planes(luma + 6 * noise), self._planes(np.asarray(moved, np.float32))

    def _planes(self, luma: NDArray[np.float32]) -> Planes:
        grey = np.full((luma.shape[0], luma.shape[1] // 2), 512, np.uint16)
        return (np.clip(np.rint(luma), 64, 940).astype(np.uint16), grey, grey.copy())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
        sys.exit(0)
    sys.exit(main())
