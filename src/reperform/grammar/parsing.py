"""What the text of a mark asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reperform.direction import Direction
from reperform.grammar.values import read_temperature, read_value
from reperform.grammar.words import KEYS, NUMBER, WORDS, WrongError, nearest, plain_key
from reperform.lexing import items, unquoted

__all__ = ["LONGEST", "Misread", "Parsed", "parse_mark", "unknown_words"]

LONGEST = 16_384
"""Characters that a mark may have."""

_MOST_UNKNOWN = 3
"""Items of a mark that are each said to be unknown."""
_LONGEST_NAMED = 40

_PAIR = re.compile(r"\s*([^\W\d][\w \-]*?)\s*[:=]\s*(.*)", re.DOTALL)
_LETTERS = r"[\w .!?/\\+&()*-]*"
_PLAIN_WORDS = re.compile(rf"[ \n]*(?=([^\s_,;-]+))([^\W\d_]{_LETTERS}(?:(?<=\w)['’](?=\w){_LETTERS})*)(?=[,;\n]|$)")
"""Its first word, and all of it."""
_PARTS_OF_WORDS = frozenset(part for word in WORDS for part in word.split("_"))


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
        except WrongError as wrong:
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
    return None if plain[1].lower() in _PARTS_OF_WORDS else plain[2].rstrip()


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


def _misread(item: str, wrong: WrongError, *, explain: bool, after_free_text: bool) -> Misread:
    key = _key_of(item)
    fix = ""
    if explain:
        fix = wrong.fix if isinstance(wrong.fix, str) else wrong.fix()
    if explain and after_free_text and key is None:
        fix += "; a note that holds a comma needs quotes"
    return Misread(text=item, message=wrong.message, fix=fix, key=key)


def _key_of(item: str) -> str | None:
    pair = _PAIR.fullmatch(item)
    key = plain_key(pair[1]) if pair else ""
    return key if key in KEYS else None


def _read(item: str) -> tuple[str, object]:
    pair = _PAIR.fullmatch(item)
    if not pair:
        return _read_word(item)
    key, value = plain_key(pair[1]), pair[2].strip()
    if key not in KEYS:
        raise WrongError(f"“{pair[1].strip()}” is not a key", nearest(key, KEYS, "the keys are"))
    if not value:
        raise WrongError(f"“{key}” has no value", f"write a value after “{key}:”, or take it out")
    key = "region" if key == "mode" else key
    return key, read_value(key, value)


def _read_word(item: str) -> tuple[str, object]:
    text, _ = unquoted(item)
    word = plain_key(text)
    if word in WORDS:
        return WORDS[word]
    if NUMBER.fullmatch(text):
        return "temperature", read_temperature("temperature", text)
    parts = word.split("_")
    if len(parts) > 1 and all(part in WORDS or NUMBER.fullmatch(part) for part in parts):
        raise WrongError(f"“{text}” is several words", f"put commas between them: {', '.join(parts)}")
    raise WrongError(f"“{text}” is not known", nearest(word, (*WORDS, *KEYS), "words and keys are"))


def _keep(found: dict[str, object], key: str, value: object) -> None:
    if found.setdefault(key, value) == value:
        return
    if key == "emotion":
        raise WrongError(
            f"two emotions in one mark: {found[key]} and {value}", "keep one, or make two marks, one after the other"
        )
    raise WrongError(f"“{key}” stands twice, as {found[key]} and as {value}", "keep one of them")
