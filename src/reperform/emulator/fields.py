"""Strictness: what a body may hold, as a table, and everything in it that the table does not allow."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Field", "Finding", "check"]

Problem = Literal["missing", "unknown", "type", "choice", "least", "most", "step", "length", "pattern", "count"]
Path = tuple[str | int, ...]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one field may be."""

    kind: Literal["string", "number", "integer", "boolean", "object", "array", "any"] = "string"
    required: bool = False
    nullable: bool = False
    choices: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float | None = None
    longest: int | None = None
    """Characters."""
    pattern: str | None = None
    fields: Mapping[str, Field] | None = None
    """What an object may hold. None for anything."""
    item: Field | None = None
    counts: tuple[int, int | None] | None = None
    """How many items: at least, and at most or None."""
    also: tuple[Field, ...] = ()
    """Other shapes that are taken as well."""


@dataclass(frozen=True)
class Finding:
    """One thing in a body that its table does not allow."""

    path: Path
    problem: Problem
    field: Field
    value: Any = None

    @property
    def name(self) -> str:
        """The path, with dots."""
        return ".".join(str(part) for part in self.path)


def check(value: Any, field: Field, path: Path = ()) -> list[Finding]:
    """All that is wrong with `value`; nothing where it is as `field` says."""
    found = list(_check(value, field, path))
    if found and any(not check(value, other, path) for other in field.also):
        return []
    return found


def _check(value: Any, field: Field, path: Path) -> Iterator[Finding]:
    if value is None and field.nullable:
        return
    if not _is(value, field.kind):
        yield Finding(path, "type", field, value)
    elif field.choices and value not in field.choices:
        yield Finding(path, "choice", field, value)
    elif isinstance(value, dict) and field.fields is not None:
        yield from _check_object(value, field.fields, path)
    elif isinstance(value, list):
        yield from _check_array(value, field, path)
    elif isinstance(value, str):
        yield from _check_text(value, field, path)
    elif isinstance(value, int | float):
        yield from _check_number(value, field, path)


def _is(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _TYPES[kind])


def _check_object(value: dict[str, Any], fields: Mapping[str, Field], path: Path) -> Iterator[Finding]:
    for name, field in fields.items():
        if name not in value:
            if field.required:
                yield Finding((*path, name), "missing", field)
        else:
            yield from check(value[name], field, (*path, name))
    for name in value:
        if name not in fields:
            yield Finding((*path, name), "unknown", Field(kind="any"), value[name])


def _check_array(value: list[Any], field: Field, path: Path) -> Iterator[Finding]:
    least, most = field.counts or (0, None)
    if len(value) < least or (most is not None and len(value) > most):
        yield Finding(path, "count", field, value)
    elif field.item is not None:
        for place, item in enumerate(value):
            yield from check(item, field.item, (*path, place))


def _check_text(value: str, field: Field, path: Path) -> Iterator[Finding]:
    if field.longest is not None and len(value) > field.longest:
        yield Finding(path, "length", field, value)
    elif field.pattern and not re.fullmatch(field.pattern, value):
        yield Finding(path, "pattern", field, value)


def _check_number(value: float, field: Field, path: Path) -> Iterator[Finding]:
    if field.least is not None and value < field.least:
        yield Finding(path, "least", field, value)
    elif field.most is not None and value > field.most:
        yield Finding(path, "most", field, value)
    elif field.step is not None and abs(value / field.step - round(value / field.step)) > 1e-6:
        yield Finding(path, "step", field, value)
