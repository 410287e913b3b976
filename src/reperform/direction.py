"""The direction: what is asked of a performance, and the grammar in which editors write it into a marker."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["EMOTIONS", "REGIONS", "SYNC_MODES", "AudioReference", "Direction"]

Emotion = Literal["happy", "angry", "sad", "neutral", "disgusted", "surprised"]
Region = Literal["lips", "face", "head"]
SyncMode = Literal["bounce", "loop", "cut_off", "silence", "remap"]

EMOTIONS: tuple[Emotion, ...] = ("happy", "angry", "sad", "neutral", "disgusted", "surprised")
REGIONS: tuple[Region, ...] = ("lips", "face", "head")
SYNC_MODES: tuple[SyncMode, ...] = ("bounce", "loop", "cut_off", "silence", "remap")


class AudioReference(BaseModel):
    """`audio: adr/mara_012.wav @ 2.5-6.0` or `audio: A3`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str | None = None
    """As written, relative to the timeline. None where a track is named."""
    track: str | None = None
    """A track of this timeline, such as `A3`."""
    start: str | None = None
    """As written: seconds, or the file's own timecode. None for its beginning."""
    end: str | None = None
    """As written. None for its end."""


class Direction(BaseModel):
    """What is asked of the performance. None means nothing is asked: the model follows the picture, or its own default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emotion: Emotion | None = None
    region: Region | None = None
    temperature: float | None = Field(default=None, ge=0, le=1)
    sync: SyncMode | None = None
    takes: int | None = Field(default=None, ge=1, le=4)
    line: str | None = None
    voice: str | None = None
    """The speech voice that speaks `line`."""
    audio: AudioReference | None = None
    engine: str | None = None
    model: str | None = None
    speaker: Literal["auto"] | tuple[int, int] | None = None
    """Pixels of the original's picture at the cue's first frame."""
    boxes: str | None = None
    """A JSON file of boxes a frame, as written."""
    occlusion: bool | None = None
    character: str | None = None
    note: str | None = None
    consent: str | None = None
