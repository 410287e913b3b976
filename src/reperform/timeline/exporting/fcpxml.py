"""FCPXML 1.10, as Final Cut Pro 10.6 and later import it: a shot with takes is an audition, the chosen one its pick.

The structure is what Apple documents (developer.apple.com, “FCPXML Reference”); each time is an exact fraction of a second.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reperform.timeline.exporting.facts import Exported, Facts, lost
from reperform.timeline.exporting.fcpxml_media import Resources, clean, seconds_text
from reperform.timeline.exporting.fcpxml_story import Teller, sequence_of
from reperform.timeline.exporting.marks import Mark, Marks, marks_of

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["VERSION", "fcpxml"]

VERSION = "1.10"


def fcpxml(timeline: otio.schema.Timeline, facts: Facts) -> Exported:
    """The timeline, its tracks from the bottom up, as a project of one event."""
    cut = facts.of(timeline)
    sizes = [(source.width, source.height) for source in facts.sources.values() if source.width and source.height]
    resources = Resources(cut.rate, sizes[0] if sizes else None)
    teller = Teller(facts=facts, resources=resources)
    start = cut.start_frame / cut.rate
    story = teller.story(timeline.tracks, start)
    _add_markers(teller, marks_of(cut), start)
    teller.finish()
    sequence = sequence_of(resources.sequence_format, story, start, drop_frame=cut.drop_frame)
    notes = list(dict.fromkeys(teller.notes))
    if not sizes:
        notes.append(lost("the size of the picture is not known: the FCPXML says 1920×1080"))
    return Exported(content=_document(resources, sequence, timeline.name or cut.path.stem), notes=tuple(notes))


def _document(resources: Resources, sequence: ET.Element, name: str) -> bytes:
    root = ET.Element("fcpxml", {"version": VERSION})
    root.append(resources.element())
    event = ET.SubElement(root, "event", {"name": "reperform"})
    ET.SubElement(event, "project", {"name": clean(name)}).append(sequence)
    ET.indent(root, "    ")
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n'
    return head + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _add_markers(teller: Teller, marks: Marks, start: Fraction) -> None:
    """Markers of clips onto their clips, all others onto what the primary storyline shows there."""
    for address, of_clip in marks.of_clips.items():
        piece = teller.pieces.get(address)
        if piece is not None:
            piece.markers += [(mark.start, _marker(mark)) for mark in of_clip]
    for mark in marks.of_cut:
        time = start + mark.start
        found = next((piece for piece in teller.primary if piece.start <= time < piece.end), None)
        if found is not None:
            found.markers.append((time - found.start, _marker(mark)))


def _marker(mark: Mark) -> ET.Element:
    attributes = {"start": "0s", "duration": seconds_text(mark.length)}
    attributes["value"] = clean(mark.text.name or mark.text.note) or "Marker"
    if mark.text.name and mark.text.note:
        attributes["note"] = clean(mark.text.note)
    return ET.Element("marker", attributes)
