"""What a person chose: a take, or the original, for a range of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.ledger.records import Choice
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Choices"]


class Choices:
    """Every choice that was made; the newest that overlaps a shot counts."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def choose(self, source_identity: str, visible: FrameRange, take_id: str | None) -> None:
        """This take for these source frames, or the original with None.

        Raises:
            LedgerError: there is no such take.

        """
        self._ledger.change(
            "choose",
            source_identity=source_identity,
            in_frame=visible.start,
            frames=visible.frames,
            take_id=take_id,
        )

    def chosen(self, source_identity: str, visible: FrameRange) -> Choice | None:
        """What a person chose last for frames of this range; None when nobody chose."""
        row = self._ledger.row("choice", source_identity=source_identity, in_frame=visible.start, end_frame=visible.end)
        return None if row is None else Choice(**row)
