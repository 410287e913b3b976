"""Earlier versions of what is written again: kept under a numbered name, unless they are as we last wrote them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["digest_of", "first_free", "keep", "step_aside"]


def digest_of(path: Path) -> str:
    """SHA-256 of a timeline's file; of a folder: of its content."""
    with (path / "content.otio" if path.is_dir() else path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, last: str | None) -> Path | None:
    """Keeps a file under the next free numbered name, unless it is as we last wrote it. The file itself stays."""
    if not path.exists() or (last is not None and digest_of(path) == last):
        return None
    return first_free(path, lambda free: _link_or_copy(path, free))


def first_free(path: Path, claim: Callable[[Path], None]) -> Path:
    """The first numbered name beside `path` that `claim` can take; it raises FileExistsError where it cannot."""
    number = 1
    while True:
        free = path.with_name(f"{path.stem}.{number}{path.suffix}")
        try:
            claim(free)
        except FileExistsError:
            number += 1
        else:
            return free


def _link_or_copy(path: Path, free: Path) -> None:
    try:
        free.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        # Some network shares know no links.
        with path.open("rb") as source, free.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


def step_aside(path: Path, free: Path) -> None:
    """Renames a folder; raises FileExistsError where that name is taken."""
    if free.exists():
        raise FileExistsError(free)
    path.rename(free)
