"""The voices of a paid cue, where only a part of the cue is used, or its picture is shown at another pace."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from reperform.model import Cue, Voice
from reperform.timing import FrameRange, Rate, sample_at

__all__ = ["at_pace", "cut_cue", "from_here"]

_SLOWEST, _FASTEST = Fraction(1, 2), Fraction(2)
"""As for a retimed shot's own sound: beyond them speech no longer sounds like speech."""


def cut_cue(cue: Cue, frames: FrameRange, *, rate: Rate) -> Cue:
    """The part `frames` of a cue on its clock, with the voices where they were: each sample on its frame."""
    if cue.range == frames:
        return cue

    def later(voice: Voice) -> Voice:
        first = sample_at(cue.in_frame, rate, voice.sample_rate)
        moved = sample_at(frames.start, rate, voice.sample_rate) - first
        return voice.model_copy(update={"offset_samples": voice.offset_samples - moved})

    # A stretched voice is laid by the whole cue's length: of a part it would be another.
    voices = tuple(later(voice) for voice in cue.voices if voice.sync != "remap")
    return cue.model_copy(update={"in_frame": frames.start, "frames": frames.frames, "voices": voices})


def at_pace(cue: Cue, *, since: Fraction, pace: Fraction | None) -> tuple[Voice, ...]:
    """The cue's voices for a picture that runs `pace` times as fast, begun `since` seconds after the cue's first frame was.

    None where that varies, goes backward, or stands still: then no voice fits it, and neither does one that would be
    too fast or too slow.
    """
    if pace is None or pace <= 0:
        return ()
    paced = (_at_pace(voice, since, pace) for voice in cue.voices if voice.kind != "speech" and voice.sync != "remap")
    return tuple(voice for voice in paced if _SLOWEST <= voice.speed <= _FASTEST)


def _at_pace(voice: Voice, since: Fraction, pace: Fraction) -> Voice:
    begun = voice.offset_samples - since * voice.sample_rate
    return voice.model_copy(
        update={
            "speed": voice.speed * pace,
            "start_sample": round(voice.start_sample / pace),
            "end_sample": round(voice.end_sample / pace),
            "offset_samples": round(begun / pace),
        }
    )


def from_here(
    voices: tuple[Voice, ...], *, before: Path, now: Path, exists: Callable[[Path], bool]
) -> tuple[Voice, ...]:
    """The voices with the original's own sound at the place where the original lies now; those that are gone are left out."""
    found = []
    for voice in voices:
        path = now if voice.path == before else voice.path
        if path is None or exists(path):
            found.append(voice.model_copy(update={"path": path}))
    return tuple(found)
