"""Small cuts with marks, made in memory, and a library of media that needs no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import MediaRefused
from reperform.model import AudioStream, PlanSettings, Source
from reperform.timeline import cues, index
from reperform.timeline.cut import Cut, Index, PlacedClip
from reperform.timeline.dialects import OtioDialect
from reperform.timing import ceil_frame, floor_frame

RATE = 25


def time(frames: float, rate: float = RATE) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, rate)


def span(start: float, frames: float, rate: float = RATE) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(start, rate), time(frames, rate))


def mark(
    name: str = "",
    start: float = 0,
    frames: float = 1,
    *,
    note: str = "",
    color: str = "RED",
    keywords: Sequence[str] = (),
    rate: float = RATE,
) -> otio.schema.Marker:
    """A marker; `start` counts in the time of what it stands on."""
    marker = otio.schema.Marker(name=name, marked_range=span(start, frames, rate), color=color)
    marker.comment = note
    if keywords:
        marker.metadata["Resolve_OTIO"] = {"Keywords": list(keywords), "Note": note}
    return marker


def clip(
    name: str,
    start: float = 0,
    frames: float = 50,
    *,
    marks: Sequence[Any] = (),
    speed: float = 1,
    rate: float = RATE,
    link: int | None = None,
    enabled: bool = True,
    channels: Sequence[tuple[int, int]] = (),
) -> otio.schema.Clip:
    """A clip of the medium `name`, which `Library` knows."""
    made = otio.schema.Clip(
        name=name,
        source_range=span(start, frames, rate),
        media_reference=otio.schema.ExternalReference(target_url=f"{name}.mov"),
    )
    made.markers.extend(marks)
    made.enabled = enabled
    if speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    resolve: dict[str, Any] = {}
    if link is not None:
        resolve["Link Group ID"] = link
    if channels:
        resolve["Channels"] = [{"Source Track ID": stream, "Source Channel ID": number} for stream, number in channels]
    if resolve:
        made.metadata["Resolve_OTIO"] = resolve
    return made


def title(name: str, frames: float = 50, *, marks: Sequence[Any] = ()) -> otio.schema.Clip:
    made = otio.schema.Clip(
        name=name,
        source_range=span(0, frames),
        media_reference=otio.schema.GeneratorReference(generator_kind="Text+"),
    )
    made.markers.extend(marks)
    return made


def gap(frames: float, *, marks: Sequence[Any] = ()) -> otio.schema.Gap:
    made = otio.schema.Gap(source_range=span(0, frames))
    made.markers.extend(marks)
    return made


def track(
    *items: Any, audio: bool = False, name: str = "", enabled: bool = True, marks: Sequence[Any] = ()
) -> otio.schema.Track:
    kind = otio.schema.TrackKind.Audio if audio else otio.schema.TrackKind.Video
    made = otio.schema.Track(name=name, kind=kind, children=list(items))
    made.enabled = enabled
    made.markers.extend(marks)
    return made


def cut(
    *tracks: Any,
    marks: Sequence[Any] = (),
    start: int = 0,
    rate: Fraction = Fraction(RATE),
    folder: Path = Path("/cut"),
    drop_frame: bool = False,
) -> Index:
    """The index of a timeline of these tracks, bottom first. `start` is its first timecode in frames."""
    timeline = otio.schema.Timeline("cut", global_start_time=time(start, float(rate)))
    timeline.tracks.extend(tracks)
    timeline.tracks.markers.extend(marks)
    return index.build(
        Cut(
            path=folder / "cut.otio",
            sha256="0",
            timeline=timeline,
            dialect=OtioDialect(),
            rate=rate,
            start_frame=start,
            drop_frame=drop_frame,
            media_folder=folder,
        )
    )


def movie(name: str, **changes: Any) -> Source:
    """1000 frames at 25 with a stereo stream."""
    rate = Fraction(changes.get("rate", RATE))
    frames = int(changes.get("frames", 1000))
    stereo = AudioStream(
        index=1, rate=48000, channels=2, layout="stereo", codec="pcm_s16le", samples=int(frames / rate * 48000)
    )
    known: dict[str, Any] = {"rate": rate, "frames": frames, "width": 320, "height": 180, "audio": (stereo,)}
    return Source(path=Path(f"/media/{name}.mov"), kind="movie", **{**known, **changes})


def wave(name: str, seconds: float = 4, *, timecode: int | None = None, rate: int = 48000, **changes: Any) -> Source:
    """A mono sound file; `timecode` is its bext time in samples."""
    samples = round(seconds * rate)
    mono = AudioStream(index=0, rate=rate, channels=1, layout="mono", codec="pcm_s24le", samples=samples)
    known: dict[str, Any] = {"rate": Fraction(rate), "frames": samples, "start_frame": timecode, "audio": (mono,)}
    return Source(path=Path(f"/media/{name}.wav"), kind="sound", **{**known, **changes})


@dataclass(frozen=True)
class Seen:
    source: Source
    in_frame: int
    frames: int
    start_seconds: Fraction


@dataclass
class Library:
    """A linker over media that exist in name only. A clip of an unknown name is offline, except `known_all`."""

    media: dict[str, Source] = field(default_factory=dict)
    offline: tuple[str, ...] = ()
    opened: list[str] = field(default_factory=list)

    def link(self, placed: PlacedClip) -> Seen:
        source = self._source(placed)
        start = placed.source_start - self._first(source)
        first = floor_frame(start, source.rate)
        last = ceil_frame(start + placed.source_end - placed.source_start, source.rate)
        return Seen(source, first, last - first, start)

    def link_sound(self, placed: PlacedClip) -> Seen:
        source = self._source(placed)
        start = placed.source_start - self._first(source)
        return Seen(source, 0, 0, start)

    def open_voice(self, path: str) -> Source:
        if path not in self.media:
            raise MediaRefused(f"the file {path} is not there", fix="correct the path")
        return self.media[path]

    def _source(self, placed: PlacedClip) -> Source:
        name = placed.name
        self.opened.append(name)
        if name in self.offline:
            raise MediaRefused(f"the media of {name} is offline", fix="relink it")
        return self.media.get(name) or movie(name)

    def _first(self, source: Source) -> Fraction:
        return Fraction(source.start_frame or 0) / source.rate


def find(made: Index, *, media: Library | None = None, **settings: Any) -> cues.Found:
    return cues.find(made, media or Library(), PlanSettings(**settings))


def said(found: cues.Found, severity: str = "error") -> list[str]:
    """The messages of the problems of one severity."""
    return [problem.message for problem in found.problems if problem.severity == severity]


def ranges(found: cues.Found) -> dict[str, tuple[int, int]]:
    """In and length of every cue, in media frames, by its id."""
    return {cue.id: (cue.in_frame, cue.frames) for shot in found.shots for cue in shot.cues}
