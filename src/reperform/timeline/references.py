"""Media references for takes, on the clock of the clip they are an alternate for: a file, or the pictures of a sequence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.model import ImageSequence
from reperform.timeline import records
from reperform.timeline.recognising import TAKE_SOUND
from reperform.timeline.records import ClipRecord, TakeRecord
from reperform.timing import SNAP, Rate, exact_rate, exact_seconds, floor_frame

__all__ = ["Span", "covers", "origin_of", "spelled_rate", "start_of", "take_reference", "time_at"]

Span = tuple[Fraction, Fraction]
"""Exact seconds: start, and end, which is the first moment after."""


def origin_of(clip: otio.schema.Clip, original: Any, record: ClipRecord) -> Fraction:
    """When the source's first frame is, in the clip's own time, in seconds.

    Editors count from the file's timecode or from zero, and some subclips from elsewhere. What the original's available
    range says holds where it agrees with the frame that the clip is known to start with.
    """
    if record.origin is not None:
        return record.origin
    available = getattr(original, "available_range", None)
    shown = clip.source_range or available
    if shown is None:
        return Fraction(0)
    start = exact_seconds(shown.start_time)
    stated = exact_seconds(available.start_time) if available is not None else None
    candidates = [candidate for candidate in (stated, _timecode_origin(record), Fraction(0)) if candidate is not None]
    for candidate in candidates:
        if floor_frame(start - candidate, record.rate) == record.in_frame:
            return candidate
    end = start + exact_seconds(shown.duration)
    for candidate in candidates:
        # What the clip is nested in may show less of it than its source range.
        if start <= candidate + record.in_frame / record.rate < end:
            return candidate
    return Fraction(floor_frame(start, record.rate) - record.in_frame) / record.rate


def _timecode_origin(record: ClipRecord) -> Fraction | None:
    return None if record.source_start is None else record.source_start / record.rate


def start_of(take: TakeRecord, origin: Fraction) -> Fraction:
    """When the take's first frame is, in the time of a clip whose source starts at `origin`."""
    return origin + take.in_frame / take.rate


def covers(take: TakeRecord, start: Fraction, wanted: Span, *, source_frames: int | None) -> bool:
    """Whether a take that starts at `start` holds all that is `wanted` of it.

    Where the take reaches an end of its source, there is no more to have: the original ends there too. `source_frames`
    None: the take does not count in frames of its source.
    """
    tolerance = SNAP / take.rate
    end = start + take.frames / take.rate
    at_start, at_end = False, False
    if source_frames is not None:
        at_start, at_end = take.in_frame == 0, take.in_frame + take.frames >= source_frames
    head = wanted[0] >= start - tolerance or at_start
    tail = wanted[1] <= end + tolerance or at_end
    return head and tail and wanted[0] < end and wanted[1] > start


def spelled_rate(rate: Rate, *spellings: Any) -> float:
    """The rate as the timeline writes it (23.976 or 23.976023976), so that OTIO's own arithmetic agrees; else exactly.

    `spellings` are OTIO times or ranges, or None, in order of preference.
    """
    for spelling in spellings:
        time = getattr(spelling, "start_time", spelling)
        try:
            if time is not None and exact_rate(time.rate) == rate:
                return float(time.rate)
        except ValueError:
            continue
    return float(rate)


def time_at(seconds: Fraction, rate: float) -> otio.opentime.RationalTime:
    """Exact seconds at a rate, as the timeline spells it."""
    value = seconds * exact_rate(rate)
    whole = round(value)
    return otio.opentime.RationalTime(float(whole if abs(value - whole) < Fraction(1, 10_000) else value), rate)


def take_reference(
    take: TakeRecord, *, start: Fraction, rate: float, address: str, name: str, like: Any = None, sound: bool = False
) -> otio.core.MediaReference:
    """The media reference of a take that starts at `start` seconds of its clip's time.

    `rate` is the take's rate as spelled in the timeline; `address` and `name` are those of its file, or of the folder of its
    pictures, beside which their `sound` stands. `like` is the original, whose picture's bounds hold for the take.
    """
    available = otio.opentime.TimeRange(time_at(start, rate), otio.opentime.RationalTime(float(take.frames), rate))
    reference = take_in_range(take, available, address=address, name=name, sound=sound)
    bounds = getattr(like, "available_image_bounds", None)
    if bounds is not None:
        reference.available_image_bounds = bounds
    return reference


def take_in_range(
    take: TakeRecord, available: otio.opentime.TimeRange, *, address: str, name: str, sound: bool = False
) -> otio.core.MediaReference:
    """As `take_reference`, with the available range as it shall stand there."""
    if take.sequence is not None and not sound:
        reference = sequence_reference(take.sequence, address, rate=available.duration.rate)
    else:
        ending = TAKE_SOUND if take.sequence is not None else ""
        reference = otio.schema.ExternalReference(target_url=address + ending)
        reference.name = name + ending
    reference.available_range = available
    records.write(reference, take)
    return reference


def sequence_reference(sequence: ImageSequence, folder: str, *, rate: float) -> otio.schema.ImageSequenceReference:
    """The pictures in a folder; `rate` is how many of them are seen in a second. Named as Resolve names them: `x.[1001-1099].png`."""
    reference = otio.schema.ImageSequenceReference(
        target_url_base=folder.rstrip("/\\") + ("\\" if "\\" in folder and "/" not in folder else "/"),
        name_prefix=sequence.prefix,
        name_suffix=sequence.suffix,
        start_frame=sequence.first,
        frame_step=sequence.step,
        rate=rate * sequence.step,
        frame_zero_padding=sequence.padding,
    )
    first, last = (f"{sequence.number(frame):0{sequence.padding}d}" for frame in (0, sequence.frames - 1))
    reference.name = f"{sequence.prefix}[{first}-{last}]{sequence.suffix}"
    return reference
