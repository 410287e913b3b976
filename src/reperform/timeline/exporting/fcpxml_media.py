"""The media of a cut as FCPXML lists them: assets with their clocks, and the formats of their pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.model import Source
from reperform.timeline import records
from reperform.timeline.addresses import path_of
from reperform.timeline.exporting.facts import Facts
from reperform.timeline.facts import STILL_ENDINGS
from reperform.timeline.records import ClipRecord, TakeRecord
from reperform.timing import Rate, exact_rate, exact_seconds

__all__ = ["Medium", "Resources", "clean", "medium_of", "seconds_text"]

_FASTEST = 1000
"""Above it a rate counts samples, not frames."""
_FALLBACK = (1920, 1080)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A file on its own clock. Times are exact seconds, counted as its timecode counts."""

    name: str
    src: str
    start: Fraction
    length: Fraction
    rate: Rate | None
    """Of its pictures; None for sound, and for stills."""
    size: tuple[int, int] | None
    """Of its pictures; None where that is not known."""
    drop_frame: bool = False
    has_picture: bool = True
    channels: int | None = None
    """Of its sound; None where it has none, or none is used."""
    shift: Fraction = Fraction(0)
    """What is added to a clip's own time to come to the file's."""

    @property
    def is_still(self) -> bool:
        """A single picture."""
        return self.has_picture and self.rate is None


def medium_of(clip: otio.schema.Clip, reference: Any, facts: Facts, *, sound: bool) -> Medium | None:
    """The medium of a reference, as a clip on a picture or `sound` track uses it; None where it is no file."""
    address = facts.cut.dialect.media_path(reference) if reference is not None else None
    if not address or isinstance(reference, otio.schema.ImageSequenceReference | otio.schema.GeneratorReference):
        return None
    path = path_of(address, folder=facts.folder)
    src = address if address.startswith("file:") else path.as_uri() if path else "file://" + quote(address)
    name = reference.name or PurePosixPath(unquote(src)).name
    still = PurePosixPath(unquote(src)).suffix.lower() in STILL_ENDINGS
    used = Medium(
        name=name, src=src, start=Fraction(0), length=Fraction(0), rate=None, size=None, channels=2 if sound else None
    )
    take = records.read(reference, TakeRecord)
    if take is not None:
        return _of_take(used, take, reference, facts)
    source = facts.source(reference)
    if source is not None:
        return _of_source(used, source, clip, reference)
    return _of_range(used, clip, reference, facts.cut.rate, sound=sound, still=still)


def _of_take(used: Medium, take: TakeRecord, reference: Any, facts: Facts) -> Medium:
    start = (take.start_frame or 0) / take.rate
    first = exact_seconds(reference.available_range.start_time) if reference.available_range is not None else start
    named = str(take.source.get("name", ""))
    original = next((item for item in facts.sources.values() if item.path.name == named), None)
    return replace(
        used,
        start=start,
        length=take.frames / take.rate,
        rate=take.rate,
        size=_size(original),
        drop_frame=take.drop_frame,
        channels=used.channels if original is None else _channels(original),
        shift=start - first,
    )


def _of_source(used: Medium, source: Source, clip: otio.schema.Clip, reference: Any) -> Medium:
    start = (source.start_frame or 0) / source.rate
    record = records.read(clip, ClipRecord)
    available = reference.available_range
    origin = record.origin if record is not None else None
    if origin is None:
        origin = exact_seconds(available.start_time) if available is not None else start
    return replace(
        used,
        start=start,
        length=source.frames / source.rate,
        rate=source.rate if source.kind == "movie" else None,
        size=_size(source),
        drop_frame=source.drop_frame,
        has_picture=source.kind != "sound",
        channels=_channels(source),
        shift=start - origin,
    )


def _of_range(used: Medium, clip: otio.schema.Clip, reference: Any, rate: Rate, *, sound: bool, still: bool) -> Medium:
    """All that is known is what the timeline says."""
    available, shown = reference.available_range, clip.source_range
    found = available or shown
    first, length = (exact_seconds(found.start_time), exact_seconds(found.duration)) if found else (Fraction(0),) * 2
    if available is None:
        length, first = first + length, Fraction(0)
    own = exact_rate(found.duration.rate) if found is not None and found.duration.rate > 0 else rate
    picture = not sound or (
        own <= _FASTEST and not used.src.lower().endswith((".wav", ".aif", ".aiff", ".mp3", ".m4a"))
    )
    counted = own if 1 < own <= _FASTEST else rate
    return replace(
        used, start=first, length=length, rate=None if still or not picture else counted, has_picture=picture
    )


def _size(source: Source | None) -> tuple[int, int] | None:
    return (source.width, source.height) if source is not None and source.width and source.height else None


def _channels(source: Source) -> int | None:
    return sum(stream.channels for stream in source.audio) or None


class Resources:
    """The `resources` of a document; each asset and format stands there once."""

    def __init__(self, rate: Rate, size: tuple[int, int] | None) -> None:
        self._count = 0
        self._formats: dict[tuple[Rate | None, tuple[int, int]], ET.Element] = {}
        self._assets: dict[str, tuple[str, Medium]] = {}
        self._media: list[ET.Element] = []
        self._size = size or _FALLBACK
        self.sequence_format = self.format(rate, self._size)

    def format(self, rate: Rate | None, size: tuple[int, int] | None) -> str:
        """Its id. A rate of None is a still's."""
        key = (rate, size or self._size)
        if key not in self._formats:
            width, height = key[1]
            attributes = {"id": self._id(), "width": str(width), "height": str(height)}
            if rate is None:
                attributes["name"] = "FFVideoFormatRateUndefined"
            else:
                attributes["frameDuration"] = seconds_text(1 / rate)
            self._formats[key] = ET.Element("format", attributes)
        return self._formats[key].attrib["id"]

    def asset(self, medium: Medium) -> str:
        """Its id. What several clips use of one file is put together."""
        if medium.src not in self._assets:
            self._assets[medium.src] = (self._id(), medium)
        number, known = self._assets[medium.src]
        end = max(known.start + known.length, medium.start + medium.length)
        start = min(known.start, medium.start)
        both = replace(
            known if known.has_picture else medium,
            start=start,
            length=end - start,
            channels=known.channels or medium.channels,
        )
        self._assets[medium.src] = (number, both)
        return number

    def compound(self, name: str, sequence: ET.Element) -> str:
        """A sequence that others refer to; its id."""
        element = ET.Element("media", {"id": self._id(), "name": clean(name) or "Compound"})
        element.append(sequence)
        self._media.append(element)
        return element.attrib["id"]

    def element(self) -> ET.Element:
        """All of it: formats, then what refers to them."""
        found = ET.Element("resources")
        assets = [self._asset(number, medium) for number, medium in self._assets.values()]
        found.extend([*self._formats.values(), *assets, *self._media])
        return found

    def _asset(self, number: str, medium: Medium) -> ET.Element:
        length = Fraction(0) if medium.is_still else medium.length
        attributes = {"id": number, "name": clean(medium.name), "start": seconds_text(medium.start)}
        attributes["duration"] = seconds_text(length)
        if medium.has_picture:
            attributes |= {"hasVideo": "1", "format": self.format(medium.rate, medium.size), "videoSources": "1"}
        if medium.channels or not medium.has_picture:
            channels = str(medium.channels or 2)
            attributes |= {"hasAudio": "1", "audioSources": "1", "audioChannels": channels, "audioRate": "48000"}
        element = ET.Element("asset", attributes)
        ET.SubElement(element, "media-rep", {"kind": "original-media", "src": clean(medium.src)})
        return element

    def _id(self) -> str:
        self._count += 1
        return f"r{self._count}"


def seconds_text(seconds: Fraction) -> str:
    """As FCPXML writes time: exactly, `1001/24s` or `5s`."""
    whole = seconds.denominator == 1
    return f"{seconds.numerator}s" if whole else f"{seconds.numerator}/{seconds.denominator}s"


def clean(text: str) -> str:
    """Text without the characters that no XML holds."""
    return _NOT_IN_XML.sub("", text)
