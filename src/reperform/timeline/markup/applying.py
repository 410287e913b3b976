"""Marks set, changed and taken out, in a timeline in memory; then all of it is read back, and stands where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import opentimelineio as otio

from reperform.direction import Direction
from reperform.errors import TimelineError
from reperform.model import Place, PlanSettings, Problem
from reperform.timeline.cut import Index, PlacedClip, PlacedMarker
from reperform.timeline.dialects import detect
from reperform.timeline.facts import Times
from reperform.timeline.index import build
from reperform.timeline.marking import Marking
from reperform.timeline.marks import Mark, MarkRules
from reperform.timeline.markup.edits import Add, Change, Edit, On, Remove
from reperform.timeline.markup.spots import on_clip, on_timeline
from reperform.timeline.markup.words import said_as
from reperform.timeline.picture import PictureFinder
from reperform.timeline.placed import Mark as Written
from reperform.timeline.prefixes import without_prefix
from reperform.timeline.recognising import is_take_clip
from reperform.timeline.spaces import Item, Space
from reperform.timing import SNAP, FrameRange, ceil_frame

__all__ = ["COLOR", "Applied", "apply"]

COLOR = "RED"
"""Of a new mark, where nobody asks for another."""


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What was done to a cut's timeline."""

    done: tuple[Edit, ...]
    """With the frames and the place that each really has."""
    problems: tuple[Problem, ...]
    """Of what could not be done (errors), or was done otherwise (warnings and notes)."""


@dataclass
class _Expected:
    """What is to be read when all is done."""

    markers: list[tuple[Any, FrameRange | None, Direction | None]] = field(default_factory=list)
    """With its frames (None: where it was) and its direction (None: as it was)."""
    gone: list[Any] = field(default_factory=list)


class _Refused(Exception):
    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def apply(index: Index, edits: Sequence[Edit], settings: PlanSettings) -> Applied:
    """Makes the edits in the index's own timeline. One that cannot be made is a problem, and the others are made.

    Raises:
        TimelineError: read back, a mark would not stand where it is meant to stand; nothing of the timeline is to be used.

    """
    before = [(each.marker, _where(each)) for each in index.markers]
    editor = _Editor(index, settings)
    done = tuple(made for edit in edits if (made := editor.make(edit)) is not None)
    _check(index, before, editor.expected, MarkRules.of(settings))
    return Applied(done=done, problems=tuple(editor.problems))


class _Editor:
    """Makes edits, one after the other."""

    def __init__(self, index: Index, settings: PlanSettings) -> None:
        self._index = index
        self._cut = index.cut
        self._rules = MarkRules.of(settings)
        self._finder: PictureFinder | None = None
        self.problems: list[Problem] = []
        self.expected = _Expected()

    def make(self, edit: Edit) -> Edit | None:
        """The edit as it was made; None where it could not be."""
        try:
            if isinstance(edit, Remove):
                return self._remove(edit)
            return self._add(edit) if isinstance(edit, Add) else self._change(edit)
        except _Refused as refused:
            self._say("error", edit, str(refused), refused.fix)
            return None

    def _remove(self, edit: Remove) -> Remove:
        for placed in edit.markers:
            self._take_out(placed)
        return edit

    def _take_out(self, placed: PlacedMarker) -> None:
        markers = placed.written.item.item.markers
        for number in range(len(markers)):
            if markers[number] is placed.marker:
                del markers[number]
                self.expected.gone.append(placed.marker)
                return

    def _add(self, edit: Add) -> Add:
        edit, marked_range, item = self._placed(edit)
        marker = otio.schema.Marker(marked_range=marked_range, color=edit.color or COLOR)
        self._write(marker, edit.direction, edit.typed)
        item.markers.append(marker)
        self.expected.markers.append((marker, edit.frames, edit.direction))
        return edit

    def _placed(self, edit: Add) -> tuple[Add, Any, Any]:
        """The edit with its clip and its frames, its `marked_range`, and what it is to stand on."""
        clip, frames = edit.clip, edit.frames
        if clip is None:
            pieces = self._pieces(frames)
            if not pieces:
                raise _Refused("no moving picture is there", "Give the record timecode of a shot.")
            clip = pieces[0] if len(pieces) == 1 else None
            if clip is None and edit.on == "clip":
                raise _Refused(
                    "it lies across a cut", "Give each clip a mark of its own, or set it with --on timeline."
                )
        if clip is not None:
            frames = self._within(edit, clip, frames)
        if edit.on != "timeline" and clip is not None:
            found = on_clip(self._index, clip, frames, guess=edit.on == "clip")
            if found is not None:
                return replace(edit, clip=clip, frames=frames, on="clip"), found, clip.clip
            self._not_on_clip(edit, clip, frames)
        elif edit.on is None:
            self._say("note", edit, "it lies across a cut: it stands on the timeline, and is a cue on each clip", None)
        edit = replace(edit, clip=clip, frames=frames, on="timeline")
        return edit, on_timeline(self._index, frames), self._cut.timeline.tracks

    def _not_on_clip(self, edit: Add, clip: PlacedClip, frames: FrameRange) -> None:
        seen = self._pieces(frames)
        why = "in which time its editor counts marks on this clip is not known"
        if edit.on == "clip" or len(seen) != 1 or seen[0].address != clip.address:
            raise _Refused(why, "Mark the timeline above it, with --on timeline, or the clip in the editor.")
        self._say("note", edit, f"{why}: it stands on the timeline, above the clip", None)

    def _within(self, edit: Add, clip: PlacedClip, frames: FrameRange) -> FrameRange:
        inside = frames.intersection(clip.record)
        if not inside.frames:
            span = f"{self._cut.timecode(clip.record.start)} to {self._cut.timecode(clip.record.end)}"
            raise _Refused(f"{clip.name} is not seen then, but from {span}", "Give record timecode within that.")
        if inside != frames:
            self._say("note", edit, f"it ends with its clip, {clip.name}", None)
        return inside

    def _pieces(self, frames: FrameRange) -> list[PlacedClip]:
        if self._finder is None:
            self._finder = PictureFinder(self._index)
        rate = self._cut.rate
        found = self._finder.topmost(frames.start / rate, frames.end / rate)
        return [clip for clip, start, end in found if (end - start) * rate > SNAP or len(found) == 1]

    def _change(self, edit: Change) -> Change | None:
        first, *others = edit.markers
        if edit.color:
            for placed in edit.markers:
                placed.marker.color = edit.color
        if edit.direction is not None:
            for placed in edit.markers:
                self._write(placed.marker, edit.direction, edit.typed)
        if edit.frames is not None and edit.frames != edit.frames_before:
            self._move(edit, first, edit.frames)
            for placed in others:
                self._take_out(placed)
        else:
            self.expected.markers += [(placed.marker, None, edit.direction) for placed in edit.markers]
        return edit

    def _move(self, edit: Change, placed: PlacedMarker, frames: FrameRange) -> None:
        on_cut = placed.on == "stack" and placed.written.item.item is self._cut.timeline.tracks
        on: On | None = "timeline" if on_cut else None
        clip = edit.clip if edit.clip is not None and on is None and frames.overlaps(edit.clip.record) else None
        if clip is not None and is_take_clip(clip.clip):
            clip = None
        wanted = Add(
            frames=frames, direction=edit.direction or edit.before or Direction(), on=on, clip=clip, row=edit.row
        )
        made, marked_range, item = self._placed(wanted)
        if item is placed.written.item.item:
            placed.marker.marked_range = marked_range
            marker = placed.marker
        else:
            marker = placed.marker.clone()
            marker.marked_range = marked_range
            self._take_out(placed)
            item.markers.append(marker)
        self.expected.markers.append((marker, made.frames, edit.direction))

    def _write(self, marker: Any, direction: Direction, typed: str | None) -> None:
        """The words, in the first way that our own reading takes for this direction."""
        dialect = self._cut.dialect
        kept = tuple(word for word in dialect.marker_text(marker).keywords if without_prefix(word) == word)
        judged: Mark | str = ""
        for text in said_as(direction, one_text=dialect.has_one_text, typed=typed):
            dialect.write_text(marker, text._replace(keywords=kept))
            judged = self._rules.judge(self._alone(marker), dialect.marker_text(marker))
            if isinstance(judged, Mark) and judged.direction == direction:
                return
        why = judged if isinstance(judged, str) else "it would be read as something else"
        raise _Refused(
            f"it would be no mark: {why}", "Leave --marker-color and --marker-name out, or give it that --color."
        )

    def _alone(self, marker: Any) -> PlacedMarker:
        nowhere = Item(self._cut.timeline.tracks, 0, 0, 0)
        written = Written(nowhere, Space(0), (0, 0), 0, 0, own=True)
        return PlacedMarker(marker, "stack", None, written, Marking(self._cut, Times()))

    def _say(self, severity: Any, edit: Edit, message: str, fix: str | None) -> None:
        frames = edit.frames
        clip = None if isinstance(edit, Remove) else edit.clip
        row = None if isinstance(edit, Remove) else edit.row
        where = Place(
            track=clip.track.label if clip else None,
            clip=clip.name if clip else None,
            timecode=self._cut.timecode(frames.start) if frames else None,
        )
        said = f"row {row}: {message}" if row is not None else message
        self.problems.append(Problem(severity=severity, where=where, message=said, fix=fix))


def _where(placed: PlacedMarker) -> tuple[Any, ...]:
    return placed.record_start, placed.record_end, placed.trimmed_away


def _check(index: Index, before: list[tuple[Any, tuple[Any, ...]]], expected: _Expected, rules: MarkRules) -> None:
    """Whether all marks are read where they are meant to stand, and all other markers where they stood."""
    timeline = index.cut.timeline
    again = build(replace(index.cut, dialect=detect(timeline)))
    found = {id(each.marker): each for each in again.markers}
    stood = {id(marker): where for marker, where in before}
    for marker, frames, direction in expected.markers:
        placed = found.get(id(marker))
        judged = rules.judge(placed, again.cut.dialect.marker_text(marker)) if placed else None
        there = placed is not None and (
            _frames(again, placed) == frames if frames else _where(placed) == stood[id(marker)]
        )
        says = isinstance(judged, Mark) and (direction is None or judged.direction == direction)
        if not (there and says):
            raise _misread(index, frames)
    touched = {id(marker) for marker in expected.gone} | {id(marker) for marker, *_ in expected.markers}
    for marker, where in before:
        if id(marker) not in touched and (id(marker) not in found or _where(found[id(marker)]) != where):
            raise TimelineError(
                f"without that mark nothing in the file says where its other markers stand, such as “{marker.name}”",
                fix="Do this in the editor, and export again.",
            )


def _frames(index: Index, placed: PlacedMarker) -> FrameRange | None:
    if placed.record_start is None or placed.record_end is None or placed.trimmed_away:
        return None
    start = index.cut.record_frame(placed.record_start)
    return FrameRange.between(start, ceil_frame(placed.record_end, index.cut.rate))


def _misread(index: Index, frames: FrameRange | None) -> TimelineError:
    at = f" at {index.cut.timecode(frames.start)}" if frames else ""
    return TimelineError(
        f"the mark{at} would not be read where it is meant to stand", fix="Set it on the timeline, with --on timeline."
    )
