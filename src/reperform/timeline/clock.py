"""The clock of a timeline: its rate, its first timecode, and whether that is drop-frame."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.cut import Cut
from reperform.timing import (
    Rate,
    drop_frame_allowed,
    exact_rate,
    exact_seconds,
    floor_frame,
    format_timecode,
    nominal_rate,
)

__all__ = ["drop_frame_reading", "settle_drop_frame", "start_frame", "timeline_rate"]

_FASTEST = 1000
"""Above it a rate counts samples, not frames."""

_ENOUGH = 500
"""Items of a track that are asked for their rate."""

_DEFAULT_RATE = Rate(24)
_UNSETTLED = "neither timecode makes its start a whole minute, or both do"


def timeline_rate(timeline: otio.schema.Timeline) -> Rate:
    """The rate of the start timecode where that is a frame rate; else the rate in which most items count their length.

    The items asked are those of the picture tracks, or, without picture, of all tracks; the first seen wins a tie. An
    empty timeline counts at 24.
    """
    start = timeline.global_start_time
    rate = _frame_rate(start.rate) if start is not None else None
    if rate is not None and math.isfinite(start.value):
        return rate
    tracks = timeline.tracks[:]
    picture = [track for track in tracks if getattr(track, "kind", "Video") == otio.schema.TrackKind.Video]
    for group in (picture, tracks):
        rates = Counter(rate for track in group for rate in _rates(track))
        if rates:
            return rates.most_common(1)[0][0]
    return _DEFAULT_RATE


def start_frame(timeline: otio.schema.Timeline, rate: Rate) -> int:
    """The timeline's first timecode in frames from 00:00:00:00; 0 where the file gives none that can be read."""
    start = timeline.global_start_time
    if start is None:
        return 0
    try:
        return floor_frame(exact_seconds(start), rate)
    except ValueError:
        return 0


def drop_frame_reading(start: int, rate: Rate, asked: bool | None) -> tuple[bool, str | None]:
    """Whether timecode is drop-frame, and why. Why is None at rates that have only one timecode.

    Raises:
        TimelineError: drop-frame was asked for at a rate that has none.

    """
    if not drop_frame_allowed(rate):
        if asked:
            raise TimelineError(
                f"the timeline runs at {float(rate):g} frames a second, where there is no drop-frame timecode",
                fix="Leave --drop-frame out.",
            )
        return False, None
    if asked is not None:
        return asked, "asked for"
    texts = {drop: format_timecode(start, rate, drop_frame=drop) for drop in (False, True)}
    whole = [drop for drop, text in texts.items() if _is_whole_minute(text)]
    if len(whole) == 1:
        return whole[0], f"its start is a whole minute as {texts[whole[0]]}"
    return False, _UNSETTLED


def settle_drop_frame(cut: Cut, media_drop: bool | None) -> Cut:
    """The cut with the media's word on drop-frame, where its start left that open; else the cut as it is.

    `media_drop` is the flag of the media's own timecode, None where there is none.
    """
    if cut.drop_frame_why != _UNSETTLED:
        return cut
    if media_drop is None:
        return replace(cut, drop_frame=False, drop_frame_why="nothing in the timeline or its media says drop-frame")
    return replace(cut, drop_frame=media_drop, drop_frame_why="as in the timecode of its media")


def _is_whole_minute(timecode: str) -> bool:
    return all(int(part) == 0 for part in timecode.replace(";", ":").split(":")[2:])


def _rates(item: Any) -> list[Rate]:
    """The rates in which the children of a track, or a clip that stands alone, count their length."""
    children = item[:_ENOUGH] if isinstance(item, otio.core.Composition) else [item]
    ranges = [child.source_range for child in children if isinstance(child, otio.core.Item)]
    rates = [_frame_rate(found.duration.rate) for found in ranges if found is not None and found.duration.value > 0]
    return [rate for rate in rates if rate is not None] or _rates_of_media(children)


def _rates_of_media(children: list[Any]) -> list[Rate]:
    references = [child.media_reference for child in children if isinstance(child, otio.schema.Clip)]
    ranges = [reference.available_range for reference in references if reference is not None]
    rates = [_frame_rate(found.duration.rate) for found in ranges if found is not None]
    return [rate for rate in rates if rate is not None]


def _frame_rate(rate: float) -> Rate | None:
    try:
        exact = exact_rate(rate)
    except (ValueError, OverflowError):
        return None
    return exact if nominal_rate(exact) > 1 and exact <= _FASTEST else None
