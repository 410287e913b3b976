"""Small timelines, made in a line or two."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from reperform.timeline.cut import Cut, Index
from reperform.timeline.index import build
from reperform.timeline.reading import read

RATE = 24.0


def span(start: float, frames: float, rate: float = RATE) -> Any:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))


def movie(url: str = "/media/A001.mov", start: float = 0, frames: float = 1000, rate: float = RATE) -> Any:
    return otio.schema.ExternalReference(url, span(start, frames, rate))


def clip(
    name: str,
    start: float = 0,
    frames: float = 24,
    *,
    rate: float = RATE,
    media: Any = None,
    marks: tuple[tuple[float, float], ...] = (),
    speed: float | None = None,
) -> Any:
    """A clip of `frames` from `start`; `marks` are (start, length) in its own time."""
    made = otio.schema.Clip(name, media or movie(), span(start, frames, rate))
    add_marks(made, marks, rate)
    if speed is not None:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    return made


def add_marks(item: Any, marks: tuple[tuple[float, float], ...], rate: float = RATE) -> Any:
    for start, frames in marks:
        item.markers.append(otio.schema.Marker(name="RP: angry", marked_range=span(start, frames, rate)))
    return item


def gap(frames: float, rate: float = RATE) -> Any:
    return otio.schema.Gap(source_range=span(0, frames, rate))


def dissolve(before: float, after: float, rate: float = RATE) -> Any:
    return otio.schema.Transition("x", "SMPTE_Dissolve", RationalTime(before, rate), RationalTime(after, rate))


def track(*children: Any, kind: str = "Video", name: str = "") -> Any:
    made = otio.schema.Track(name, kind=kind)
    made.extend(children)
    return made


def stack(*children: Any, trim: Any = None, name: str = "") -> Any:
    return otio.schema.Stack(name, children=list(children), source_range=trim)


def timeline(*tracks: Any, start: float | None = None, rate: float = RATE, name: str = "cut") -> Any:
    made = otio.schema.Timeline(name, global_start_time=None if start is None else RationalTime(start, rate))
    made.tracks.extend(tracks)
    return made


def in_frames(time: Fraction | None) -> Any:
    """A time in seconds as frames at RATE."""
    return None if time is None else time * int(RATE)


def cut_of(made: Any, folder: Path, **asked: Any) -> Cut:
    path = folder / "cut.otio"
    otio.adapters.write_to_file(made, str(path))
    return read(path, **asked)


def index_of(made: Any, folder: Path, **asked: Any) -> Index:
    return build(cut_of(made, folder, **asked))
