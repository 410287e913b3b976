"""Ramps and tables as editors write them, and the frames that a clip shows under them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.timeline.retimes.showing import Shown
from timeline_in.cutting import index_of, timeline, track

__all__ = ["frames_of", "map_of", "ramp", "warp"]


def ramp(*keys: tuple[float, float], eased: bool = False) -> otio.schema.TimeEffect:
    """A ramp as Resolve writes it."""
    rows = [[out, media, eased, 0.0, 0.0, 0.0, 0.0] for out, media in keys]
    return otio.schema.TimeEffect(
        metadata={"Resolve_OTIO": {"Key Frames": rows, "Speed Ratio": keys[-1][1] / keys[-1][0]}}
    )


def warp(lookup: Any, *, length: float = 1.0, name: str = "TimeWarp1") -> otio.schema.TimeEffect:
    """A time warp as AYON writes it for Hiero."""
    return otio.schema.TimeEffect(name=name, effect_name="TimeWarp", metadata={"length": length, "lookup": lookup})


def frames_of(made: otio.schema.Clip, tmp_path: Path, *, media: int = 1000, rate: int = 24) -> tuple[int, ...]:
    """The frames of the media that the only clip of a cut shows."""
    index = index_of(timeline(track(made)), tmp_path)
    return map_of(index.clips[0], index.cut, media=media, rate=Fraction(rate))


def map_of(placed: Any, cut: Any, *, media: int, rate: Fraction, zero: Fraction = Fraction(0)) -> tuple[int, ...]:
    table = Shown(clip=placed, dialect=cut.dialect, zero=zero, rate=rate, frames=media, record_rate=cut.rate)
    return table.map(placed.record)
