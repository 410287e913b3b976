"""What the benchmarks share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from reperform.media import ffmpeg

__all__ = ["RATE", "folder", "make_movie"]

RATE = 25


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="reperform-benchmark-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def make_movie(path: Path, *, seconds: int, size: str, coding: Sequence[str], tone: int = 440) -> Path:
    """A test picture and a tone, from timecode 01:00:00:00."""
    inputs = [
        *("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={RATE}:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=frequency={tone}:sample_rate=48000:duration={seconds}"),
    ]
    ffmpeg.run([*inputs, *coding, "-timecode", "01:00:00:00", str(path)])
    return path
