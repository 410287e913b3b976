"""A look at a timeline's bytes before OpenTimelineIO sees them: what would crash it is refused here."""

from __future__ import annotations

import json
import re
from typing import Any

from reperform.errors import TimelineError

__all__ = ["DEEPEST", "newer_schemas", "refuse_dangerous"]

DEEPEST = 200
"""Levels of brackets in one another; real timelines have a few dozen."""

_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_ELSE = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_TOO_DEEP = b"[" * (DEEPEST + 1)
_SCHEMA = re.compile(rb'"OTIO_SCHEMA"\s*:\s*"(\w{1,80})\.(\d{1,4})"')


def refuse_dangerous(content: bytes, name: str) -> None:
    """Raises TimelineError for JSON that is nested too deep, whose brackets do not match, or that contains itself."""
    _refuse_depth(content, name)
    if b"SerializableObjectRef" in content:
        _refuse_cycles(content, name)


def newer_schemas(content: bytes, known: dict[str, int]) -> list[str]:
    """The schemas in a newer version than `known` has, such as `Marker.3`."""
    found = {(match[1].decode(), int(match[2])) for match in _SCHEMA.finditer(content)}
    return sorted(f"{schema}.{version}" for schema, version in found if version > known.get(schema, version))


def _refuse_depth(content: bytes, name: str) -> None:
    """Peels off the innermost pairs, level by level: each round is one pass in C, and real files need a dozen."""
    brackets = _outside_strings(content)
    for _level in range(DEEPEST + 1):
        if not brackets:
            return
        if _TOO_DEEP in brackets:
            break
        peeled = brackets.replace(b"[]", b"")
        if len(peeled) == len(brackets):
            raise TimelineError(
                f"“{name}” is not complete JSON: its brackets do not match",
                fix="Export the timeline again; the file may have been cut off on its way.",
            )
        brackets = peeled
    raise TimelineError(
        f"“{name}” nests more than {DEEPEST} levels deep, which no editor writes",
        fix="Export the timeline again; if compound clips really nest that deep, decompose them first.",
    )


def _outside_strings(content: bytes) -> bytes:
    """Only the brackets, all square, that stand outside of strings."""
    if b"\\" in content:
        content = content.replace(rb"\\", b"").replace(rb"\"", b"")
    marks = content.translate(_BRACKETS, _ALL_ELSE).replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2])


def _refuse_cycles(content: bytes, name: str) -> None:
    """OTIO writes an object that is used twice as a reference to its id; one inside itself has no end."""
    try:
        root = json.loads(content)
    except ValueError:
        return  # OTIO says what is wrong with it
    waiting: list[tuple[Any, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        value, around = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, around) for item in value]
        if not isinstance(value, dict):
            continue
        if value.get("OTIO_SCHEMA") == "SerializableObjectRef.1" and str(value.get("id")) in around:
            raise TimelineError(
                f"“{name}” holds a stack or track that contains itself",
                fix="Export the timeline again from its editor.",
            )
        identity = value.get("OTIO_REF_ID")
        inside = around | {str(identity)} if identity is not None else around
        waiting += [(item, inside) for item in value.values()]
