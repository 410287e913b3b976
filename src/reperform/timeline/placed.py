"""What the walk of a cut finds, with its place. A place is worked out when it is asked for: of most items it never is."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import opentimelineio as otio

from reperform.timeline.facts import Times, is_moving, speed_of
from reperform.timeline.spaces import ONE, Flicks, Frames, Item, Space, product, seconds_of
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.timeline.marking import Marking

__all__ = ["On", "PlacedClip", "PlacedMarker", "TrackPlace", "Where"]

On = Literal["clip", "gap", "transition", "track", "stack"]


@dataclass(frozen=True, kw_only=True)
class TrackPlace:
    """One track. Nested tracks are places of their own."""

    label: str
    """V1, V2 … and A1, A2 … bottom up among the tracks of its kind at the top; nested: `V1/V2`."""
    name: str
    kind: Literal["video", "audio"]
    address: tuple[int, ...]
    enabled: bool
    """Whether it and all it stands in are enabled."""
    height: tuple[int, ...]
    """Sorts tracks bottom up in what the audience sees."""
    track: otio.schema.Track = field(compare=False, repr=False)


class PlacedClip:
    """One use of a clip: what is visible of it, in record time and in its own time.

    Times are exact seconds from the timeline's start (record) and in the time space of its `source_range` (source). They
    are worked out when they are asked for: of most clips of a long cut they never are.
    """

    def __init__(
        self, item: Item, track: TrackPlace, index: int, space: Space, seen: tuple[Flicks, Flicks], frames: Frames
    ) -> None:
        """`seen` of it is visible, in record time; `space` is the time inside what it stands in."""
        self.clip: otio.schema.Clip = item.item
        self.track = track
        self.index = index
        """Among its track's children."""
        self._item = item
        self._space = space
        self._seen = seen
        self._frames = frames

    def __repr__(self) -> str:
        return f"<{self.name} on {self.track.label}, {self.record}>"

    @property
    def name(self) -> str:
        """As a person would call it: the clip's name, else its media's."""
        return self.clip.name or getattr(self.clip.media_reference, "name", None) or "unnamed clip"

    @property
    def address(self) -> tuple[int, ...]:
        """Child indices from the timeline's stack down."""
        return (*self.track.address, self.index)

    @property
    def item(self) -> Item:
        """Its place in what it stands in, whole, as if no nesting trimmed it."""
        return self._item

    @property
    def space(self) -> Space:
        """The time inside what it stands in."""
        return self._space

    @cached_property
    def enabled(self) -> bool:
        """Itself, its track and all it stands in."""
        return bool(self.track.enabled and self._space.enabled and self.clip.enabled)

    @cached_property
    def moving(self) -> bool:
        """Moving picture: not a generator, title, still, or adjustment clip. Meaningless for audio."""
        return self.track.kind == "audio" or is_moving(self.clip, self.clip.media_reference)

    @cached_property
    def record(self) -> FrameRange:
        """Whole frames of the timeline's rate: floor of the start, ceiling of the end."""
        return self._frames.between(*self._seen)

    @cached_property
    def record_start(self) -> Fraction:
        """When it is first seen or heard."""
        return seconds_of(self._seen[0])

    @cached_property
    def record_end(self) -> Fraction:
        """When it is not seen or heard any more."""
        return seconds_of(self._seen[1])

    @property
    def source_start(self) -> Fraction:
        """Where its visible part begins, in the space of its source_range; cut by what it is nested in."""
        return self._source[0]

    @property
    def source_end(self) -> Fraction:
        """Where its visible part ends."""
        return self._source[1]

    @cached_property
    def speed(self) -> Fraction | None:
        """1 where not retimed, -1 reversed, 0 frozen; None for a retime that varies."""
        return product(speed_of(self.clip), self._space.speed)

    @property
    def head_transition(self) -> Fraction:
        """Seconds of its media that a transition before it uses ahead of `source_start`."""
        before = self._transition(self.index - 1)
        return Fraction(0) if before is None else self._media(before.in_offset)

    @property
    def tail_transition(self) -> Fraction:
        """Seconds of its media that a transition after it uses."""
        after = self._transition(self.index + 1)
        return Fraction(0) if after is None else self._media(after.out_offset)

    @property
    def head_overlap(self) -> Fraction:
        """Seconds for which a transition before it shows it ahead of its first frame, on the clock of what it stands in."""
        before = self._transition(self.index - 1)
        return Fraction(0) if before is None else seconds_of(Times().length(before.in_offset))

    @property
    def tail_overlap(self) -> Fraction:
        """As `head_overlap`, after its last frame."""
        after = self._transition(self.index + 1)
        return Fraction(0) if after is None else seconds_of(Times().length(after.out_offset))

    def _transition(self, position: int) -> Any:
        """The transition there, if it is one."""
        siblings = self.track.track
        if isinstance(siblings, otio.schema.Track) and 0 <= position < len(siblings):
            found = siblings[position]
            return found if isinstance(found, otio.schema.Transition) else None
        return None

    def _media(self, offset: Any) -> Fraction:
        """Seconds of its media that a transition's offset covers."""
        return seconds_of(Times().length(offset)) * abs(speed_of(self.clip) or ONE)

    @cached_property
    def _source(self) -> tuple[Fraction, Fraction]:
        """The media that it shows, first to last in the media's order.

        Where the speed varies, that is not known from here: then the moment at which it begins.
        """
        item, seen, speed = self._item, self._seen, self.speed
        if speed is None:
            return seconds_of(item.source_start), seconds_of(item.source_start)
        record = self._space.record(item.local, item.duration)
        if speed is ONE and seen == record:
            return seconds_of(item.source_start), seconds_of(item.source_start + item.duration)
        skipped = record[1] - seen[1] if speed < 0 else seen[0] - record[0]
        start = item.source_start + skipped * abs(speed)
        return seconds_of(start), seconds_of(start + (seen[1] - seen[0]) * abs(speed))


class Where(NamedTuple):
    """When a marker stands, in record seconds."""

    start: Fraction | None
    """None where the dialect cannot place it inside its item (then `uncertain` says why)."""
    end: Fraction | None
    trimmed_away: bool = False
    """Outside the visible range of its item."""
    uncertain: str | None = None
    """Said as a warning: the time space was guessed."""


class Mark(NamedTuple):
    """What a file says of a marker's time, and of the item that it stands on."""

    item: Item
    space: Space
    """The time inside what the item stands in."""
    seen: tuple[Flicks, Flicks]
    """What of the item is visible, in record time."""
    start: Flicks | None
    """As written; None where that is no time."""
    offset: Flicks
    """From the item's start, in the item's own time."""
    own: bool = False
    """Counted in the item's own time, whoever wrote it."""


class PlacedMarker:
    """A marker, and what it stands on. When it stands is worked out when it is asked for."""

    def __init__(
        self, marker: otio.schema.Marker, on: On, clip: PlacedClip | None, written: Mark, marking: Marking
    ) -> None:
        self.marker = marker
        self.on = on
        self.clip = clip
        """The clip it stands on, picture or sound; None for all else, and where that is trimmed away."""
        self.written = written
        self._marking = marking

    @property
    def is_visible(self) -> bool:
        """Whether something of its clip is; what is no clip counts as visible."""
        return self.clip is not None or self.on != "clip"

    @property
    def record_start(self) -> Fraction | None:
        """None where the dialect cannot place it inside its item (then `uncertain` says why)."""
        return self._where.start

    @property
    def record_end(self) -> Fraction | None:
        """Half-open; None as `record_start`."""
        return self._where.end

    @property
    def record_frame(self) -> int | None:
        """The frame on screen at `record_start`."""
        return self._marking.frame(self)

    @property
    def own_time(self) -> tuple[Fraction, Fraction]:
        """Start and length in the time of its item's source_range, whatever its editor counts in, in seconds."""
        return self._marking.own_time(self)

    @property
    def trimmed_away(self) -> bool:
        """Outside the visible range of its item."""
        return self._where.trimmed_away

    @property
    def uncertain(self) -> str | None:
        """Said as a warning: the time space was guessed."""
        return self._where.uncertain

    @cached_property
    def _where(self) -> Where:
        return self._marking.where(self)
