"""The value behind each key of a mark."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, AudioReference
from reperform.grammar.words import NUMBER, TRACK, WrongError, nearest, plain_key
from reperform.lexing import unquoted

__all__ = ["read_temperature", "read_value"]

_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_TIME = r"(?:\d{1,2}:\d{2}:\d{2}[:;.]\d{2,3}|\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"\s*(?P<start>{_TIME})?\s*s?\s*(?P<to>[-–—]|\bto\b)?\s*(?P<end>{_TIME})?\s*s?\s*")


def read_value(key: str, value: str) -> object:
    """The value as `Direction` takes it. Raises WrongError."""
    return _READERS.get(key, _read_text)(key, value)


def _choice(names: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(key: str, value: str) -> str:
        word = plain_key(unquoted(value)[0])
        if word not in names:
            raise WrongError(f"“{value}” is not a value of {key}", nearest(word, names, f"{key} is one of"))
        return word

    return read


def read_temperature(key: str, value: str) -> float:
    """A number from 0 to 1. Raises WrongError."""
    text = unquoted(value)[0]
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    if not 0 <= number <= 1:
        raise WrongError(f"{key} is a number from 0 to 1, not “{value}”", "write it as 0.8")
    return abs(number)


def _read_takes(_: str, value: str) -> int:
    text = unquoted(value)[0]
    if text not in ("1", "2", "3", "4"):
        raise WrongError(f"takes is 1, 2, 3 or 4, not “{value}”", "write it as takes: 2")
    return int(text)


def _read_text(key: str, value: str) -> str:
    text, _ = unquoted(value)
    if not text.strip():
        raise WrongError(f"“{key}” has no value", f"write a value after “{key}:”, or take it out")
    return text


def _read_switch(key: str, value: str) -> bool:
    word = unquoted(value)[0].strip().lower()
    if word not in _SWITCH:
        raise WrongError(f"{key} is on or off, not “{value}”", f"write {key}: on")
    return _SWITCH[word]


def _read_speaker(_: str, value: str) -> str | tuple[int, int]:
    text = unquoted(value)[0].strip().lower()
    if text == "auto":
        return "auto"
    numbers = re.fullmatch(r"\(?\s*(\d{1,6})\s*[,x× ]\s*(\d{1,6})\s*\)?", text)
    if not numbers:
        raise WrongError(
            f"speaker is auto or two numbers, not “{value}”", "write the pixels of the face, such as speaker: 640 360"
        )
    return int(numbers[1]), int(numbers[2])


def _read_audio(_: str, value: str) -> AudioReference:
    path, start, end = _split_range(value)
    text, in_quotes = unquoted(path)
    if not text.strip():
        raise WrongError("“audio” names no file", "write audio: PATH, with the path relative to the timeline")
    if not in_quotes and TRACK.fullmatch(text):
        if start or end:
            raise WrongError(f"a track has no range of its own: “{value}”", f"write audio: {text.upper()}")
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
    raise WrongError(f"“{text.strip()}” is not a range", "write it in seconds, @ 2.5-6.0, or in timecode")


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "emotion": _choice(EMOTIONS),
    "region": _choice(REGIONS),
    "sync": _choice(SYNC_MODES),
    "temperature": read_temperature,
    "takes": _read_takes,
    "audio": _read_audio,
    "speaker": _read_speaker,
    "occlusion": _read_switch,
}
