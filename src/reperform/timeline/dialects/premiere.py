"""Adobe Premiere Pro 25.2 and later. All of it is second-hand: no file that Premiere wrote itself is known here.

Read from programs that write for Premiere or read what it writes (auto-editor, SpliceKit and others) and from threads on
OpenTimelineIO's tracker. So claimed: a retimed clip's source_range counts frames of the source, and it is seen for that length
divided by its speed; the picture and the sound of a clip share a `LinkID`; sound says which channels it plays; titles are
generators; a fade of one side stands beside a gap without length; media is named by `file://` and percent-encoding; marks count
in the media's time. Where a reversed clip's source_range starts is said to be inconsistent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.fingerprints import Fingerprints
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.dialects.sound import PREMIERE

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["METADATA", "PremiereDialect", "wrote"]

METADATA = PREMIERE
_GUESS = "the clip is retimed, and where Premiere counts its marks from is not proven"


@dataclass(frozen=True)
class PremiereDialect(OtioDialect):
    """Premiere 25.2 and later, second-hand."""

    note_keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "premiere"

    @property
    def plays_source_frames(self) -> bool:
        """Yes, so it is said: a retimed clip is seen for its source_range's length divided by its speed."""
        return True

    @property
    def sound_keys(self) -> tuple[str, ...]:
        """Its own links and channels only."""
        return (METADATA,)

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """Name and comment."""
        return MarkerText(marker.name or "", marker.comment or "")

    def counts_in_own_time(self, speed: Fraction | None) -> bool:
        """Where the clip is not retimed."""
        return speed == 1

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Media time including the source timecode; on a retimed clip when that media is seen, with a warning."""
        offset = time.start - item.source_start
        if item.speed == 1:
            return MarkerSpan(offset, time.duration)
        if not item.speed:
            return MarkerSpan(offset, time.duration, _GUESS)
        seen, length = offset / abs(item.speed), time.duration / abs(item.speed)
        return MarkerSpan(seen if item.speed > 0 else item.duration - seen - length, length, _GUESS)

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:
        """Media time; on a retimed clip that of the media which is seen then."""
        offset, speed = span.offset or Fraction(0), item.speed
        if not speed:
            yield MarkerTime(item.source_start + offset, span.duration)
            return
        seen = offset if speed > 0 else item.duration - offset - span.duration
        yield MarkerTime(item.source_start + seen * abs(speed), span.duration * abs(speed))


def wrote(seen: Fingerprints) -> bool:
    """It stamps the timeline, its stack and its clips; where a track was taken out, that carries its key still."""
    return METADATA in seen.timeline | seen.items
