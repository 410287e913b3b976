"""Subtitles: SubRip and WebVTT, as programs of all kinds really write them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reperform.errors import InputError

__all__ = ["Subtitle", "Subtitles", "parse"]

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.:](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(?:\s.*)?$")
_ARROW = re.compile(r"-{1,3}>")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}|</>")
_SPEAKER = re.compile(r"^\s*[-–—]?\s*([^\W\d_a-z][^\W_a-z .'’&-]*(?:[ .'’&-]+[^\Wa-z_]+)*):\s+(?=\S)")
_SOUND = re.compile(r"^[\s\-–—♪♫#*]*(?:\([^)]*\)|\[[^\]]*\]|[♪♫].*)?[\s\-–—♪♫#*.]*$", re.DOTALL)
_ASIDE = re.compile(r"\[[^\]]*\]")
_DASHES = re.compile(r"^\s*[-–—]\s*(?=\S)")
_BLOCKS = ("NOTE", "STYLE", "REGION")
MOST = 50_000
"""Subtitles that are read."""


@dataclass(frozen=True, kw_only=True)
class Subtitle:
    """One subtitle. Times are exact seconds of the subtitles' own clock, half-open."""

    number: int
    """In the file, from 1."""
    start: Fraction
    end: Fraction
    text: str
    """On one line, without styling. Empty where nobody speaks: a sound, music."""
    character: str | None = None
    """Who speaks, where the file says it: a voice tag, or a name in capitals before a colon."""
    speakers: int = 1
    """How many seem to speak: lines that begin with a dash."""


@dataclass(frozen=True, kw_only=True)
class Subtitles:
    """All of a file."""

    cues: tuple[Subtitle, ...]
    wrong: tuple[str, ...]
    """What in it cannot be read, each with its line."""


def parse(text: str, name: str) -> Subtitles:
    """The subtitles of an .srt or a .vtt.

    Raises:
        InputError: there is none in it, or too many.

    """
    cues: list[Subtitle] = []
    wrong: list[str] = []
    for line, block in _blocks(text.removeprefix("\ufeff")):
        at = next((number for number, each in enumerate(block) if _ARROW.search(each)), None)
        if at is None or (at and block[0].split(" ")[0] in _BLOCKS):
            continue
        made = _subtitle(block[at], block[at + 1 :], len(cues) + 1)
        if isinstance(made, str):
            wrong.append(f"line {line + at}: {made}")
        else:
            cues.append(made)
        if len(cues) > MOST:
            raise InputError(f"“{name}” has more than {MOST:,} subtitles.", fix="Give those of one reel.")
    if not cues and not wrong:
        raise InputError(
            f"“{name}” holds no subtitles.", fix="Give an .srt or a .vtt, with times as 00:00:04,000 --> 00:00:06,500."
        )
    return Subtitles(cues=tuple(sorted(cues, key=lambda cue: (cue.start, cue.number))), wrong=tuple(wrong))


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """What stands between empty lines, and the number of its first line; a second timing begins a block of its own."""
    block: list[str] = []
    first = 1
    for number, line in enumerate([*re.split(r"\r\n|\r|\n", text), ""], 1):
        timed = _TIMING.match(line)
        if timed and any(map(_TIMING.match, block)):
            kept = block[:-1] if block[-1].strip().isdigit() else block
            yield first, kept
            block, first = [], number
        if line.strip():
            first = first if block else number
            block.append(line)
        elif block:
            yield first, block
            block = []


def _subtitle(timing: str, lines: list[str], number: int) -> Subtitle | str:
    found = _TIMING.match(timing)
    if not found:
        return f"“{timing.strip()[:60]}” is no pair of times"
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
    if start is None or end is None:
        return f"“{timing.strip()[:60]}” has more than 59 minutes or seconds"
    if end <= start:
        return f"“{timing.strip()[:60]}” ends before it begins"
    return _spoken(number, start, end, lines)


def _seconds(parts: tuple[str | None, ...]) -> Fraction | None:
    hours, minutes, seconds, rest = parts
    assert minutes is not None
    assert seconds is not None
    assert rest is not None
    if int(minutes) > 59 or int(seconds) > 59:
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(rest.ljust(3, "0")), 1000)


def _spoken(number: int, start: Fraction, end: Fraction, lines: list[str]) -> Subtitle:
    raw = "\n".join(lines)
    voices = list(dict.fromkeys(html.unescape(found.strip()) for found in _VOICE.findall(raw)))
    text = html.unescape(_TAG.sub("", raw)).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    dashed = [line for line in text.splitlines() if _DASHES.match(line)]
    character = voices[0] if len(voices) == 1 else None
    text = _ASIDE.sub(" ", text)
    if not voices and len(dashed) < 2 and (named := _SPEAKER.match(text)):
        character, text = named[1].strip(), text[named.end() :]
    shown = "" if _SOUND.match(text) else " ".join(_DASHES.sub("", line) for line in text.splitlines())
    return Subtitle(
        number=number,
        start=start,
        end=end,
        text=" ".join(shown.replace("\u00ad", "").split()),
        character=character,
        speakers=max(1, len(voices), len(dashed)),
    )
