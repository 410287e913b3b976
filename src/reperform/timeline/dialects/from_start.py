"""Editors that count a clip's marks from the clip's first frame, whatever the timecode of its media and its speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reperform.timeline.dialects.base import ItemFacts, MarkerSpan, MarkerTime
from reperform.timeline.dialects.otio import OtioDialect

__all__ = ["FromStartDialect"]


@dataclass(frozen=True)
class FromStartDialect(OtioDialect):
    """Marks from zero at the clip's first visible frame, in frames of the timeline."""

    note_keys: tuple[str, ...] = ()

    @property
    def sound_keys(self) -> tuple[str, ...]:
        """None of these editors writes links or channels."""
        return ()

    def counts_in_own_time(self, speed: Fraction | None) -> bool:  # noqa: ARG002 - other dialects look at it
        """Never: its own time begins at the source's timecode."""
        return False

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:  # noqa: ARG002 - other dialects look at it
        """As written: before zero and past the end it has been trimmed away."""
        return MarkerSpan(time.start, time.duration)

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:  # noqa: ARG002 - other dialects look at it
        """Counted from the clip's first frame."""
        yield MarkerTime(span.offset or Fraction(0), span.duration)
