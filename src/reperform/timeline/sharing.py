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


@dataclass
class _Shared:
    """An object that has an id."""

    objects: int = 0
    """In it, without those in another that has an id."""
    holds: list[str] = field(default_factory=list)
    """The ids of those in it, and of those that it refers to, as often as it does."""


def refuse_endless(content: bytes, name: str) -> None:
    """Raises TimelineError where an object contains itself, or all of them written out are too many. For files that hold SHARED."""
    try:
        root = json.loads(content.decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError):
        return  # OTIO says what is wrong with it
    shared = _gathered(root)
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


def _gathered(root: Any) -> dict[str, _Shared]:
    """What each object with an id holds. What has none belongs to the nearest around it that has one, or to the root."""
    shared: dict[str, _Shared] = defaultdict(_Shared)
    waiting: list[tuple[Any, str]] = [(root, _ROOT)]
    while waiting:
        value, around = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, around) for item in value]
        if not isinstance(value, dict):
            continue
        shared[around].objects += 1
        if str(value.get("OTIO_SCHEMA")).startswith(f"{SHARED}."):
            shared[around].holds.append(_key(value.get("id")))
        identity = value.get("OTIO_REF_ID")
        if identity is not None:
            shared[around].holds.append(_key(identity))
        inside = around if identity is None else _key(identity)
        waiting += [(item, inside) for item in value.values()]
    return shared


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
