"""Final Cut Pro 7 XML, as Premiere and others export it: read from the file itself, frame by frame.

OTIO's own adapter leaves nested sequences empty, and takes retimed and disabled clips for plain ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.adapters.fcp7_clips import ClipMaker
from reperform.timeline.adapters.fcp7_elements import METADATA, Definitions, is_true, kept, rate_of, start_of
from reperform.timeline.adapters.fcp7_marks import markers_of
from reperform.timeline.adapters.fcp7_tracks import Placement, places
from reperform.timeline.adapters.laying_out import Fade, Layer, Stood
from reperform.timeline.adapters.making import Budget, Read, Remark, moment, span
from reperform.timeline.adapters.xml_tree import Element, parse, text_of
from reperform.timing import Rate, format_timecode

__all__ = ["read"]


def read(content: bytes, name: str) -> Read:
    """The sequences of a file that stand in no other.

    Raises:
        TimelineError: it cannot be read, or holds no sequence.

    """
    root = parse(content, name)
    definitions = Definitions(root)
    found = list(_sequences(root))
    if root.tag != "xmeml" or not found:
        raise TimelineError(
            f"“{name}” holds no sequence", fix="Select the sequence and export it: File, Export, Final Cut Pro XML."
        )
    reader = _Reader(definitions, Budget(name), name)
    timelines = [reader.timeline(sequence) for sequence in found]
    drops = {drop for drop in reader.drops if drop is not None}
    one = len(timelines) == 1
    return Read(
        root=timelines[0] if one else otio.schema.SerializableCollection(name, timelines),
        drop_frame=drops.pop() if len(drops) == 1 else None,
        remarks=tuple(reader.remarks),
    )


def _sequences(root: Element) -> Iterator[Element]:
    seen: set[str] = set()
    for sequence in (*root.findall("./sequence"), *root.findall(".//children/sequence")):
        identity = sequence.get("id")
        if len(sequence) and (identity is None or identity not in seen):
            seen.add(identity or "")
            yield sequence


class _Reader:
    """One file."""

    def __init__(self, definitions: Definitions, budget: Budget, name: str) -> None:
        self._definitions = definitions
        self._budget = budget
        self._name = name
        self.drops: list[bool | None] = []
        self.remarks: list[Remark] = []
        self._zero = 0
        self._drop = False

    def timeline(self, sequence: Element) -> otio.schema.Timeline:
        rate = rate_of(sequence)
        if rate is None:
            raise TimelineError(
                f"“{self._name}” does not say at which frame rate its sequence runs", fix="Export it again."
            )
        frame, own, drop = start_of(sequence.find("timecode"), rate)
        self.drops.append(drop)
        self._zero, self._drop = frame, bool(drop)
        start = moment(frame / own, rate)
        made = otio.schema.Timeline(text_of(sequence, "name") or "", global_start_time=start)
        made.metadata[METADATA] = kept(sequence, {"name", "media", "marker", "duration", "rate"})
        made.tracks.name = made.name
        made.tracks.extend(self._tracks(sequence, rate, (), ("video", "audio")))
        made.tracks.markers.extend(markers_of(sequence, rate, after=frame / own))
        return made

    def _tracks(
        self, sequence: Element, rate: Rate, around: tuple[str, ...], kinds: tuple[str, ...]
    ) -> list[otio.schema.Track]:
        media = self._definitions.full(sequence.find("media"))
        tracks: list[otio.schema.Track] = []
        for kind in kinds:
            for element in media.findall(f"./{kind}/track") if media is not None else ():
                # Of a sound in several channels, one track stands for all of them.
                if element.get("currentExplodedTrackIndex", "0") == "0" or kind == "video":
                    tracks += self._track(element, kind, rate, around)
        return tracks

    def _track(self, element: Element, kind: str, rate: Rate, around: tuple[str, ...]) -> list[otio.schema.Track]:
        layer = Layer(kind.capitalize(), (0,), text_of(element, "name") or element.get("MZ.TrackName") or "")
        items, fades = places(element)
        for placement in items:
            self._budget.spend()
            item = self._item(placement, kind, rate, around)
            if item is not None and placement.end > placement.start:
                layer.items.append(Stood(item, placement.start / rate, placement.end / rate))
        layer.fades += [Fade(first / rate, last / rate, name) for first, last, name in fades]
        tracks = layer.tracks(rate) or [otio.schema.Track(layer.name, kind=layer.kind)]
        for track in tracks:
            track.enabled = is_true(element, "enabled", default=True)
            track.metadata[METADATA] = kept(element, {"clipitem", "generatoritem", "transitionitem"})
        return tracks

    def _item(self, placement: Placement, kind: str, rate: Rate, around: tuple[str, ...]) -> Any:
        maker = ClipMaker(self._definitions, placement, rate)
        nested = self._definitions.full(placement.element.find("sequence"))
        if nested is None:
            item = maker.clip()
        else:
            item = self._nested(nested, maker, kind, around)
        if maker.doubt:
            self._remark(placement, rate, maker.doubt)
        return item

    def _nested(self, sequence: Element, maker: ClipMaker, kind: str, around: tuple[str, ...]) -> otio.schema.Stack:
        identity = sequence.get("id", "")
        title = text_of(sequence, "name") or identity
        if identity and identity in around:
            raise TimelineError(f"the sequence “{title}” contains itself", fix="Export the timeline again.")
        inner = rate_of(sequence, maker.rate) or maker.rate
        stack = otio.schema.Stack(text_of(maker.element, "name") or title)
        stack.extend(self._tracks(sequence, inner, (*around, identity), (kind,)))
        stack.markers.extend(markers_of(sequence, inner, after=Fraction(0)))
        stack.source_range = span(maker.first / maker.rate, maker.length, maker.rate)
        return maker.dressed(stack)

    def _remark(self, placement: Placement, rate: Rate, message: str) -> None:
        timecode = format_timecode(self._zero + placement.start, rate, drop_frame=self._drop)
        name = text_of(placement.element, "name")
        self.remarks.append(Remark(message=message, clip=name, timecode=timecode, warning=True))
