"""The words and keys that a mark may hold, and what is said of others."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction

__all__ = ["KEYS", "NUMBER", "TRACK", "WORDS", "WrongError", "nearest", "plain_key"]

KEYS: tuple[str, ...] = (*Direction.model_fields, "mode")
"""Every key; `mode` means `region`."""

WORDS: dict[str, tuple[str, str]] = {
    **{word: ("emotion", word) for word in EMOTIONS},
    **{word: ("region", word) for word in REGIONS},
    **{word: ("sync", word) for word in SYNC_MODES},
}
"""Key and value of each word that needs no key."""

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
TRACK = re.compile(r"(?:[AV]\d+/)*A\d+", re.IGNORECASE)


class WrongError(ValueError):
    """An item of a mark that is not understood, and what to write instead; a function where that takes time to find."""

    def __init__(self, message: str, fix: str | Callable[[], str]) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


def plain_key(text: str) -> str:
    """A key or word as it is spelled in KEYS and WORDS."""
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def nearest(word: str, known: tuple[str, ...], otherwise: str) -> Callable[[], str]:
    """What was meant by a word: the ones that are spelled alike, else all of them."""
    return lambda: _advice(word, known, otherwise)


def _advice(word: str, known: tuple[str, ...], otherwise: str) -> str:
    near = difflib.get_close_matches(word[:40], known, n=3, cutoff=0.65)
    if near:
        return f"did you mean {' or '.join(f'{name}:' if name in KEYS else name for name in near)}?"
    return f"{otherwise} {', '.join(known)}"
