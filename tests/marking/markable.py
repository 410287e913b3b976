"""Cuts in the forms of several editors, with everything that makes their marks count differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from reperform.direction import Direction
from reperform.model import PlanSettings
from reperform.timeline.cut import Cut, Index, PlacedClip
from reperform.timeline.index import build
from reperform.timeline.marks import Mark, sort_markers
from reperform.timeline.markup.applying import Applied, apply
from reperform.timeline.markup.edits import Edit
from reperform.timeline.markup.saving import save_marked
from reperform.timeline.reading import read
from reperform.timing import FrameRange, ceil_frame

STAMPS: dict[str, dict[str, Any]] = {
    "otio": {},
    "resolve": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
    "premiere": {"PremierePro_OTIO": {"MetadataVersion": "1.0"}},
    "hiero": {"nuke": {"version": "14.0v2"}},
    "flame": {"ayon.flame.sequence.width": 1920},
    "kdenlive": {"kdenlive": {"version": "25.08"}},
}
RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50))


def time(frames: float | Fraction, rate: Fraction) -> RationalTime:
    return RationalTime(float(frames), float(rate))


def span(start: float | Fraction, frames: float | Fraction, rate: Fraction) -> TimeRange:
    return TimeRange(time(start, rate), time(frames, rate))


@dataclass(frozen=True, kw_only=True)
class Use:
    """One clip on V1: frames of the cut that it stands for, media of its own rate with a timecode, a speed."""

    frames: int = 50
    trim: int = 0
    media_rate: Fraction = Fraction(25)
    media_start: int = 0
    speed: float = 1
    marks: Sequence[Any] = ()


def clip(use: Use, number: int, rate: Fraction) -> otio.schema.Clip:
    """Its source range at the rate of the cut, as most editors write it."""
    available = span(use.media_start, 5000, use.media_rate)
    start = use.media_start / use.media_rate * rate + use.trim
    reference = otio.schema.ExternalReference(f"media/A{number:03}.mov", available)
    made = otio.schema.Clip(f"A{number:03}", reference, span(start, use.frames, rate))
    if use.speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=use.speed))
    made.markers.extend(use.marks)
    return made


def timeline(dialect: str, uses: Sequence[Use], rate: Fraction, start: int | None, *, nested: bool = False) -> Any:
    made = otio.schema.Timeline("" if dialect in ("resolve", "kdenlive") else "scene 7", metadata=STAMPS[dialect])
    if start is not None:
        made.global_start_time = time(start, rate)
    children = [clip(use, number, rate) for number, use in enumerate(uses, 1)]
    total = sum(use.frames for use in uses)
    picture = otio.schema.Track("V1", kind="Video", children=children)
    if dialect == "kdenlive":
        picture.source_range = span(0, total, rate)
    if nested:
        inner = otio.schema.Stack("compound", children=[picture], source_range=span(3, total - 5, rate))
        outer = otio.schema.Track("V1", kind="Video")
        outer.extend([otio.schema.Gap(source_range=span(0, 7, rate)), inner])
        picture = outer
        if dialect == "kdenlive":
            outer.source_range = span(0, total + 2, rate)
    made.tracks.append(picture)
    return made


def saved(made: Any, folder: Path, name: str = "cut.otio") -> Path:
    path = folder / name
    otio.adapters.write_to_file(made, str(path))
    return path


def index_of(path: Path) -> Index:
    return build(read(path))


def edited(
    path: Path, out: Path, *edits: Edit, settings: PlanSettings | None = None, index: Index | None = None
) -> Applied:
    """The edits made in the cut at `path`, and saved to `out`."""
    index = index or index_of(path)
    applied = apply(index, edits, settings or PlanSettings())
    save_marked(index.cut, out)
    return applied


Read = tuple[FrameRange, Direction | None]


def marks_in(path: Path, **settings: Any) -> list[Mark]:
    return sort_markers(index_of(path), PlanSettings(**settings))[0]


def read_back(path: Path) -> list[Read]:
    """Every mark of a file: its record frames and its direction."""
    index = index_of(path)
    marks, _ = sort_markers(index, PlanSettings())
    return [(frames_of(index.cut, mark), mark.direction) for mark in marks]


def frames_of(cut: Cut, mark: Mark) -> FrameRange:
    start, end = mark.placed.record_start, mark.placed.record_end
    assert start is not None
    assert end is not None
    return FrameRange.between(cut.record_frame(start), ceil_frame(end, cut.rate))


def clip_named(index: Index, name: str) -> PlacedClip:
    return next(each for each in index.clips if each.name == name)


def without_markers(path: Path) -> Any:
    """A timeline from which all markers are taken, to compare what is left."""
    made = otio.adapters.read_from_file(str(path))
    for item in (made.tracks, *made.tracks.find_children()):
        if hasattr(item, "markers"):
            del item.markers[:]
    return made
