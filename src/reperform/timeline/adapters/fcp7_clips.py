"""A clip of Final Cut Pro 7 XML: which frames of its media it shows. What the file leaves open is not guessed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters.fcp7_elements import (
    METADATA,
    Definitions,
    file_of,
    is_true,
    kept,
    number,
    rate_of,
)
from reperform.timeline.adapters.fcp7_marks import markers_of
from reperform.timeline.adapters.fcp7_tracks import Placement
from reperform.timeline.adapters.making import ONCE, span
from reperform.timeline.adapters.xml_tree import text_of
from reperform.timing import Rate

__all__ = ["ClipMaker"]

_NOT_KEPT = {"name", "start", "end", "in", "out", "duration", "file", "marker", "effect", "rate", "sequence"}


class ClipMaker:
    """Makes the item of one placement. Frames of the clip's own rate, seconds elsewhere."""

    def __init__(self, definitions: Definitions, placement: Placement, sequence_rate: Rate) -> None:
        self.element = placement.element
        self.rate = rate_of(self.element, sequence_rate) or sequence_rate
        self.length = Fraction(placement.end - placement.start) / sequence_rate
        self.doubt: str | None = None
        """Why its frames are not known. None where they are."""
        self._definitions = definitions
        head, tail = placement.head / sequence_rate, placement.tail / sequence_rate
        self._written_length = head + self.length + tail
        self.speed = self._speed()
        self.first = self._first(head)
        """The frame of its media, from zero, that it begins with."""

    def clip(self) -> otio.schema.Clip:
        """A clip of a file, or of a generator."""
        element = self._definitions.full(self.element.find("file"))
        start = Fraction(0)
        reference: Any = None
        if element is not None:
            media = file_of(element, self.rate)
            reference, start = media.reference, media.start
        elif self.element.tag == "generatoritem":
            effect = self.element.find("./effect")
            name = text_of(effect, "name") or ""
            reference = otio.schema.GeneratorReference(name, text_of(effect, "effectid") or name)
        else:
            reference = otio.schema.MissingReference(name=text_of(self.element, "name") or "")
            if self.element.find("multiclip") is not None:
                self._give_up("it is a multiclip, and which file it shows is not read; flatten it and export again")
        clip = otio.schema.Clip(text_of(self.element, "name") or "", media_reference=reference)
        clip.source_range = span(start + self.first / self.rate, self.length, self.rate)
        return self.dressed(clip)

    def dressed(self, item: Any) -> Any:
        """With its effects, its marks, its links, and whether it is enabled: FCP7 says so of each clip."""
        item.enabled = is_true(self.element, "enabled", default=True)
        item.effects.extend(self._effects())
        item.markers.extend(markers_of(self.element, self.rate))
        item.metadata[METADATA] = kept(self.element, _NOT_KEPT)
        return item

    def _effects(self) -> list[Any]:
        made: list[Any] = []
        if self.speed is None:
            made.append(otio.schema.TimeEffect("timeremap", "timeremap", metadata={METADATA: {"why": self.doubt}}))
        elif self.speed == 0:
            made.append(otio.schema.FreezeFrame())
        elif self.speed != 1:
            made.append(otio.schema.LinearTimeWarp(time_scalar=float(self.speed)))
        for effect in self.element.findall("./filter/effect"):
            if text_of(effect, "effectid") != "timeremap":
                name = text_of(effect, "name") or ""
                made.append(otio.schema.Effect(name, metadata={METADATA: kept(effect, {"name"})}))
        return made

    def _give_up(self, why: str) -> None:
        self.doubt = self.doubt or why

    def _speed(self) -> Fraction | None:
        """Its constant speed; None where it varies, or the file does not say it so that frames are known."""
        remap = next(
            (one for one in self.element.findall("./filter/effect") if text_of(one, "effectid") == "timeremap"), None
        )
        if number(self.element, "./subclipinfo/startoffset", 0):
            self._give_up("it is a part of a subclip, and from where its frames count is not certain")
            return None
        if remap is None:
            return ONCE
        values = {text_of(one, "parameterid"): text_of(one, "value") for one in remap.findall("parameter")}
        if (values.get("variablespeed") or "0").upper() not in ("0", "FALSE"):
            self._give_up("its speed varies, and Final Cut Pro 7 XML does not say how in frames")
            return None
        if (values.get("reverse") or "FALSE").upper() in ("TRUE", "1"):
            self._give_up("it plays backward, and Final Cut Pro 7 XML does not say from which frame")
            return None
        return _percent(values.get("speed"))

    def _first(self, head: Fraction) -> Fraction:
        """Its first frame. A retimed clip's `in` counts in the time it plays in, or in its media's: its length tells."""
        begin, end = number(self.element, "in", 0) or 0, number(self.element, "out")
        at = begin / self.rate + head * (self.speed or ONCE)
        if end is None or self.speed is None or end <= begin or not self._written_length:
            return at * self.rate
        written = (end - begin) / self.rate
        slack = 1 / self.rate + Fraction(1, 1000)
        in_played = abs(written - self._written_length) <= slack
        if self.speed != 1 and in_played:
            return (begin / self.rate + head) * self.speed * self.rate
        in_media = abs(written - self._written_length * self.speed) <= slack * max(ONCE, self.speed)
        if not (in_played or in_media):
            self._give_up("the length of its media is not that of its place, and no speed explains it")
            self.speed = None
        return at * self.rate


def _percent(text: str | None) -> Fraction | None:
    try:
        return Fraction(text) / 100 if text else ONCE
    except (ValueError, ZeroDivisionError):
        return None
