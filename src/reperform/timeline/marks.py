"""Which markers are marks, and what each asks for: the three rules.

1. With `--marker-color` or `--marker-name`: exactly the markers that fit all that is given.
2. Else markers whose name, keyword or note begins with `reperform` or `RP`.
3. Else markers whose whole text is a direction that names an emotion, a line or an audio, with or without `dialogue` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter

from reperform.direction import Direction
from reperform.errors import SettingsError
from reperform.grammar import Misread, Parsed, parse_mark, unknown_words
from reperform.model import IgnoredMarker, PlanSettings
from reperform.timeline import records
from reperform.timeline.characters import character_of, doubtful_character, with_character
from reperform.timeline.cut import Index, PlacedMarker
from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.prefixes import (
    DEFAULT_NAME,
    DIALOGUE,
    PASSED_OVER,
    PREFIX,
    after,
    is_prefixed,
    without,
)

__all__ = ["Mark", "MarkRules", "asks", "sort_markers"]

_IGNORED = TypeAdapter(list[IgnoredMarker])
"""All at once: pydantic takes a third longer for thousands of them one by one."""
_OF_A_REVIEW = "it says what was decided in a review"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A marker that asks for a performance."""

    placed: PlacedMarker
    text: str
    """As written: name and note."""
    direction: Direction | None
    """None where it is not understood; then `problems` says why."""
    problems: tuple[Misread, ...] = ()
    doubts: tuple[Misread, ...] = ()
    """What was read in one of two possible ways."""
    chosen: bool = False
    """By rule 1: a cue even where it asks for nothing."""


@dataclass(frozen=True, kw_only=True)
class MarkRules:
    """Rule 1's filters; empty for rules 2 and 3."""

    colors: frozenset[str] = frozenset()
    name: re.Pattern[str] | None = None

    @classmethod
    def of(cls, settings: PlanSettings) -> MarkRules:
        """The rules that the settings ask for. Raises SettingsError for a pattern that is none."""
        try:
            name = re.compile(settings.marker_name) if settings.marker_name else None
        except re.error as error:
            message = f"--marker-name “{settings.marker_name}” is not a regular expression: {error}"
            raise SettingsError(
                message, fix="put a backslash before characters that are meant as they stand"
            ) from error
        return cls(colors=frozenset(map(_plain_color, settings.marker_colors)), name=name)

    def judge(self, placed: PlacedMarker, text: MarkerText) -> Mark | str:
        """The mark, or why the marker is none."""
        if not text.name.strip():
            text = _with_name(text)
        if self.colors or self.name:
            return self._why_not_chosen(placed, text) or _chosen(placed, text)
        if is_prefixed(text):
            return _prefixed(placed, text)
        return _unprefixed(placed, text)

    def _why_not_chosen(self, placed: PlacedMarker, text: MarkerText) -> str | None:
        color = _plain_color(placed.marker.color or "")
        if self.colors and color not in self.colors:
            return f"its colour is {color or 'none'}, not {' or '.join(sorted(self.colors))}"
        if self.name and not self.name.search(text.name):
            return f"its name does not match {self.name.pattern}"
        return None


def sort_markers(index: Index, settings: PlanSettings) -> tuple[list[Mark], list[IgnoredMarker]]:
    """The marks of a cut, and the other markers, each with the reason. Raises SettingsError for a wrong `marker_name`."""
    rules = MarkRules.of(settings)
    marks: list[Mark] = []
    others: list[dict[str, str | None]] = []
    text_of, may_be_ours = index.cut.dialect.marker_text, index.cut.may_hold_takes
    for placed in index.markers:
        text = text_of(placed.marker)
        judged = _OF_A_REVIEW if may_be_ours and is_of_a_review(placed) else rules.judge(placed, text)
        if isinstance(judged, Mark):
            marks.append(judged)
        else:
            others.append(_said(index, placed, _as_written(text), judged))
    return marks, _IGNORED.validate_python(others)


def is_of_a_review(placed: PlacedMarker) -> bool:
    """Whether a save of the review page has set the marker: it says what was decided of a take."""
    return records.says(placed.marker, "review") is not None


def ignore(index: Index, placed: PlacedMarker, text: str, why: str) -> IgnoredMarker:
    """A marker that is not performed, and why."""
    return IgnoredMarker.model_validate(_said(index, placed, text, why))


def _said(index: Index, placed: PlacedMarker, text: str, why: str) -> dict[str, str | None]:
    """The fields of an ignored marker."""
    clip, frame = placed.clip, placed.record_frame
    return {
        "clip": clip.name if clip else None,
        "record_in": None if frame is None else index.cut.timecode(frame),
        "text": text,
        "why": why,
    }


def asks(direction: Direction) -> bool:
    """Whether the direction asks for something: without it, a mark needs a guide clip under it or rule 1."""
    wanted = (direction.emotion, direction.line, direction.audio, direction.region, direction.temperature)
    return any(part is not None for part in wanted)


def _plain_color(color: str) -> str:
    return color.strip().upper()


def _with_name(text: MarkerText) -> MarkerText:
    """Editors with one text field leave the name empty: the text is then the name."""
    return MarkerText(text.note, "", text.keywords)


def _as_written(text: MarkerText) -> str:
    name, note = text.name.strip(), text.note.strip()
    return f"{name}\n{note}" if name and note else name or note or ", ".join(text.keywords)


def _chosen(placed: PlacedMarker, text: MarkerText) -> Mark:
    """Rule 1: what is no direction is a note, line by line."""
    character, name = character_of(text)
    keywords = (after(PREFIX, keyword) or "" for keyword in text.keywords)
    note = without(PREFIX, text.note)
    directions: list[str] = []
    notes: list[str] = []
    doubts: list[Misread] = []
    for line in "\n".join((name, note, *keywords)).splitlines():
        parsed = parse_mark(line)
        (notes if parsed.problems else directions).append(line)
        doubts += (_doubt(problem) for problem in parsed.problems if problem.key)
    parsed = parse_mark("\n".join(directions))
    parsed = with_character(_with_note(parsed, notes), character)
    return _mark(placed, text, parsed, chosen=True, doubts=tuple(doubts))


def _doubt(problem: Misread) -> Misread:
    return Misread(
        text=problem.text,
        message=f"“{problem.text}” is no direction and is kept as the note: {problem.message}",
        fix=problem.fix,
        key=problem.key,
    )


def _with_note(parsed: Parsed, lines: list[str]) -> Parsed:
    text = "\n".join(line.strip() for line in lines if line.strip() and not DEFAULT_NAME.fullmatch(line))
    if not parsed.direction or not text:
        return parsed
    note = "\n".join(filter(None, (parsed.direction.note, text)))
    return Parsed(direction=parsed.direction.model_copy(update={"note": note}), understood=parsed.understood)


def _prefixed(placed: PlacedMarker, text: MarkerText) -> Mark:
    """Rule 2: all of it has to be understood."""
    character, name = character_of(text)
    parsed = with_character(parse_mark("\n".join((name, *_strict_parts(text)))), character)
    return _mark(placed, text, parsed, doubts=tuple(doubtful_character(character, parsed)))


def _strict_parts(text: MarkerText) -> Iterator[str]:
    """What has to be a direction beside the name."""
    yield without(PREFIX, text.note)
    yield from filter(None, (after(PREFIX, keyword) for keyword in text.keywords))


def _unprefixed(placed: PlacedMarker, text: MarkerText) -> Mark | str:
    """Rule 3: a mark only if all the text is a direction that names an emotion, a line or an audio."""
    if not PASSED_OVER.match(text.name) and (unknown := unknown_words(text.name)):
        return f"it does not begin with “RP:”, and is no direction: “{unknown}” is not known"
    name = "" if DEFAULT_NAME.fullmatch(text.name) and text.note.strip() else text.name
    parsed = parse_mark(f"{without(DIALOGUE, name)}\n{without(DIALOGUE, text.note)}", explain=False)
    if not parsed.direction:
        return f"it does not begin with “RP:”, and is no direction: {parsed.problems[0].message}"
    if not (parsed.direction.emotion or parsed.direction.line or parsed.direction.audio):
        return "it does not begin with “RP:”, and names no emotion, line or audio"
    return _mark(placed, text, parsed)


def _mark(
    placed: PlacedMarker, text: MarkerText, parsed: Parsed, *, chosen: bool = False, doubts: tuple[Misread, ...] = ()
) -> Mark:
    return Mark(
        placed=placed,
        text=_as_written(text),
        direction=parsed.direction,
        problems=parsed.problems,
        doubts=doubts,
        chosen=chosen,
    )
