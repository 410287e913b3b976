"""DaVinci Resolve's own export: notes in its metadata, marker times that follow a clip's retime."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.otio import OtioDialect, entry, words

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["METADATA", "ResolveDialect"]

METADATA = "Resolve_OTIO"


@dataclass(frozen=True)
class ResolveDialect(OtioDialect):
    """Resolve 18.5 and later."""

    note_keys: tuple[str, ...] = (METADATA,)

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "resolve"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """The note and the keywords stand under `Resolve_OTIO`; `comment` is for files that others made for Resolve."""
        metadata = entry(marker.metadata, METADATA) if len(marker.metadata) else None
        if metadata is None:
            return MarkerText(marker.name or "", marker.comment or "")
        note = entry(metadata, "Note") or marker.comment or ""
        return MarkerText(marker.name or "", str(note), words(metadata))

    def counts_in_own_time(self, speed: Fraction | None) -> bool:
        """Where the clip is not retimed."""
        return speed == 1

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Media time including the source timecode; on a retimed clip, media time as the retime has changed it."""
        if item.speed == 1:
            return MarkerSpan(time.start - item.source_start, time.duration)
        for start in _retimed_starts(item):
            if item.holds(time.start - start):
                return MarkerSpan(time.start - start, time.duration)
        # Three retimed clips with marks are known; the plain rule is the next best.
        plain = time.start - item.source_start
        if item.holds(plain):
            return MarkerSpan(plain, time.duration, "the clip is retimed, and where Resolve put the mark is a guess")
        return MarkerSpan(None, time.duration, "the clip is retimed, and its mark fits no way in which Resolve counts")


def _retimed_starts(item: ItemFacts) -> list[Fraction]:
    """Where the retimed media's own time may stand at the clip's first frame."""
    speed = item.speed
    if not speed:
        return []
    if speed > 0:
        return [item.source_start / speed]
    if item.available_end is None or item.available_start is None:
        return []
    # Backward, time counts from the media's end.
    from_end = (item.available_end - item.source_start) / -speed - item.duration
    return [from_end, from_end + item.available_start]
