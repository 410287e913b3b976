"""Clips as story elements of FCPXML: a clip with takes is an audition, its pick first."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.exporting.facts import Facts
from reperform.timeline.exporting.fcpxml_media import Medium, Resources, clean, medium_of, seconds_text
from reperform.timeline.exporting.fcpxml_pace import Pace, Span, pace_of
from reperform.timeline.places import seconds_of
from reperform.timeline.recognising import takes_of
from reperform.timeline.records import TakeRecord
from reperform.timeline.retimes.reading import of_item
from reperform.timeline.retimes.retime import NO_RETIME
from reperform.timing import Rate, floor_frame

__all__ = ["Own", "Piece", "clip_piece", "gap_piece"]

_GAP_START = Fraction(3600)
"""Where Final Cut's own gaps begin."""
_SOURCE_RATES = {
    Rate(24000, 1001): "23.98", Rate(24): "24", Rate(25): "25", Rate(30000, 1001): "29.97", Rate(30): "30",
    Rate(48000, 1001): "47.95", Rate(48): "48", Rate(50): "50", Rate(60000, 1001): "59.94", Rate(60): "60",
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """An element, and its own time where it begins to be seen."""

    element: ET.Element
    local: Fraction


@dataclass(kw_only=True)
class Piece:
    """A story element in its sequence. Times are exact seconds of the sequence."""

    element: ET.Element
    start: Fraction
    end: Fraction
    shown: list[Own]
    """The element itself; of an audition its children, the pick first."""
    anchors: list[ET.Element] = field(default_factory=list)
    markers: list[tuple[Fraction, ET.Element]] = field(default_factory=list)
    """With the time from the piece's start."""

    def local(self, time: Fraction) -> Fraction:
        """A time of the sequence in the pick's own."""
        return self.shown[0].local + time - self.start

    def finish(self) -> ET.Element:
        """The element with all that hangs on it, in the order that the format asks for."""
        self.shown[0].element.extend(self.anchors)
        for own in self.shown:
            for offset, marker in self.markers:
                attributes = {**marker.attrib, "start": seconds_text(own.local + offset)}
                own.element.append(ET.Element("marker", attributes))
        return self.element


def gap_piece(start: Fraction, end: Fraction, *, name: str = "Gap", note: str | None = None) -> Piece:
    """Nothing, for a while."""
    attributes = {"name": clean(name), "start": seconds_text(_GAP_START), "duration": seconds_text(end - start)}
    element = ET.Element("gap", attributes)
    if note:
        ET.SubElement(element, "note").text = clean(note)
    return Piece(element=element, start=start, end=end, shown=[Own(element, _GAP_START)])


@dataclass(frozen=True, kw_only=True)
class _Use:
    """One use of a clip: what all its alternates have in common."""

    clip: otio.schema.Clip
    facts: Facts
    resources: Resources
    length: Fraction
    cut: Fraction
    """How much of its beginning is not seen, in the sequence's time."""
    sound: bool
    role: str
    enabled: bool
    unheld: list[str]
    """What of it the format cannot say gathers here."""


def clip_piece(
    clip: otio.schema.Clip,
    facts: Facts,
    resources: Resources,
    *,
    seen: tuple[Fraction, Fraction],
    cut: Fraction,
    sound: bool,
    role: str,
    enabled: bool,
    unheld: list[str],
) -> Piece | None:
    """The clip from `seen[0]` to `seen[1]` of its sequence; None where its media is no file. What of it the format cannot
    say goes to `unheld`.
    """
    use = _Use(
        clip=clip, facts=facts, resources=resources, length=seen[1] - seen[0], cut=cut, sound=sound, role=role,
        enabled=enabled, unheld=unheld,
    )  # fmt: skip
    references = clip.media_references()
    takes = takes_of(clip)
    active = clip.active_media_reference_key
    original = str(records.says(clip, "original") or active)
    keys = [active, *(key for key in (original, *sorted(takes)) if key in references)]
    keys = list(dict.fromkeys(keys)) if takes else [active]
    shown = [own for key in keys if (own := _own(use, references.get(key))) is not None]
    if not shown:
        return None
    if len(shown) == 1:
        return Piece(element=shown[0].element, start=seen[0], end=seen[1], shown=shown)
    audition = ET.Element("audition")
    audition.extend([own.element for own in shown])
    return Piece(element=audition, start=seen[0], end=seen[1], shown=shown)


def _own(use: _Use, reference: Any) -> Own | None:
    medium = medium_of(use.clip, reference, use.facts, sound=use.sound)
    if medium is None:
        return None
    take = records.read(reference, TakeRecord)
    pace = _pace(use, reference, medium, retimed=take is None)
    element = _element(use, medium, take, pace.local)
    if take is not None:
        ET.SubElement(element, "note").text = clean(_about(take))
    cut_rate = use.facts.cut.rate
    if medium.rate is not None and medium.rate != cut_rate and not use.sound:
        rate = {"srcFrameRate": _SOURCE_RATES[medium.rate]} if medium.rate in _SOURCE_RATES else {}
        # Final Cut would play 25 frames as 24 otherwise; the timeline counts in seconds.
        ET.SubElement(element, "conform-rate", {"scaleEnabled": "0", **rate})
    pace.add_to(element)
    return Own(element, pace.local)


def _pace(use: _Use, reference: Any, medium: Medium, *, retimed: bool) -> Pace:
    """How the clip plays it; at its own speed where the format cannot say how."""
    dialect = use.facts.cut.dialect
    span = Span(
        start=medium.start,
        length=medium.length,
        begins=_begins(use, reference, medium),
        seen=seconds_of(use.clip, plays_source_frames=dialect.plays_source_frames),
        cut=use.cut,
        rate=medium.rate or use.facts.cut.rate,
    )
    known = pace_of(of_item(use.clip, dialect) if retimed else NO_RETIME, span)
    if known is None:
        use.unheld.append("its speed varies in a way that a timeMap of straight lines does not say")
    return known or Pace(span.begins + use.cut)


def _begins(use: _Use, reference: Any, medium: Medium) -> Fraction:
    """The clip's first moment, on its file's clock, at the start of a frame."""
    from reperform.timing import exact_seconds

    shown = use.clip.source_range or reference.available_range
    first = (exact_seconds(shown.start_time) if shown is not None else Fraction(0)) + medium.shift
    return first if medium.rate is None or use.sound else floor_frame(first, medium.rate) / medium.rate


def _element(use: _Use, medium: Medium, take: TakeRecord | None, local: Fraction) -> ET.Element:
    name = medium.name if take or not use.clip.name else use.clip.name
    attributes = {"ref": use.resources.asset(medium), "name": clean(name)}
    attributes |= {"start": seconds_text(local), "duration": seconds_text(use.length)}
    if not use.enabled:
        attributes["enabled"] = "0"
    if medium.is_still:
        return ET.Element("video", attributes)
    if medium.has_picture:
        attributes["srcEnable"] = "audio" if use.sound else "video"
        attributes["tcFormat"] = "DF" if medium.drop_frame else "NDF"
    if use.role:
        attributes["audioRole" if use.sound else "videoRole"] = clean(use.role)
    return ET.Element("asset-clip", attributes)


def _about(take: TakeRecord) -> str:
    marks = dict.fromkeys(" ".join(str(cue.get("marker") or "").split()) for cue in take.cues)
    kind = "preview" if take.preview else "take"
    return f"{kind} {take.number}: {' / '.join(filter(None, marks))} ({take.engine} {take.model})"
