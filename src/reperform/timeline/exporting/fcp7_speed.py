"""Retimes of Final Cut Pro 7 XML: a clip's `in` and `out` count frames as it is played, and the filter Time Remap says the speed.

So read in the files of Premiere and of Resolve, which adds a graph: media against the retimed clip, both in frames of the
sequence. How they count a clip that plays backward is not proven by a file of theirs; a freeze and a ramp are not written.
"""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

from reperform.timeline.exporting.retiming import Retimed
from reperform.timing import Rate

__all__ = ["add_speed", "begins_off", "is_carried"]


def is_carried(retime: Retimed) -> bool:
    """Whether the format holds it."""
    return retime.speed is not None and (retime.speed > 0 or (retime.speed < 0 and retime.media > 0))


def begins_off(retime: Retimed, rate: Rate) -> Fraction:
    """How many frames too late the clip begins in its media, for `in` is a whole number."""
    speed = abs(retime.speed or Fraction(1))
    skipped = _skipped(retime, rate)
    return round(skipped / speed) * speed - skipped


def _skipped(retime: Retimed, rate: Rate) -> Fraction:
    """Frames of the media that the retimed clip plays before it is seen: backward, from the media's end."""
    if retime.speed is not None and retime.speed < 0:
        return (retime.media - retime.end(rate)) * rate
    return retime.first * rate


def add_speed(element: ET.Element, retime: Retimed, *, rate: Rate, before: int, sound: bool) -> None:
    """Has a clip play so: `in` and `out` as it is played, and the filter. The element has them at the media's own speed, `in`
    counted from `before`, the frame that it shows first: what is less than that a transition uses.
    """
    speed = retime.speed or Fraction(1)
    start, end = int(element.findtext("in") or 0), int(element.findtext("out") or 0)
    played = round(_skipped(retime, rate) / abs(speed)) - (before - start)
    _set(element, "in", played)
    _set(element, "out", played + end - start)
    media = retime.media * rate
    zero = media if speed < 0 else Fraction(0)
    last = max(media / abs(speed), Fraction(played + end - start))
    keys = {"speedkfstart": 0, "speedkfin": played, "speedkfout": played + end - start}
    whens = {**{name: Fraction(when) for name, when in keys.items()}, "speedkfend": last}
    points = [(name, when, zero + when * speed) for name, when in whens.items()]
    element.append(_filter(speed, points, media, sound=sound))


def _set(element: ET.Element, tag: str, frames: int) -> None:
    found = element.find(tag)
    if found is not None:
        found.text = str(frames)


def _filter(
    speed: Fraction, points: list[tuple[str, Fraction, Fraction]], media: Fraction, *, sound: bool
) -> ET.Element:
    made = ET.Element("filter")
    effect = ET.SubElement(made, "effect")
    words = {"name": "Time Remap", "effectid": "timeremap", "effectcategory": "motion", "effecttype": "motion"}
    for tag, text in (words | {"mediatype": "audio" if sound else "video"}).items():
        ET.SubElement(effect, tag).text = text
    _parameter(effect, "variablespeed", "0")
    _parameter(effect, "speed", _number(abs(speed) * 100))
    _parameter(effect, "reverse", "TRUE" if speed < 0 else "FALSE")
    _parameter(effect, "frameblending", "FALSE")
    graph = _parameter(effect, "graphdict", None)
    for name, when, value in points:
        key = ET.SubElement(graph, "keyframe")
        for tag, text in (
            ("when", _number(when)),
            ("value", _number(value)),
            ("speedvirtualkf", "TRUE"),
            (name, "TRUE"),
        ):
            ET.SubElement(key, tag).text = text
    ET.SubElement(graph, "valuemin").text = "0"
    ET.SubElement(graph, "valuemax").text = _number(media)
    ET.SubElement(ET.SubElement(graph, "interpolation"), "name").text = "FCPCurve"
    return made


def _parameter(effect: ET.Element, name: str, value: str | None) -> ET.Element:
    made = ET.SubElement(effect, "parameter")
    ET.SubElement(made, "parameterid").text = name
    ET.SubElement(made, "name").text = name
    if value is not None:
        ET.SubElement(made, "value").text = value
    return made


def _number(value: Fraction) -> str:
    """With as many decimals as a third needs to stay one."""
    return f"{float(value):.8f}".rstrip("0").rstrip(".")
