"""What Final Cut Pro 7 XML's elements say: rates, timecodes, files by their ids, and colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.adapters.making import span
from reperform.timeline.adapters.xml_tree import Element, text_of
from reperform.timing import Rate, drop_frame_allowed, parse_timecode

__all__ = ["METADATA", "Definitions", "File", "color_of", "is_true", "kept", "number", "rate_of"]

METADATA = "fcp_xml"
"""As OTIO's own adapter calls it."""

_TIMING = frozenset({"frame", "string"})
_DEEPEST_KEPT = 40


class Definitions:
    """Elements that are written in full once, and later only by their id."""

    def __init__(self, root: Element) -> None:
        self._found: dict[tuple[str, str], Element] = {}
        for element in root.iter():
            identity = element.get("id")
            if identity and len(element):
                self._found.setdefault((element.tag, identity), element)

    def full(self, element: Element | None) -> Element | None:
        """The element with everything that the file says of it."""
        if element is None or len(element):
            return element
        return self._found.get((element.tag, element.get("id", "")), element)


@dataclass(frozen=True, kw_only=True)
class File:
    """The media of a clip."""

    reference: Any
    start: Fraction
    """Its timecode, in seconds: the time of its first frame in a clip's source range."""


def number(element: Element | None, path: str, default: int | None = None) -> int | None:
    """A whole number of frames; `default` where there is none."""
    text = text_of(element, path)
    try:
        return int(text) if text is not None else default
    except ValueError:
        try:
            return round(float(text or ""))
        except (ValueError, OverflowError):
            return default


def is_true(element: Element | None, path: str, default: bool) -> bool:
    """`TRUE`, in any case; `default` where nothing is said."""
    text = text_of(element, path)
    return default if text is None else text.upper() in ("TRUE", "1")


def rate_of(element: Element | None, default: Rate | None = None) -> Rate | None:
    """The rate of an element: timebase 30 with ntsc is 30000/1001 exactly."""
    timebase = number(element, "./rate/timebase")
    if timebase is None or not 0 < timebase <= 1000:
        return default
    return Rate(timebase * 1000, 1001) if is_true(element, "./rate/ntsc", default=False) else Rate(timebase)


def start_of(timecode: Element | None, rate: Rate) -> tuple[int, Rate, bool | None]:
    """The frame of a `timecode`, its rate, and whether it says that it drops frames."""
    if timecode is None:
        return 0, rate, None
    own = rate_of(timecode, rate) or rate
    said = text_of(timecode, "displayformat")
    drop = said.upper() == "DF" if said else None
    frame = number(timecode, "frame")
    if frame is None:
        text = text_of(timecode, "string") or "00:00:00:00"
        try:
            frame = parse_timecode(text, own, drop_frame=bool(drop or ";" in text) and drop_frame_allowed(own))
        except ValueError as error:
            raise TimelineError(f"a timecode in it is none: {error}", fix="Export the timeline again.") from error
    return frame, own, drop


def file_of(element: Element, rate: Rate) -> File:
    """The media of a `file`; `rate` where it has none of its own."""
    own = rate_of(element, rate) or rate
    frame, timecode_rate, _ = start_of(element.find("timecode"), own)
    start = frame / timecode_rate
    duration = number(element, "duration")
    available = span(start, duration / own, own) if duration else None
    name, address = text_of(element, "name") or "", text_of(element, "pathurl")
    generated = text_of(element, "mediaSource")
    metadata = {METADATA: kept(element, {"duration", "name", "pathurl", "mediaSource", "rate"})}
    made: Any
    if address:
        made = otio.schema.ExternalReference(address, available, metadata)
    elif generated:
        made = otio.schema.GeneratorReference(name, generated, available, metadata=metadata)
    else:
        made = otio.schema.MissingReference(available_range=available, metadata=metadata)
    made.name = name
    return File(reference=made, start=start)


def kept(element: Element, without: Iterable[str] = (), depth: int = 0) -> dict[str, Any]:
    """What an element holds besides its timing, as OTIO's own adapter keeps it."""
    skipped = {*without, *(_TIMING if element.tag == "timecode" else ())}
    found: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element:
        if child.tag in skipped or depth > _DEEPEST_KEPT:
            continue
        value = kept(child, depth=depth + 1) if len(child) else child.text
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


_HUES = ((20, "RED"), (45, "ORANGE"), (70, "YELLOW"), (160, "GREEN"), (195, "CYAN"), (255, "BLUE"), (290, "PURPLE"))


def color_of(marker: Element) -> str | None:
    """The colour of a marker as Premiere writes it: one number of blue, green, red, from the highest byte but one."""
    import colorsys

    value = number(marker, "pproColor")
    if value is None:
        return None
    blue, green, red = ((value >> shift) & 255 for shift in (16, 8, 0))
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < 0.15:
        return "WHITE" if lightness > 0.5 else "BLACK"
    degrees = hue * 360
    if degrees >= 345:
        return "RED"
    return next((name for limit, name in _HUES if degrees < limit), "MAGENTA")
