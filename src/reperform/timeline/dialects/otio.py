"""OpenTimelineIO as its documentation defines it: a marker counts in the time of its item's source_range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.entries import WRITTEN, entry, keys, note_in, put_words, words
from reperform.timeline.dialects.hiero_retimes import LOOKUP, offsets_of
from reperform.timeline.dialects.resolve_retimes import KEYS, ramp_of
from reperform.timeline.dialects.sound import ALL, Channels, channels_of, link_group_of
from reperform.timeline.records import each_key
from reperform.timeline.retimes.reading import plain_retime

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timeline.retimes.retime import Retime
    from reperform.timing import Rate

__all__ = ["NOTE_KEYS", "OtioDialect", "entry"]

NOTE_KEYS = ("Resolve_OTIO", "fcp_xml")
"""Metadata in which editors and adapters keep a marker's words."""


@dataclass(frozen=True)
class OtioDialect:
    """No editor's fingerprint. Reads the words of a marker, links and channels from every place that is known."""

    note_keys: tuple[str, ...] = NOTE_KEYS
    """Where in a marker's metadata its editor keeps its words."""

    @cached_property
    def _telling(self) -> frozenset[str]:
        """Keys of a marker's metadata that may hold words of it."""
        return WRITTEN.union(self.note_keys)

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "otio"

    @property
    def plays_source_frames(self) -> bool:
        """No: a retimed clip is as long in the cut as its source_range says."""
        return False

    @property
    def top_track_first(self) -> bool:
        """No: OpenTimelineIO stacks tracks bottom up."""
        return False

    @property
    def generates_unnamed_media(self) -> bool:
        """No: such a clip is offline."""
        return False

    @property
    def sound_keys(self) -> tuple[str, ...]:
        """The editors whose links and channels count."""
        return ALL

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """Name, comment, and the notes and keywords that its metadata holds, whoever wrote them."""
        name, comment, metadata = marker.name or "", marker.comment or "", marker.metadata
        if self._telling.isdisjoint(each_key(metadata)):
            return MarkerText(name, comment)
        held = keys(metadata)
        places = [metadata] if held & WRITTEN else []
        places += [entry(metadata, key) for key in self.note_keys if key in held]
        notes = filter(None, (comment, *map(note_in, places)))
        return MarkerText(
            name, "\n".join(dict.fromkeys(notes)), tuple(word for place in places for word in words(place))
        )

    def marks_media(self, marker: otio.schema.Marker) -> bool:  # noqa: ARG002 - other dialects look at it
        """Never, as far as the file says."""
        return False

    def counts_in_own_time(self, speed: Fraction | None) -> bool:  # noqa: ARG002 - other dialects look at it
        """Always."""
        return True

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Counted in the item's own time, whatever its speed: so OTIO's own functions count."""
        return MarkerSpan(time.start - item.source_start, time.duration)

    @property
    def has_one_text(self) -> bool:
        """No: a name and a comment."""
        return False

    def write_text(self, marker: otio.schema.Marker, text: MarkerText) -> None:
        """Name and comment; the notes that its metadata holds would be read with them, and go."""
        marker.name, marker.comment = text.name, text.note
        held = keys(marker.metadata)
        put_words(marker.metadata, note=None, keywords=text.keywords)
        for key in self.note_keys:
            if key in held and keys(marker.metadata[key]):
                put_words(marker.metadata[key], note=None, keywords=text.keywords)

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:
        """Counted in the item's own time."""
        yield MarkerTime(item.source_start + (span.offset or 0), span.duration)

    def retime_of(self, effect: otio.schema.Effect, rate: Rate) -> Retime | None:
        """OTIO's own time effects, and the ramps and tables of editors, which their metadata give away in any file."""
        metadata = effect.metadata if len(effect.metadata) else None
        if (keyframes := entry(entry(metadata, "Resolve_OTIO"), KEYS)) is not None:
            return ramp_of(effect, keyframes)
        if (lookup := entry(metadata, LOOKUP)) is not None:
            return offsets_of(effect, lookup, rate=rate, length=entry(metadata, "length"))
        return plain_retime(effect)

    def media_path(self, reference: otio.core.MediaReference) -> str | None:
        """The target URL; for media that is offline the path that Resolve keeps for it."""
        url = getattr(reference, "target_url", None)
        if url:
            return str(url)
        path = entry(entry(reference.metadata, "Resolve_OTIO"), "Media Url")
        return str(path) if path else None

    def link_group(self, clip: otio.schema.Clip) -> str | None:
        """What the picture and the sound of one clip have in common; None where the file does not link it."""
        return link_group_of(clip, self.sound_keys)

    def channels(self, clip: otio.schema.Clip) -> Channels | None:
        """The channels of its file that a sound clip plays; None for all of them."""
        return channels_of(clip, self.sound_keys)

    def is_angle(self, track: otio.schema.Track) -> bool:  # noqa: ARG002 - other dialects look at it
        """Never, as far as the file says."""
        return False
