"""The markers of an AAF: once each, and where the composition says that they stand, whatever they were attached to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timing import exact_rate, exact_seconds

__all__ = ["once_each", "place_by_position"]

_NEAR = Fraction(1, 500)
"""Seconds."""


def once_each(item: Any) -> None:
    """The adapter attaches the same marker twice where two slots of a clip are described."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for marker in item.markers:
        place = marker.marked_range
        key = (marker.name, marker.color, place.start_time.to_seconds(), place.duration.to_seconds())
        if key not in seen:
            seen.add(key)
            kept.append(marker)
    if len(kept) != len(item.markers):
        item.markers[:] = kept


def place_by_position(timeline: otio.schema.Timeline) -> None:
    """Moves markers that stand elsewhere than their position in the composition to the timeline, in record timecode.

    The adapter attaches those of the timecode track, and of tracks that were not exported, to whatever it finds.
    """
    start = timeline.global_start_time
    strays: list[otio.schema.Marker] = []
    for item, begins in list(_top_items(timeline)):
        kept: list[otio.schema.Marker] = []
        for marker in item.markers:
            position = _position(marker)
            stray = position is not None and abs(position - begins - _offset(item, marker)) > _NEAR
            (strays if stray else kept).append(marker)
        if len(kept) != len(item.markers):
            item.markers[:] = kept
    zero = exact_seconds(start) if start is not None else Fraction(0)
    for marker in strays:
        _stand(marker, zero + (_position(marker) or 0))
        timeline.tracks.markers.append(marker)


def _top_items(timeline: otio.schema.Timeline) -> Iterator[tuple[Any, Fraction]]:
    """The clips, gaps and stacks of the timeline's own tracks, and when each begins."""
    for track in timeline.tracks:
        at = Fraction(0)
        for item in track if isinstance(track, otio.schema.Track) else ():
            if isinstance(item, otio.core.Item):
                yield item, at
                at += exact_seconds(item.trimmed_range().duration)


def _offset(item: Any, marker: otio.schema.Marker) -> Fraction:
    """Where in its item a marker stands."""
    return exact_seconds(marker.marked_range.start_time) - exact_seconds(item.trimmed_range().start_time)


def _position(marker: otio.schema.Marker) -> Fraction | None:
    """Seconds from the start of the composition; None where the file does not say."""
    try:
        frames = int(marker.metadata["AAF"]["Position"])
        return Fraction(frames) / exact_rate(marker.marked_range.start_time.rate)
    except (KeyError, TypeError, ValueError):
        return None


def _stand(marker: otio.schema.Marker, seconds: Fraction) -> None:
    place = marker.marked_range
    value = seconds * exact_rate(place.start_time.rate)
    marker.marked_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(float(value), place.start_time.rate), place.duration
    )
