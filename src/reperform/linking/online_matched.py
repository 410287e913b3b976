"""The online media of a clip, and how names of one and the same shot begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from reperform.model import Source

__all__ = ["BEGIN", "END", "Matched", "stem_of"]

BEGIN, END = r"(?<![a-z0-9])", r"(?![a-z0-9])"
"""Of a word in a name, in patterns."""
_PROXY = re.compile(r"(?<=.)[ ._-](proxy|prx|lowres|offline)$")


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The online media of a clip."""

    source: Source
    """With the reel of the offline media where it has none of its own."""
    later: int
    """Frame n of the offline media is its frame n + `later`."""
    agrees: tuple[str, ...]
    """What it has in common, in words."""
    doubt: str | None = None
    """What speaks against it. None where nothing does."""


def stem_of(name: str) -> str:
    """A file's name in small letters, without ending, and without what marks a proxy."""
    return _PROXY.sub("", Path(name).stem.casefold())
