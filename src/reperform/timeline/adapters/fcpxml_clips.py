"""FCPXML's clips: what each shows of its media, its marks, its retime, and what an audition holds beside the pick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters.fcpxml_resources import Resources
from reperform.timeline.adapters.fcpxml_time import TimeMap, seconds, spoken_rate
from reperform.timeline.adapters.making import ONCE, marker, span
from reperform.timeline.adapters.xml_tree import Element, text_of
from reperform.timeline.dialects.fcpx import CURVE, METADATA, STARTS
from reperform.timing import Rate

__all__ = ["Clips", "Local", "markers_of"]

_ZERO = Fraction(0)
_KEPT = ("audioRole", "videoRole", "role", "srcEnable", "audioStart", "audioDuration", "uid")
_MARKERS = ("marker", "chapter-marker")


@dataclass(frozen=True, kw_only=True)
class Local:
    """The local time of an element, and what of its media it shows. Seconds."""

    start: Fraction
    """Local time at its first frame."""
    duration: Fraction
    """How long it is seen."""
    media_start: Fraction
    """The earliest time of its media that it shows."""
    speed: Fraction | None = ONCE
    """Seconds of media to a second; None where that varies, or is not known."""
    scale: Fraction = ONCE
    """Seconds seen to a second of local time."""
    curve: TimeMap | None = None

    def seen_after(self, time: Fraction) -> Fraction:
        """How long after the element's first frame a local time is seen."""
        return (time - self.start) * self.scale


class Clips:
    """Makes OTIO's clips of elements."""

    def __init__(self, resources: Resources, rate: Rate) -> None:
        """`rate` is that of the cut they stand in."""
        self._resources = resources
        self._rate = rate

    def local(self, element: Element) -> Local:
        """The local time of any item."""
        asset = self._resources.get(element.get("ref"), "asset")
        begins = seconds(asset.get("start"), _ZERO) if asset is not None else self._inner(element, "tcStart")
        lasts = seconds(asset.get("duration"), _ZERO) if asset is not None else self._inner(element, "duration")
        start = seconds(element.get("start"), begins)
        duration = max(_ZERO, seconds(element.get("duration"), lasts))
        conformed = self._conformed(element)
        retime = element.find("timeMap")
        if retime is not None:
            return self._retimed(TimeMap.of(retime), start, duration, conformed)
        return Local(start=start, duration=duration, media_start=start, speed=conformed, scale=1 / conformed)

    def _inner(self, element: Element, attribute: str) -> Fraction:
        """A time of the cut that a compound or multicam clip refers to."""
        media = self._resources.get(element.get("ref"), "media")
        inner = next((child for child in media if child.tag in ("sequence", "multicam")), None) if media else None
        return seconds(inner.get(attribute), _ZERO) if inner is not None else _ZERO

    def _conformed(self, element: Element) -> Fraction:
        """How much faster its media runs because each of its frames is shown for one of the cut's: 23.98 at 24."""
        conform = element.find("conform-rate")
        source = spoken_rate(conform.get("srcFrameRate")) if conform is not None else None
        if conform is None or source is None or conform.get("scaleEnabled", "1") == "0":
            return ONCE
        return self._rate / source

    def _retimed(self, curve: TimeMap | None, start: Fraction, duration: Fraction, conformed: Fraction) -> Local:
        if curve is None or conformed != 1:
            return Local(start=start, duration=duration, media_start=start, speed=None)
        shown = curve.between(start, start + duration)
        if shown is None:
            return Local(start=start, duration=duration, media_start=curve.at(start), speed=None, curve=curve)
        speed, first, last = shown
        return Local(start=start, duration=duration, media_start=min(first, last), speed=speed, curve=curve)

    def kind(self, element: Element) -> str:
        """`Audio` for what is only heard."""
        if element.tag == "audio" or element.get("srcEnable") == "audio":
            return "Audio"
        asset = self._resources.get(element.get("ref"), "asset")
        silent = asset is None or asset.get("hasVideo") == "1" or asset.get("hasAudio") != "1"
        return "Video" if silent else "Audio"

    def clip(self, element: Element, local: Local) -> otio.schema.Clip:
        """A clip of a file, or of something that Final Cut Pro generates."""
        clip = otio.schema.Clip(element.get("name", ""), media_reference=self._reference(element))
        clip.source_range = span(local.media_start, local.duration, self._rate)
        self.dress(clip, element, local)
        return clip

    def _reference(self, element: Element) -> otio.core.MediaReference:
        asset = self._resources.get(element.get("ref"), "asset")
        if asset is not None:
            return self._resources.reference(asset, self._rate)
        effect = self._resources.get(element.get("ref"), "effect")
        if effect is not None or element.tag == "title":
            name = effect.get("name", "") if effect is not None else ""
            return otio.schema.GeneratorReference(name=name, generator_kind=name or element.tag)
        return otio.schema.MissingReference(name=element.get("name", ""))

    def of_plain(self, element: Element, local: Local) -> otio.schema.Clip | None:
        """A `clip` around one picture and its own sound, as that picture; None for one that holds more."""
        inside = [child for child in element if child.tag in ("video", "audio", "asset-clip", "spine", "clip")]
        inside = [child for child in inside if child.get("lane") is None] or inside[:1]
        if len(inside) != 1 or inside[0].tag != "video" or local.speed != 1:
            return None
        picture = inside[0]
        if any(child.get("ref") != picture.get("ref") for child in picture if child.tag in ("audio", "video")):
            return None
        own = self.local(picture)
        shift = own.media_start - seconds(picture.get("offset"), _ZERO)
        clip = otio.schema.Clip(element.get("name", ""), media_reference=self._reference(picture))
        clip.source_range = span(local.media_start + shift, local.duration, self._rate)
        self.dress(clip, element, local)
        return clip if own.speed == 1 else None

    def dress(self, item: Any, element: Element, local: Local) -> None:
        """Whether it is enabled, its retime, its roles and its note."""
        item.enabled = element.get("enabled", "1") != "0"
        item.effects.extend(_effects(local))
        kept = {name: element.get(name) for name in _KEPT if element.get(name)}
        note = text_of(element, "note")
        if kept or note:
            item.metadata[METADATA] = {**kept, **({"note": note} if note else {})}

    def keep_alternates(self, item: Any, pick: Element, audition: Element) -> None:
        """What else an audition offers: as metadata, and as references of the clip where it shows the same time."""
        others = [child for child in audition if child is not pick and child.tag in ("asset-clip", "title", "ref-clip")]
        kept = dict(item.metadata.get(METADATA, {}))
        kept["audition"] = [self._described(other) for other in others]
        item.metadata[METADATA] = kept
        if not isinstance(item, otio.schema.Clip):
            return
        references = item.media_references()
        for number, other in enumerate(others, 2):
            same = (other.get("start"), other.get("duration")) == (pick.get("start"), pick.get("duration"))
            if same and self._resources.get(other.get("ref"), "asset") is not None:
                references[f"audition_{number:03}"] = self._reference(other)
        item.set_media_references(references, item.active_media_reference_key)

    def _described(self, element: Element) -> dict[str, str]:
        reference = self._reference(element)
        described = {"name": element.get("name", ""), "media": getattr(reference, "target_url", "") or ""}
        return {**described, **{name: element.get(name, "") for name in ("start", "duration") if element.get(name)}}


def markers_of(element: Element, local: Local, rate: Rate) -> Iterator[otio.schema.Marker]:
    """The marks of an item, in the time that it is played in: OTIO counts them from its source range's start."""
    for found in element:
        if found.tag not in _MARKERS:
            continue
        offset = local.seen_after(seconds(found.get("start"), _ZERO))
        completed = found.get("completed")
        color = "ORANGE" if found.tag == "chapter-marker" else _COLORS.get(completed, "PURPLE")
        yield marker(
            found.get("value", ""),
            start=local.media_start + offset,
            duration=seconds(found.get("duration"), 1 / rate),
            rate=rate,
            comment=found.get("note", ""),
            color=color,
            metadata={METADATA: {"completed": completed == "1"}} if completed is not None else None,
        )


_COLORS: dict[str | None, str] = {"0": "RED", "1": "GREEN"}
"""To do, and done, as Final Cut Pro shows them."""


def _effects(local: Local) -> list[Any]:
    if local.speed == 1:
        return []
    if local.speed == 0:
        return [otio.schema.FreezeFrame()]
    if local.speed is not None:
        return [otio.schema.LinearTimeWarp(time_scalar=float(local.speed))]
    kept: dict[str, Any] = {CURVE: local.curve.to_metadata() if local.curve else []}
    return [otio.schema.TimeEffect("timeMap", "timeMap", metadata={METADATA: {**kept, STARTS: str(local.start)}})]
