"""Retimes of FCPXML: a `timeMap` from the time of a clip to the time of its media, straight between points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

from reperform.errors import MediaRefused
from reperform.timeline.exporting.fcpxml_media import seconds_text
from reperform.timeline.retimes.retime import Chain, Ramp
from reperform.timing import Rate, ceil_frame

__all__ = ["Pace", "Span", "pace_of"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A clip in its media. Seconds of the media's own clock; lengths in seconds."""

    start: Fraction
    """Of the media."""
    length: Fraction
    """Of the media."""
    begins: Fraction
    """The earliest that the clip's source range names."""
    seen: Fraction
    """How long the whole clip is on the timeline."""
    cut: Fraction
    """How much of its beginning is not seen there."""
    rate: Rate
    """At whose frames the media is cut."""


@dataclass(frozen=True)
class Pace:
    """How a clip plays its media."""

    local: Fraction
    """The clip's own time where it begins to be seen."""
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    """Own time, and the media's. Empty where nothing is retimed."""

    def add_to(self, element: ET.Element) -> None:
        """As a `timeMap`, which follows what else is said of the clip's time."""
        if not self.points:
            return
        time_map = ET.SubElement(element, "timeMap")
        for time, value in self.points:
            attributes = {"time": seconds_text(time), "value": seconds_text(value), "interp": "linear"}
            ET.SubElement(time_map, "timept", attributes)


def pace_of(retime: Chain, span: Span) -> Pace | None:
    """None for a retime that is no speed and no ramp, or of which nobody knows where on it the clip begins."""
    if retime.is_none:
        return Pace(span.begins + span.cut)
    if retime.is_constant:
        return _constant(retime.factor, span)
    (ramp, *more) = retime.retimes
    return _ramp(ramp, span) if isinstance(ramp, Ramp) and not more else None


def _constant(speed: Fraction, span: Span) -> Pace:
    """All of the media at this speed; backward its end comes first. A freeze holds one time of it."""
    start, end = span.start, span.start + span.length
    if speed == 0:
        return Pace(start + span.cut, ((start, span.begins), (start + span.seen, span.begins)))
    last = start + span.length / abs(speed)
    if speed > 0:
        return Pace(start + (span.begins - start) / speed + span.cut, ((start, start), (last, end)))
    top = ceil_frame(span.begins + span.seen * -speed, span.rate) / span.rate
    return Pace(start + (end - top) / -speed + span.cut, ((start, end), (last, start)))


def _ramp(ramp: Any, span: Span) -> Pace | None:
    try:
        begun = ramp.begun(span.begins - span.start)
    except MediaRefused:
        return None
    zero = begun.keys[0][0]
    points = tuple((span.start + out - zero, span.begins + begun.at(out - begun.start)) for out, _ in begun.keys)
    return Pace(span.start + begun.start - zero + span.cut, points)
