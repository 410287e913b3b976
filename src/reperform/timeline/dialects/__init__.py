"""The editors whose files are known, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import Dialect
from reperform.timeline.dialects.otio import NOTE_KEYS, OtioDialect, entry
from reperform.timeline.dialects.resolve import METADATA as RESOLVE
from reperform.timeline.dialects.resolve import ResolveDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["Dialect", "OtioDialect", "ResolveDialect", "detect"]

_ENOUGH = 50
"""Items of a track that are asked who wrote them."""


def detect(timeline: otio.schema.Timeline, content: bytes | None = None) -> Dialect:
    """The dialect that a timeline is written in; `otio` where nothing in it names an editor.

    `content` is the file's text, which tells quickly what cannot be in it.
    """
    if _could_hold(RESOLVE, content) and _is_from_resolve(timeline):
        return ResolveDialect()
    return OtioDialect(tuple(key for key in NOTE_KEYS if _could_hold(key, content)))


def _could_hold(key: str, content: bytes | None) -> bool:
    return content is None or key.encode() in content


def _is_from_resolve(timeline: otio.schema.Timeline) -> bool:
    """Resolve stamps the timeline; where a clip or a track was taken out of its file, the items still carry its key."""
    if entry(timeline.metadata, RESOLVE) is not None:
        return True
    for track in timeline.tracks[:]:
        items = [track, *(track[:_ENOUGH] if hasattr(track, "find_clips") else ())]
        if any(entry(item.metadata, RESOLVE) is not None for item in items):
            return True
    return False
