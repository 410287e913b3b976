"""What metadata holds: dictionaries that anyone may have written, so nothing in them is sure to be what its key says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reperform.timeline.records import each_key

__all__ = ["WRITTEN", "entry", "keys", "note_in", "put_words", "words"]

_NOTE_FIELDS = ("Note", "note", "tag.note", "comment")
_KEYWORD_FIELDS = ("Keywords", "keywords")

WRITTEN = frozenset((*_NOTE_FIELDS, *_KEYWORD_FIELDS))
"""Keys of metadata under which a marker's words may stand."""


def entry(metadata: Any, key: str) -> Any:
    """What metadata holds under a key; None where it is absent or no dictionary."""
    try:
        return metadata[key]
    except (KeyError, TypeError, IndexError):
        return None


def keys(metadata: Any) -> frozenset[str]:
    """The keys of a dictionary; none for anything else."""
    return frozenset(each_key(metadata)) if hasattr(metadata, "keys") else frozenset()


def note_in(metadata: Any) -> str:
    """The note of a marker's metadata; empty where there is none."""
    for note in _held(metadata, _NOTE_FIELDS):
        if isinstance(note, str) and note:
            return note
    return ""


def put_words(metadata: Any, *, note: str | None, keywords: tuple[str, ...]) -> None:
    """Puts a note and keywords into a marker's metadata, in place, under the keys that they had; `note` None takes the note out."""
    held = keys(metadata)
    for field in _NOTE_FIELDS:
        if field in held and (metadata[field] is None or isinstance(metadata[field], str)):
            metadata[field] = note or ""
            note = ""
    for field in _KEYWORD_FIELDS:
        if field in held:
            metadata[field] = list(keywords)


def words(metadata: Any) -> tuple[str, ...]:
    """The keywords of a marker's metadata."""
    for found in _held(metadata, _KEYWORD_FIELDS):
        if isinstance(found, str):
            return (found,) if found else ()
        if hasattr(found, "__len__") and len(found):
            return tuple(str(word) for word in found)
    return ()


def _held(metadata: Any, fields: tuple[str, ...]) -> Iterator[Any]:
    """What metadata holds under these keys. Asked for its keys first: OTIO takes long to say that something is absent."""
    held = keys(metadata)
    return (metadata[field] for field in fields if field in held)
