"""A cue sheet that came back, as changes of marks. All that is wrong with it is found at once, each with its row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reperform.direction import Direction
from reperform.errors import InputError
from reperform.grammar import parse_mark
from reperform.model import Place, Problem
from reperform.sheets.csv_file import Cells, Table
from reperform.sheets.rows import WORDS, plain_direction
from reperform.timeline.cut import Index, PlacedClip
from reperform.timeline.markup.edits import Add, Change, Edit, Remove
from reperform.timeline.markup.existing import Asked, frames_at
from reperform.timing import FrameRange

__all__ = ["Returned", "changes_of", "clip_on", "is_there", "refuse"]


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a sheet asks to be changed."""

    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    """Errors: then nothing of it is to be done. Notes: what of it is left alone."""


_PLACES = ("record_in", "record_out")


class _Wrong(ValueError):
    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A mark's cue as the sheet has it."""

    asked: Asked
    direction: Direction
    frames: FrameRange
    row: int

    @property
    def is_redirected(self) -> bool:
        """Whether the sheet asks for something else than the mark."""
        before = self.asked.direction
        return before is None or plain_direction(before) != self.direction

    @property
    def is_moved(self) -> bool:
        """Whether it is to stand elsewhere."""
        return self.frames != self.asked.frames


def changes_of(table: Table, asked: Sequence[Asked], index: Index) -> Returned:
    """What is to be done for the cut to be as the sheet has it. Marks that are not on the sheet stay as they are."""
    reading = _Reading(table, asked, index)
    for cells in table.rows:
        reading.row(cells)
    edits = [edit for wanted in reading.by_marker.values() for edit in _edits(wanted, asked)]
    absent = [each.id for each in asked if each.id and each.id not in reading.seen]
    remarks = [*table.remarks, *reading.remarks, *([_absent(absent)] if absent else [])]
    notes = (Problem(severity="note", message=remark) for remark in remarks)
    return Returned(edits=(*edits, *reading.added), problems=(*reading.problems, *notes))


def _absent(ids: Sequence[str]) -> str:
    named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return f"not on the sheet, and left as they are: {named}"


class _Reading:
    def __init__(self, table: Table, asked: Sequence[Asked], index: Index) -> None:
        self._columns = frozenset(table.columns)
        self._by_id = {each.id: each for each in asked if each.id}
        self._asked = asked
        self._index = index
        self.by_marker: dict[int, list[_Wanted]] = defaultdict(list)
        self.added: list[Add] = []
        self.problems: list[Problem] = []
        self.remarks: list[str] = []
        self.seen: set[str] = set()

    def row(self, cells: Cells) -> None:
        """Takes one row; what is wrong with it is a problem."""
        problems = list(self._taken(cells))
        self.problems += [
            Problem(
                severity="error",
                where=Place(track=cells.values.get("track") or None, timecode=cells.values.get("record_in") or None),
                message=f"row {cells.number}: {wrong}",
                fix=wrong.fix,
            )
            for wrong in problems
        ]

    def _taken(self, cells: Cells) -> Iterator[_Wrong]:
        known = self._known(cells)
        if isinstance(known, _Wrong):
            yield known
            return
        direction, wrongs = self._direction(cells, known)
        yield from wrongs
        frames = self._frames(cells, known)
        if isinstance(frames, _Wrong):
            yield frames
        elif direction is not None:
            if known is not None:
                self._keep(_Wanted(asked=known, direction=direction, frames=frames, row=cells.number))
            else:
                yield from self._add(cells, direction, frames)

    def _known(self, cells: Cells) -> Asked | _Wrong | None:
        """The cue that a row is of; None for one that was added."""
        wanted = cells.values.get("id", "").strip()
        if not wanted:
            return None
        found = self._by_id.get(wanted)
        if found is None:
            return _Wrong(
                f"there is no cue {wanted} in this timeline",
                "Empty its id to add it, or make a new sheet of this timeline.",
            )
        if wanted in self.seen:
            return _Wrong(
                f"{wanted} stands on the sheet twice", "Keep one of the two rows; empty the id of one that is new."
            )
        self.seen.add(wanted)
        return found

    def _direction(self, cells: Cells, known: Asked | None) -> tuple[Direction | None, list[_Wrong]]:
        before = known.direction if known else None
        base = plain_direction(before or Direction())
        found = base
        if "direction" in self._columns:
            parsed = parse_mark(cells.values.get("direction", ""))
            if parsed.direction is None:
                return None, [_Wrong(f"direction: {each.message}", _sentence(each.fix)) for each in parsed.problems]
            kept = {name: getattr(parsed.direction, name) or getattr(base, name) for name in WORDS}
            found = parsed.direction.model_copy(update=kept)
        texts = {name: cells.values.get(name, "") or None for name in WORDS if name in self._columns}
        return plain_direction(found.model_copy(update=texts)), []

    def _frames(self, cells: Cells, known: Asked | None) -> FrameRange | _Wrong:
        """What the row says of in and out. Without them those of the cue, or, of a row that was added, a point."""
        first, last = (cells.values.get(name, "") for name in _PLACES)
        before = known.frames if known else None
        found = [self._frame(name, cells.values.get(name, "")) for name in _PLACES]
        if wrong := next((each for each in found if isinstance(each, _Wrong)), None):
            return wrong
        start, end = (each if isinstance(each, int) else None for each in found)
        if before is not None:
            start, end = before.start if start is None else start, before.end if end is None else end
        if start is None:
            return _Wrong("it has no record_in", "Write the record timecode of its first frame.")
        end = start + 1 if end is None else end
        if end <= start:
            return _Wrong(
                f"it ends ({last}) before it begins ({first})",
                "Write the first frame, and the first one after the last.",
            )
        if start < 0 or end > self._index.frames:
            return _Wrong(f"{first}-{last} lies outside of the cut", f"It begins at {self._index.cut.timecode(0)}.")
        return FrameRange.between(start, end)

    def _frame(self, column: str, text: str) -> int | _Wrong | None:
        """What a cell of timecode says; None where it is empty."""
        try:
            return frames_at(self._index.cut, text) if text else None
        except ValueError as error:
            return _Wrong(
                f"{column}: {error}",
                "Write record timecode, HH:MM:SS:FF; a spreadsheet that made a time of it wants that column to be text.",
            )

    def _keep(self, wanted: _Wanted) -> None:
        self.by_marker[id(wanted.asked.mark.placed)].append(wanted)

    def _add(self, cells: Cells, direction: Direction, frames: FrameRange) -> Iterator[_Wrong]:
        label = cells.values.get("track", "").strip()
        clip = clip_on(self._index, label, frames) if label else None
        if isinstance(clip, str):
            yield _Wrong(clip, "Empty the track: then it is for the picture that is seen.")
            return
        if not any(value is not None for _, value in direction):
            yield _Wrong("it asks for nothing", "Write a direction, such as angry, or a line.")
        elif is_there(self._asked, direction, frames):
            self.remarks.append(f"row {cells.number}: such a mark is there already")
        else:
            self.added.append(Add(frames=frames, direction=direction, clip=clip, row=cells.number))


def clip_on(index: Index, label: str, frames: FrameRange) -> PlacedClip | str:
    """The clip on a track, by its label or its name, at the first of these frames; in words where there is none."""
    tracks = [each for each in index.tracks if label.casefold() in (each.label.casefold(), each.name.casefold())]
    if not tracks:
        return f"there is no track {label}: there are {', '.join(dict.fromkeys(each.label for each in index.tracks))}"
    if len(tracks) > 1:
        return f"{label} is more than one track: {', '.join(each.label for each in tracks)}"
    found = [each for each in index.clips if each.track.label == tracks[0].label and frames.start in each.record]
    return found[-1] if found else f"no clip is on {tracks[0].label} at {index.cut.timecode(frames.start)}"


def is_there(asked: Sequence[Asked], direction: Direction, frames: FrameRange) -> bool:
    """Whether a mark asks for just this at just this time already."""
    return any(
        each.frames is not None
        and (each.frames == frames or (frames.frames == 1 and frames.start in each.frames))
        and each.direction is not None
        and plain_direction(each.direction) == plain_direction(direction)
        for each in asked
    )


def _edits(wanted: Sequence[_Wanted], asked: Sequence[Asked]) -> Iterator[Edit]:
    """What is to be done with one marker for all the cues that it makes."""
    if not any(each.is_redirected or each.is_moved for each in wanted):
        return
    marker = wanted[0].asked.mark.placed
    cues = [each for each in asked if each.mark.placed is marker]
    first = wanted[0]
    alike = len({each.direction.model_dump_json() for each in wanted}) == 1 and len(wanted) == len(cues)
    if len(cues) == 1 or (alike and not any(each.is_moved for each in wanted)):
        yield Change(
            markers=first.asked.markers,
            before=first.asked.direction,
            frames_before=first.asked.frames,
            direction=first.direction if first.is_redirected else None,
            frames=first.frames if first.is_moved else None,
            clip=first.asked.clip,
            row=first.row,
            id=first.asked.id,
        )
        return
    # One marker over several clips, which are no longer to be alike: each gets its own.
    yield Remove(markers=first.asked.markers, text=first.asked.mark.text, frames=first.asked.frames, id=first.asked.id)
    by_cue = {each.asked.id: each for each in wanted}
    for cue in cues:
        own = by_cue.get(cue.id)
        frames, direction = (own.frames, own.direction) if own else (cue.frames, cue.direction)
        if frames is not None and direction is not None:
            color = marker.marker.color or None
            yield Add(frames=frames, direction=direction, clip=cue.clip, color=color, row=own.row if own else None)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def refuse(problems: Sequence[Problem], name: str) -> None:
    """Raises InputError where any of them is an error: nothing is done then."""
    wrong = [problem for problem in problems if problem.severity == "error"]
    if wrong:
        cause = "\n".join(f"{problem.message}. {problem.fix or ''}".rstrip() for problem in wrong)
        raise InputError(
            f"“{name}” cannot be taken over, and nothing is changed:", cause=cause, fix="Correct these, and try again."
        )
