"""Sound by sample number, counted as `sound_reader` does: any piece of any stream, at once or in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, overload

from numpy.typing import NDArray

from reperform.media.sound_reader import reader
from reperform.media.sound_samples import Exact, Samples

__all__ = ["BLOCK", "blocks", "read", "read_exact"]


BLOCK = 1 << 16
"""Samples in a block of a long range."""


def read(path: Path, *, stream: int, start_sample: int, samples: int, channels: Sequence[int] | None = None) -> Samples:
    """`samples` of a stream from `start_sample`: float32 [samples, channels], full scale 1, silence outside the stream.

    `channels` None means all.

    Raises:
        MediaRefused, MediaError: the file or its stream cannot be read.

    """
    with reader(path, stream=stream) as sound:
        return _chosen(sound.read(start_sample, samples), channels)


def read_exact(
    path: Path, *, stream: int, start_sample: int, samples: int, channels: Sequence[int] | None = None
) -> Exact:
    """As `read`, but int32 with the source's own bits at the top: 16-bit samples stand shifted by 16, 24-bit by 8."""
    with reader(path, stream=stream) as sound:
        return _chosen(sound.exact(start_sample, samples), channels)


@overload
def blocks(
    path: Path, *, stream: int, start_sample: int, samples: int, block: int = BLOCK, exact: Literal[False] = False
) -> Iterator[Samples]: ...
@overload
def blocks(
    path: Path, *, stream: int, start_sample: int, samples: int, block: int = BLOCK, exact: Literal[True]
) -> Iterator[Exact]: ...
def blocks(
    path: Path, *, stream: int, start_sample: int, samples: int, block: int = BLOCK, exact: bool = False
) -> Iterator[Samples] | Iterator[Exact]:
    """A long range piece by piece, at most `block` samples each: as `read`, or with `exact` as `read_exact`."""
    with reader(path, stream=stream) as sound:
        for start in range(start_sample, start_sample + samples, block):
            length = min(block, start_sample + samples - start)
            yield sound.exact(start, length) if exact else sound.read(start, length)


def _chosen(sound: NDArray[Any], channels: Sequence[int] | None) -> NDArray[Any]:
    return sound if channels is None else sound[:, list(channels)]
