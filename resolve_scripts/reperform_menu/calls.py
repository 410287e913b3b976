"""Calls into Resolve that may not be there, and answers that may be nothing.

A call that a version lacks is an attribute that is None, whole numbers come as floats, lists as None or, from some calls,
as tables with keys from 1.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def has(thing: "Any", name: str) -> bool:
    """Whether this Resolve has that call."""
    return callable(getattr(thing, name, None))


def asked(thing: "Any", name: str, *arguments: "Any") -> "Any":
    """What the call answers; None also where this Resolve has not got it, or `thing` is nothing."""
    method = getattr(thing, name, None)
    return method(*arguments) if callable(method) else None


def whole(value: "Any", otherwise: int = 0) -> int:
    """A number of frames, an index or a count, which come as int, float or text."""
    try:
        return round(float(value))
    except (TypeError, ValueError):
        return otherwise


def listed(value: "Any") -> "list[Any]":
    """The things in an answer, in their order; those that are nothing are left out."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    return [each for each in value or [] if each is not None]


def words(value: "Any") -> str:
    """Text; empty for nothing."""
    return "" if value is None else str(value)


def same_file(one: "Any", other: "Any") -> bool:
    """Whether two paths name one file, as far as can be told without opening it."""
    return bool(one) and bool(other) and plain_path(one) == plain_path(other)


def plain_path(path: "Any") -> str:
    """In the one spelling in which paths are compared."""
    return os.path.normcase(os.path.realpath(words(path)))
