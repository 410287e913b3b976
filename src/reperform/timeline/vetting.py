"""What crashes OpenTimelineIO's reader though its brackets match: an object that is thrown away while the file is still being read.

OTIO 0.18 keeps a bare pointer to every object that it has read until the file is over, and follows it then. An object that stands where
only values are kept is gone by that time: the process ends, or worse.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from reperform.errors import TimelineError

__all__ = ["FATAL", "MOST_VETTED", "refuse_fatal"]

MOST_VETTED = 1 << 25
"""Bytes of a file that is looked through whatever it holds. That takes most of the time that OTIO itself needs, so a larger one,
which no one writes by hand, is only where a word of FATAL stands in it."""

FATAL = "UnknownSchema."
"""OTIO ends the process on an object of this schema, which it never writes."""

_VALUES = ("RationalTime.", "TimeRange.", "TimeTransform.", "V2d.", "Box2d.", "SerializableObjectRef.")
"""Schemas of which OTIO keeps nothing but their own fields."""

_REPLACED = {
    "Clip.0": "media_references",
    "Clip.1": "media_references",
    "Marker.0": "marked_range",
    "Marker.1": "marked_range",
}
"""Fields that OTIO overwrites when it brings an old schema up to date."""


def refuse_fatal(content: bytes, name: str) -> None:
    """Raises TimelineError for JSON that would crash OTIO's reader, or that is no JSON."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            _refuse_lost(pairs, name)
        schema = made.get("OTIO_SCHEMA")
        if type(schema) is str:
            if schema.startswith(_VALUES):
                _refuse_inside(made, name)
            elif schema.startswith(FATAL) or _holds_object(made.get(_REPLACED.get(schema, ""))):
                _refuse(name, f"an object “{schema[:80]}” in it is none that can be read")
        return made

    try:
        json.loads(content.decode("utf-8-sig"), object_pairs_hook=read, strict=False)
    except (ValueError, RecursionError) as error:
        raise TimelineError(
            f"OpenTimelineIO cannot read “{name}”: it is not JSON",
            cause=str(error)[:500],
            fix="Export the timeline again.",
        ) from error


def _refuse_lost(pairs: list[tuple[str, Any]], name: str) -> None:
    """Of two fields of one name OTIO keeps the first."""
    seen = set()
    for key, value in pairs:
        if key in seen and _holds_object(value):
            _refuse(name, f"one object in it has the field “{key[:80]}” twice")
        seen.add(key)


def _refuse_inside(value: dict[str, Any], name: str) -> None:
    if any(_holds_object(field) for field in value.values()):
        _refuse(name, f"something else stands inside a “{value['OTIO_SCHEMA'][:80]}”")


def _holds_object(value: Any) -> bool:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            schema = item.get("OTIO_SCHEMA")
            if type(schema) is str and not schema.startswith(_VALUES):
                return True
            waiting += item.values()
    return False


def _refuse(name: str, why: str) -> NoReturn:
    raise TimelineError(f"“{name}” would crash OpenTimelineIO: {why}", fix="Export the timeline again from its editor.")
