"""A take as a clip for a track of takes: a copy of its shot's clip, on the clock of the take's own file."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.alternates import Alternates, Entry
from reperform.timeline.places import Place
from reperform.timeline.records import TrackClipRecord
from reperform.timeline.references import (
    Span,
    covers,
    origin_of,
    spelled_rate,
    start_of,
    take_reference,
    time_at,
)
from reperform.timing import SNAP, exact_seconds

__all__ = ["Placement", "place_take", "visible_and_take"]

_DEFAULT = "DEFAULT_MEDIA"
_LINKS = {"Resolve_OTIO": "Link Group ID", "PremierePro_OTIO": "LinkID"}
"""Where editors keep which clips move together."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A clip for a track of takes, and where it goes. Times are exact seconds of its stack's own time."""

    clip: otio.schema.Clip = field(compare=False, repr=False)
    stack: otio.schema.Stack = field(compare=False, repr=False)
    height: int
    start: Fraction
    end: Fraction
    before: otio.schema.Transition | None = None
    after: otio.schema.Transition | None = None
    followed: bool = False
    chosen: bool
    covered: bool = True
    """Its shot has a chosen take, which lies above it."""
    rank: int

    @property
    def reach(self) -> Span:
        """What it occupies, its transitions included."""
        head = exact_seconds(self.before.in_offset) if self.before else Fraction(0)
        tail = exact_seconds(self.after.out_offset) if self.after else Fraction(0)
        return self.start - head, self.end + tail


def visible_and_take(alternates: Alternates, entry: Entry, place: Place) -> tuple[Span, Fraction]:
    """What is visible of the clip, and where the take starts: seconds, both on the clock that the take was made on."""
    record, take = alternates.record, entry.record
    length = place.end - place.start
    if record.clock == "record":
        # It counts from the first frame that is seen, which a compound may show later than its beginning.
        first = record.in_frame / record.rate - place.hidden
        return (first, first + length), take.in_frame / take.rate
    origin = origin_of(alternates.clip, alternates.original, record)
    shown = alternates.clip.source_range or getattr(alternates.original, "available_range", None)
    first = (exact_seconds(shown.start_time) if shown is not None else origin) + place.cut
    return (first, first + length), start_of(take, origin)


def place_take(
    alternates: Alternates, entry: Entry, place: Place, *, address: str, earlier: otio.schema.Clip | None, rank: int
) -> Placement | None:
    """The take as a clip for a track: the visible part of its shot that it holds, on the clock of its own file.

    `earlier` is that clip as it stood on a track of takes before: what someone put on it since stays. None when the take
    holds nothing of what is visible.
    """
    take = entry.record
    visible, start = visible_and_take(alternates, entry, place)
    piece = _held(alternates, entry, visible, start)
    if piece is None:
        return None
    clip = _bare_copy(alternates.clip) if earlier is None else earlier.clone()
    rate = spelled_rate(take.rate, getattr(alternates.original, "available_range", None), alternates.clip.source_range)
    own_start = (take.start_frame or 0) / take.rate
    reference = take_reference(
        take, start=own_start, rate=rate, address=address, name=entry.name, like=alternates.original
    )
    clip.set_media_references({_DEFAULT: reference}, _DEFAULT)
    clip.source_range = _source_range(alternates, piece, visible, own_start - start, rate)
    clip.name = entry.name
    clip.enabled = entry is alternates.chosen
    records.write(clip, TrackClipRecord(shot=alternates.record.shot, key=entry.key))
    first = place.start + piece[0] - visible[0]
    return Placement(
        clip=clip,
        stack=place.stack,
        height=place.height,
        start=first,
        end=first + piece[1] - piece[0],
        before=_kept_before(place, piece, visible, start),
        after=_kept_after(place, piece, visible, start + take.frames / take.rate),
        followed=place.followed,
        chosen=entry is alternates.chosen,
        covered=alternates.chosen is not None,
        rank=rank,
    )


def _held(alternates: Alternates, entry: Entry, visible: Span, start: Fraction) -> Span | None:
    """The visible part that the take holds; None where it holds none of it."""
    if covers(entry.record, start, visible, source_frames=alternates.record.frames_on_clock):
        return visible
    end = start + entry.record.frames / entry.record.rate
    piece = max(visible[0], start), min(visible[1], end)
    return piece if piece[0] < piece[1] else None


def _bare_copy(clip: otio.schema.Clip) -> otio.schema.Clip:
    """The clip without its marks, which stay with the original, without retimes, and linked to no sound."""
    copy = clip.clone()
    records.erase(copy)
    del copy.markers[:]
    for index in range(len(copy.effects) - 1, -1, -1):
        if isinstance(copy.effects[index], otio.schema.TimeEffect):
            del copy.effects[index]
    for editor, link in _LINKS.items():
        found = copy.metadata.get(editor)
        if found is not None and link in found:
            del found[link]
    return copy


def _source_range(
    alternates: Alternates, piece: Span, visible: Span, shift: Fraction, rate: float
) -> otio.opentime.TimeRange:
    own = alternates.clip.source_range
    media = alternates.record.clock == "media"
    if own is not None and media and shift == 0 and piece == visible and exact_seconds(own.start_time) == piece[0]:
        return otio.opentime.TimeRange(own.start_time, own.duration)
    start_rate, length_rate = (own.start_time.rate, own.duration.rate) if own is not None and media else (rate, rate)
    return otio.opentime.TimeRange(time_at(piece[0] + shift, start_rate), time_at(piece[1] - piece[0], length_rate))


def _kept_before(place: Place, piece: Span, visible: Span, start: Fraction) -> otio.schema.Transition | None:
    """The transition at its head, where the take has the handle for it."""
    if place.before is None or piece[0] != visible[0]:
        return None
    return place.before if start <= piece[0] - exact_seconds(place.before.in_offset) + SNAP / 24 else None


def _kept_after(place: Place, piece: Span, visible: Span, end: Fraction) -> otio.schema.Transition | None:
    if place.after is None or piece[1] != visible[1]:
        return None
    return place.after if end >= piece[1] + exact_seconds(place.after.out_offset) - SNAP / 24 else None
