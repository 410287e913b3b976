"""Subtitles as new marks: each where it is shown in the cut, with its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from reperform.direction import Direction
from reperform.model import Place, Problem
from reperform.sheets.returned import is_there
from reperform.sheets.subtitles import Subtitle
from reperform.timeline.cut import Cut, Index
from reperform.timeline.markup.edits import Add, On
from reperform.timeline.markup.existing import Asked
from reperform.timing import FrameRange, nominal_rate, parse_timecode

__all__ = ["Spoken", "Wish", "marks_of"]

_SHORTEST = 2
"""Frames of a mark that is no point."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How subtitles are to become marks."""

    character: str | None = None
    """Who speaks all of them; None: whom the file names."""
    direction: Direction = field(default_factory=Direction)
    """What each asks for beside its line."""
    starts: str | None = None
    """What the subtitles say at the cut's first frame: a timecode. None: found out."""
    offset: Fraction = Fraction(0)
    """Seconds by which they are too early; negative: too late."""
    on: On | None = None
    color: str | None = None


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The new marks, and what there is to say of them."""

    edits: tuple[Add, ...]
    problems: tuple[Problem, ...]


@dataclass
class _Line:
    subtitle: Subtitle
    frames: FrameRange
    text: str


def marks_of(cues: Sequence[Subtitle], index: Index, asked: Sequence[Asked], wish: Wish) -> Spoken:
    """The marks of subtitles, in record order. Overlapping ones end where the next begins; those that begin together are one.

    Raises:
        ValueError: `starts` is no timecode.

    """
    cut = index.cut
    problems: list[Problem] = []
    zero, why = _zero(cues, cut, index.frames, wish.starts)
    if why:
        problems.append(Problem(severity="note", message=why))
    spoken = [cue for cue in cues if cue.text]
    if silent := len(cues) - len(spoken):
        problems.append(
            Problem(severity="note", message=f"{silent} of {len(cues)} subtitles hold no speech, and are left out")
        )
    lines = _one_after_another([_line(cue, cut, zero, wish) for cue in spoken], cut, problems)
    edits = [edit for line in lines if (edit := _mark(line, index, asked, wish, problems))]
    return Spoken(edits=tuple(edits), problems=tuple(problems))


def _zero(cues: Sequence[Subtitle], cut: Cut, frames: int, starts: str | None) -> tuple[Fraction, str | None]:
    """What the subtitles' clock says at the cut's first frame, and what there is to say of that."""
    if starts is not None:
        return _clock(parse_timecode(starts, cut.rate, drop_frame=cut.drop_frame), cut), None
    timecode = _clock(cut.start_frame, cut)
    length = frames / cut.rate
    if timecode > 0 and cues and all(timecode <= cue.start < timecode + length for cue in cues):
        return timecode, f"their times are record timecode: all lie after {cut.timecode(0)}"
    return Fraction(0), None


def _clock(frame: int, cut: Cut) -> Fraction:
    """Seconds that a timecode shows: 01:00:00:00 is an hour on every clock, also at 23.976."""
    from reperform.timing import format_timecode

    shown = format_timecode(frame, cut.rate, drop_frame=cut.drop_frame).replace(";", ":").split(":")
    hours, minutes, seconds, rest = map(int, shown)
    return hours * 3600 + minutes * 60 + seconds + Fraction(rest, nominal_rate(cut.rate))


def _line(cue: Subtitle, cut: Cut, zero: Fraction, wish: Wish) -> _Line:
    """On the nearest frames: their milliseconds are rounded frames."""
    start = round((cue.start - zero + wish.offset) * cut.rate)
    end = round((cue.end - zero + wish.offset) * cut.rate)
    return _Line(cue, FrameRange.between(start, max(end, start + _SHORTEST)), cue.text)


def _one_after_another(lines: Sequence[_Line], cut: Cut, problems: list[Problem]) -> list[_Line]:
    kept: list[_Line] = []
    for line in sorted(lines, key=lambda each: (each.frames.start, each.subtitle.number)):
        before = kept[-1] if kept else None
        if before is None or not before.frames.overlaps(line.frames):
            kept.append(line)
        elif before.text == line.text:
            # The same again, over or under it: layers of one styled subtitle.
            before.frames = FrameRange.between(before.frames.start, max(before.frames.end, line.frames.end))
        elif line.frames.start - before.frames.start >= _SHORTEST:
            before.frames = FrameRange.between(before.frames.start, line.frames.start)
            problems.append(_said("note", line, cut, "it overlaps the one before, which ends where it begins"))
            kept.append(line)
        else:
            before.text = f"{before.text} {line.text}"
            before.frames = FrameRange.between(before.frames.start, max(before.frames.end, line.frames.end))
            problems.append(_said("warning", line, cut, "it begins with the one before: they are one mark"))
    return kept


def _mark(line: _Line, index: Index, asked: Sequence[Asked], wish: Wish, problems: list[Problem]) -> Add | None:
    cue, cut = line.subtitle, index.cut
    frames = line.frames.intersection(FrameRange(0, index.frames))
    if not frames.frames:
        problems.append(_said("warning", line, cut, "it lies outside of the cut, and is left out"))
        return None
    if cue.speakers > 1:
        problems.append(_said("warning", line, cut, f"{cue.speakers} people speak in it: it is one mark"))
    character = wish.character or cue.character or wish.direction.character
    direction = wish.direction.model_copy(update={"line": line.text, "character": character})
    if is_there(asked, direction, frames):
        problems.append(_said("note", line, cut, "such a mark is there already"))
        return None
    return Add(frames=frames, direction=direction, on=wish.on, color=wish.color, row=cue.number)


def _said(severity: str, line: _Line, cut: Cut, message: str) -> Problem:
    where = Place(timecode=cut.timecode(line.frames.start))
    return Problem.model_validate(
        {"severity": severity, "where": where, "message": f"subtitle {line.subtitle.number}: {message}"}
    )
