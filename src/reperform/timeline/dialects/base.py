"""What a dialect knows: where one editor writes a marker's text, in which time it counts, and how it names media."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timeline.retimes.retime import Retime
    from reperform.timing import Rate

__all__ = ["Dialect", "ItemFacts", "MarkerSpan", "MarkerText", "MarkerTime"]

_HAIR = Fraction(1, 1_000_000)
"""Seconds."""


class MarkerText(NamedTuple):
    """What an editor wrote into a marker, from wherever this editor keeps it. Empty where it wrote nothing."""

    name: str = ""
    note: str = ""
    keywords: tuple[str, ...] = ()


class MarkerTime(NamedTuple):
    """A marker's `marked_range`, in seconds of its own numbers."""

    start: Fraction
    duration: Fraction
    of_media: bool = False
    """Set on the media in the editor's bin, and repeated on every clip of it."""


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
    skipped: Fraction | None = None
    """How much of its media comes before it. None where the file does not say."""
    record_timecode: Fraction = Fraction(0)
    """Timecode at which it starts on the timeline."""
    retimed_start: Fraction | None = None
    """Where on the clock of a speed ramp the item begins, counted from the media's first frame. None where it has none."""

    def holds(self, offset: Fraction) -> bool:
        """Whether a time from the item's start lies in it; its end does not. A float's rounding moves nothing out of it."""
        return -_HAIR <= offset < self.duration - _HAIR


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

    @property
    def plays_source_frames(self) -> bool:
        """Whether a retimed clip's source_range counts frames of the source, so that it is seen for that length divided
        by its speed; else it counts those of the timeline."""
        ...

    @property
    def top_track_first(self) -> bool:
        """Whether the timeline's picture tracks are written from the top down."""
        ...

    @property
    def generates_unnamed_media(self) -> bool:
        """Whether a clip whose media is no file, not even an offline one, is a title or a colour."""
        ...

    def marker_text(self, marker: otio.schema.Marker) -> MarkerText:
        """The words of a marker."""
        ...

    def marks_media(self, marker: otio.schema.Marker) -> bool:
        """Whether a marker was set on the media in the editor's bin."""
        ...

    def counts_in_own_time(self, speed: Fraction | None) -> bool:
        """Whether a mark on an item of this speed counts from the start of its source_range, whatever else is known."""
        ...

    def marker_span(self, time: MarkerTime, item: ItemFacts) -> MarkerSpan:
        """Where a marker stands on a clip."""
        ...

    @property
    def has_one_text(self) -> bool:
        """Whether a marker has one text in this editor, so that a mark has to say all in its note."""
        ...

    def write_text(self, marker: otio.schema.Marker, text: MarkerText) -> None:
        """Gives a marker these words, in place of those it had, where `marker_text` and the editor read them."""
        ...

    def marker_times(self, span: MarkerSpan, item: ItemFacts) -> Iterator[MarkerTime]:
        """Which times a marker that stands there may have, the likeliest first; `marker_span` says which of them does."""
        ...

    def retime_of(self, effect: otio.schema.Effect, rate: Rate) -> Retime | None:
        """What an effect does to time; None for one that does nothing to it. `rate` is that of its item's own frames."""
        ...

    def media_path(self, reference: otio.core.MediaReference) -> str | None:
        """The path or URL of a reference's media as the file spells it, offline media included. None where it names none."""
        ...

    def link_group(self, clip: otio.schema.Clip) -> str | None:
        """What the picture and the sound of one clip have in common; None where the file does not link it."""
        ...

    def channels(self, clip: otio.schema.Clip) -> tuple[tuple[int, int], ...] | None:
        """The channels of its file that a sound clip plays: pairs of a stream's number among the file's sound streams and a
        channel's number in it, both from 0; None for all of them."""
        ...

    def is_angle(self, track: otio.schema.Track) -> bool:
        """Whether a track inside a stack is one angle of a multicam clip."""
        ...
