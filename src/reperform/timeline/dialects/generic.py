"""An unknown editor: marks count in one time space for the whole file, found by trying which of them fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerTime
from reperform.timeline.dialects.otio import NOTE_KEYS, OtioDialect

__all__ = ["SPACES", "GenericDialect", "settle"]

SPACES: dict[str, Callable[[ItemFacts], Fraction | None]] = {
    "the media's time": lambda item: item.source_start,
    "the clip's start": lambda _item: Fraction(0),
    "the media's start": lambda item: (
        None if item.available_start is None else item.source_start - item.available_start
    ),
    "record timecode": lambda item: item.record_timecode,
}
"""What a marker's time may be counted from: the marker's number at the item's start. The first is OTIO's own."""

_OWN = next(iter(SPACES))


@dataclass(frozen=True)
class GenericDialect(OtioDialect):
    """Marks that do not fit OTIO's own time space."""

    note_keys: tuple[str, ...] = NOTE_KEYS
    space: str = _OWN

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "generic"

    def counts_in_own_time(self, speed: Fraction | None) -> bool:  # noqa: ARG002 - other dialects look at it
        """What it counts from depends on the whole file."""
        return False

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Counted from what fits most marks of the file."""
        start = SPACES[self.space](item)
        if start is None:
            return MarkerSpan(None, time.duration, f"its time seems to count from {self.space}, which is unknown here")
        return MarkerSpan(
            time.start - start,
            time.duration,
            f"the file does not say in which time its marks count; counted from {self.space}, which fits most of them",
        )


def settle(dialect: OtioDialect, marks: Iterable[tuple[MarkerTime, ItemFacts]]) -> OtioDialect:
    """The dialect itself where most marks fit OTIO's own time space, else a generic one in the space that fits more.

    Marks that fit several spaces say nothing, so only the number that fits decides; the earlier space wins a tie.
    """
    tried = list(marks)
    fits = {space: sum(_fits(start, mark, item) for mark, item in tried) for space, start in SPACES.items()}
    best = max(fits, key=lambda space: fits[space])
    return dialect if best == _OWN else GenericDialect(dialect.note_keys, best)


def _fits(start: Callable[[ItemFacts], Fraction | None], mark: MarkerTime, item: ItemFacts) -> bool:
    zero = start(item)
    return zero is not None and item.holds(mark.start - zero)
