"""Which of the files that an AAF names for a clip is the one to perform: they are forms of one piece of media, not takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import MediaRefused
from reperform.timeline.locations import is_file, locate

__all__ = ["choose_media"]

_DEFAULT = otio.schema.Clip.DEFAULT_MEDIA_KEY
_MANAGED = re.compile(r"(?:Avid|OMFI)(?:%20| )MediaFiles", re.IGNORECASE)
_PLAYABLE = re.compile(r"\.(?:mov|mp4|m4v|mxf|avi|mkv|mts|m2ts|wav|bwf|aif|aiff|mpg|mpeg|webm|mp3|m4a)$", re.IGNORECASE)


def choose_media(clip: otio.schema.Clip, folder: Path) -> None:
    """Makes the best reference active: a file that is here, else the camera's own, else Avid's copy, else what has a name.

    All others stay, under the keys they have. Of equal ones the adapter's own choice wins, then the first key.
    """
    references = clip.media_references()
    if len(references) > 1:
        clip.active_media_reference_key = min(
            references, key=lambda key: (*_rank(references[key], folder), key != _DEFAULT, key)
        )


def _rank(reference: Any, folder: Path) -> tuple[bool, bool, bool, bool]:
    """Better is smaller: named, playable, here, and not in Avid's own media folder."""
    address = str(getattr(reference, "target_url", "") or "")
    playable = bool(_PLAYABLE.search(address))
    return not address, not playable, not _is_here(address, folder), bool(_MANAGED.search(address))


def _is_here(address: str, folder: Path) -> bool:
    try:
        return bool(address) and any(is_file(path) for path in locate(address, folder).paths)
    except (MediaRefused, ValueError, OSError):
        return False
