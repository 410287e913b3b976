"""Which markers are marks, and what each asks for: the prefix, the character after it, and the three rules.

1. With `--marker-color` or `--marker-name`: exactly the markers that fit all that is given.
2. Else markers whose name, keyword or note begins with `reperform` or `RP`.
3. Else markers whose whole text is a direction that names an emotion, a line or an audio, with or without `dialogue` before it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reperform.direction import EMOTIONS, REGIONS, Direction
from reperform.errors import SettingsError
from reperform.grammar import Misread, Parsed, parse_mark, unknown_words
from reperform.model import IgnoredMarker, PlanSettings
from reperform.timeline import records
from reperform.timeline.cut import Index, PlacedMarker
from reperform.timeline.dialects.base import MarkerText

__all__ = ["Mark", "MarkRules", "asks", "sort_markers", "without_prefix"]

_PREFIX = re.compile(r"\s*(?:reperform|rp)(?::|\s+:?|$)\s*", re.IGNORECASE)
_DIALOGUE = re.compile(r"\s*dialogue(?::|\s+:?|$)\s*", re.IGNORECASE)
_DEFAULT_NAME = re.compile(r"\s*marker\s*\d*\s*", re.IGNORECASE)
_OF_A_REVIEW = "it says what was decided in a review"
_PASSED_OVER = re.compile(r"\s*(?:dialogue|marker)", re.IGNORECASE)
"""How names begin of which a part may not be read as a direction."""


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
        if _is_prefixed(text):
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
    ignored: list[IgnoredMarker] = []
    text_of, may_be_ours = index.cut.dialect.marker_text, index.cut.may_hold_takes
    for placed in index.markers:
        text = text_of(placed.marker)
        judged = _OF_A_REVIEW if may_be_ours and is_of_a_review(placed) else rules.judge(placed, text)
        if isinstance(judged, Mark):
            marks.append(judged)
        else:
            ignored.append(ignore(index, placed, _as_written(text), judged))
    return marks, ignored


def is_of_a_review(placed: PlacedMarker) -> bool:
    """Whether a save of the review page has set the marker: it says what was decided of a take."""
    return records.says(placed.marker, "review") is not None


def ignore(index: Index, placed: PlacedMarker, text: str, why: str) -> IgnoredMarker:
    """A marker that is not performed, and why."""
    frame = placed.record_frame
    return IgnoredMarker(
        clip=placed.clip.name if placed.clip else None,
        record_in=None if frame is None else index.cut.timecode(frame),
        text=text,
        why=why,
    )


def asks(direction: Direction) -> bool:
    """Whether the direction asks for something: without it, a mark needs a guide clip under it or rule 1."""
    wanted = (direction.emotion, direction.line, direction.audio, direction.region, direction.temperature)
    return any(part is not None for part in wanted)


def without_prefix(text: str) -> str:
    """The text without the prefix of a mark, where it has one."""
    return _without(_PREFIX, text)


def _plain_color(color: str) -> str:
    return color.strip().upper()


def _with_name(text: MarkerText) -> MarkerText:
    """Editors with one text field leave the name empty: the text is then the name."""
    return MarkerText(text.note, "", text.keywords)


def _as_written(text: MarkerText) -> str:
    name, note = text.name.strip(), text.note.strip()
    return f"{name}\n{note}" if name and note else name or note or ", ".join(text.keywords)


def _after(prefix: re.Pattern[str], text: str) -> str | None:
    """What follows the prefix; None where the text does not begin with it."""
    match = prefix.match(text)
    return text[match.end() :] if match else None


def _without(prefix: re.Pattern[str], text: str) -> str:
    match = prefix.match(text)
    return text[match.end() :] if match else text


def _is_prefixed(text: MarkerText) -> bool:
    if _PREFIX.match(text.name) or _PREFIX.match(text.note):
        return True
    return bool(text.keywords) and any(map(_PREFIX.match, text.keywords))


def _chosen(placed: PlacedMarker, text: MarkerText) -> Mark:
    """Rule 1: what is no direction is a note, line by line."""
    character, name = _character(text)
    keywords = (_after(_PREFIX, keyword) or "" for keyword in text.keywords)
    note = _without(_PREFIX, text.note)
    directions: list[str] = []
    notes: list[str] = []
    doubts: list[Misread] = []
    for line in "\n".join((name, note, *keywords)).splitlines():
        parsed = parse_mark(line)
        (notes if parsed.problems else directions).append(line)
        doubts += (_doubt(problem) for problem in parsed.problems if problem.key)
    parsed = parse_mark("\n".join(directions))
    parsed = _with_character(_with_note(parsed, notes), character)
    return _mark(placed, text, parsed, chosen=True, doubts=tuple(doubts))


def _doubt(problem: Misread) -> Misread:
    return Misread(
        text=problem.text,
        message=f"“{problem.text}” is no direction and is kept as the note: {problem.message}",
        fix=problem.fix,
        key=problem.key,
    )


def _with_note(parsed: Parsed, lines: list[str]) -> Parsed:
    text = "\n".join(line.strip() for line in lines if line.strip() and not _DEFAULT_NAME.fullmatch(line))
    if not parsed.direction or not text:
        return parsed
    note = "\n".join(filter(None, (parsed.direction.note, text)))
    return Parsed(direction=parsed.direction.model_copy(update={"note": note}), understood=parsed.understood)


def _prefixed(placed: PlacedMarker, text: MarkerText) -> Mark:
    """Rule 2: all of it has to be understood."""
    character, name = _character(text)
    parsed = _with_character(parse_mark("\n".join((name, *_strict_parts(text)))), character)
    return _mark(placed, text, parsed, doubts=tuple(_doubtful_character(character, parsed)))


def _strict_parts(text: MarkerText) -> Iterator[str]:
    """What has to be a direction beside the name."""
    yield _without(_PREFIX, text.note)
    yield from filter(None, (_after(_PREFIX, keyword) for keyword in text.keywords))


def _character(text: MarkerText) -> tuple[str | None, str]:
    """The character in a marker's name, and what in the name is to be read as a direction."""
    rest = _after(_PREFIX, text.name)
    if rest is None:
        return None, text.name if _name_counts(text) else ""
    first, _, more = rest.partition("\n")
    if not first.strip() or _is_direction(first):
        return None, rest
    return first.strip().rstrip(":,;").strip(), more


def _name_counts(text: MarkerText) -> bool:
    """Whether a name without the prefix is part of the direction: it is one, or only a keyword makes this a mark."""
    if _DEFAULT_NAME.fullmatch(text.name):
        return False
    return not _PREFIX.match(text.note) or parse_mark(text.name, explain=False).direction is not None


@lru_cache(maxsize=1024)
def _is_direction(text: str) -> bool:
    """Whether the text after a prefix is meant as a direction, mistakes included, and not as a character's name."""
    parsed = parse_mark(text)
    if parsed.direction or parsed.understood or len(parsed.problems) > 1:
        return True
    return any(problem.key or problem.fix.startswith("put commas") for problem in parsed.problems) or _misspelt(text)


def _misspelt(text: str) -> bool:
    """`angri` is a misspelt emotion; ANGRI, as a script writes its characters, is a name."""
    return not text.isupper() and bool(_near(text, 0.8))


def _near(text: str, cutoff: float) -> list[str]:
    return difflib.get_close_matches(text.strip().lower()[:40], (*EMOTIONS, *REGIONS), n=1, cutoff=cutoff)


def _doubtful_character(character: str | None, parsed: Parsed) -> Iterator[Misread]:
    if not character or character.isupper() or not parsed.direction or parsed.direction.emotion:
        return
    for word in _near(character, 0.6):
        message = f"“{character}” is taken as the character's name"
        yield Misread(text=character, message=message, fix=f"if it is an emotion, write {word}")


def _with_character(parsed: Parsed, character: str | None) -> Parsed:
    if not character or not parsed.direction:
        return parsed
    written = parsed.direction.character
    if written and written != character:
        message = f"two characters in one mark: {character} and {written}"
        return Parsed(direction=None, problems=(Misread(text=written, message=message, fix="keep one of them"),))
    return Parsed(direction=parsed.direction.model_copy(update={"character": character}), understood=parsed.understood)


def _unprefixed(placed: PlacedMarker, text: MarkerText) -> Mark | str:
    """Rule 3: a mark only if all the text is a direction that names an emotion, a line or an audio."""
    if not _PASSED_OVER.match(text.name) and (unknown := unknown_words(text.name)):
        return f"it does not begin with “RP:”, and is no direction: “{unknown}” is not known"
    name = "" if _DEFAULT_NAME.fullmatch(text.name) and text.note.strip() else text.name
    parsed = parse_mark(f"{_without(_DIALOGUE, name)}\n{_without(_DIALOGUE, text.note)}", explain=False)
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
