"""DaVinci Resolve's own export, 18.5 to 21: notes in its metadata, marker times that follow a clip's retime.

From real files: names, notes, fractional source times at the timeline's rate, offline media by `Media Url`, stills of one available
frame, compound clips, disabled clips, `Link Group ID` (not in every export: then sound is found by file and range), `Channels`.
Marks on retimed clips: from three of them. Multicam clips are second-hand: a stack with a track for each angle, and nothing in
it says which angle is seen; the topmost enabled one is taken, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.entries import entry, keys, words
from reperform.timeline.dialects.fingerprints import Fingerprints
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.dialects.sound import RESOLVE

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["METADATA", "ResolveDialect", "retimed_starts", "wrote"]

METADATA = RESOLVE
_ANGLE = re.compile(r"- Angle\b")


@dataclass(frozen=True)
class ResolveDialect(OtioDialect):
    """Resolve 18.5 and later."""

    note_keys: tuple[str, ...] = (METADATA,)

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "resolve"

    @property
    def sound_keys(self) -> tuple[str, ...]:
        """Its own links and channels only."""
        return (METADATA,)

    def is_angle(self, track: otio.schema.Track) -> bool:
        """By its name, “… - Angle 2”; second-hand, not proven by a file."""
        return bool(_ANGLE.search(track.name or ""))

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
        for start in retimed_starts(item):
            if item.holds(time.start - start):
                return MarkerSpan(time.start - start, time.duration)
        # Three retimed clips with marks are known; the plain rule is the next best.
        plain = time.start - item.source_start
        if item.holds(plain):
            return MarkerSpan(plain, time.duration, "the clip is retimed, and where Resolve put the mark is a guess")
        return MarkerSpan(None, time.duration, "the clip is retimed, and its mark fits no way in which Resolve counts")

    def write_text(self, marker: otio.schema.Marker, text: MarkerText) -> None:
        """As Resolve exports it: the note and the keywords under `Resolve_OTIO`, an empty comment."""
        marker.name, marker.comment = text.name, ""
        if not keys(marker.metadata.get(METADATA)):
            marker.metadata[METADATA] = {}
        own = marker.metadata[METADATA]
        own["Keywords"], own["Note"] = list(text.keywords), text.note

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:
        """Media time; on a retimed clip as the retime has changed it."""
        offset = span.offset or Fraction(0)
        for start in retimed_starts(item) if item.speed != 1 else [item.source_start]:
            yield MarkerTime(start + offset, span.duration)


def wrote(seen: Fingerprints) -> bool:
    """It stamps the timeline; where a clip or a track was taken out of its file, the items still carry its key."""
    return METADATA in seen.timeline | seen.items


def retimed_starts(item: ItemFacts) -> list[Fraction]:
    """Where the retimed media's own time may stand at the clip's first frame."""
    speed = item.speed
    if item.retimed_start is not None:
        return [item.retimed_start, item.retimed_start + (item.available_start or 0)]
    if not speed:
        return []
    if speed > 0:
        return [item.source_start / speed]
    if item.available_end is None or item.available_start is None:
        return []
    # Backward, time counts from the media's end.
    from_end = (item.available_end - item.source_start) / -speed - item.duration
    return [from_end, from_end + item.available_start]
