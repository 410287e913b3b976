"""What a dialect knows: where one editor writes a marker's text, in which time it counts, and how it names media."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["Dialect", "ItemFacts", "MarkerSpan", "MarkerText", "MarkerTime"]


class MarkerText(NamedTuple):
    """What an editor wrote into a marker, from wherever this editor keeps it. Empty where it wrote nothing."""

    name: str = ""
    note: str = ""
    keywords: tuple[str, ...] = ()


class MarkerTime(NamedTuple):
    """A marker's `marked_range`, in seconds of its own numbers."""

    start: Fraction
    duration: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """The item that a marker stands on, whole, as if no nesting trimmed it. Seconds."""

    source_start: Fraction
    """Start of its source_range, else of its available_range."""
    duration: Fraction
    """How long it stands in what it is nested in."""
    speed: Fraction | None = Fraction(1)
    """Its own retime; None where it varies."""
    available_start: Fraction | None = None
    available_end: Fraction | None = None
    """Of its media. None where the file does not say."""
    record_timecode: Fraction = Fraction(0)
    """Timecode at which it starts on the timeline."""

    def holds(self, offset: Fraction) -> bool:
        """Whether a time from the item's start lies in it; its end does not."""
        return 0 <= offset < self.duration


@dataclass(frozen=True, slots=True)
class MarkerSpan:
    """Where a marker stands, counted from its item's start, in the time the item is played in."""

    offset: Fraction | None
    """None where no known time space puts it on its item."""
    duration: Fraction
    uncertain: str | None = None
    """Why the place is a guess. None where it is not."""


class Dialect(Protocol):
    """One editor's way of writing OpenTimelineIO."""

    @property
    def name(self) -> str:
        """Such as `resolve`."""
        ...

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """The words of a marker."""
        ...

    def counts_in_own_time(self, speed: Fraction | None) -> bool:
        """Whether a mark on an item of this speed counts from the start of its source_range, whatever else is known."""
        ...

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Where a marker stands on a clip."""
        ...

    def media_path(self, reference: otio.core.MediaReference) -> str | None:
        """The path or URL of a reference's media as the file spells it, offline media included. None where it names none."""
        ...
