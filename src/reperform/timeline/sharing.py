"""Objects that a timeline's file holds once and shows in several places: OTIO writes the second as a reference to the first's id.

One inside itself has no end. And one that holds another twice, which holds a third twice, and so on, has none in practice: a copy of it
is as large as all of them written out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from reperform.errors import TimelineError

__all__ = ["SHARED", "refuse_endless"]

SHARED = "SerializableObjectRef"
"""How OTIO writes an object that it has written already."""

_MOST = 5_000_000
"""Objects, each counted in every place where it is shown."""

_ROOT = ""


_Summary = tuple[int, tuple[str, ...]]
"""Of an object in place of itself: as _Shared, but itself counted."""
_LEAF: _Summary = (1, ())


@dataclass
class _Shared:
    """An object that has an id."""

    objects: int = 0
    """In it, without those in another that has an id."""
    holds: list[str] = field(default_factory=list)
    """The ids of those in it, and of those that it refers to, as often as it does."""


def refuse_endless(content: bytes, name: str) -> None:
    """Raises TimelineError where an object contains itself, or all of them written out are too many. For files that hold SHARED."""
    shared: dict[str, _Shared] = defaultdict(_Shared)
    try:
        objects, holds = _added([_summary_of(content, shared)])
    except (ValueError, RecursionError):
        return  # OTIO says what is wrong with it
    shared[_ROOT] = _Shared(objects, list(holds))
    order = _inside_out(shared)
    if order is None:
        raise TimelineError(
            f"“{name}” holds an object that contains itself", fix="Export the timeline again from its editor."
        )
    sizes: dict[str, int] = {}
    for identity in order:
        sizes[identity] = shared[identity].objects + sum(sizes[held] for held in shared[identity].holds)
    if sizes[_ROOT] > _MOST:
        raise TimelineError(
            f"“{name}” holds more than {_MOST:,} objects, each counted wherever it is used",
            fix="Export the timeline again from its editor.",
        )


def _summary_of(content: bytes, shared: dict[str, _Shared]) -> Any:
    """Of the whole file. What has an id goes into `shared`; what has none belongs to the nearest around it that has one."""

    def read(pairs: list[tuple[str, Any]]) -> _Summary:
        made = dict(pairs)
        objects, holds = _added([value for _, value in pairs])
        if str(made.get("OTIO_SCHEMA")).startswith(f"{SHARED}."):
            holds = (*holds, _key(made.get("id")))
        identity = made.get("OTIO_REF_ID")
        if identity is None:
            return (1 + objects, holds) if objects or holds else _LEAF
        its = shared[_key(identity)]
        its.objects += objects
        its.holds += holds
        return 1, (_key(identity),)

    return json.loads(content.decode("utf-8-sig"), object_pairs_hook=read, strict=False)


def _added(values: list[Any]) -> _Summary:
    """Of all that stands in one object or list."""
    objects = 0
    holds: list[str] = []
    for value in values:
        inside = _added(value) if type(value) is list else value
        if type(inside) is tuple:
            objects += inside[0]
            holds += inside[1]
    return objects, tuple(holds)


def _key(identity: Any) -> str:
    return f"#{identity}"


def _inside_out(shared: dict[str, _Shared]) -> list[str] | None:
    """The ids that the root holds, each after those that it holds itself; None where one contains itself."""
    order: list[str] = []
    begun, done = {_ROOT}, set()
    waiting = [(_ROOT, iter(shared[_ROOT].holds))]
    while waiting:
        identity, left = waiting[-1]
        held = next((each for each in left if each not in done), None)
        if held is None:
            waiting.pop()
            done.add(identity)
            order.append(identity)
        elif held in begun:
            return None
        else:
            begun.add(held)
            waiting.append((held, iter(shared[held].holds)))
    return order
