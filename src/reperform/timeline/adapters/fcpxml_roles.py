"""Names for the tracks that FCPXML does not have: the subrole that everything on one of them shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import opentimelineio as otio

from reperform.timeline.dialects.entries import entry
from reperform.timeline.dialects.fcpx import METADATA

__all__ = ["name_by_roles"]

_ATTRIBUTES = {otio.schema.TrackKind.Audio: "audioRole", otio.schema.TrackKind.Video: "videoRole"}
_NUMBERED = re.compile(r"(.+)-\d+")
"""Final Cut's own subroles: `dialogue.dialogue-1`."""


def name_by_roles(tracks: Iterable[otio.schema.Track]) -> None:
    """Calls each track that has no name as the subrole that somebody gave to all of its clips, in place."""
    for track in tracks:
        names = {_subrole(clip, _ATTRIBUTES.get(track.kind, "role")) for clip in track if _is_clip(clip)}
        if not track.name and len(names) == 1:
            track.name = names.pop()


def _is_clip(item: Any) -> bool:
    return isinstance(item, otio.schema.Clip)


def _subrole(clip: Any, attribute: str) -> str:
    own = entry(clip.metadata, METADATA) if len(clip.metadata) else None
    main, _, sub = str(entry(own, attribute) or "").partition(".")
    numbered = _NUMBERED.fullmatch(sub)
    return "" if numbered and numbered[1].casefold() == main.casefold() else sub
