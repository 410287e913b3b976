"""Avid Media Composer's AAF, as OTIO's adapter gives it: marks in the time of the clip, their words in the marker's name.

From real files: source ranges with timecode, also of retimed clips, whose length is that in the cut; markers on clips and on
filler, and on the whole timeline where their track is not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.dialects.otio import OtioDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["AvidDialect"]


@dataclass(frozen=True)
class AvidDialect(OtioDialect):
    """Media Composer."""

    note_keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "avid"

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """An Avid marker has one text, the comment; the adapter makes it the name."""
        return MarkerText(marker.name or "", marker.comment or "")
