"""Marks and changes of them, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reperform.timeline.markup.edits import Add, Change, Edit

if TYPE_CHECKING:
    from reperform.direction import Direction
    from reperform.timeline.cut import Cut
    from reperform.timeline.markup.existing import Asked
    from reperform.timing import FrameRange

__all__ = ["asked_document", "edit_document"]


def asked_document(asked: Sequence[Asked], cut: Cut) -> dict[str, Any]:
    """What the marks of a cut ask for."""
    marks = [
        {
            "id": each.id,
            **_place(each.frames, cut),
            "track": each.clip.track.label if each.clip else None,
            "clip": each.clip.name if each.clip else None,
            "on": each.mark.placed.on,
            "text": each.mark.text,
            "direction": _direction(each.direction),
        }
        for each in asked
    ]
    return {"version": 1, "marks": marks}


def edit_document(edit: Edit, cut: Cut) -> dict[str, Any]:
    """One change, as it was made."""
    if isinstance(edit, Add):
        where = {"on": edit.on, "track": edit.clip.track.label if edit.clip else None}
        return {
            "change": "added",
            **_place(edit.frames, cut),
            **where,
            "direction": _direction(edit.direction),
            "row": edit.row,
        }
    if isinstance(edit, Change):
        return {
            "change": "changed",
            "id": edit.id,
            **_place(edit.frames_before, cut),
            "to": _place(edit.frames, cut) if edit.frames else None,
            "before": _direction(edit.before),
            "direction": _direction(edit.direction),
            "row": edit.row,
        }
    return {"change": "removed", "id": edit.id, **_place(edit.frames, cut), "text": edit.text}


def _place(frames: FrameRange | None, cut: Cut) -> dict[str, str | None]:
    if frames is None:
        return {"record_in": None, "record_out": None}
    return {"record_in": cut.timecode(frames.start), "record_out": cut.timecode(frames.end)}


def _direction(direction: Direction | None) -> dict[str, Any] | None:
    return None if direction is None else direction.model_dump(mode="json", exclude_none=True)
