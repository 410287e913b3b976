"""What a file or a source holds, told without reading all of it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from reperform.errors import MediaRefused
from reperform.media.sequences import frame_path
from reperform.model import Source

__all__ = ["file_identity", "source_identity"]

_PIECE = 256 * 1024


def file_identity(path: Path) -> str:
    """What a file holds, without reading all: SHA-256 over its size and three pieces of 256 KiB, in hex.

    Raises:
        MediaRefused: it is not there or may not be read.

    """
    try:
        facts = path.stat()
        return _identity(path, facts.st_size, facts.st_mtime_ns)
    except OSError as error:
        raise MediaRefused(
            f"{path} cannot be read: {error.strerror}", fix="Relink the clip to media that is there."
        ) from error


def source_identity(source: Source) -> str:
    """What a source holds, as `file_identity` tells it: of an image sequence its number of files and three of them, in hex.

    Raises:
        MediaRefused: it is not there or may not be read.

    """
    if source.sequence is None:
        return file_identity(source.path)
    three = sorted({0, source.frames // 2, source.frames - 1})
    files = [file_identity(frame_path(source, frame)) for frame in three]
    return hashlib.sha256("\n".join([str(source.frames), *files]).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _identity(path: Path, size: int, _modified: int) -> str:
    total = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for start in (0, max(0, size - _PIECE) // 2, max(0, size - _PIECE)):
            file.seek(start)
            total.update(file.read(_PIECE))
    return total.hexdigest()
