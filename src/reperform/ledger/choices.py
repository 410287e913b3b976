"""What a person chose: a take, or the original, for a range of a source."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reperform.ledger.records import Choice
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Choices", "chosen_among"]

_EVERYWHERE = 1 << 62


def chosen_among(source_identity: str, clock: str) -> str:
    """What choices are kept under: frames of the record's clock are not those of the source with the same numbers."""
    return source_identity if clock == "media" else f"{source_identity}#{clock}"


class Choices:
    """Every choice that was made; the newest that overlaps a shot counts, but not one that is another use's of the media."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def choose(
        self, source_identity: str, visible: FrameRange, take_id: str | None, *, shot: str | None = None
    ) -> None:
        """This take for these source frames, or the original with None. `shot` is the use of them that is meant.

        Raises:
            LedgerError: there is no such take.

        """
        self._ledger.change(
            "choose",
            source_identity=source_identity,
            in_frame=visible.start,
            frames=visible.frames,
            take_id=take_id,
            shot=shot,
        )

    def of_source(self, source_identity: str) -> tuple[Choice, ...]:
        """All that were made of this source, the newest first."""
        rows = self._ledger.rows(
            "choices", source_identity=source_identity, in_frame=-_EVERYWHERE, end_frame=_EVERYWHERE
        )
        return tuple(Choice(**row) for row in rows)

    def chosen(
        self, source_identity: str, visible: FrameRange, *, shot: str | None = None, others: Collection[str] = ()
    ) -> Choice | None:
        """What a person chose last for frames of this range; None when nobody chose.

        What was chosen for another `shot` does not count if that is among `others`, the shots that are in the cut as well:
        else the shot that was meant has moved.
        """
        rows = self._ledger.rows(
            "choices", source_identity=source_identity, in_frame=visible.start, end_frame=visible.end
        )
        choices = (Choice(**row) for row in rows)
        return next((each for each in choices if each.shot == shot or each.shot not in others), None)
