"""Final Cut Pro's XML, read from the file itself: its times are exact, and no adapter keeps auditions or disabled clips."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.adapters.fcpxml_resources import Resources
from reperform.timeline.adapters.fcpxml_story import Story
from reperform.timeline.adapters.fcpxml_time import seconds
from reperform.timeline.adapters.making import Budget, Read, moment
from reperform.timeline.adapters.xml_tree import Element, parse

__all__ = ["read"]


def read(content: bytes, name: str) -> Read:
    """The projects in an FCPXML; where there are none, its compound clips.

    Raises:
        TimelineError: it cannot be read, or holds no timeline.

    """
    root = parse(content, name)
    if root.tag != "fcpxml":
        raise TimelineError(f"“{name}” is no FCPXML", fix="Export the project again: File, Export XML.")
    resources = Resources(root, name)
    found = list(_projects(root)) or list(_compounds(root))
    if not found:
        raise TimelineError(
            f"“{name}” holds no project", fix="Select the project, not the event, and export it: File, Export XML."
        )
    budget = Budget(name)
    timelines = [_timeline(title, sequence, resources, budget) for title, sequence in found]
    drops = {sequence.get("tcFormat", "NDF") == "DF" for _, sequence in found}
    one = len(timelines) == 1
    return Read(
        root=timelines[0] if one else otio.schema.SerializableCollection(name, timelines),
        drop_frame=drops.pop() if len(drops) == 1 else None,
    )


def _projects(root: Element) -> Iterator[tuple[str, Element]]:
    for project in root.iter("project"):
        sequence = project.find("sequence")
        if sequence is not None:
            yield project.get("name", ""), sequence
    for sequence in root.findall("./sequence"):
        yield sequence.get("name", ""), sequence


def _compounds(root: Element) -> Iterator[tuple[str, Element]]:
    for media in root.findall("./resources/media"):
        sequence = media.find("sequence")
        if sequence is not None:
            yield media.get("name", ""), sequence


def _timeline(title: str, sequence: Element, resources: Resources, budget: Budget) -> otio.schema.Timeline:
    rate = resources.sequence_rate(sequence)
    start = seconds(sequence.get("tcStart"), Fraction(0))
    timeline = otio.schema.Timeline(title, global_start_time=moment(start, rate))
    tracks = Story(resources, rate, budget).sequence(sequence)
    timeline.tracks.extend(tracks)
    return timeline
