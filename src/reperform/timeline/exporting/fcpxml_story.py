"""A stack of tracks as a story of FCPXML: the lowest picture track is the primary storyline, all else is connected to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.model import Problem
from reperform.timeline.exporting.facts import Facts, lost
from reperform.timeline.exporting.fcpxml_clips import Own, Piece, clip_piece, gap_piece
from reperform.timeline.exporting.fcpxml_lanes import (
    Item,
    at_offset,
    end_of,
    is_sound,
    role_of,
    runs,
    touches,
    transition_element,
)
from reperform.timeline.exporting.fcpxml_media import Resources, clean, seconds_text
from reperform.timeline.exporting.fcpxml_pace import Pace, Span, pace_of
from reperform.timeline.exporting.preparing import names_of_effects
from reperform.timeline.exporting.retiming import AT_OWN_SPEED
from reperform.timeline.places import seconds_of
from reperform.timeline.retimes.reading import of_item
from reperform.timing import exact_seconds

__all__ = ["Story", "Teller", "sequence_of"]

Address = tuple[int, ...]


@dataclass(kw_only=True)
class Story:
    """A sequence's storyline."""

    spine: ET.Element
    length: Fraction


@dataclass(kw_only=True)
class Teller:
    """Makes stories of stacks; what it meets gathers in it."""

    facts: Facts
    resources: Resources
    notes: list[Problem] = field(default_factory=list)
    pieces: dict[Address, Piece] = field(default_factory=dict)
    """Of clips, by their address."""
    primary: list[Piece] = field(default_factory=list)
    """Of the outermost story."""
    _hanging: list[Piece] = field(default_factory=list)
    """Pieces that are connected to others, alone."""
    _finishing: list[tuple[ET.Element, Sequence[Piece | ET.Element]]] = field(default_factory=list)

    def story(self, stack: Any, origin: Fraction, address: Address = ()) -> Story:
        """The story of a stack whose sequence begins at `origin` of its own time."""
        children = [((*address, number), child) for number, child in enumerate(stack)]
        pictures = [item for item in children if not is_sound(item[1])]
        sounds = [item for item in children if is_sound(item[1])]
        lanes = [list(self._track(child, origin, at, sound=is_sound(child))) for at, child in [*pictures, *sounds]]
        length = max((end_of(lane) - origin for lane in lanes if lane), default=Fraction(0))
        first = lanes[0] if pictures else []
        spine = ET.Element("spine")
        main = self._storyline(first, origin, until=origin + length)
        pieces = [item for item in main if isinstance(item, Piece)]
        for number, lane in enumerate(lanes[1 if pictures else 0 :], start=1):
            height = number if number < len(pictures) else -(number - max(len(pictures) - 1, 0))
            self._connect(lane, height, pieces)
        if not address:
            self.primary = pieces
        self._finishing.append((spine, main))
        return Story(spine=spine, length=length)

    def finish(self) -> None:
        """Puts everything together, once all that hangs on pieces is known."""
        for piece in self._hanging:
            piece.finish()
        for spine, items in self._finishing:
            spine.extend([item.finish() if isinstance(item, Piece) else item for item in items])

    def _track(self, track: Any, origin: Fraction, address: Address, *, sound: bool) -> Iterator[Item]:
        source_frames = self.facts.cut.dialect.plays_source_frames
        inside = isinstance(track, otio.schema.Track)
        trim = track.source_range if inside else None
        opens = exact_seconds(trim.start_time) if trim is not None else Fraction(0)
        closes = opens + exact_seconds(trim.duration) if trim is not None else None
        position = Fraction(0)
        for number, child in enumerate(track if inside else [track]):
            if isinstance(child, otio.schema.Transition):
                yield Item(piece=None, start=origin + position - opens, transition=child)
                continue
            end = position + seconds_of(child, plays_source_frames=source_frames)
            seen = max(position, opens), end if closes is None else min(end, closes)
            if seen[0] < seen[1] and not isinstance(child, otio.schema.Gap):
                at = (*address, number) if inside else address
                place = (origin + seen[0] - opens, origin + seen[1] - opens)
                enabled = bool(track.enabled and child.enabled)
                piece = self._piece(child, place, seen[0] - position, at, sound=sound, track=track, enabled=enabled)
                yield Item(piece=piece, start=place[0])
            position = end

    def _piece(
        self,
        child: Any,
        seen: tuple[Fraction, Fraction],
        cut: Fraction,
        address: Address,
        *,
        sound: bool,
        track: Any,
        enabled: bool,
    ) -> Piece:
        if isinstance(child, otio.schema.Clip):
            unheld: list[str] = []
            piece = clip_piece(
                child, self.facts, self.resources, seen=seen, cut=cut, sound=sound, role=role_of(track, sound=sound),
                enabled=enabled, unheld=unheld,
            )  # fmt: skip
            self._note_losses(child, seen[0], unheld, held=piece is not None)
            if piece is None:
                return gap_piece(*seen, name=child.name or "No media", note="its media is no file that FCPXML can name")
            self.pieces[address] = piece
            return piece
        return self._compound(child, seen, cut, address, sound=sound, enabled=enabled)

    def _compound(
        self,
        stack: Any,
        seen: tuple[Fraction, Fraction],
        cut: Fraction,
        address: Address,
        *,
        sound: bool,
        enabled: bool,
    ) -> Piece:
        inner = stack
        if isinstance(stack, otio.schema.Track):
            inner = otio.schema.Stack(children=[stack.clone()], name=stack.name)
        told = self.story(inner, Fraction(0), address)
        sequence = sequence_of(self.resources.sequence_format, told, Fraction(0), drop_frame=False)
        pace = self._pace(stack, told.length, seen[0], cut)
        attributes = {
            "ref": self.resources.compound(stack.name, sequence),
            "name": clean(stack.name) or "Compound",
            "start": seconds_text(pace.local),
            "duration": seconds_text(seen[1] - seen[0]),
        }
        attributes |= {"srcEnable": "audio"} if sound else {}
        attributes |= {} if enabled else {"enabled": "0"}
        element = ET.Element("ref-clip", attributes)
        pace.add_to(element)
        return Piece(element=element, start=seen[0], end=seen[1], shown=[Own(element, pace.local)])

    def _pace(self, stack: Any, length: Fraction, start: Fraction, cut: Fraction) -> Pace:
        """How a compound is played, whose own time begins at zero."""
        dialect, rate = self.facts.cut.dialect, self.facts.cut.rate
        first = exact_seconds(stack.source_range.start_time) if stack.source_range is not None else Fraction(0)
        seen = seconds_of(stack, plays_source_frames=dialect.plays_source_frames)
        span = Span(start=Fraction(0), length=length, begins=first, seen=seen, cut=cut, rate=rate)
        known = pace_of(of_item(stack, dialect), span)
        if known is None:
            said = f"its retime is not in the FCPXML: its speed varies. {AT_OWN_SPEED}"
            self.notes.append(lost(said, **self._at(stack, start)))
        return known or Pace(first + cut)

    def _storyline(
        self, items: Sequence[Item], origin: Fraction, *, until: Fraction | None = None, offset: Fraction = Fraction(0)
    ) -> list[Piece | ET.Element]:
        """Pieces and transitions in their order, gaps where there is nothing; offsets count from `offset`."""
        line: list[Piece | ET.Element] = []
        position = origin
        for number, item in enumerate(items):
            if item.piece is not None:
                if item.piece.start > position:
                    line.append(at_offset(gap_piece(position, item.piece.start), offset))
                line.append(at_offset(item.piece, offset))
                position = item.piece.end
                continue
            before, after = exact_seconds(item.transition.in_offset), exact_seconds(item.transition.out_offset)
            if item.start > position:
                line.append(at_offset(gap_piece(position, item.start), offset))
                position = item.start
            if item.start - before < origin or not line:
                self.notes.append(lost("a transition at the very start is not in the FCPXML"))
                continue
            line.append(transition_element(item.transition, item.start - before - offset, before + after))
            if not touches(items, number) and after > 0:
                line.append(at_offset(gap_piece(position, position + after), offset))
                position += after
        if until is not None and until > position:
            line.append(at_offset(gap_piece(position, until), offset))
        return line

    def _connect(self, lane: Sequence[Item], height: int, pieces: list[Piece]) -> None:
        for run in runs(lane):
            start = run[0].start
            if len(run) == 1 and run[0].piece is not None:
                element = run[0].piece.element
                hooked: Any = run[0].piece
            else:
                lead = exact_seconds(run[0].transition.in_offset) if run[0].piece is None else Fraction(0)
                start -= lead
                element = ET.Element("spine")
                self._finishing.append((element, self._storyline(run, start, offset=start)))
                hooked = None
            owner = next(
                (piece for piece in pieces if piece.start <= start < piece.end), pieces[-1] if pieces else None
            )
            if owner is None:
                continue
            element.set("lane", str(height))
            element.set("offset", seconds_text(owner.local(start)))
            owner.anchors.append(element)
            if hooked is not None:
                self._hanging.append(hooked)

    def _note_losses(self, clip: otio.schema.Clip, start: Fraction, unheld: Sequence[str], *, held: bool) -> None:
        at = self._at(clip, start)
        effects = names_of_effects(clip)
        if effects:
            self.notes.append(lost(f"its effects are not in the FCPXML: {', '.join(effects)}", **at))
        for why in unheld:
            self.notes.append(lost(f"its retime is not in the FCPXML: {why}. {AT_OWN_SPEED}", **at))
        if not held:
            self.notes.append(lost("its media is no file that FCPXML can name: a gap stands in its place", **at))

    def _at(self, item: Any, start: Fraction) -> dict[str, str | None]:
        cut = self.facts.cut
        return {
            "clip": item.name or None,
            "timecode": cut.timecode(cut.record_frame(start) - cut.start_frame),
        }


def sequence_of(format_: str, story: Story, start: Fraction, *, drop_frame: bool) -> ET.Element:
    """The sequence that tells a story from `start` of its timecode, in seconds."""
    attributes = {
        "format": format_,
        "duration": seconds_text(story.length),
        "tcStart": seconds_text(start),
        "tcFormat": "DF" if drop_frame else "NDF",
        "audioLayout": "stereo",
        "audioRate": "48k",
    }
    element = ET.Element("sequence", attributes)
    element.append(story.spine)
    return element
