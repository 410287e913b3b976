"""What exporting takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Place, Problem, Source
from reperform.timeline.addresses import path_of

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timeline.cut import Cut

__all__ = ["Exported", "Facts", "lost"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a cut beyond the timeline that is to be written."""

    cut: Cut
    """As it was read: its clock, its dialect."""
    folder: Path
    """Where relative addresses of the new timeline start."""
    sources: Mapping[str, Source]
    """The originals of its shots, by their paths."""

    def of(self, timeline: otio.schema.Timeline) -> Cut:
        """The cut that this timeline is."""
        return replace(self.cut, timeline=timeline, media_folder=self.folder)

    def source(self, reference: otio.core.MediaReference) -> Source | None:
        """What is known of a reference's media; None where that is no original of a shot."""
        path = path_of(str(getattr(reference, "target_url", "") or ""), folder=self.folder)
        return self.sources.get(str(path)) if path is not None else None


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file, not yet saved."""

    content: bytes
    notes: tuple[Problem, ...] = ()
    sign: bytes | None = None
    """A file that contains these bytes has the same content, where a format never gives the same file twice. None: compare all."""


def lost(message: str, *, track: str | None = None, clip: str | None = None, timecode: str | None = None) -> Problem:
    """Something that a format does not hold."""
    return Problem(severity="note", where=Place(track=track, clip=clip, timecode=timecode), message=message)
