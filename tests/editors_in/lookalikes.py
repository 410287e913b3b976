"""Timelines as editors shape them, built here; and what was found in one, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

import marked
from reperform.model import Source
from reperform.timeline.cues import Found
from reperform.timeline.cut import Index
from reperform.timeline.index import build
from reperform.timeline.reading import read

FLOAT32 = 23.976024627685547
"""24000/1001 as Hiero spells it."""
FILM = Fraction(24000, 1001)

CueRange = tuple[int, int]
VoiceRange = tuple[int, int, tuple[int, ...] | None]


def span(start: float, length: float, rate: float) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(length, rate))


def marker(
    start: float,
    length: float,
    rate: float,
    *,
    name: str = "",
    comment: str = "",
    color: str = "RED",
    **metadata: Any,
) -> otio.schema.Marker:
    made = otio.schema.Marker(name=name, marked_range=span(start, length, rate), color=color, metadata=metadata)
    made.comment = comment
    return made


def file(url: str, start: float, length: float, rate: float, *, name: str = "", **metadata: Any) -> Any:
    made = otio.schema.ExternalReference(url, span(start, length, rate), metadata)
    made.name = name
    return made


def clip(
    name: str,
    source: TimeRange,
    media: Any = None,
    *,
    marks: Sequence[Any] = (),
    effects: Sequence[Any] = (),
    **metadata: Any,
) -> otio.schema.Clip:
    made = otio.schema.Clip(name, media, source, metadata)
    made.markers.extend(marks)
    made.effects.extend(effects)
    return made


def gap(length: float, rate: float) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, length, rate))


def fade(before: float, after: float, rate: float, name: str = "Cross Dissolve") -> otio.schema.Transition:
    return otio.schema.Transition(name, "SMPTE_Dissolve", RationalTime(before, rate), RationalTime(after, rate))


def speed(scalar: float) -> otio.schema.LinearTimeWarp:
    return otio.schema.LinearTimeWarp(time_scalar=scalar)


def track(*children: Any, kind: str = "Video", name: str = "", length: TimeRange | None = None, **metadata: Any) -> Any:
    made = otio.schema.Track(name, kind=kind, source_range=length, metadata=metadata)
    made.extend(children)
    return made


def stack(*children: Any, source: TimeRange | None = None, name: str = "", **metadata: Any) -> otio.schema.Stack:
    return otio.schema.Stack(name, list(children), source, metadata=metadata)


def timeline(
    *tracks: Any, start: RationalTime | None = None, name: str = "", marks: Sequence[Any] = (), **metadata: Any
) -> otio.schema.Timeline:
    made = otio.schema.Timeline(name, global_start_time=start, metadata=metadata)
    made.tracks.extend(tracks)
    made.tracks.markers.extend(marks)
    return made


def opened(made: otio.schema.Timeline, folder: Path) -> Index:
    """The index of a timeline that has gone through a file."""
    path = folder / "cut.otio"
    otio.adapters.write_to_file(made, str(path))
    return build(read(path))


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What was worked out by hand. Frames and samples count from the first of the media."""

    dialect: str
    cues: dict[str, CueRange]
    """By id: TRACK@TIMECODE#NUMBER."""
    voices: dict[str, list[VoiceRange]]
    """First sample, first after, channels (None for all), of each cue."""
    media: dict[str, str]
    """As the file spells it, by shot."""
    notes: int = 0
    warnings: int = 0
    errors: list[str] = field(default_factory=list)


def found(index: Index, media: dict[str, Source]) -> Expected:
    """The same of what is read."""
    got = marked.find(index, media=marked.Library(media=media))
    return Expected(
        dialect=index.cut.dialect.name,
        cues=marked.ranges(got),
        voices={cue.id: _voices(cue.voices) for shot in got.shots for cue in shot.cues},
        media={shot.id: _media(index, shot.address) for shot in got.shots},
        notes=len(marked.said(got, "note")),
        warnings=len(marked.said(got, "warning")),
        errors=marked.said(got),
    )


def _voices(voices: Sequence[Any]) -> list[VoiceRange]:
    return [(voice.start_sample, voice.end_sample, voice.channels) for voice in voices]


def _media(index: Index, address: Sequence[int]) -> str:
    placed = next(clip for clip in index.clips if clip.address == tuple(address))
    return str(index.cut.dialect.media_path(placed.clip.media_reference))


def directions(got: Found) -> list[tuple[str | None, str | None]]:
    """Character and emotion of every cue."""
    return [(cue.character, cue.direction.emotion) for shot in got.shots for cue in shot.cues]
