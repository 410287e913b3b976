"""A cut of retimed clips of burned media, and what each of its record frames shows, worked out frame by frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

import burned
from whole import cut_kit as cut
from whole.cut_kit import Rushes

__all__ = ["KINDS", "Kind", "film", "marked", "ramp_keys", "save_cut"]

FRAMES = 96
SIZE = (160, 90)
HOUR = {Fraction(24): 86400, Fraction(25): 90000, Fraction(24000, 1001): 86400}

Oracle = Callable[[int, Fraction, Fraction], int]
"""The number seen at a frame of the clip; rates of the timeline and of the media."""


@dataclass(frozen=True)
class Kind:
    """One way of retiming a clip: from which frame of the media, how many frames long, and what is then seen."""

    first: int
    frames: int
    oracle: Oracle
    speed: float | None = None
    keys: tuple[tuple[float, float], ...] = ()
    """(frames out, frames of the media)"""
    around: float | None = None
    """The speed of the compound that it stands in."""


def _at(speed: str, first: int) -> Oracle:
    exact = Fraction(speed)

    def number(frame: int, rate: Fraction, media: Fraction) -> int:
        begins = first / media
        return min(FRAMES - 1, math.floor((begins + exact * frame / rate) * media + Fraction(1, 10**6)))

    return number


def _back(speed: str, last: int) -> Oracle:
    return lambda frame, rate, media: math.floor(last - Fraction(speed) * frame * media / rate + Fraction(1, 10**6))


RAMP = ((0.0, 0.0), (20.0, 10.0), (40.0, 60.0), (112.0, 96.0))


def _ramp(frame: int, _rate: Fraction, _media: Fraction) -> int:
    """Half speed up to frame 20 of the ramp, 2.5× up to 40, then half speed. The clip begins on frame 5 of the media, 10 of the ramp."""
    out = 10 + frame
    if out < 20:
        return out // 2
    return 10 + (out - 20) * 5 // 2 if out < 40 else 60 + (out - 40) // 2


KINDS: dict[str, Kind] = {
    "2x": Kind(6, 24, _at("2", 6), speed=2.0),
    "2x held at the end": Kind(70, 24, _at("2", 70), speed=2.0),
    "half": Kind(20, 24, _at("1/2", 20), speed=0.5),
    "2.5x": Kind(3, 24, _at("5/2", 3), speed=2.5),
    "backward": Kind(20, 30, _back("1", 49), speed=-1.0),
    "-0.7": Kind(20, 30, _back("7/10", 40), speed=-0.699999988),
    "frozen": Kind(33, 24, lambda *_: 33, speed=0.0),
    "ramp": Kind(5, 40, _ramp, keys=RAMP),
    # The compound shows every second of its frames backward, and each of those half as far into the clip: 59, 57, 55 … → 10 + 29, 28, 27 …
    "compound": Kind(10, 30, lambda frame, *_: 10 + (59 - 2 * frame) // 2, speed=0.5, around=-2.0),
}


def film(folder: Path, rate: Fraction, codec: str, **facts: Any) -> Rushes:
    path = folder / f"{codec}_{rate.numerator}_{rate.denominator}.mov"
    known = {"timecode": "01:00:00:00", "reel": "A001", "size": SIZE, "channels": 1, **facts}
    burned.make_movie(path, rate=rate, frames=FRAMES, codec=codec, **known)
    return Rushes(path, rate, FRAMES, HOUR[rate])


def ramp_keys(kind: Kind, rate: Fraction) -> otio.schema.TimeEffect:
    rows = [
        [float(out / rate), float(media / rate), False, 0.0, 0.0, 0.0, 0.0] for out, media in map(_exact, kind.keys)
    ]
    return otio.schema.TimeEffect(metadata={"Resolve_OTIO": {"Key Frames": rows, "Speed Ratio": 0.5}})


def _exact(key: tuple[float, float]) -> tuple[Fraction, Fraction]:
    return Fraction(key[0]), Fraction(key[1])


def marked(kind: Kind, rushes: Rushes, rate: Fraction, name: str, *, at: int = 8, frames: int = 8) -> Any:
    """The clip, its mark on its frames `at` + `frames` as OTIO counts; in its compound, where it stands in one."""
    length = kind.frames if kind.around is None else round(kind.frames * abs(kind.around))
    made = cut.clip(rushes, kind.first, 1, name=name)
    start = otio.opentime.RationalTime((rushes.zero + kind.first), float(rushes.rate))
    made.source_range = otio.opentime.TimeRange(start.rescaled_to(float(rate)), cut.time(length, rate))
    if kind.speed is not None:
        effect = otio.schema.FreezeFrame() if not kind.speed else otio.schema.LinearTimeWarp(time_scalar=kind.speed)
        made.effects.append(effect)
    if kind.keys:
        made.effects.append(ramp_keys(kind, rate))
    mark = cut.mark("RP: angry", 0, frames, rate)
    mark.marked_range = otio.opentime.TimeRange(
        made.source_range.start_time + cut.time(at, rate), cut.time(frames, rate)
    )
    made.markers.append(mark)
    if kind.around is None:
        return made
    compound = otio.schema.Stack(name=name, children=[cut.track(made)], source_range=cut.span(0, kind.frames, rate))
    compound.effects.append(otio.schema.LinearTimeWarp(time_scalar=kind.around))
    return compound


def save_cut(path: Path, items: list[Any], rate: Fraction, *, guide: bool = True, resolve: bool = False) -> Path:
    """The clips one after the other, from one hour; over them all a guide track."""
    tracks = [cut.track(*items)]
    if guide:
        length = sum(Fraction(round(item.source_range.duration.value)) for item in items) / rate
        burned.make_wave(path.parent / "guide.wav", samples=math.ceil(length * 48000) + 4800)
        tracks.append(
            cut.track(cut.guide(path.parent / "guide.wav", Fraction(0), length, rate), name="ADR", audio=True)
        )
    made = cut.timeline(*tracks, start=HOUR[rate], rate=rate)
    if resolve:
        made.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    return cut.save(made, path)
