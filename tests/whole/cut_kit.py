"""Burned media in a cut, and a player of its own for timelines: which number each record frame shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import opentimelineio as otio
from numpy.typing import NDArray

import burned

__all__ = [
    "RATES",
    "Rushes",
    "Shown",
    "clip",
    "gap",
    "guide",
    "hear",
    "mark",
    "numbers",
    "one_mark",
    "play",
    "save",
    "timeline",
    "track",
]

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
    A dissolve shows its outgoing clip up to the cut.
    """
    made = otio.adapters.read_from_file(str(path))
    tracks = [item for item in made.tracks if only is None or item.name == only]
    found = (_clip_at(tracks, number / rate, whatever=only is not None) for number in range(frames))
    return [shown and _frame(*shown, path.parent) for shown in found]


Moment = tuple[otio.schema.Clip, Fraction]
"""A clip, and a moment of its own time."""


def _clip_at(tracks: Sequence[otio.schema.Track], at: Fraction, *, whatever: bool) -> Moment | None:
    """The topmost clip at a moment of the time of what the tracks are in; `whatever` is disabled counts as well."""
    for item in reversed(tracks):
        if item.kind == otio.schema.TrackKind.Video and (item.enabled or whatever):
            found = _in_track(item, at, whatever=whatever)
            if found is not None:
                return found
    return None


def _in_track(item: otio.schema.Track, at: Fraction, *, whatever: bool) -> Moment | None:
    position = Fraction(0)
    for child in item:
        if isinstance(child, otio.schema.Transition):
            continue
        shown = child.source_range or child.media_reference.available_range
        start, length = _seconds(shown.start_time), _seconds(shown.duration)
        if position <= at < position + length:
            if isinstance(child, otio.schema.Stack):
                return _clip_at(list(child), start + at - position, whatever=whatever)
            wanted = isinstance(child, otio.schema.Clip) and (child.enabled or whatever)
            return (child, start + at - position) if wanted else None
        position += length
    return None


def _frame(child: otio.schema.Clip, at: Fraction, folder: Path) -> Shown:
    reference = child.media_reference
    available = reference.available_range
    zero = _seconds(available.start_time) if available else Fraction(0)
    media_rate = exact((available or child.source_range).duration.rate)
    pictures = isinstance(reference, otio.schema.ImageSequenceReference)
    file = _file(reference.target_url_base.rstrip("/") if pictures else reference.target_url, folder)
    number = math.floor((at - zero) * media_rate + Fraction(1, 100))
    return Shown(file.name, numbers(file)[number])


def hear(path: Path, track_name: str) -> NDArray[np.int64]:
    """What an audio track of a cut plays, by its active references, as 24-bit numbers at 48 kHz [samples, channels]."""
    made = otio.adapters.read_from_file(str(path))
    [item] = [item for item in made.tracks if item.name == track_name]
    pieces = []
    for child in item:
        start, length = _seconds(child.source_range.start_time), _seconds(child.source_range.duration)
        samples = round(length * 48000)
        if isinstance(child, otio.schema.Clip):
            available = child.media_reference.available_range
            first = round((start - (_seconds(available.start_time) if available else 0)) * 48000)
            whole = np.rint(burned.sound(_file(child.media_reference.target_url, path.parent)) * 2**23).astype(np.int64)
            pieces.append(whole[first : first + samples])
        else:
            pieces.append(np.zeros((samples, pieces[0].shape[1] if pieces else 1), np.int64))
    return np.concatenate(pieces)


def _file(url: str, folder: Path) -> Path:
    """URLs are quoted; paths of an editor's own, which begin at the root, are not."""
    if url.startswith("/"):
        return Path(url)
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else folder / unquote(url)


def exact(rate: float) -> Fraction:
    return next((value for spelled, value in _EXACT.items() if abs(spelled - rate) < 0.01), Fraction(rate))


def _seconds(value: otio.opentime.RationalTime) -> Fraction:
    rate = exact(value.rate)
    whole = round(value.value)
    return (Fraction(whole) if abs(whole - value.value) < 1e-3 else Fraction(value.value)) / rate


def one_mark(folder: Path) -> Path:
    """The least that can be performed: a cut at 25 of one clip of 20 frames, 160 by 90, of which five are marked."""
    rate = RATES["25"]
    film = burned.make_movie(
        folder / "A001.mov", rate=rate, frames=20, codec="mjpeg", timecode="01:00:00:00", channels=1, size=(160, 90)
    )
    shots = track(clip(Rushes(film, rate, 20, 90_000), 0, 20, marks=[("RP: angry", 4, 5)]))
    return save(timeline(shots, rate=rate), folder / "cut.otio")
