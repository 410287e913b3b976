"""What tests of whole runs share."""

from __future__ import annotations

from reperform.performing.performed import Performed

__all__ = ["SHOT", "said"]

SHOT = "V1@01:00:00:00"


def said(performed: Performed) -> list[tuple[str | None, str | None, str | None, str]]:
    """Every problem: track, clip, timecode, message."""
    return [(each.where.track, each.where.clip, each.where.timecode, each.message) for each in performed.problems]
