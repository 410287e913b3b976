"""Links each clip to a take of it: `otioconvert -m reperform -M take=2`, or `original`, `newest`, or a key such as `take_002`.

A linker sees one clip at a time, so it leaves tracks of takes as they are; the hook `reperform_take` switches these too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["link_media_reference"]


def link_media_reference(in_clip: Any, media_linker_argument_map: Mapping[str, Any] | None = None) -> Any:
    """The reference that is to be active. The others stay, under their keys. None where the clip has no takes.

    The argument `take` says which; without it the newest. Raises ValueError for a word that means no take.
    """
    from reperform.otio_plugin.picking import activate, asked_for

    arguments = media_linker_argument_map or {}
    return activate(in_clip, asked_for(str(arguments.get("take") or "newest")))
