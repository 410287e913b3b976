"""What crashes OpenTimelineIO's reader though its brackets match: an object that is thrown away while the file is still being read.

OTIO 0.18 keeps a bare pointer to every object that it has read until the file is over, and follows it then. An object that stands where
only values are kept is gone by that time: the process ends, or worse.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from typing import Any, NoReturn

from reperform.errors import TimelineError
from reperform.timeline.outlining import VALUES

__all__ = ["FATAL", "MOST_VETTED", "refuse_fatal"]

MOST_VETTED = 1 << 20
"""Bytes of a file that is looked through whatever it holds. That takes most of the time that OTIO itself needs, so a larger one
is only where a word of FATAL stands in it, or its outline is odd."""

FATAL = "UnknownSchema."
"""OTIO ends the process on an object of this schema, which it never writes."""

_REPLACED = {"Clip": "media_references", "Marker": "marked_range"}
"""Fields that OTIO overwrites when it brings the first version of a schema up to date."""
_SECOND = re.compile(r"\s*\+?0*([2-9]|1\d)")
"""As OTIO reads a version, which is anything that begins with a number."""

_Summary = tuple[bool]
"""Of an object in place of itself: all that an outer one asks is whether it is an object to OTIO too, or holds one."""
_HOLDS, _PLAIN = (True,), (False,)


def refuse_fatal(content: bytes, name: str) -> None:
    """Raises TimelineError for JSON that would crash OTIO's reader, or that is no JSON.

    Needs no more memory than twice the content and what its longest list takes: nothing else is kept.
    """

    def read(pairs: list[tuple[str, Any]]) -> _Summary:
        made = dict(pairs)
        if len(made) != len(pairs):
            _refuse_lost(pairs, name)
        schema = made.get("OTIO_SCHEMA")
        if type(schema) is not str:
            return _HOLDS if any(map(_holds_object, made.values())) else _PLAIN
        if schema.startswith(VALUES):
            _refuse_inside(made, schema, name)
            return _PLAIN
        if schema.startswith(FATAL) or _holds_object(made.get(_replaced(schema))):
            _refuse(name, f"an object “{schema[:80]}” in it is none that can be read")
        return _HOLDS

    try:
        # Byte for letter where nothing is spelled in two ways: with one emoji each letter would take four bytes.
        text = content.removeprefix(BOM_UTF8).decode("utf-8" if b"\\u" in content else "latin-1")
        json.loads(text, object_pairs_hook=read, parse_float=len, parse_int=len, strict=False)
    except (ValueError, RecursionError) as error:
        raise TimelineError(
            f"OpenTimelineIO cannot read “{name}”: it is not JSON",
            cause=str(error)[:500],
            fix="Export the timeline again.",
        ) from error


def _replaced(schema: str) -> str:
    """The field that OTIO overwrites in an object of the schema; empty for none."""
    kind, _, version = schema.rpartition(".")
    return "" if _SECOND.match(version) else _REPLACED.get(kind, "")


def _refuse_lost(pairs: list[tuple[str, Any]], name: str) -> None:
    """Of two fields of one name OTIO keeps the first."""
    seen = set()
    for key, value in pairs:
        if key in seen and _holds_object(value):
            _refuse(name, f"one object in it has the field “{key[:80]}” twice")
        seen.add(key)


def _refuse_inside(value: dict[str, Any], schema: str, name: str) -> None:
    if any(map(_holds_object, value.values())):
        _refuse(name, f"something else stands inside a “{schema[:80]}”")


def _holds_object(value: Any) -> bool:
    if type(value) is tuple:
        return value is _HOLDS
    return type(value) is list and any(map(_holds_object, value))


def _refuse(name: str, why: str) -> NoReturn:
    raise TimelineError(f"“{name}” would crash OpenTimelineIO: {why}", fix="Export the timeline again from its editor.")
