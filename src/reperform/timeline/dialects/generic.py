"""An unknown editor: marks count in one time space for the whole file, found by trying which of them fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerTime
from reperform.timeline.dialects.otio import NOTE_KEYS, OtioDialect
from reperform.timeline.dialects.resolve import retimed_starts

__all__ = ["SPACES", "GenericDialect", "settle"]

Space = Callable[[ItemFacts], Sequence[Fraction]]

SPACES: dict[str, Space] = {
    "the media's time": lambda item: [item.source_start],
    "the clip's start": lambda _item: [Fraction(0)],
    "the media's start": lambda item: [] if item.skipped is None else [item.skipped],
    "record timecode": lambda item: [item.record_timecode],
    "the media's time as its retime changes it": lambda item: (
        [item.source_start] if item.speed == 1 else retimed_starts(item)
    ),
}
"""What a marker's time may be counted from: the marker's number at the item's start, in the order in which it is tried.

The first is OTIO's own, the last one Resolve's.
"""

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
        starts = SPACES[self.space](item)
        if not starts:
            return MarkerSpan(None, time.duration, f"its time seems to count from {self.space}, which is unknown here")
        start = next((start for start in starts if item.holds(time.start - start)), starts[0])
        return MarkerSpan(
            time.start - start,
            time.duration,
            f"the file does not say in which time its marks count; counted from {self.space}, which fits most of them",
        )

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:
        """Counted as the marks that are there are."""
        for start in SPACES[self.space](item):
            yield MarkerTime(start + (span.offset or 0), span.duration)


def settle(dialect: OtioDialect, marks: Iterable[tuple[MarkerTime, ItemFacts]]) -> OtioDialect:
    """The dialect itself where most marks fit OTIO's own time space, else a generic one in the space that fits more.

    Marks that fit several spaces say nothing, so only the number that fits decides; the earlier space wins a tie.
    """
    tried = list(marks)
    fits = {space: sum(_fits(starts, mark, item) for mark, item in tried) for space, starts in SPACES.items()}
    best = max(fits, key=lambda space: fits[space])
    return dialect if best == _OWN else GenericDialect(dialect.note_keys, best)


def _fits(space: Space, mark: MarkerTime, item: ItemFacts) -> bool:
    return any(item.holds(mark.start - start) for start in space(item))
