"""How a marker's text begins: the prefix of a mark, and the names that editors give by themselves."""

from __future__ import annotations

import re

from reperform.timeline.dialects.base import MarkerText

__all__ = ["DEFAULT_NAME", "DIALOGUE", "PASSED_OVER", "PREFIX", "after", "is_prefixed", "without", "without_prefix"]

PREFIX = re.compile(r"\s*(?:reperform|rp)(?::|\s+:?|$)\s*", re.IGNORECASE)
DIALOGUE = re.compile(r"\s*dialogue(?::|\s+:?|$)\s*", re.IGNORECASE)
DEFAULT_NAME = re.compile(r"\s*marker\s*\d*\s*", re.IGNORECASE)
PASSED_OVER = re.compile(r"\s*(?:dialogue|marker)", re.IGNORECASE)
"""How names begin of which a part may not be read as a direction."""


def without_prefix(text: str) -> str:
    """The text without the prefix of a mark, where it has one."""
    return without(PREFIX, text)


def after(prefix: re.Pattern[str], text: str) -> str | None:
    """What follows the prefix; None where the text does not begin with it."""
    match = prefix.match(text)
    return text[match.end() :] if match else None


def without(prefix: re.Pattern[str], text: str) -> str:
    """The text without this prefix, where it has it."""
    match = prefix.match(text)
    return text[match.end() :] if match else text


def is_prefixed(text: MarkerText) -> bool:
    """Whether its name, note or a keyword begins as a mark."""
    if PREFIX.match(text.name) or PREFIX.match(text.note):
        return True
    return bool(text.keywords) and any(map(PREFIX.match, text.keywords))
