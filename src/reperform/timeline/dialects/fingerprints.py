"""Which metadata a timeline carries, and on what: by that an editor is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.entries import keys
from reperform.timeline.records import says

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["ENOUGH", "Fingerprints", "taken"]

ENOUGH = 50
"""Items of a track that are asked who wrote them, and markers of one."""


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """Keys of metadata, by what carries them."""

    timeline: frozenset[str]
    """And the stack of its tracks."""
    items: frozenset[str]
    """Tracks, and the first items on each."""
    media: frozenset[str]
    """The active references of those."""
    markers: frozenset[str]


def taken(timeline: otio.schema.Timeline) -> Fingerprints:
    """The keys of the timeline's own metadata, and of a sample of what is in it."""
    items = list(_sample(timeline))
    references = [getattr(item, "media_reference", None) for item in items]
    marked = [timeline.tracks, *items]
    return Fingerprints(
        timeline=_keys([timeline, timeline.tracks]),
        items=_keys(items),
        media=_keys(reference for reference in references if reference is not None),
        markers=_keys(marker for item in marked for marker in islice(getattr(item, "markers", ()), ENOUGH)),
    )


def _sample(timeline: otio.schema.Timeline) -> Iterable[Any]:
    for track in timeline.tracks[:]:
        if says(track, "takes") is not None:
            continue  # we wrote it, for whichever editor
        yield track
        if hasattr(track, "find_children"):
            yield from track[:ENOUGH]


def _keys(holders: Iterable[Any]) -> frozenset[str]:
    return frozenset(key for holder in holders if len(holder.metadata) for key in keys(holder.metadata))
