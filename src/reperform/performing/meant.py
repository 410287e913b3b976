"""Which attempts a person means: by shot, cue, clip, character, record timecode, state, engine, or the beginning of an id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from reperform.errors import InputError
from reperform.performing.statuses import Status

__all__ = ["meant"]

_TIMECODE = re.compile(r"\d{2}:\d{2}:\d{2}[:;]\d{2,3}")
_SHORTEST_ID = 4


def meant(rows: Sequence[Status], words: Sequence[str]) -> tuple[Status, ...]:
    """The rows that any of the words means, in their order; all where there are no words.

    Raises:
        InputError: a word means none of them; it names those that there are.

    """
    kept: set[str] = set()
    for word in words:
        found = {row.attempt for row in rows if _is_meant(row, word.strip())}
        if not found:
            raise InputError(f"`--only {word}` fits no attempt.", fix=_hint(word, rows))
        kept |= found
    return tuple(row for row in rows if not words or row.attempt in kept)


def _is_meant(row: Status, word: str) -> bool:
    first, dash, last = word.partition("-")
    if dash and _is_timecode(first) and _is_timecode(last):
        return _is_between(row, first, last)
    if _is_timecode(word):
        return bool(row.span[0]) and _plain(row.span[0]) <= _plain(word) < _plain(row.span[1])
    if len(word) >= _SHORTEST_ID and row.attempt.startswith(word.lower()):
        return True
    return word.casefold() in {name.casefold() for name in _names(row)}


def _is_between(row: Status, first: str, last: str) -> bool:
    """Timecodes of one timeline sort as their letters do."""
    return bool(row.span[0]) and _plain(row.span[0]) < _plain(last) and _plain(first) < _plain(row.span[1])


def _is_timecode(text: str) -> bool:
    return _TIMECODE.fullmatch(text.strip()) is not None


def _plain(timecode: str) -> str:
    return timecode.strip().replace(";", ":")


def _names(row: Status) -> tuple[str, ...]:
    return tuple(filter(None, (row.shot, row.clip, *row.cues, *row.characters, row.state, row.engine, row.model)))


def _hint(word: str, rows: Sequence[Status]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in _names(row)))
    near = get_close_matches(word, names, 3, 0.4) or names[:6]
    return f"There are: {', '.join(near)}." if near else "There are no attempts."
