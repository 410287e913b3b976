"""Problems, and where on the timeline they stand."""

from __future__ import annotations

from typing import Literal

from reperform.model.documents import Document

__all__ = ["Place", "Problem"]


class Place(Document):
    """Where on the timeline something is. A part is None where it does not apply."""

    track: str | None = None
    clip: str | None = None
    timecode: str | None = None
    """Record timecode."""


class Problem(Document):
    """Something the user should know. An error stops its shot, and its shot only; a warning or a note stops nothing."""

    severity: Literal["error", "warning", "note"]
    where: Place = Place()
    message: str
    fix: str | None = None
