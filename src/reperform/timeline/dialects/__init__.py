"""The editors whose files are known, one module each."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import Dialect
from reperform.timeline.dialects.otio import NOTE_KEYS, OtioDialect, entry
from reperform.timeline.dialects.resolve import METADATA as RESOLVE
from reperform.timeline.dialects.resolve import ResolveDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["WORDS", "Dialect", "OtioDialect", "ResolveDialect", "detect"]

WORDS = (RESOLVE, *(key for key in NOTE_KEYS if key != RESOLVE))
"""What in a file tells its editor, or where its words may stand. A file is searched for them before it is read."""

_ENOUGH = 50
"""Items of a track that are asked who wrote them."""


def detect(timeline: otio.schema.Timeline, words: Collection[str] | None = None) -> Dialect:
    """The dialect that a timeline is written in; `otio` where nothing in it names an editor.

    `words` are those of WORDS that stand in its file; None where that is not known.
    """
    known = WORDS if words is None else words
    if RESOLVE in known and _is_from_resolve(timeline):
        return ResolveDialect()
    return OtioDialect(tuple(key for key in NOTE_KEYS if key in known))


def _is_from_resolve(timeline: otio.schema.Timeline) -> bool:
    """Resolve stamps the timeline; where a clip or a track was taken out of its file, the items still carry its key."""
    if entry(timeline.metadata, RESOLVE) is not None:
        return True
    for track in timeline.tracks[:]:
        items = [track, *(track[:_ENOUGH] if hasattr(track, "find_clips") else ())]
        if any(entry(item.metadata, RESOLVE) is not None for item in items):
            return True
    return False
