"""Kdenlive 25.04 and later, its own export; not the adapter for .kdenlive files.

From Kdenlive's source code (otioexport.cpp, otioimport.cpp) and one file that it wrote: no name and no start timecode; tracks
written from the top down, each with a source_range; media counted from zero, whatever its timecode; text in a marker's
`comment`; marks of the bin on every use of their clip, outside of what it shows as well, and again on its sound. Retimes,
effects, links, channels and whether a clip is disabled are not written, so they cannot be read: a clip of another speed looks
like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.dialects.entries import keys
from reperform.timeline.dialects.fingerprints import ENOUGH, Fingerprints
from reperform.timeline.dialects.from_start import FromStartDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["METADATA", "KdenliveDialect", "wrote"]

METADATA = "kdenlive"
_OURS = "reperform"


@dataclass(frozen=True)
class KdenliveDialect(FromStartDialect):
    """Kdenlive's own export."""

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "kdenlive"

    @property
    def top_track_first(self) -> bool:
        """Yes, in what it writes and in what it reads, whoever wrote that."""
        return True

    @property
    def generates_unnamed_media(self) -> bool:
        """Yes: whatever has a file is written with it; titles and colour clips have none."""
        return True

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """A marker has one text, its comment; `name` is for files that others made for Kdenlive."""
        return MarkerText(marker.name or "", marker.comment or "")

    @property
    def has_one_text(self) -> bool:
        """Yes: its import takes the comment and nothing else."""
        return True


def wrote(timeline: otio.schema.Timeline, seen: Fingerprints) -> bool:
    """By its metadata, where every track is cut to its length (the adapter for .kdenlive files does not); else by the
    shape of the whole file."""
    tracks = _tracks(timeline)
    if METADATA in seen.timeline | seen.markers and all(map(_is_cut_to_length, tracks)):
        return True
    return _is_bare(timeline, seen) and all(map(_is_its_track, tracks))


def _tracks(timeline: otio.schema.Timeline) -> list[Any]:
    """Its tracks, without those that reperform added."""
    return [child for child in timeline.tracks[:] if _OURS not in keys(child.metadata)]


def _is_bare(timeline: otio.schema.Timeline, seen: Fingerprints) -> bool:
    """Nothing that other editors write, and Kdenlive does not: a name, a start, metadata."""
    named = timeline.name and _OURS not in keys(timeline.metadata)
    others = seen.timeline | seen.items | seen.media | seen.markers
    return not (named or timeline.global_start_time or others - {_OURS}) and bool(_tracks(timeline))


def _is_cut_to_length(track: Any) -> bool:
    trim = track.source_range
    return trim is not None and bool(trim.start_time.value == 0) and hasattr(track, "kind")


def _is_its_track(track: Any) -> bool:
    """A track of clips and gaps, with marks that have no name."""
    if not _is_cut_to_length(track) or len(track.effects):
        return False
    return all(_is_its_item(item) for item in track[:ENOUGH] if _OURS not in keys(item.metadata))


def _is_its_item(item: Any) -> bool:
    if not hasattr(item, "source_range"):
        return bool(item.name == "Transition")
    if item.source_range is None or len(item.effects) or any(marker.name for marker in item.markers):
        return False
    reference = getattr(item, "media_reference", None)
    return reference is None or (not reference.name and "://" not in (getattr(reference, "target_url", "") or ""))
