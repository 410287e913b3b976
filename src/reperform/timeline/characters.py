"""The character in a marker's name, told apart from a direction."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache

from reperform.direction import EMOTIONS, REGIONS
from reperform.grammar import Misread, Parsed, parse_mark
from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.prefixes import DEFAULT_NAME, PREFIX, after

__all__ = ["character_of", "doubtful_character", "with_character"]


def character_of(text: MarkerText) -> tuple[str | None, str]:
    """The character in a marker's name, and what in the name is to be read as a direction."""
    rest = after(PREFIX, text.name)
    if rest is None:
        return None, text.name if _name_counts(text) else ""
    first, _, more = rest.partition("\n")
    if not first.strip() or _is_direction(first):
        return None, rest
    return first.strip().rstrip(":,;").strip(), more


def _name_counts(text: MarkerText) -> bool:
    """Whether a name without the prefix is part of the direction: it is one, or only a keyword makes this a mark."""
    if DEFAULT_NAME.fullmatch(text.name):
        return False
    return not PREFIX.match(text.note) or parse_mark(text.name, explain=False).direction is not None


@lru_cache(maxsize=1024)
def _is_direction(text: str) -> bool:
    """Whether the text after a prefix is meant as a direction, mistakes included, and not as a character's name."""
    parsed = parse_mark(text)
    if parsed.direction or parsed.understood or len(parsed.problems) > 1:
        return True
    return any(problem.key or problem.fix.startswith("put commas") for problem in parsed.problems) or _misspelt(text)


def _misspelt(text: str) -> bool:
    """`angri` is a misspelt emotion; ANGRI, as a script writes its characters, is a name."""
    return not text.isupper() and bool(_near(text, 0.8))


def _near(text: str, cutoff: float) -> list[str]:
    return difflib.get_close_matches(text.strip().lower()[:40], (*EMOTIONS, *REGIONS), n=1, cutoff=cutoff)


def doubtful_character(character: str | None, parsed: Parsed) -> Iterator[Misread]:
    """What is said where a name may be a misspelt emotion."""
    if not character or character.isupper() or not parsed.direction or parsed.direction.emotion:
        return
    for word in _near(character, 0.6):
        message = f"“{character}” is taken as the character's name"
        yield Misread(text=character, message=message, fix=f"if it is an emotion, write {word}")


def with_character(parsed: Parsed, character: str | None) -> Parsed:
    """The same direction for this character; a problem where it names another."""
    if not character or not parsed.direction:
        return parsed
    written = parsed.direction.character
    if written and written != character:
        message = f"two characters in one mark: {character} and {written}"
        return Parsed(direction=None, problems=(Misread(text=written, message=message, fix="keep one of them"),))
    return Parsed(direction=parsed.direction.model_copy(update={"character": character}), understood=parsed.understood)
