"""The grammar in which editors write a direction into a marker: text to `Direction`, and back.

A direction is words and `key: value` pairs, separated by commas, semicolons or new lines. `line:` takes the rest of its
line. `#` at the start of a line, or after a space and not before a digit, begins a comment. A value in quotes is taken as
it stands; a quote inside is doubled.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, AudioReference, Direction
from reperform.lexing import items, quoted, quoted_line, unquoted

__all__ = ["KEYS", "Misread", "Parsed", "format_direction", "parse_mark", "unknown_words"]

KEYS: tuple[str, ...] = (*Direction.model_fields, "mode")
"""Every key; `mode` means `region`."""

LONGEST = 16_384
"""Characters that a mark may have."""

_MOST_UNKNOWN = 3
"""Items of a mark that are each said to be unknown."""
_LONGEST_NAMED = 40

_WORDS: dict[str, tuple[str, str]] = {
    **{word: ("emotion", word) for word in EMOTIONS},
    **{word: ("region", word) for word in REGIONS},
    **{word: ("sync", word) for word in SYNC_MODES},
}
_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_PAIR = re.compile(r"\s*([^\W\d][\w \-]*?)\s*[:=]\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_TIME = r"(?:\d{1,2}:\d{2}:\d{2}[:;.]\d{2,3}|\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"\s*(?P<start>{_TIME})?\s*s?\s*(?P<to>[-–—]|\bto\b)?\s*(?P<end>{_TIME})?\s*s?\s*")
_TRACK = re.compile(r"(?:[AV]\d+/)*A\d+", re.IGNORECASE)
_PLAIN_WORDS = re.compile(r"[ \n]*([^\W\d_](?:[\w .!?/\\+&()*-]|(?<=\w)['’](?=\w))*)(?=[,;\n]|$)")
_BETWEEN_WORDS = re.compile(r"[\s_-]")
_PARTS_OF_WORDS = frozenset(part for word in _WORDS for part in word.split("_"))


@dataclass(frozen=True, kw_only=True)
class Misread:
    """Something in a mark that is not understood."""

    text: str
    """The item of the mark, as written."""
    message: str
    fix: str
    key: str | None = None
    """The known key whose value is wrong; None for an unknown word or key."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What a text asks for."""

    direction: Direction | None
    """None where anything in the text is not understood."""
    problems: tuple[Misread, ...] = ()
    understood: int = 0
    """How many of its items are understood."""


class _WrongError(ValueError):
    def __init__(self, message: str, fix: str | Callable[[], str]) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


def parse_mark(text: str, *, explain: bool = True) -> Parsed:
    """Read the text of a mark, without its prefix. Never raises: everything that is wrong with it is in `problems`.

    Without `explain`, the first problem ends it, and has no `fix`: enough to tell that a text is no direction.
    """
    if len(text) > LONGEST:
        message = f"the text has {len(text)} characters; a direction has at most {LONGEST}"
        return Parsed(direction=None, problems=(Misread(text=text[:40], message=message, fix="shorten it"),))
    found: dict[str, object] = {}
    problems: list[Misread] = []
    understood = 0
    free_text = False
    for item in items(text):
        try:
            key, value = _read(item)
            _keep(found, key, value)
        except _WrongError as wrong:
            problems.append(_misread(item, wrong, explain=explain, after_free_text=free_text))
            if not explain:
                break
        else:
            understood += 1
            free_text = key in ("note", "consent")
    direction = None if problems else Direction.model_validate(found)
    return Parsed(direction=direction, problems=_few(problems), understood=understood)


def unknown_words(text: str) -> str | None:
    """The first item of a text where that is words that `parse_mark` certainly does not know; None where it may know them.

    A quick look at the remarks that a cut carries by the thousand.
    """
    plain = _PLAIN_WORDS.match(text) if len(text) <= LONGEST else None
    if not plain:
        return None
    words = plain[1].rstrip()
    return None if _BETWEEN_WORDS.split(words.lower(), 1)[0] in _PARTS_OF_WORDS else words


def _few(problems: list[Misread]) -> tuple[Misread, ...]:
    """The problems; where a text of another kind stands in the mark, one for all of it."""
    unknown = [problem for problem in problems if problem.key is None]
    if len(unknown) <= _MOST_UNKNOWN:
        return tuple(problems)
    named = ", ".join(f"“{_shortened(problem.text)}”" for problem in unknown[:_MOST_UNKNOWN])
    all_of_them = Misread(
        text=unknown[0].text,
        message=f"{named} and {len(unknown) - _MOST_UNKNOWN} more are not known",
        fix="write only directions there; what is for people goes behind note:, in quotes",
    )
    return (all_of_them, *(problem for problem in problems if problem.key is not None))


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_NAMED else f"{plain[: _LONGEST_NAMED - 1]}…"


def _misread(item: str, wrong: _WrongError, *, explain: bool, after_free_text: bool) -> Misread:
    key = _key_of(item)
    fix = ""
    if explain:
        fix = wrong.fix if isinstance(wrong.fix, str) else wrong.fix()
    if explain and after_free_text and key is None:
        fix += "; a note that holds a comma needs quotes"
    return Misread(text=item, message=wrong.message, fix=fix, key=key)


def format_direction(direction: Direction) -> str:
    """The direction as one line of text that `parse_mark` reads back to the same; line breaks in values become spaces."""
    written = []
    for key, value in direction:
        if value is None or value == "" or key in ("line", "audio"):
            continue
        written.append(_format_pair(key, value))
    if direction.audio:
        written.append(f"audio: {_format_audio(direction.audio)}")
    if direction.line:
        written.append(f"line: {quoted_line(direction.line)}")
    return ", ".join(written)


def _key_of(item: str) -> str | None:
    pair = _PAIR.fullmatch(item)
    key = _plain_key(pair[1]) if pair else ""
    return key if key in KEYS else None


def _plain_key(text: str) -> str:
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def _read(item: str) -> tuple[str, object]:
    pair = _PAIR.fullmatch(item)
    if not pair:
        return _read_word(item)
    key, value = _plain_key(pair[1]), pair[2].strip()
    if key not in KEYS:
        raise _WrongError(f"“{pair[1].strip()}” is not a key", _nearest(key, KEYS, "the keys are"))
    if not value:
        raise _WrongError(f"“{key}” has no value", f"write a value after “{key}:”, or take it out")
    key = "region" if key == "mode" else key
    return key, _READERS.get(key, _read_text)(key, value)


def _read_word(item: str) -> tuple[str, object]:
    text, _ = unquoted(item)
    word = _plain_key(text)
    if word in _WORDS:
        return _WORDS[word]
    if _NUMBER.fullmatch(text):
        return "temperature", _read_temperature("temperature", text)
    parts = word.split("_")
    if len(parts) > 1 and all(part in _WORDS or _NUMBER.fullmatch(part) for part in parts):
        raise _WrongError(f"“{text}” is several words", f"put commas between them: {', '.join(parts)}")
    raise _WrongError(f"“{text}” is not known", _nearest(word, (*_WORDS, *KEYS), "words and keys are"))


def _nearest(word: str, known: tuple[str, ...], otherwise: str) -> Callable[[], str]:
    return lambda: _advice(word, known, otherwise)


def _advice(word: str, known: tuple[str, ...], otherwise: str) -> str:
    near = difflib.get_close_matches(word[:40], known, n=3, cutoff=0.65)
    if near:
        return f"did you mean {' or '.join(f'{name}:' if name in KEYS else name for name in near)}?"
    return f"{otherwise} {', '.join(known)}"


def _keep(found: dict[str, object], key: str, value: object) -> None:
    if found.setdefault(key, value) == value:
        return
    if key == "emotion":
        raise _WrongError(
            f"two emotions in one mark: {found[key]} and {value}", "keep one, or make two marks, one after the other"
        )
    raise _WrongError(f"“{key}” stands twice, as {found[key]} and as {value}", "keep one of them")


def _choice(names: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(key: str, value: str) -> str:
        word = _plain_key(unquoted(value)[0])
        if word not in names:
            raise _WrongError(f"“{value}” is not a value of {key}", _nearest(word, names, f"{key} is one of"))
        return word

    return read


def _read_temperature(key: str, value: str) -> float:
    text = unquoted(value)[0]
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not 0 <= number <= 1:
        raise _WrongError(f"{key} is a number from 0 to 1, not “{value}”", "write it as 0.8")
    return abs(number)


def _read_takes(_: str, value: str) -> int:
    text = unquoted(value)[0]
    if text not in ("1", "2", "3", "4"):
        raise _WrongError(f"takes is 1, 2, 3 or 4, not “{value}”", "write it as takes: 2")
    return int(text)


def _read_text(key: str, value: str) -> str:
    text, _ = unquoted(value)
    if not text.strip():
        raise _WrongError(f"“{key}” has no value", f"write a value after “{key}:”, or take it out")
    return text


def _read_switch(key: str, value: str) -> bool:
    word = unquoted(value)[0].strip().lower()
    if word not in _SWITCH:
        raise _WrongError(f"{key} is on or off, not “{value}”", f"write {key}: on")
    return _SWITCH[word]


def _read_speaker(_: str, value: str) -> str | tuple[int, int]:
    text = unquoted(value)[0].strip().lower()
    if text == "auto":
        return "auto"
    numbers = re.fullmatch(r"\(?\s*(\d{1,6})\s*[,x× ]\s*(\d{1,6})\s*\)?", text)
    if not numbers:
        raise _WrongError(
            f"speaker is auto or two numbers, not “{value}”", "write the pixels of the face, such as speaker: 640 360"
        )
    return int(numbers[1]), int(numbers[2])


def _read_audio(_: str, value: str) -> AudioReference:
    path, start, end = _split_range(value)
    text, in_quotes = unquoted(path)
    if not text.strip():
        raise _WrongError("“audio” names no file", "write audio: PATH, with the path relative to the timeline")
    if not in_quotes and _TRACK.fullmatch(text):
        if start or end:
            raise _WrongError(f"a track has no range of its own: “{value}”", f"write audio: {text.upper()}")
        return AudioReference(track=text.upper())
    return AudioReference(path=text, start=start, end=end)


def _split_range(value: str) -> tuple[str, str | None, str | None]:
    """The path, and the range's ends as written."""
    path, at, text = value.rpartition("@")
    if not at:
        return value, None, None
    found = _RANGE.fullmatch(text)
    if found and (found["start"] or found["end"]) and (found["to"] or not found["end"]):
        return path.strip(), found["start"], found["end"]
    if unquoted(value)[1] or path[-1:].strip() or re.search(r"\.[a-zA-Z]", text):
        return value, None, None
    raise _WrongError(f"“{text.strip()}” is not a range", "write it in seconds, @ 2.5-6.0, or in timecode")


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "emotion": _choice(EMOTIONS),
    "region": _choice(REGIONS),
    "sync": _choice(SYNC_MODES),
    "temperature": _read_temperature,
    "takes": _read_takes,
    "audio": _read_audio,
    "speaker": _read_speaker,
    "occlusion": _read_switch,
}


def _format_pair(key: str, value: object) -> str:
    if key in ("emotion", "region"):
        return str(value)
    if isinstance(value, bool):
        return f"{key}: {'on' if value else 'off'}"
    if isinstance(value, tuple):
        return f"{key}: {' '.join(map(str, value))}"
    return f"{key}: {quoted(value) if isinstance(value, str) else repr(value)}"


def _format_audio(audio: AudioReference) -> str:
    if audio.track:
        return audio.track
    path = audio.path or ""
    written = '"' + path + '"' if _TRACK.fullmatch(path) else quoted(path)
    if audio.start is None and audio.end is None:
        return written
    return f"{written} @ {audio.start or ''}{'-' + audio.end if audio.end else ''}"
