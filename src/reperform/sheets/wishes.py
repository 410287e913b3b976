"""What a person asks of marks, from the shell, a sheet or subtitles, as edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.direction import Direction
from reperform.errors import InputError
from reperform.grammar import KEYS, format_direction, parse_mark
from reperform.model import Problem
from reperform.timeline.markup.edits import Add, Change, Edit, On, Remove
from reperform.timeline.markup.existing import Asked, meant, timecode_range
from reperform.timeline.markup.words import bare

if TYPE_CHECKING:
    from reperform.sheets.decoding import Text
    from reperform.timeline.cut import PlacedMarker
    from reperform.workflow.marks import Marked

__all__ = ["Wished", "added", "changed", "from_sheet", "from_subtitles", "removed"]


@dataclass(frozen=True, kw_only=True)
class Wished:
    """Edits, and what there is to say of what they were made of."""

    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...] = ()


def added(
    marked: Marked, *, at: str, text: str, track: str | None, color: str | None, character: str | None, on: On | None
) -> Wished:
    """One new mark. Raises InputError for what is not understood."""
    from reperform.sheets.returned import clip_on

    frames = timecode_range(marked.index.cut, at, length=marked.index.frames)
    typed = bare(text)
    direction = _said(typed).model_copy(update={"character": character} if character else {})
    if not any(value is not None for _, value in direction):
        raise InputError("the mark would ask for nothing.", fix="Say what is wanted, such as “angry, head”.")
    clip = clip_on(marked.index, track, frames) if track else None
    if isinstance(clip, str):
        raise InputError(f"{clip}.", fix="Name a track and a record timecode at which a clip is on it.")
    return Wished(edits=(Add(frames=frames, direction=direction, typed=typed or None, on=on, clip=clip, color=color),))


def changed(
    marked: Marked,
    what: str,
    *,
    text: str,
    at: str | None,
    clear: Sequence[str],
    color: str | None,
    character: str | None,
) -> Wished:
    """One mark changed: what `text` names, and what `clear` takes out. Raises InputError for what is not understood."""
    (asked,) = _found(marked, what, every=False)
    named = _said(bare(text))
    if unknown := [key for key in clear if key not in KEYS]:
        raise InputError(f"`--clear {unknown[0]}`: there is no such key.", fix=f"The keys are: {', '.join(KEYS)}.")
    if asked.direction is None and not text:
        raise InputError(f"the mark “{asked.mark.text}” is not understood.", fix="Give all of its new direction.")
    before = asked.direction or Direction()
    update = {name: value for name, value in named if value is not None} | (
        {"character": character} if character else {}
    )
    update |= {("region" if key == "mode" else key): None for key in clear}
    direction = before.model_copy(update=update)
    frames = timecode_range(marked.index.cut, at, length=marked.index.frames) if at else None
    edit = Change(
        markers=asked.markers,
        before=asked.direction,
        frames_before=asked.frames,
        direction=direction if direction != asked.direction else None,
        frames=frames,
        clip=asked.clip,
        color=color,
        id=asked.id,
    )
    return Wished(edits=(edit,) if edit.direction or edit.frames or color else ())


def removed(marked: Marked, what: Sequence[str], *, any_marker: bool, every: bool) -> Wished:
    """Marks taken out, each once. Raises InputError for a word that means none, or several without `every`."""
    edits: dict[int, Remove] = {}
    for word in what:
        try:
            for asked in _found(marked, word, every=every or "-" in word):
                gone = Remove(markers=asked.markers, text=asked.mark.text, frames=asked.frames, id=asked.id)
                edits.setdefault(id(asked.mark.placed), gone)
        except InputError:
            others = list(_others(marked, word)) if any_marker else []
            if not others or (len(others) > 1 and not every and "-" not in word):
                raise
            edits |= {id(placed): _removal(placed, marked) for placed in others}
    return Wished(edits=tuple(edits.values()))


def from_sheet(marked: Marked, path: Path, *, encoding: str | None = None) -> Wished:
    """What a cue sheet that came back changes. Raises InputError with all that is wrong with it."""
    from reperform.sheets import csv_file
    from reperform.sheets.decoding import read_text
    from reperform.sheets.returned import changes_of, refuse

    text = read_text(path, encoding)
    returned = changes_of(csv_file.parse(text.text, path.name), marked.asked, marked.index)
    refuse(returned.problems, path.name)
    return Wished(edits=returned.edits, problems=(*_guess(text, path), *returned.problems))


def from_subtitles(
    marked: Marked,
    path: Path,
    *,
    direction: str | None,
    subtitles_start: str | None,
    offset: str,
    encoding: str | None,
    color: str | None,
    character: str | None,
    on: On | None,
) -> Wished:
    """A mark for each subtitle. Raises InputError for a file that holds none, or a setting that is not understood."""
    from reperform.sheets.decoding import read_text
    from reperform.sheets.spoken import Wish, marks_of
    from reperform.sheets.subtitles import parse

    wish = Wish(
        character=character,
        direction=_said(bare(direction or "")),
        starts=subtitles_start,
        offset=_seconds(offset),
        on=on,
        color=color,
    )
    text = read_text(path, encoding)
    subtitles = parse(text.text, path.name)
    wrong = tuple(
        Problem(severity="error", message=f"{path.name}, {each}", fix="Correct it in the file.")
        for each in subtitles.wrong
    )
    try:
        spoken = marks_of(subtitles.cues, marked.index, marked.asked, wish)
    except ValueError as error:
        raise InputError(
            f"`--subtitles-start {subtitles_start}`: {error}.", fix="Write a timecode: 01:00:00:00."
        ) from error
    return Wished(edits=spoken.edits, problems=(*_guess(text, path), *wrong, *spoken.problems))


def _said(text: str) -> Direction:
    parsed = parse_mark(text)
    if parsed.direction is None:
        cause = "\n".join(f"{each.message}: {each.fix}" for each in parsed.problems)
        raise InputError(
            f"the direction “{text}” is not understood:", cause=cause, fix="Write it as marks say it: angry, head, 0.8."
        )
    return parsed.direction


def _found(marked: Marked, word: str, *, every: bool) -> tuple[Asked, ...]:
    found = meant(word, marked.asked, marked.index)
    if not found:
        there = ", ".join(dict.fromkeys(_named(each) for each in marked.asked[:6])) or "none"
        raise InputError(
            f"“{word}” is no mark of this timeline.", fix=f"Its marks are: {there}. `reperform mark list` has them all."
        )
    if len({id(each.mark.placed) for each in found}) > 1 and not every:
        listed = ", ".join(_named(each) for each in found[:8])
        raise InputError(f"“{word}” means {len(found)} marks.", fix=f"Name one of: {listed}.")
    return found if every else found[:1]


def _named(asked: Asked) -> str:
    said = format_direction(asked.direction) if asked.direction else asked.mark.text
    return f"{asked.id} ({said})" if asked.id else f"“{said}”"


def _others(marked: Marked, word: str) -> Iterator[PlacedMarker]:
    """Markers that are no marks, by record timecode or by what they say."""
    from reperform.timeline.markup.existing import span_of

    ours = {id(placed.marker) for each in marked.asked for placed in each.markers}
    span = span_of(word, marked.index.cut)
    for placed in marked.index.markers:
        if id(placed.marker) in ours:
            continue
        text = marked.index.cut.dialect.marker_text(placed.marker)
        said = " ".join(f"{text.name} {text.note}".split()).casefold()
        frame = placed.record_frame
        if (frame is not None and frame in span) if span else word.strip().casefold() in said:
            yield placed


def _removal(placed: PlacedMarker, marked: Marked) -> Remove:
    from reperform.timing import FrameRange

    text = marked.index.cut.dialect.marker_text(placed.marker)
    frame = placed.record_frame
    said = " ".join(f"{text.name} {text.note}".split())
    return Remove(markers=(placed,), text=said, frames=None if frame is None else FrameRange(frame, 1))


def _seconds(text: str) -> Fraction:
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(
            f"`--offset {text}` is no number of seconds.", fix="Write it as --offset 1.5 or --offset=-0.25."
        ) from error


def _guess(text: Text, path: Path) -> tuple[Problem, ...]:
    if not text.guessed:
        return ()
    message = f"“{path.name}” does not say its encoding: it is read as {text.encoding}"
    return (Problem(severity="note", message=message, fix="Say it with --encoding where letters are wrong."),)
