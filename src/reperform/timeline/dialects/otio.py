"""OpenTimelineIO as its documentation defines it: a marker counts in the time of its item's source_range."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["NOTE_KEYS", "OtioDialect", "entry", "note_in", "words"]

NOTE_KEYS = ("Resolve_OTIO", "fcp_xml")
"""Metadata in which editors and adapters keep a marker's words."""

_NOTE_FIELDS = ("Note", "note", "comment")
_KEYWORD_FIELDS = ("Keywords", "keywords")


@dataclass(frozen=True)
class OtioDialect:
    """No editor's fingerprint. Reads the words of a marker from every place that is known."""

    note_keys: tuple[str, ...] = NOTE_KEYS
    """The places worth a look in this file: asking OTIO for metadata that is absent is slow."""

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "otio"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """Name, comment, and the notes and keywords of every editor whose metadata it carries."""
        if not self.note_keys:
            return MarkerText(marker.name or "", marker.comment or "")
        notes = [marker.comment or ""]
        keywords: tuple[str, ...] = ()
        if len(marker.metadata):
            for key in self.note_keys:
                found = entry(marker.metadata, key)
                notes.append(note_in(found))
                keywords += words(found)
        return MarkerText(marker.name or "", "\n".join(dict.fromkeys(filter(None, notes))), keywords)

    def counts_in_own_time(self, speed: Fraction | None) -> bool:  # noqa: ARG002 - other dialects look at it
        """Always."""
        return True

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Counted in the item's own time, whatever its speed: so OTIO's own functions count."""
        return MarkerSpan(time.start - item.source_start, time.duration)

    def media_path(self, reference: otio.core.MediaReference) -> str | None:
        """The target URL; for media that is offline the path that Resolve keeps for it."""
        url = getattr(reference, "target_url", None)
        if url:
            return str(url)
        path = entry(entry(reference.metadata, "Resolve_OTIO"), "Media Url")
        return str(path) if path else None


def entry(metadata: Any, key: str) -> Any:
    """What metadata holds under a key; None where it is absent or no dictionary."""
    try:
        return metadata[key]
    except (KeyError, TypeError, IndexError):
        return None


def note_in(metadata: Any) -> str:
    """The note of a marker's metadata; empty where there is none."""
    for field in _NOTE_FIELDS:
        note = entry(metadata, field)
        if isinstance(note, str) and note:
            return note
    return ""


def words(metadata: Any) -> tuple[str, ...]:
    """The keywords of a marker's metadata."""
    for field in _KEYWORD_FIELDS:
        found = entry(metadata, field)
        if isinstance(found, str):
            return (found,) if found else ()
        if found is not None and hasattr(found, "__len__") and len(found):
            return tuple(str(word) for word in found)
    return ()
