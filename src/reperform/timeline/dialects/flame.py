"""Autodesk Flame, as AYON writes it; Flame itself exports no OpenTimelineIO.

From AYON's source code and single clips out of files that it wrote. A marker counts from its segment's start, and its comment is in
the metadata. AYON adds one frame to the place that Flame gives it, so a mark may come one frame late; whether Flame counts from
one there is not known, and nothing is taken off. Hidden tracks and segments are not written; links and channels are not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.dialects.entries import note_in, put_words
from reperform.timeline.dialects.fingerprints import Fingerprints
from reperform.timeline.dialects.from_start import FromStartDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["FlameDialect", "wrote"]

_STAMPS = ("ayon.flame.", "openpype.flame.")
_MEDIA = frozenset({"segment_timecodes", "PySegment"})
_MARKERS = frozenset({"flame_sub_products"})


@dataclass(frozen=True)
class FlameDialect(FromStartDialect):
    """Flame through AYON."""

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "flame"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """Its name and its comment, which AYON keeps in the metadata."""
        return MarkerText(marker.name or "", note_in(marker.metadata) or marker.comment or "")

    def write_text(self, marker: otio.schema.Marker, text: MarkerText) -> None:
        """Its name and its comment, which stands in the metadata as well where AYON put it there."""
        marker.name, marker.comment = text.name, text.note
        put_words(marker.metadata, note=text.note, keywords=text.keywords)


def wrote(seen: Fingerprints) -> bool:
    """By AYON's stamps."""
    if seen.media & _MEDIA or seen.markers & _MARKERS:
        return True
    return any(key.startswith(_STAMPS) for key in seen.timeline)
