"""Final Cut Pro 7 XML, as Premiere, Resolve and others import it, through OpenTimelineIO's adapter, and corrected.

Adapter 1.0.0 reads and writes no `enabled`, takes every timecode for non-drop and writes no retime; takes stand on tracks,
for a clip of this format has one medium.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.model import Problem
from reperform.timeline import records
from reperform.timeline.cut import Cut
from reperform.timeline.exporting.adapting import written_by
from reperform.timeline.exporting.facts import Exported, Facts, lost
from reperform.timeline.exporting.fcp7_speed import add_speed, begins_off, is_carried
from reperform.timeline.exporting.marks import Mark, Marks, marks_of
from reperform.timeline.exporting.preparing import close_edges, each_track, hole, names_of_effects, settle_ranges
from reperform.timeline.exporting.retiming import AT_OWN_SPEED, Retimed, Retimes
from reperform.timeline.index import item_at
from reperform.timeline.records import TakeRecord
from reperform.timing import Rate, drop_frame_allowed, exact_seconds, floor_frame, format_timecode

__all__ = ["fcp7"]

_TRACK_NAME = "MZ.TrackName"
"""The format has no names of tracks; Premiere writes and reads this."""
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'


def fcp7(timeline: otio.schema.Timeline, facts: Facts) -> Exported:
    """The timeline as one sequence.

    Raises:
        TimelineError: the adapter is not installed, or cannot write this timeline.

    """
    cut = facts.of(timeline.clone())
    notes, retimes = _prepare(cut)
    text = written_by("fcp_xml", cut.timeline, extra="fcp", title="Final Cut Pro 7 XML")
    root = ET.fromstring(text)  # noqa: S314 - our own
    sequence = root.find(".//sequence")
    if sequence is None:
        raise TimelineError("the adapter wrote no sequence", fix="Write to an .otio instead.")
    _correct(sequence, cut.timeline.tracks, retimes, cut.rate)
    _correct_timecodes(sequence, cut)
    ET.indent(root, "    ")
    return Exported(content=_HEAD + ET.tostring(root, encoding="unicode").encode() + b"\n", notes=tuple(notes))


def _prepare(cut: Cut) -> tuple[list[Problem], Retimes]:
    notes = []
    marks = marks_of(cut)
    # What is equal, as a clip and its sound are, the adapter would write once, with the timing of the first: numbers differ.
    retimes = Retimes(cut)
    settle_ranges(cut, media_rates=True)
    retimes.count()
    _settle_marks(cut, marks, retimes)
    for track in each_track(cut.timeline.tracks):
        close_edges(track)
        for number, child in enumerate(list(track)):
            uneven = isinstance(child, otio.schema.Transition) and child.in_offset != child.out_offset
            if uneven and child.in_offset.value and child.out_offset.value:
                notes.append(lost("a transition is centred on its cut in the XML, which it is not", track=track.name))
            why = _why_not(child)
            if why:
                track[number] = hole(child)
                notes.append(
                    lost(f"it is not in the XML, where a gap stands: {why}", track=track.name, clip=child.name)
                )
                continue
            known = retimes.of(child)
            notes += _of_retime(known[0], child, track, cut) if known else []
            if isinstance(child, otio.schema.Clip):
                notes += _losses(child, track)
                _settle_clip(child)
    return notes, retimes


def _of_retime(retime: Retimed, item: Any, track: Any, cut: Cut) -> list[Problem]:
    at = {"track": track.name, "clip": item.name}
    if not is_carried(retime):
        return [lost(f"its retime is not in the XML: {retime.how}. {AT_OWN_SPEED}", **at)]
    off = begins_off(retime, cut.rate)
    said = []
    if retime.speed is not None and retime.speed < 0:
        said.append(
            "look at its first frame after the import: editors differ in where a clip begins that plays backward"
        )
    if off:
        said.append(
            f"it begins {float(off):+.3g} frames from where it should: XML counts whole frames of what is played"
        )
    return [lost(f"its retime is in the XML ({retime.how}); {'; '.join(said)}", **at)] if said else []


def _settle_marks(cut: Cut, marks: Marks, retimes: Retimes) -> None:
    """Markers of clips count from the file's first frame, in frames of the clip; all others from the sequence's."""
    for item in cut.timeline.tracks.find_children():
        if not isinstance(item, otio.schema.Transition):
            del item.markers[:]
    del cut.timeline.tracks.markers[:]
    cut.timeline.tracks.markers.extend(_marker(mark, Fraction(0), cut) for mark in marks.of_cut)
    for address, of_clip in marks.of_clips.items():
        clip = item_at(cut.timeline, address)
        begins = exact_seconds(clip.source_range.start_time) - exact_seconds(clip.available_range().start_time)
        known = retimes.of(clip)
        speed = known[0].speed if known and is_carried(known[0]) else None
        clip.markers.extend(_marker(mark, begins, cut, speed or Fraction(1)) for mark in of_clip)


def _marker(mark: Mark, begins: Fraction, cut: Cut, speed: Fraction = Fraction(1)) -> otio.schema.Marker:
    first, rate = floor_frame(begins + mark.start * abs(speed), cut.rate), float(cut.rate)
    length = max(1, floor_frame(mark.length * abs(speed), cut.rate))
    made = otio.schema.Marker(
        name=mark.text.name or mark.text.note,
        marked_range=otio.opentime.TimeRange(
            otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(length, rate)
        ),
    )
    if mark.text.note:
        made.metadata["fcp_xml"] = {"comment": mark.text.note}
    return made


def _why_not(item: Any) -> str | None:
    reference = getattr(item, "media_reference", None)
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return "its media is an image sequence"
    if isinstance(reference, otio.schema.GeneratorReference) and "fcp_xml" not in reference.metadata:
        return "it is a generator of another program"
    return None


def _losses(clip: Any, track: Any) -> list[Problem]:
    names = names_of_effects(clip)
    if not names or clip.metadata.get("fcp_xml"):
        return []
    said = f"its effects are not in the XML: {', '.join(names)}"
    return [lost(said, track=track.name, clip=clip.name)]


def _settle_clip(clip: Any) -> None:
    """One medium, and no words of ours or of other editors, that the adapter would not know."""
    reference = clip.media_reference
    take = records.read(reference, TakeRecord)
    if take is not None and take.reel:
        reference.metadata["fcp_xml"] = {"timecode": {"reel": {"name": take.reel}}}
    clip.name = clip.name or reference.name or "clip"
    clip.set_media_references({"DEFAULT_MEDIA": reference.clone()}, "DEFAULT_MEDIA")


def _correct(sequence: ET.Element, stack: Any, retimes: Retimes, rate: Rate) -> None:
    """Puts in what the adapter leaves out. It writes tracks and their items in their order, without gaps."""
    kinds = {"video": otio.schema.TrackKind.Video, "audio": otio.schema.TrackKind.Audio}
    for tag, kind in kinds.items():
        written = sequence.findall(f"./media/{tag}/track")
        tracks = [track for track in stack if track.kind == kind]
        for element, track in zip(written, tracks, strict=True):
            _put(element, "enabled", "TRUE" if track.enabled else "FALSE")
            if track.name:
                element.set(_TRACK_NAME, track.name)
            items = [item for item in track if not isinstance(item, otio.schema.Gap)]
            for child, item in zip(_items(element), items, strict=True):
                _correct_item(child, item, sound=tag == "audio")
                known = retimes.of(item)
                if known is not None and is_carried(known[0]):
                    add_speed(child, known[0], rate=rate, before=known[1], sound=tag == "audio")
                nested = child.find("sequence")
                if nested is not None and nested.find("media") is not None:
                    _correct(nested, item, retimes, rate)


def _items(track: ET.Element) -> Iterator[ET.Element]:
    return (child for child in track if child.tag in ("clipitem", "generatoritem", "transitionitem"))


def _correct_item(element: ET.Element, item: Any, *, sound: bool) -> None:
    if isinstance(item, otio.schema.Transition):
        return
    _put(element, "enabled", "TRUE" if item.enabled else "FALSE")
    for again in element.findall("rate")[1:]:
        element.remove(again)
    if sound and element.find("sourcetrack") is None:
        track = ET.SubElement(element, "sourcetrack")
        ET.SubElement(track, "mediatype").text = "audio"
        ET.SubElement(track, "trackindex").text = "1"


def _put(parent: ET.Element, tag: str, text: str) -> None:
    found = parent.find(tag)
    if found is None:
        found = ET.Element(tag)
        parent.insert(1 if len(parent) and parent[0].tag == "name" else 0, found)
    found.text = text


def _correct_timecodes(sequence: ET.Element, cut: Cut) -> None:
    """The adapter takes all timecode for non-drop; what the takes and the timeline say holds."""
    drops = {
        reference.name: bool(take.drop_frame)
        for clip in cut.timeline.tracks.find_clips()
        for reference in clip.media_references().values()
        if (take := records.read(reference, TakeRecord))
    }
    for file in sequence.iter("file"):
        for timecode in file.findall("timecode"):
            _spell(timecode, drop=drops.get(file.findtext("name") or "", False))
        for path in file.findall("pathurl"):
            path.text = _local(path.text or "")
    for timecode in sequence.findall("timecode"):
        _spell(timecode, drop=cut.drop_frame)


def _spell(element: ET.Element, *, drop: bool) -> None:
    nominal, ntsc = int(element.findtext("rate/timebase") or 24), element.findtext("rate/ntsc") == "TRUE"
    rate = Rate(nominal * 1000, 1001) if ntsc else Rate(nominal)
    drop = drop and drop_frame_allowed(rate)
    _put(element, "string", format_timecode(int(element.findtext("frame") or 0), rate, drop_frame=drop))
    _put(element, "displayformat", "DF" if drop else "NDF")


def _local(url: str) -> str:
    """As Premiere itself writes a file: `file://localhost/` and the path."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc == "" and unquote(parts.path).startswith("/"):
        return f"file://localhost{parts.path}"
    return url
