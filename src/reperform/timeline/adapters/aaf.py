"""Avid's AAF through OTIO's adapter, and what the adapter gets wrong or leaves open, put right."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters.aaf_marks import once_each, place_by_position
from reperform.timeline.adapters.aaf_media import choose_media
from reperform.timeline.adapters.making import Read
from reperform.timing import exact_rate

__all__ = ["read", "settle_timeline"]

_CURVES = ("PARAM_OFFSET_MAP_U", "PARAM_SPEED_OFFSET_MAP_U")
"""Where in the source each frame comes from."""
_SPEEDS = "PARAM_SPEED_MAP_U"
_NEAR = 1e-6


def read(path: Path) -> Read:
    """The compositions of an AAF. Raises ImportError where the adapter is not installed, and whatever that raises."""
    from otio_aaf_adapter.adapters import advanced_authoring_format as adapter

    root = adapter.read_from_file(str(path), simplify=False)
    _keep_disabled_to_clips(root)
    root = adapter._simplify(root)
    for item in _items(root):
        if isinstance(item, otio.schema.Clip):
            choose_media(item, path.absolute().parent)
    for timeline in _timelines(root):
        settle_timeline(timeline)
    return Read(root=root)


def settle_timeline(timeline: otio.schema.Timeline) -> None:
    """Puts right, in place, what the adapter makes of any AAF, in a file that it converted as well: marks, speeds, the start."""
    for item in (timeline.tracks, *timeline.tracks.find_children()):
        if isinstance(item, otio.core.Item):
            once_each(item)
        _refuse_curves(item)
    _exact_start(timeline)
    place_by_position(timeline)


def _timelines(root: Any) -> list[otio.schema.Timeline]:
    if isinstance(root, otio.schema.Timeline):
        return [root]
    return [found for found in root if isinstance(found, otio.schema.Timeline)]


def _items(root: Any) -> Iterator[Any]:
    for timeline in _timelines(root):
        yield timeline.tracks
        yield from timeline.tracks.find_children()


def _keep_disabled_to_clips(root: Any) -> None:
    """A muted clip is a disabled track inside its track; the adapter would mute the track when it puts the two together."""
    for item in _items(root):
        parent = item.parent() if isinstance(item, otio.schema.Track | otio.schema.Stack) else None
        if parent is None or item.enabled or not isinstance(parent, otio.schema.Track) or len(parent) < 2:
            continue
        item.enabled = True
        for clip in item.find_clips():
            clip.enabled = False


def _exact_start(timeline: otio.schema.Timeline) -> None:
    """29.97 is 30000/1001 in the start timecode as well."""
    start = timeline.global_start_time
    if start is not None and start.rate > 0:
        timeline.global_start_time = otio.opentime.RationalTime(start.value, float(exact_rate(start.rate)))


def _refuse_curves(item: Any) -> None:
    """A speed whose curve is not one straight line from the first frame is no constant speed, whatever the adapter says."""
    effects = getattr(item, "effects", ())
    for number, effect in enumerate(effects):
        if isinstance(effect, otio.schema.LinearTimeWarp) and (why := _bent(effect)):
            metadata = {"AAF": effect.metadata["AAF"]} if "AAF" in effect.metadata else {}
            item.effects[number] = otio.schema.TimeEffect(effect.name, why, metadata=metadata)


def _bent(effect: Any) -> str | None:
    """Why an effect is no constant speed; None where it is one."""
    parameters = _entry(_entry(effect.metadata, "AAF"), "Parameters")
    for name in _CURVES:
        points = _points(parameters, name)
        if len(points) > 2:
            return "a speed that varies"
        if len(points) == 2 and not _is_line(points, Fraction(effect.time_scalar)):
            return "a curve that does not start at its first frame"
    speeds = [value for _, value in _points(parameters, _SPEEDS)]
    if any(abs(one - other) > _NEAR for one, other in pairwise(speeds)):
        return "a speed that varies"
    return None


def _is_line(points: list[tuple[float, float]], speed: Fraction) -> bool:
    (start, first), (end, last) = points
    slope = (last - first) / (end - start) if end != start else 0.0
    return abs(slope - float(speed)) <= _NEAR * max(1.0, abs(slope)) and abs(first - slope * start) <= _NEAR


def _points(parameters: Any, name: str) -> list[tuple[float, float]]:
    found = _entry(_entry(parameters, name), "keyframe_values")
    try:
        return [(float(time), float(value)) for time, value in found or ()]
    except (TypeError, ValueError):
        return []


def _entry(metadata: Any, key: str) -> Any:
    try:
        return metadata[key]
    except (KeyError, TypeError, IndexError):
        return None
