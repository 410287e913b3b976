"""OpenTimelineIO that its own adapters made of other formats: what they get wrong there is put right in memory, or refused.

Such a file looks like any other, but for the metadata that the adapters leave. Read from the adapters' source and from files
that they converted: an EDL's track is cut to a range before its first clip, and its marks count in record timecode; FCP7 XML
keeps `enabled` and speeds in metadata only; AAF repeats marks; FCPXML loses a thousandth of its rate, and a frame of its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.dialects.entries import entry
from reperform.timeline.dialects.fingerprints import taken
from reperform.timing import Rate, exact_rate, exact_seconds

__all__ = ["refuse_cut_rates", "settle"]

_CUT_RATES = {Rate(23): "23.976", Rate(29): "29.97", Rate(59): "59.94"}


def settle(timeline: otio.schema.Timeline) -> None:
    """Puts right, in place, what an adapter has left in a file that no editor wrote: marks come to count in their clips' time.

    Raises ValueError, OverflowError or OTIOError for times that are none.
    """
    seen = taken(timeline)
    everywhere = seen.timeline | seen.items | seen.media | seen.markers
    if "cmx_3600" in everywhere:
        _settle_edl(timeline)
    elif "fcp_xml" in everywhere:
        for item in timeline.tracks.find_children():
            if isinstance(item, otio.core.Item):
                _settle_fcp7(item)
    elif "AAF" in everywhere:
        from reperform.timeline.adapters.aaf import settle_timeline

        settle_timeline(timeline)


def refuse_cut_rates(rate: Rate, name: str) -> None:
    """Whether a rate is none that exists.

    Raises:
        TimelineError: it is what OpenTimelineIO's FCPXML adapter makes of 23.976, 29.97 or 59.94.

    """
    if rate in _CUT_RATES:
        raise TimelineError(
            f"“{name}” counts {rate} frames a second: so OpenTimelineIO's FCPXML adapter writes {_CUT_RATES[rate]}, and every later"
            " frame is a wrong one",
            fix="Give reperform the .fcpxml itself, which it reads without that adapter.",
        )


def _settle_edl(timeline: otio.schema.Timeline) -> None:
    for track in timeline.tracks:
        shown = track.source_range if isinstance(track, otio.schema.Track) else None
        if shown is None or shown.start_time.value >= 0:
            continue
        begins = otio.opentime.RationalTime(-shown.start_time.value, shown.start_time.rate)
        if timeline.global_start_time is None:
            timeline.global_start_time = begins
        track.source_range = None
        for item, position in _placed(track):
            for marker in item.markers:
                _to_own_time(marker, item, exact_seconds(begins) + position)


def _placed(track: otio.schema.Track) -> Iterator[tuple[Any, Fraction]]:
    position = Fraction(0)
    for item in track:
        if isinstance(item, otio.core.Item):
            yield item, position
            position += exact_seconds(item.trimmed_range().duration)


def _to_own_time(marker: otio.schema.Marker, item: Any, begins: Fraction) -> None:
    """From record timecode to the time of the item that begins there, where the marker lies on it."""
    shown, place = item.trimmed_range(), marker.marked_range
    offset = exact_seconds(place.start_time) - begins
    if 0 <= offset < exact_seconds(shown.duration):
        _move(marker, exact_seconds(shown.start_time) + offset)


def _move(marker: otio.schema.Marker, start: Fraction) -> None:
    place = marker.marked_range
    value = float(start * exact_rate(place.start_time.rate))
    marker.marked_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(value, place.start_time.rate), place.duration
    )


def _settle_fcp7(item: Any) -> None:
    """Whether it is enabled, speeds that nobody knows as such, and marks: the adapter counts them from the media's first frame."""
    own = entry(item.metadata, "fcp_xml") if len(item.metadata) else None
    if str(entry(own, "enabled")).upper() == "FALSE":
        item.enabled = False
    for number, effect in enumerate(item.effects):
        kept = entry(effect.metadata, "fcp_xml")
        if type(effect) is otio.schema.Effect and _is_remap(effect, kept):
            item.effects[number] = otio.schema.TimeEffect("timeremap", "timeremap", metadata={"fcp_xml": kept or {}})
    reference = getattr(item, "media_reference", None)
    available = reference.available_range if reference is not None else None
    if available is not None and available.start_time.value:
        for marker in item.markers:
            if "fcp_xml" in marker.metadata:
                _move(marker, exact_seconds(marker.marked_range.start_time) + exact_seconds(available.start_time))


def _is_remap(effect: Any, kept: Any) -> bool:
    """Whether it is the filter that changes a clip's speed, which the adapter keeps as any other."""
    said = (effect.name, effect.effect_name, entry(kept, "effectid"), entry(entry(kept, "effect"), "effectid"))
    return any(str(word).replace(" ", "").lower() == "timeremap" for word in said if word)
