"""What an engine would make of a direction: what it cannot do is said before anything is paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reperform import engines
from reperform.direction import Direction
from reperform.engines.base import Capabilities
from reperform.errors import SettingsError
from reperform.model import Cue, Place, PlanSettings, Problem, Shot
from reperform.planning.targets import Target

__all__ = ["check_drop", "place_of", "spoken", "suit"]

_WORDS = {
    "emotion": lambda can, direction: direction.emotion in can.emotions,
    "region": lambda can, direction: direction.region in can.regions,
    "temperature": lambda can, _: can.temperature,
    "speaker": lambda can, direction: can.speaker and (direction.speaker == "auto" or can.speaker_points),
    "boxes": lambda can, _: can.speaker_points,
    "occlusion": lambda can, _: can.occlusion,
}  # type: dict[str, Callable[[Capabilities, Direction], bool]]
"""A word of the grammar → whether an engine does what it asks."""


_NAMES = {"speaker": "point on the speaker", "occlusion": "occlusion handling"}


def suit(shot: Shot, cue: Cue, target: Target, settings: PlanSettings) -> tuple[Direction, tuple[Problem, ...]]:
    """The direction as this engine can take it, and what is lost: an emotion or a line is an error, the rest warnings."""
    direction, problems = cue.direction, []
    for word, does in _WORDS.items():
        if getattr(direction, word) is None:
            continue
        if word in settings.drop:
            direction = direction.model_copy(update={word: None})
        elif not does(target.capabilities, direction):
            problems.append(_ignored(word, does, direction, target=target, where=place_of(shot, cue)))
            direction = direction.model_copy(update={word: None})
    if spoken(cue):
        problems += _speech(cue, target, place_of(shot, cue))
    elif direction.line is not None or direction.voice is not None:
        direction = direction.model_copy(update={"line": None, "voice": None})
    if direction.emotion is None and target.capabilities.emotion_required:
        problems.append(_flattened(target, place_of(shot, cue)))
    return direction, tuple(problems)


def check_drop(settings: PlanSettings) -> None:
    """Reads `--drop`.

    Raises:
        SettingsError: a word that is no part of a direction that can be left out.

    """
    known = (*_WORDS, "line")
    for word in settings.drop:
        if word not in known:
            close = engines.nearest(word, known)
            fix = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."
            raise SettingsError(f"“{word}” cannot be dropped.", fix=fix)


def spoken(cue: Cue) -> bool:
    """Whether the engine is to speak the cue's line."""
    return any(voice.kind == "speech" for voice in cue.voices)


def place_of(shot: Shot, cue: Cue | None = None) -> Place:
    """Where a problem of the shot, or of one of its cues, is."""
    return Place(track=shot.track, clip=shot.clip, timecode=cue.record_in if cue else shot.record.in_)


def _ignored(
    word: str, does: Callable[[Capabilities, Direction], bool], direction: Direction, *, target: Target, where: Place
) -> Problem:
    asked = _said(getattr(direction, word))
    if word == "emotion":
        others = ", ".join(engines.able(lambda can: does(can, direction)))
        message = f"{target.name} performs no emotions: “{asked}” would be ignored."
        fix = f"Use an engine that does ({others}), or go on without it: --drop emotion"
        return Problem(severity="error", where=where, message=message, fix=fix)
    only = ", only auto" if word == "speaker" and target.capabilities.speaker else ""
    message = f"{target.name} takes no {_NAMES.get(word, word)}{only}: “{asked}” is not sent."
    return Problem(severity="warning", where=where, message=message)


def _speech(cue: Cue, target: Target, where: Place) -> list[Problem]:
    if not target.capabilities.speech:
        others = ", ".join(engines.able(lambda can: can.speech))
        message = f"{target.name} cannot speak a line."
        fix = f"Record the line and name it (`audio:`), or use an engine that speaks ({others})."
        return [Problem(severity="error", where=where, message=message, fix=fix)]
    if not any(voice.speech_voice or cue.direction.voice for voice in cue.voices if voice.kind == "speech"):
        message = "The line has no voice that speaks it."
        fix = "Add `voice: NAME` to the mark: the name of a voice at the engine."
        return [Problem(severity="error", where=where, message=message, fix=fix)]
    return []


def _flattened(target: Target, where: Place) -> Problem:
    return Problem(
        severity="warning",
        where=where,
        message=f"{target.name} must be given an emotion: “neutral” is sent, which flattens the performance.",
        fix="Name an emotion in the mark, or use an engine that follows the picture (sync, runware).",
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
