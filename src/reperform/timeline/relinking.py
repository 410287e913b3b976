"""A clip given other media of the same pictures: the same frames stand in the same places, whatever the new file begins with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.model import Source
from reperform.timeline.references import sequence_reference, spelled_rate, time_at
from reperform.timing import exact_seconds

__all__ = ["relink"]

_OF_THE_FILE = ("reperform", "Resolve_OTIO", "PremierePro_OTIO", "fcp_xml", "AAF")
"""Metadata in which editors keep paths, ids and channels of the file itself. What is left names reel and tape."""


def relink(
    clip: otio.schema.Clip,
    key: str,
    online: Source,
    *,
    later: int,
    zero: Fraction,
    timecode: Fraction | None,
    address: str,
    moves_marks: bool,
) -> None:
    """Puts `online` in the place of the clip's media under `key`, in place.

    Frame n of the earlier media is frame n + `later` of it. `zero` is where the earlier media's first frame stands in the
    clip's own time, `timecode` where its own timecode has it (None: it has none), in seconds. A clip that counts in timecode
    goes on as it is; one that counts from the file's start is moved, with its marks where they count so (`moves_marks`).
    """
    references = clip.media_references()
    before = references[key]
    available = before.available_range
    if clip.source_range is None and available is not None:
        clip.source_range = otio.opentime.TimeRange(available.start_time, available.duration)
    moved = later / online.rate
    if timecode is not None and abs(zero - timecode) * online.rate < Fraction(1, 2):
        zero -= moved
    elif moved:
        _move(clip, moved, marks=moves_marks)
    references[key] = _reference(online, before, zero=zero, address=address, like=clip.source_range)
    clip.set_media_references(references, clip.active_media_reference_key)


def _reference(online: Source, before: Any, *, zero: Fraction, address: str, like: Any) -> otio.core.MediaReference:
    rate = spelled_rate(online.rate, before.available_range, like)
    length = otio.opentime.RationalTime(float(online.frames), rate)
    available = otio.opentime.TimeRange(time_at(zero, rate), length)
    made: Any = otio.schema.ExternalReference(address)
    if online.sequence:
        # `address` is that of the pattern.
        made = sequence_reference(online.sequence, address.rpartition("/")[0], rate=rate)
    made.available_range = available
    made.name = online.path.name
    made.available_image_bounds = before.available_image_bounds
    for name, value in before.metadata.items():
        if name not in _OF_THE_FILE:
            made.metadata[name] = value
    return made


def _move(clip: otio.schema.Clip, seconds: Fraction, *, marks: bool) -> None:
    if clip.source_range is not None:
        clip.source_range = _later(clip.source_range, seconds)
    for marker in clip.markers if marks else ():
        marker.marked_range = _later(marker.marked_range, seconds)


def _later(found: otio.opentime.TimeRange, seconds: Fraction) -> otio.opentime.TimeRange:
    start = found.start_time
    return otio.opentime.TimeRange(time_at(exact_seconds(start) + seconds, start.rate), found.duration)
