"""A direction, as it is written into a mark."""

from __future__ import annotations

from reperform.direction import AudioReference, Direction
from reperform.grammar.words import TRACK
from reperform.lexing import quoted, quoted_line

__all__ = ["format_direction"]


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
    written = '"' + path + '"' if TRACK.fullmatch(path) else quoted(path)
    if audio.start is None and audio.end is None:
        return written
    return f"{written} @ {audio.start or ''}{'-' + audio.end if audio.end else ''}"
