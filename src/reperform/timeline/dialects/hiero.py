"""Hiero and Nuke Studio, as AYON and The Foundry's own exporter in Python write them.

From the source code of both and from single clips out of files that AYON wrote. Tags become markers: counted from the clip's
start, mostly without length; the tag's note is in the metadata. Tags of the clip in the bin are written on every use of it and
count from the media's start (source code only). Rates are Hiero's float32 (23.976024627685547); folders of image sequences mix
both kinds of slashes. A retimed clip's length is in frames of the timeline; up to three effects of time stand on one clip.
Disabled tracks are not written at all; links and channels are not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.entries import entry, keys, note_in, put_words
from reperform.timeline.dialects.fingerprints import Fingerprints
from reperform.timeline.dialects.from_start import FromStartDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["HieroDialect", "wrote"]

_OWN = "Hiero"
"""Under it The Foundry's exporter keeps a tag; AYON's keeps it in the marker's metadata itself."""

_MARKERS = frozenset({_OWN, "hiero_source_type", "hiero_sub_products"})
_OTHERS = frozenset({_OWN, "hiero", "nuke"})
_OF_MEDIA = "foundry."


@dataclass(frozen=True)
class HieroDialect(FromStartDialect):
    """Hiero, Nuke Studio, Nuke."""

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "hiero"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """The tag's name and note; `comment` is for files that others made."""
        note = note_in(entry(marker.metadata, _OWN)) or note_in(marker.metadata)
        return MarkerText(marker.name or "", note or marker.comment or "")

    def write_text(self, marker: otio.schema.Marker, text: MarkerText) -> None:
        """As The Foundry's exporter writes a tag; where AYON's did, as that does. The comment is for other readers."""
        marker.name, marker.comment = text.name, text.note
        of_ayon = "hiero_source_type" in keys(marker.metadata)
        if not of_ayon and not keys(marker.metadata.get(_OWN)):
            marker.metadata[_OWN] = {"tag.note": text.note}
        for tag in (marker.metadata, marker.metadata.get(_OWN)):
            put_words(tag, note=text.note, keywords=text.keywords)

    def marks_media(self, marker: otio.schema.Marker) -> bool:
        """Whether the tag is the bin's."""
        return bool(_source_type(marker.metadata) == "Clip")

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """From the clip's first frame; a tag of the bin from the media's."""
        if not time.of_media:
            return MarkerSpan(time.start, time.duration)
        if item.speed != 1:
            return MarkerSpan(None, time.duration, "it is a tag of the clip in the bin, and the clip is retimed")
        return MarkerSpan(time.start - (item.skipped or 0), time.duration)


def wrote(seen: Fingerprints) -> bool:
    """By its tags, by what The Foundry writes of media, or by the stamp of Nuke."""
    if seen.markers & _MARKERS or (seen.timeline | seen.items) & _OTHERS:
        return True
    return any(key.startswith(_OF_MEDIA) for key in seen.timeline | seen.media)


def _source_type(metadata: Any) -> Any:
    """What the tag stood on: `TrackItem`, `Clip`, a track, or the sequence."""
    return entry(entry(metadata, _OWN), "source_type") or entry(metadata, "hiero_source_type")
