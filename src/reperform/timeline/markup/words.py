"""What a marker says for a direction: the first of the ways to say it that our own reading takes for just that."""

from __future__ import annotations

from collections.abc import Iterator

from reperform.direction import Direction
from reperform.grammar import format_direction
from reperform.timeline.dialects.base import MarkerText

__all__ = ["PREFIX", "bare", "said_as"]

PREFIX = "RP"


def bare(text: str) -> str:
    """A direction as a person gave it, without the prefix that marks have."""
    from reperform.timeline.prefixes import without_prefix

    return without_prefix(text).strip()


def said_as(direction: Direction, *, one_text: bool, typed: str | None = None) -> Iterator[MarkerText]:
    """Ways to say a direction in a marker, the best first. `typed` is how a person wrote it, without the character.

    With `one_text` all of it stands in the note, and there is no name.
    """
    character = " ".join((direction.character or "").split())
    rest = direction.model_copy(update={"character": None})
    asked = [text for text in (typed, format_direction(rest)) if text is not None]
    whole = format_direction(direction)
    if one_text:
        if typed and not character:
            yield MarkerText("", f"{PREFIX}: {typed}")
        yield MarkerText("", f"{PREFIX}: {whole}".rstrip(": "))
        return
    for text in asked:
        yield MarkerText(f"{PREFIX}: {character}" if character else PREFIX, text)
    yield MarkerText(PREFIX, whole)
