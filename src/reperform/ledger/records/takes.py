"""Takes, and which of them is chosen where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reperform.ledger.records.results import Performed
from reperform.timing import FrameRange

__all__ = ["Address", "Choice", "TakeRow"]


@dataclass(frozen=True, kw_only=True)
class TakeRow:
    """A take's number, given out before its file is made."""

    id: str
    number: int
    stem: str
    identity: str
    source_identity: str
    clock: str
    in_frame: int
    frames: int
    performed: tuple[Performed, ...]
    settings: str
    file: str
    """Relative to the project, or absolute where takes lie elsewhere."""
    document: str | None = field(repr=False)
    """The `Take` as JSON; None while it has not been made."""
    numbered_at: str

    @property
    def range(self) -> FrameRange:
        """The frames it covers on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person chose for a range of a source."""

    source_identity: str
    in_frame: int
    frames: int
    take_id: str | None
    """None: the original."""
    shot: str | None
    """Id of the shot that it was made for; None where nobody said."""
    chosen_at: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """A short-lived URL, and what was said with it. Secret: its text never shows it."""

    name: str
    address: str = field(repr=False)
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
