"""One cut, small and real, in as many guises as an editor can give it; and what is asked of an engine for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

import burned
from reperform.media.fingerprints import CueDigests, cue_digests, source_frames
from reperform.model import Plan
from reperform.settings import load
from reperform.workflow import make_plan
from whole import cut_kit as cut
from whole.cut_kit import Rushes

__all__ = ["HOUR", "RATE", "Asked", "asked", "empty_home", "make_rushes", "plan_of", "scene", "walked"]

RATE = Fraction(24000, 1001)
HOUR = 86_400
"""Timecode 01:00:00:00, in frames."""
FRAMES = 72
_A = ((14 * 60 + 22) * 60 + 10) * 24 + 5


@dataclass(frozen=True)
class Asked:
    """One cue, without anything of the cut it stands in."""

    file: str
    frames: tuple[int, ...]
    """Of the file."""
    direction: dict[str, Any]
    key: str | None
    digests: CueDigests
    """What the full key is made of: every picture, every sample of the voice."""


@contextmanager
def empty_home(folder: Path) -> Iterator[None]:
    """Neither settings nor paid takes of whoever runs the tests, for what is made once for all of them."""
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(folder / name) for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def make_rushes(folder: Path) -> Path:
    """Two movies with timecode, one long-GOP, one of single pictures; and a voice."""
    folder.mkdir(exist_ok=True)
    options: dict[str, Any] = {"rate": RATE, "frames": FRAMES, "size": (160, 90)}
    burned.make_movie(folder / "A001.mov", codec="h264", timecode="14:22:10:05", **options)
    burned.make_movie(folder / "B001.mov", codec="mjpeg", timecode="01:00:00:00", first=200, channels=1, **options)
    burned.make_wave(folder / "mara.wav", samples=2 * 48_000)
    return folder


def scene(folder: Path, *, retimed: bool = True) -> otio.schema.Timeline:
    """A gap of 8; A001 10 to 50 with two marks; B001 4 to 34, marked from the timeline at 5 to 15 of it, under a guide; a gap; with
    `retimed` also A001 at double speed, marked from end to end.
    """
    a = Rushes(folder / "A001.mov", RATE, FRAMES, _A)
    b = Rushes(folder / "B001.mov", RATE, FRAMES, HOUR)
    first = cut.clip(a, 10, 40, marks=[("RP: angry, head", 14, 12), ("RP: sad; note: at last", 34, 9)])
    second = cut.clip(b, 4, 30)
    picture = [cut.gap(8, RATE), first, second, cut.gap(6, RATE)]
    if retimed:
        fast = cut.clip(a, 0, 20, marks=[("RP: happy", 0, 20)])
        fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
        picture.append(fast)
    voice = cut.guide(folder / "mara.wav", 6 / RATE, 10 / RATE, RATE)
    voice.media_reference.available_range = cut.span(0, 48, RATE)
    made = cut.timeline(
        cut.track(*picture),
        cut.track(cut.gap(53, RATE), voice, name="ADR", audio=True),
        start=HOUR,
        rate=RATE,
    )
    made.tracks.markers.append(cut.mark("RP: surprised", 53, 10, RATE))
    return made


def plan_of(path: Path, **settings: Any) -> Plan:
    """The plan of a cut, which has nothing to complain of."""
    settings = {"like": "runware/react-1", "media_root": (path.parent,), **settings}
    planned = make_plan(path, load(settings, beside=path).settings)
    errors = [problem.message for problem in planned.plan.problems if problem.severity == "error"]
    assert [] == errors
    return planned.plan


def asked(path: Path, **settings: Any) -> list[Asked]:
    """What a cut asks for, whatever the order in which it stands there."""
    found = [
        Asked(
            file=shot.source.path.name,
            frames=tuple(source_frames(shot, cue.range)),
            direction=cue.direction.model_dump(exclude_none=True, mode="json"),
            key=cue.key,
            digests=cue_digests(shot, cue),
        )
        for shot in plan_of(path, **settings).shots
        for cue in shot.cues
    ]
    return sorted(found, key=lambda one: (one.file, one.frames))


def walked(timeline: otio.schema.Timeline, change: Callable[[float], float]) -> otio.schema.Timeline:
    """The timeline with every rate in it respelled."""

    def time(found: Any) -> Any:
        return None if found is None else otio.opentime.RationalTime(found.value, change(found.rate))

    def span(found: Any) -> Any:
        return None if found is None else otio.opentime.TimeRange(time(found.start_time), time(found.duration))

    timeline.global_start_time = time(timeline.global_start_time)
    for item in [timeline.tracks, *timeline.tracks.find_children()]:
        if isinstance(item, otio.schema.Transition):
            item.in_offset, item.out_offset = time(item.in_offset), time(item.out_offset)
            continue
        item.source_range = span(item.source_range)
        for marker in item.markers:
            marker.marked_range = span(marker.marked_range)
        for reference in item.media_references().values() if isinstance(item, otio.schema.Clip) else ():
            reference.available_range = span(reference.available_range)
    return timeline
