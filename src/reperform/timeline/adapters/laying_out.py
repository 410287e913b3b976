"""Items that are known by when they are seen, laid out as OTIO's tracks: one after another, gaps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import opentimelineio as otio

from reperform.timeline.adapters.making import span
from reperform.timing import Rate

__all__ = ["Fade", "Layer", "Stood"]


class Stood(NamedTuple):
    """An item and when it stands, in seconds from the start of what it stands in."""

    item: Any
    start: Fraction
    end: Fraction


class Fade(NamedTuple):
    """A transition, from when to when."""

    start: Fraction
    end: Fraction
    name: str = ""


@dataclass
class Layer:
    """What is seen, or heard, at one height. Overlapping items need several tracks."""

    kind: str
    """`Video` or `Audio`."""
    height: tuple[int, ...]
    """Sorts layers bottom up."""
    name: str = ""

    def __post_init__(self) -> None:
        self.items: list[Stood] = []
        self.fades: list[Fade] = []

    def tracks(self, rate: Rate) -> list[otio.schema.Track]:
        """Its tracks, the first as full as can be."""
        rows: list[list[Stood]] = []
        for stood in sorted(self.items, key=lambda one: (one.start, one.end)):
            row = next((row for row in rows if row[-1].end <= stood.start), None)
            if row is None:
                rows.append([stood])
            else:
                row.append(stood)
        return [self._track(row, self.fades if number == 0 else (), rate) for number, row in enumerate(rows)]

    def _track(self, row: Sequence[Stood], fades: Sequence[Fade], rate: Rate) -> otio.schema.Track:
        track = otio.schema.Track(name=self.name, kind=self.kind)
        at, waiting = Fraction(0), list(fades)
        children: list[Any] = []
        for stood in row:
            if stood.start > at:
                children += self._fade(waiting, at, rate)
                children.append(otio.schema.Gap(source_range=span(Fraction(0), stood.start - at, rate)))
            children += self._fade(waiting, stood.start, rate)
            children.append(stood.item)
            at = stood.end
        children += self._fade(waiting, at, rate)
        track.extend(children)
        return track

    def _fade(self, waiting: list[Fade], cut: Fraction, rate: Rate) -> list[Any]:
        """The transition at a cut, if there is one."""
        found = next((fade for fade in waiting if fade.start <= cut <= fade.end), None)
        if found is None:
            return []
        waiting.remove(found)
        offsets = span(cut - found.start, found.end - cut, rate)
        return [
            otio.schema.Transition(
                name=found.name,
                transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                in_offset=offsets.start_time,
                out_offset=offsets.duration,
            )
        ]
