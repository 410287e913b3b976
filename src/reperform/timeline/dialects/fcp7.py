"""Final Cut Pro 7 XML, as Premiere, Resolve and Hiero write it, whether read here or converted by OTIO's own adapter.

From real files of Premiere: a clip's marks count frames of its media from zero, while its source range counts the media's
timecode; the words are a name and a comment, which the adapter keeps in `fcp_xml`. Marks of retimed clips: not proven by a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerText, MarkerTime
from reperform.timeline.dialects.entries import entry, note_in
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.dialects.sound import Channels

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["METADATA", "Fcp7Dialect"]

METADATA = "fcp_xml"
_GUESS = "the clip is retimed, and where Final Cut Pro 7 XML counts its marks from is not proven"


@dataclass(frozen=True)
class Fcp7Dialect(OtioDialect):
    """XML of Final Cut Pro 7 and of what writes it."""

    note_keys: tuple[str, ...] = (METADATA,)

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "fcp7"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """Name and comment."""
        return MarkerText(marker.name or "", note_in(entry(marker.metadata, METADATA)) or marker.comment or "")

    def counts_in_own_time(self, speed: Fraction | None) -> bool:  # noqa: ARG002 - other dialects look at it
        """Never: a mark counts from its media's first frame."""
        return False

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """From the media's first frame; of a nested sequence, from its first frame."""
        offset = time.start - (item.source_start - (item.available_start or 0))
        if item.speed == 1:
            return MarkerSpan(offset, time.duration)
        if not item.speed:
            return MarkerSpan(offset, time.duration, _GUESS)
        return MarkerSpan(offset / item.speed, time.duration / abs(item.speed), _GUESS)

    def link_group(self, clip: otio.schema.Clip) -> str | None:
        """Linked clips name one another, themselves included: the first of the names, in order, stands for the group."""
        links = entry(entry(clip.metadata, METADATA), "link")
        names = [str(name) for link in _each(links) if (name := entry(link, "linkclipref"))]
        return f"{METADATA} {min(names)}" if names else None

    def channels(self, clip: otio.schema.Clip) -> Channels | None:
        """A clip of sound says which of its file's channels it is, from 1; of a stereo pair one clip stands for both."""
        own = entry(clip.metadata, METADATA)
        track = entry(entry(own, "sourcetrack"), "trackindex")
        kind = entry(own, "@premiereChannelType")
        if kind != "mono" or not str(track).isdigit() or int(track) < 1:
            return None
        return ((0, int(track) - 1),)


def _each(value: Any) -> list[Any]:
    """One entry, or each of several."""
    if value is None:
        return []
    return [value] if hasattr(value, "keys") else list(value)
