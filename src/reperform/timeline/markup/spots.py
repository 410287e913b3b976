"""When a marker's time is: frames of the cut, in the numbers that the editor of the file counts its marks in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.cut import Cut, Index, PlacedClip
from reperform.timeline.dialects.base import MarkerSpan, MarkerTime
from reperform.timeline.dialects.generic import GenericDialect
from reperform.timeline.facts import Times
from reperform.timeline.marking import Marking
from reperform.timeline.spaces import FLICKS, Item, seconds_of
from reperform.timing import FrameRange, Rate, exact_rate, exact_seconds

__all__ = ["on_clip", "on_timeline", "spelled_rate"]


def on_clip(index: Index, clip: PlacedClip, frames: FrameRange, *, guess: bool = False) -> Any | None:
    """The `marked_range` of a marker on a clip, for record frames that lie in what is visible of it.

    None where the file's editor has no known way to say it; with `guess`, only where there is none at all.
    """
    cut, item = index.cut, _as_written(clip)
    facts = Marking(cut, Times()).facts(item, clip.space, on="clip")
    wanted = _inside(clip, item, frames, cut.rate)
    for time in cut.dialect.marker_times(wanted, facts):
        read = cut.dialect.marker_span(time, facts)
        if (read.offset, read.duration) != (wanted.offset, wanted.duration):
            continue
        if read.uncertain is None or guess or isinstance(cut.dialect, GenericDialect):
            return _range(time, spelled_rate(cut, clip.clip), frames)
    return None


def on_timeline(index: Index, frames: FrameRange) -> Any:
    """The `marked_range` of a marker on the timeline: as those that are there count, else from its beginning."""
    cut = index.cut
    zero = cut.start_frame / cut.rate
    own = cut.timeline.tracks.source_range
    begins = exact_seconds(own.start_time) if own is not None else Fraction(0)
    counted = [_start(marker) for marker in cut.timeline.tracks.markers]
    start = frames.start / cut.rate
    by_timecode = zero > 0 and (begins + start >= zero or any(each is not None and each >= zero for each in counted))
    time = MarkerTime((zero if by_timecode else begins) + start, frames.frames / cut.rate)
    return _range(time, spelled_rate(cut), frames)


def spelled_rate(cut: Cut, clip: Any = None) -> float:
    """The cut's rate as the file spells it, on the clip first; 23.976 in one file is 23.976023976 in another."""
    own = clip.source_range if clip is not None else None
    times = [own.start_time, own.duration] if own is not None else []
    start = cut.timeline.global_start_time
    for time in (*times, *([start] if start is not None else [])):
        try:
            if exact_rate(time.rate) == cut.rate:
                return float(time.rate)
        except (ValueError, OverflowError):
            continue
    return float(cut.rate)


def _as_written(clip: PlacedClip) -> Item:
    """Its place, with the start that its source range really says: the one that marks are counted from."""
    own = clip.clip.source_range
    span = Times().span(own) if own is not None else None
    return clip.item if span is None else clip.item._replace(source_start=span[0])


def _inside(clip: PlacedClip, item: Item, frames: FrameRange, rate: Rate) -> MarkerSpan:
    """Frames of the cut in the time that the clip plays in, from its first frame."""
    space = clip.space
    ends = (frames.start / rate * FLICKS, frames.end / rate * FLICKS)
    low, high = sorted((Fraction(end) - space.origin) / space.scale for end in ends)
    return MarkerSpan(seconds_of(low - item.local), seconds_of(high - low))


def _range(time: MarkerTime, spelled: float, frames: FrameRange) -> Any:
    rate = exact_rate(spelled)
    length = time.duration * rate
    # A marker of one frame is a point, so one that is longer may not look like it: then smaller units count it.
    finer = 100 if frames.frames > 1 and length <= Fraction(11, 10) else 1
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(float(time.start * rate), spelled),
        otio.opentime.RationalTime(float(length * finer), spelled * finer),
    )


def _start(marker: Any) -> Fraction | None:
    try:
        return exact_seconds(marker.marked_range.start_time)
    except (ValueError, OverflowError):
        return None
