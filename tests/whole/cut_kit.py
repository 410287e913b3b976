"""Burned media in a cut, and a player of its own for timelines: which number each record frame shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio

import burned

__all__ = ["RATES", "Rushes", "Shown", "clip", "gap", "guide", "mark", "numbers", "play", "save", "timeline", "track"]

RATES = {
    "24000/1001": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "30000/1001 DF": Fraction(30000, 1001),
    "50": Fraction(50),
    "60000/1001": Fraction(60000, 1001),
}
_EXACT = {float(rate): rate for rate in RATES.values()}


@dataclass(frozen=True)
class Rushes:
    """A movie of burned numbers."""

    path: Path
    rate: Fraction
    frames: int
    start: int | None = None
    """Timecode of its first frame, in frames; None where it has none."""

    @property
    def zero(self) -> int:
        """What an editor counts its first frame as."""
        return self.start or 0


def time(frames: int, rate: Fraction) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(rate))


def span(start: int, frames: int, rate: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(start, rate), time(frames, rate))


def mark(text: str, start: int, frames: int, rate: Fraction, *, note: str = "") -> otio.schema.Marker:
    """`start` counts in the time of what it stands on."""
    made = otio.schema.Marker(name=text, marked_range=span(start, frames, rate), color="RED")
    made.comment = note
    return made


def clip(
    rushes: Rushes,
    first: int | None = None,
    frames: int | None = None,
    *,
    marks: Sequence[tuple[str, int, int]] = (),
    name: str | None = None,
    url: str | None = None,
    available: bool = True,
) -> otio.schema.Clip:
    """Frames of a movie, all of it where `first` is None. Marks are text, first frame of the movie, length."""
    rate, zero = rushes.rate, rushes.zero
    reference = otio.schema.ExternalReference(target_url=url or rushes.path.name)
    if available:
        reference.available_range = span(zero, rushes.frames, rate)
    made = otio.schema.Clip(name=name or rushes.path.stem, media_reference=reference)
    if first is not None:
        made.source_range = span(zero + first, frames or rushes.frames - first, rate)
    made.markers.extend(mark(text, zero + at, long, rate) for text, at, long in marks)
    return made


def guide(path: Path, start: Fraction, seconds: Fraction, rate: Fraction) -> otio.schema.Clip:
    """A piece of a sound file that counts from zero; times in seconds, written at the cut's rate."""
    made = otio.schema.Clip(name=path.stem, media_reference=otio.schema.ExternalReference(target_url=path.name))
    made.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(float(start * rate), float(rate)),
        otio.opentime.RationalTime(float(seconds * rate), float(rate)),
    )
    return made


def gap(frames: int, rate: Fraction) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, frames, rate))


def track(*items: Any, name: str = "V1", audio: bool = False, enabled: bool = True) -> otio.schema.Track:
    kind = otio.schema.TrackKind.Audio if audio else otio.schema.TrackKind.Video
    made = otio.schema.Track(name=name, kind=kind, children=list(items))
    made.enabled = enabled
    return made


def timeline(*tracks: Any, start: int = 0, rate: Fraction, name: str = "scene 7") -> otio.schema.Timeline:
    """Tracks bottom first; `start` is the timecode of its first frame, in frames."""
    made = otio.schema.Timeline(name, global_start_time=time(start, rate))
    made.tracks.extend(tracks)
    return made


def save(made: otio.schema.Timeline, path: Path) -> Path:
    otio.adapters.write_to_file(made, str(path))
    return path


@lru_cache(maxsize=256)
def _numbers(path: Path, _modified: int) -> tuple[int | None, ...]:
    return tuple(burned.numbers(path))


def numbers(path: Path) -> tuple[int | None, ...]:
    """The numbers of a movie's frames, read off the pictures."""
    return _numbers(path, path.stat().st_mtime_ns)


@dataclass(frozen=True)
class Shown:
    """What a record frame shows."""

    file: str
    number: int | None


def play(path: Path, *, rate: Fraction, frames: int, only: str | None = None) -> list[Shown | None]:
    """What each record frame of a cut shows, by its active references: of the topmost track, or of the track named `only`.

    It knows nothing of reperform: start and length of each clip, the start of its active reference, and the file's frames.
    """
    made = otio.adapters.read_from_file(str(path))
    topmost: list[tuple[otio.schema.Clip, Fraction] | None] = [None] * frames
    for item in made.tracks:
        wanted = item.enabled and item.kind == otio.schema.TrackKind.Video if only is None else item.name == only
        for number, child, at in _placed(item, rate, frames) if wanted else ():
            if child.enabled or only is not None:
                topmost[number] = child, at
    return [shown and _frame(*shown, path.parent) for shown in topmost]


def _placed(item: otio.schema.Track, rate: Fraction, frames: int) -> Iterator[tuple[int, otio.schema.Clip, Fraction]]:
    """Record frame, the clip of a track that stands there, and the moment of the clip's own time."""
    position = Fraction(0)
    for child in item:
        if isinstance(child, otio.schema.Transition):
            continue
        range_shown = child.source_range or child.media_reference.available_range
        start, length = _seconds(range_shown.start_time), _seconds(range_shown.duration)
        if isinstance(child, otio.schema.Clip):
            for number in range(math.ceil(position * rate), min(frames, math.ceil((position + length) * rate))):
                yield number, child, start + number / rate - position
        position += length


def _frame(child: otio.schema.Clip, at: Fraction, folder: Path) -> Shown:
    reference = child.media_reference
    available = reference.available_range
    zero = _seconds(available.start_time) if available else Fraction(0)
    media_rate = exact((available or child.source_range).duration.rate)
    file = _file(reference.target_url, folder)
    number = math.floor((at - zero) * media_rate + Fraction(1, 100))
    return Shown(file.name, numbers(file)[number])


def _file(url: str, folder: Path) -> Path:
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else folder / unquote(url)


def exact(rate: float) -> Fraction:
    return next((value for spelled, value in _EXACT.items() if abs(spelled - rate) < 0.01), Fraction(rate))


def _seconds(value: otio.opentime.RationalTime) -> Fraction:
    rate = exact(value.rate)
    whole = round(value.value)
    return (Fraction(whole) if abs(whole - value.value) < 1e-3 else Fraction(value.value)) / rate
