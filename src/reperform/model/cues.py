"""Cues, and the voices that drive them."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from reperform.direction import Direction
from reperform.model.documents import Document, PathText, RateText
from reperform.timing import FrameRange

__all__ = ["Cue", "SoundSource", "Voice"]


class Voice(Document):
    """Sound that drives a cue, or a part of it: a range of an audio file, or a line to be spoken."""

    kind: Literal["file", "track", "own", "speech"]
    path: PathText | None = None
    start_seconds: float | None = None
    """For people; `start_sample` decides."""
    end_seconds: float | None = None
    line: str | None = None
    speech_voice: str | None = None
    """The engine's name of the voice that speaks `line`."""
    stream: int | None = None
    """FFmpeg's stream index in `path`."""
    channels: tuple[int, ...] | None = None
    """Which channels of the stream, from 0; None for all. They are mixed to what drives the cue."""
    sample_rate: int = 48000
    start_sample: int = 0
    """First sample in the stream, from the stream's first sample."""
    end_sample: int = 0
    """First sample after the range."""
    offset_samples: int = 0
    """Where the first sample sounds, counted from the first sample of the cue's first frame."""
    speed: RateText = Fraction(1)
    """The file is heard so many times as fast, its pitch kept. Sample numbers count what is heard: sample n is n × speed of the file."""
    sync: Literal["cut_off", "silence", "loop", "bounce", "remap"] | None = None
    """How a voice from a file is fitted to the cue. None keeps its place: voices from tracks and the shot's own."""
    label: str | None = None
    """What a person calls it: the guide clip's name and track, the file's name."""


class SoundSource(Document):
    """The shot's own sound, from one file: which sample sounds at the shot's first visible frame."""

    path: PathText
    stream: int
    channels: tuple[int, ...] | None = None
    sample_rate: int
    at_sample: int
    """The sample of the stream that sounds at the first sample of `media.in_frame`; may be negative."""
    speed: RateText = Fraction(1)
    """As a voice's."""


class Cue(Document):
    """One marked piece of dialogue on one clip, and the direction for it."""

    id: str
    key: str | None = None
    """The quick key of the plan; the full key is made before paying. None where the media could not be read."""
    marker: str
    """The text of the mark, as written."""
    character: str | None = None
    record_in: str
    record_out: str | None = None
    """Record timecode of the first frame after it. None in plans of earlier versions."""
    in_frame: int
    frames: int
    direction: Direction
    voices: tuple[Voice, ...] = ()
    paid: bool = False
    """A paid result covers it already; no job is planned for it."""

    @property
    def range(self) -> FrameRange:
        """Its frames, half-open."""
        return FrameRange(self.in_frame, self.frames)
