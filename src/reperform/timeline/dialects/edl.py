"""CMX3600 EDLs: locators, in the time of the clip once the list has been read, and nothing that links sound."""

from __future__ import annotations

from dataclasses import dataclass

from reperform.timeline.dialects.otio import OtioDialect

__all__ = ["EdlDialect"]


@dataclass(frozen=True)
class EdlDialect(OtioDialect):
    """Any program's list: a locator has a colour and one text, which Avid cuts at 32 letters."""

    note_keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "edl"
