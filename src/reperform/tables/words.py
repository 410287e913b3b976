"""Directions and voices in few words."""

from __future__ import annotations

from collections.abc import Sequence

from reperform.direction import Direction
from reperform.model import Voice
from reperform.tables.printing import short

__all__ = ["direction_text", "voice_text"]


def direction_text(direction: Direction) -> str:
    """What is asked, such as `angry, head, 0.8, 2 takes`; `as the picture` where nothing is."""
    words = (
        direction.emotion,
        direction.region,
        None if direction.temperature is None else f"{direction.temperature:g}",
        direction.sync,
        f"{direction.takes} takes" if (direction.takes or 1) > 1 else None,
        _speaker(direction),
        None if direction.occlusion is None else f"occlusion {'on' if direction.occlusion else 'off'}",
    )
    asked = ", ".join(word for word in words if word) or "as the picture"
    engine = " ".join(word for word in (direction.engine, direction.model) if word)
    return f"{asked} → {engine}" if engine else asked


def voice_text(voices: Sequence[Voice]) -> str:
    """What drives a cue, such as `mara_012 (A3)`, `own sound`, or a line and who speaks it."""
    said = list(dict.fromkeys(_one(voice) for voice in voices))
    if not said:
        return "none"
    return said[0] if len(said) == 1 else f"{said[0]} and {len(said) - 1} more"


def _one(voice: Voice) -> str:
    if voice.kind == "speech":
        line = f"“{short(voice.line or '')}”"
        return f"{line} by {voice.speech_voice}" if voice.speech_voice else line
    if voice.kind == "own":
        return "own sound"
    return voice.label or (voice.path.name if voice.path else voice.kind)


def _speaker(direction: Direction) -> str | None:
    if direction.boxes:
        return f"boxes {direction.boxes}"
    if isinstance(direction.speaker, tuple):
        return f"speaker {direction.speaker[0]} {direction.speaker[1]}"
    return f"speaker {direction.speaker}" if direction.speaker else None
