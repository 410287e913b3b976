"""What people decide as they review, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Action", "Decision", "Note", "Verdict"]

Action = Literal["circle", "uncircle", "reject", "unreject", "note", "unnote"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One thing that a person did."""

    id: int
    timeline: str
    """Path of the timeline that was reviewed, as the ledger keeps paths of what was written."""
    shot: str
    version: str
    """A take's id, or `original`."""
    action: Action
    frame: int | None
    """Of a note: counted from the first visible frame of the shot, in frames of the cut. None: of the whole version."""
    timecode: str | None
    """Record timecode of that frame."""
    text: str | None
    """Of a note."""
    note: int | None
    """The note that is taken back."""
    state: Literal["stands", "undone", "dropped"]
    decided_at: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """A remark on a version."""

    id: int
    frame: int | None
    timecode: str | None
    text: str
    at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was decided of one version of a shot, all in all."""

    circled: bool = False
    """It is the one that is to stand in the cut. At most one version of a shot is."""
    rejected: bool = False
    notes: tuple[Note, ...] = field(default=())
