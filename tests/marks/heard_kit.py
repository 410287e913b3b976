"""What is heard in the cues of small cuts."""

from __future__ import annotations

from typing import Any

from marked import Library, clip, cut, find, mark, movie, track, wave
from reperform.model import Source, Voice
from reperform.timeline.cues import Found

__all__ = ["ADR", "MEDIA", "guided", "samples", "spoken", "voices"]


def voices(found: Found) -> list[Voice]:
    return [voice for shot in found.shots for cue in shot.cues for voice in cue.voices]


def samples(found: Found) -> list[tuple[str, int, int, int]]:
    """Name of the file, first sample, first after, and where the first one sounds in the cue."""
    return [
        (voice.path.stem if voice.path else "", voice.start_sample, voice.end_sample, voice.offset_samples)
        for voice in voices(found)
    ]


def spoken(text: str, *, frames: int = 50, media: dict[str, Source] | None = None, **settings: Any) -> Found:
    """A cue of two seconds of MARA with this direction."""
    made = cut(track(clip("MARA", 100, frames, marks=[mark(f"RP: {text}", 100, frames)])))
    return find(made, media=Library(media or {}), **settings)


ADR = wave("adr", 4)
MEDIA = {
    "adr.wav": ADR,
    "long.wav": wave("long", 5),
    "mute.mov": movie("mute", audio=()),
    "stamped.wav": wave("stamped", 4, timecode=10 * 3600 * 48000),
}


def guided(*guide: Any, at: int = 0, frames: int = 50, text: str = "RP", **settings: Any) -> Found:
    picture = track(clip("MARA", 100, 100, marks=[mark(text, 100 + at, frames)]))
    return find(cut(picture, *guide), media=Library(MEDIA), **settings)
