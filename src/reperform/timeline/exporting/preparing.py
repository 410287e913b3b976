"""A timeline made ready for an adapter: one rate, exact ranges, and nothing on it that the adapter cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.cut import Cut
from reperform.timeline.places import seconds_of
from reperform.timing import Rate, ceil_frame, exact_rate, exact_seconds, floor_frame

__all__ = ["close_edges", "each_track", "hole", "names_of_effects", "settle_ranges"]


def each_track(stack: Any) -> Iterator[Any]:
    """The tracks of a stack and of all that is nested in it, outermost first."""
    yield from stack.find_children(descended_from_type=otio.schema.Track)


def names_of_effects(clip: Any) -> list[str]:
    """What its effects are called, each once; retimes are another matter."""
    effects = [effect for effect in clip.effects if not isinstance(effect, otio.schema.TimeEffect)]
    return list(dict.fromkeys(effect.effect_name or effect.name or "effect" for effect in effects))


def hole(item: Any) -> otio.schema.Gap:
    """A gap as long as an item."""
    length = item.trimmed_range().duration
    zero = otio.opentime.RationalTime(0, length.rate)
    return otio.schema.Gap(name=item.name, source_range=otio.opentime.TimeRange(zero, length))


def _on_rate(found: otio.opentime.TimeRange, rate: Rate, *, grown: bool = False) -> otio.opentime.TimeRange:
    """A range in whole frames of a rate. With `grown` it holds all of what it held; else its length is kept."""
    start = exact_seconds(found.start_time)
    length = exact_seconds(found.duration)
    first = floor_frame(start, rate)
    frames = ceil_frame(start + length, rate) - first if grown else max(0, floor_frame(length, rate))
    spelled = float(rate)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(first, spelled), otio.opentime.RationalTime(frames, spelled)
    )


def settle_ranges(cut: Cut, *, media_rates: bool) -> None:
    """Every item gets a source range at the timeline's rate, as long as it is seen, in place, and every medium an available
    range: at that rate as well, or, with `media_rates`, at its own.
    """
    timeline, rate = cut.timeline, cut.rate
    start = timeline.global_start_time
    first = floor_frame(exact_seconds(start), rate) if start is not None else 0
    timeline.global_start_time = otio.opentime.RationalTime(first, float(rate))
    for track in each_track(timeline.tracks):
        position = Fraction(0)
        for child in track:
            if isinstance(child, otio.schema.Transition):
                child.in_offset = _length(child.in_offset, rate)
                child.out_offset = _length(child.out_offset, rate)
                continue
            end = position + seconds_of(child, plays_source_frames=cut.dialect.plays_source_frames)
            _settle(child, rate, _frames(position, end, rate), media_rates=media_rates)
            position = end


def _frames(start: Fraction, end: Fraction, rate: Rate) -> int:
    """Ends are computed, never lengths: nothing adds up to another cut."""
    return floor_frame(end, rate) - floor_frame(start, rate)


def _settle(item: Any, rate: Rate, frames: int, *, media_rates: bool) -> None:
    shown = item.source_range or item.trimmed_range()
    begins = _on_rate(shown, rate).start_time
    item.source_range = otio.opentime.TimeRange(begins, otio.opentime.RationalTime(frames, float(rate)))
    if not isinstance(item, otio.schema.Clip):
        return
    reference = item.media_reference
    if reference is None:
        item.media_reference = reference = otio.schema.MissingReference()
    available = reference.available_range or item.source_range
    own = _media_rate(available, rate) if media_rates else rate
    reference.available_range = _on_rate(available, own, grown=True)


def _media_rate(available: otio.opentime.TimeRange, rate: Rate) -> Rate:
    try:
        own = exact_rate(available.duration.rate)
    except ValueError:
        return rate
    return own if 1 < own < 1000 else rate


def _length(time: otio.opentime.RationalTime, rate: Rate) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(floor_frame(exact_seconds(time), rate), float(rate))


def close_edges(track: Any) -> None:
    """Has a transition with a clip on one side only lie within that clip, in place: longer by what lay outside of it."""
    children = list(track)
    for number, child in enumerate(children):
        if not isinstance(child, otio.schema.Transition):
            continue
        before = children[number - 1] if number else None
        after = children[number + 1] if number + 1 < len(children) else None
        if _is_empty(before) and not _is_empty(after):
            _grow(after, child.in_offset, at_head=True)
            _shrink(before, child.in_offset)
            child.out_offset, child.in_offset = child.in_offset + child.out_offset, _none(child.in_offset)
        elif _is_empty(after) and not _is_empty(before):
            _grow(before, child.out_offset, at_head=False)
            _shrink(after, child.out_offset)
            child.in_offset, child.out_offset = child.in_offset + child.out_offset, _none(child.out_offset)


def _is_empty(item: Any) -> bool:
    return item is None or isinstance(item, otio.schema.Gap)


def _none(time: otio.opentime.RationalTime) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(0, time.rate)


def _grow(item: Any, by: otio.opentime.RationalTime, *, at_head: bool) -> None:
    shown = item.source_range
    start = shown.start_time - by if at_head else shown.start_time
    item.source_range = otio.opentime.TimeRange(start, shown.duration + by)


def _shrink(gap: Any, by: otio.opentime.RationalTime) -> None:
    if gap is not None:
        length = max(_none(by), gap.source_range.duration - by)
        gap.source_range = otio.opentime.TimeRange(gap.source_range.start_time, length)
