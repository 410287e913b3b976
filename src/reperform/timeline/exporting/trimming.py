"""Compounds cut down to what is seen of them, for a format that holds whole ones only."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.exporting.retiming import Retimed, Retimes
from reperform.timing import Rate

__all__ = ["trim_compounds"]


def trim_compounds(timeline: otio.schema.Timeline, retimes: Retimes, rate: Rate) -> None:
    """Takes out of each compound, in place, what its source range does not show. Ranges are settled, in whole frames."""
    for stack in timeline.tracks.find_children(descended_from_type=otio.schema.Stack):
        shown = stack.source_range
        if shown is None:
            continue
        first, frames = int(shown.start_time.value), int(shown.duration.value)
        for child in stack:
            if isinstance(child, otio.schema.Track):
                _trim_track(child, first, frames, retimes, rate)
            elif getattr(child, "source_range", None) is not None:
                _trim(child, first, int(child.source_range.duration.value) - first - frames, retimes, rate)
        stack.source_range = _range(0, frames, rate)


def _trim_track(track: Any, first: int, frames: int, retimes: Retimes, rate: Rate) -> None:
    kept: list[Any] = []
    position = 0
    for child in list(track):
        if isinstance(child, otio.schema.Transition):
            if first < position < first + frames:
                kept.append(child)
            continue
        start, position = position, position + int(child.source_range.duration.value)
        head, tail = max(0, first - start), max(0, position - first - frames)
        if head + tail < position - start:
            _trim(child, head, tail, retimes, rate)
            kept.append(child)
    if not kept or position < first + frames:
        kept.append(otio.schema.Gap(source_range=_range(0, first + frames - max(position, first), rate)))
    if isinstance(kept[-1], otio.schema.Transition):
        kept.pop()
    track.source_range = None
    track[:] = kept


def _trim(item: Any, head: int, tail: int, retimes: Retimes, rate: Rate) -> None:
    """So many frames off both ends."""
    shown = item.source_range
    item.source_range = _range(
        int(shown.start_time.value) + head, int(shown.duration.value) - head - max(0, tail), rate
    )
    known = retimes.of(item)
    if known is not None:
        retimes[int(item.metadata["number"])] = _shorter(known[0], head / rate, max(0, tail) / rate), known[1] + head


def _shorter(retime: Retimed, head: Fraction, tail: Fraction) -> Retimed:
    """What is left of a retimed item: of one that plays backward the end of its media goes first."""
    speed = retime.speed if retime.speed is not None else Fraction(1)
    skipped = head * speed if speed >= 0 else tail * -speed
    return replace(retime, first=retime.first + skipped, length=retime.length - head - tail)


def _range(start: int, frames: int, rate: Rate) -> otio.opentime.TimeRange:
    spelled = float(rate)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, spelled), otio.opentime.RationalTime(frames, spelled)
    )
