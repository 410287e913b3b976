"""What uploaded files are, worked out once for each content: the same media come again under many names."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.model import Source

__all__ = ["digest_of", "source_of"]

_sources: dict[str, Source] = {}
_MOST = 512


def digest_of(path: Path) -> str:
    """SHA-256 of its bytes."""
    stat = path.stat()
    return _hashed(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=_MOST)
def _hashed(path: Path, _size: int, _modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_of(path: Path) -> Source:
    """As `probing.probe` says; its `path` may be another file of the same bytes.

    Raises:
        MediaError: it is damaged.
        MediaRefused: it is no media.

    """
    from reperform.media.probing import probe

    digest = digest_of(path)
    found = _sources.get(digest)
    if found is None:
        found = probe(path)
        while len(_sources) >= _MOST:
            _sources.pop(next(iter(_sources)), None)
        _sources[digest] = found
    return found
