"""VMAF by the FFmpeg that is used, where it was built with libvmaf: pairs of pictures are fed as they come."""

from __future__ import annotations

import json
import queue
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from reperform.errors import ReperformError
from reperform.media import ffmpeg, ffmpeg_finding

__all__ = ["Vmaf", "has_vmaf"]

_WAITING = 4
"""Pairs that may wait."""


def has_vmaf() -> bool:
    """Whether this FFmpeg can measure it."""
    try:
        return "libvmaf" in ffmpeg.features(ffmpeg_finding.find(), "filters")
    except ReperformError:
        return False


class Vmaf:
    """Fed with pairs; `scores` are there once it is closed. FFmpeg stacks them in one stream: it has one standard input."""

    def __init__(self) -> None:
        self.scores: tuple[float, ...] = ()
        """One a pair, from 0 to 100."""
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._measuring: threading.Thread | None = None
        self._ended = threading.Event()

    def __enter__(self) -> Vmaf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._measuring is not None:
            self._put(None)
            self._measuring.join()

    def feed(self, original: NDArray[np.float32], taken: NDArray[np.float32]) -> None:
        """The luma of two pictures of one size, in levels of 8 bits."""
        height, width = (side // 2 * 2 for side in original.shape)
        both = np.vstack([original[:height, :width], taken[:height, :width]])
        if self._measuring is None:
            self._measuring = threading.Thread(target=self._measure, args=(width, height), daemon=True)
            self._measuring.start()
        self._put(np.clip(np.rint(both), 0, 255).astype(np.uint8).tobytes())

    def _put(self, block: bytes | None) -> None:
        """An FFmpeg that ended early takes nothing any more."""
        while not self._ended.is_set():
            try:
                self._waiting.put(block, timeout=0.2)
            except queue.Full:
                continue
            return

    def _measure(self, width: int, height: int) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="reperform-") as folder:
                self.scores = self._scored(Path(folder) / "vmaf.json", width, height)
        except (ReperformError, OSError, ValueError, KeyError):
            self.scores = ()
        finally:
            self._ended.set()

    def _scored(self, log: Path, width: int, height: int) -> tuple[float, ...]:
        cut = f"crop={width}:{height}:0"
        # A colon would end the option: the folder's path has none here, but for a drive's.
        where = str(log).replace("\\", "/").replace(":", "\\\\:")
        graph = f"format=yuv420p,split[a][b];[a]{cut}:0[original];[b]{cut}:{height}[take];"
        graph += f"[take][original]libvmaf=log_fmt=json:log_path={where}:n_threads=2"
        raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{2 * height}", "-r", "25", "-i", "pipe:0"]
        ffmpeg.run([*raw, "-filter_complex", graph, "-f", "null", "-"], input=self._blocks())
        frames = json.loads(log.read_text(encoding="utf-8"))["frames"]
        return tuple(float(frame["metrics"]["vmaf"]) for frame in frames)

    def _blocks(self) -> Iterator[bytes]:
        while (block := self._waiting.get()) is not None:
            yield block
