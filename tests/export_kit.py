"""Exports read back: where each take stands in its file and in the cut, whatever the format; and FCPXML's structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import opentimelineio as otio

from reperform.timing import exact_rate, exact_seconds

__all__ = ["Stands", "frames_of", "in_aaf", "in_fcp7", "in_fcpxml", "in_otio", "structure_problems"]


@dataclass(frozen=True, order=True)
class Stands:
    """One use of a file in a cut, in whole frames."""

    record_in: int
    """From the timeline's start."""
    name: str
    source_in: int
    """In the file's own timecode."""
    frames: int
    plays: bool
    """Whether it is what the editor shows: the pick, an enabled clip."""


def frames_of(seconds: Fraction, rate: Fraction) -> int:
    """Whole frames, which is what every time in an export has to be."""
    frames = seconds * rate
    assert frames.denominator == 1, f"{seconds} is no whole frame at {rate}"
    return frames.numerator


def in_otio(path: Path, rate: Fraction) -> list[Stands]:
    """Active media of all clips of picture, in the cut's order."""
    timeline = otio.adapters.read_from_file(str(path), adapter_name="otio_json")
    return sorted(_clips(timeline.tracks, Fraction(0), rate, True))


def in_aaf(path: Path, rate: Fraction) -> list[Stands]:
    """As OpenTimelineIO's adapter reads it."""
    timeline = otio.adapters.read_from_file(str(path), adapter_name="AAF")
    return sorted(_clips(timeline.tracks, Fraction(0), rate, True))


def _clips(stack: Any, at: Fraction, rate: Fraction, plays: bool) -> Iterator[Stands]:
    for track in stack:
        if getattr(track, "kind", "Video") != otio.schema.TrackKind.Video:
            continue
        position = at
        for child in track:
            if isinstance(child, otio.schema.Transition):
                continue
            if isinstance(child, otio.schema.Stack):
                yield from _clips(child, position, rate, plays)
            elif isinstance(child, otio.schema.Clip):
                yield _clip(child, position, rate, plays and track.enabled)
            position += exact_seconds(child.trimmed_range().duration)


def _clip(clip: Any, position: Fraction, rate: Fraction, plays: bool) -> Stands:
    shown = clip.source_range
    own = exact_rate(shown.start_time.rate)
    name = PurePosixPath(unquote(clip.media_reference.target_url.replace("\\", "/"))).name
    return Stands(
        frames_of(position, rate),
        name,
        frames_of(exact_seconds(shown.start_time), own),
        frames_of(exact_seconds(shown.duration), own),
        plays and clip.enabled,
    )


def in_fcp7(path: Path) -> list[Stands]:
    """Every clip of picture whose file is known, of the outermost sequence."""
    root = ET.parse(path).getroot()
    files = {found.attrib["id"]: found for found in root.iter("file") if found.find("pathurl") is not None}
    found = []
    for track in root.findall("./project/children/sequence/media/video/track"):
        for item in track.findall("clipitem"):
            file = item.find("file")
            if file is None:
                continue
            file = files[file.attrib["id"]]
            first = int(file.findtext("timecode/frame") or 0)
            start, end = _edges(track, item)
            into = int(item.findtext("in") or 0)
            plays = track.findtext("enabled") != "FALSE" and item.findtext("enabled") != "FALSE"
            name = PurePosixPath(unquote(urlsplit(file.findtext("pathurl") or "").path)).name
            found.append(Stands(start, name, first + into, end - start, plays))
    return sorted(found)


def _edges(track: ET.Element, item: ET.Element) -> tuple[int, int]:
    """What a clip occupies: -1 is the far end of the transition there, which its `in` and `out` count with."""
    items = [child for child in track if child.tag in ("clipitem", "transitionitem")]
    number = items.index(item)
    start, end = int(item.findtext("start") or 0), int(item.findtext("end") or 0)
    start = int(items[number - 1].findtext("start") or 0) if start == -1 else start
    end = int(items[number + 1].findtext("end") or 0) if end == -1 else end
    return start, end


_STORY = ("asset-clip", "video", "ref-clip", "gap", "audition", "title", "clip")
_TIME = re.compile(r"(\d+)(?:/(\d+))?s")


def seconds_in(text: str) -> Fraction:
    """A time of FCPXML."""
    match = _TIME.fullmatch(text)
    assert match, f"{text} is no time"
    return Fraction(int(match[1]), int(match[2] or 1))


def in_fcpxml(path: Path, rate: Fraction) -> list[Stands]:
    """Every clip of picture of the outermost sequence; of an audition all, the pick playing."""
    root = ET.parse(path).getroot()
    sequence = root.find("./event/project/sequence")
    assert sequence is not None
    sources = {asset.attrib["id"]: asset.find("media-rep") for asset in root.iter("asset")}
    spine = sequence.find("spine")
    assert spine is not None
    begins = seconds_in(sequence.attrib["tcStart"])
    found: list[Stands] = []
    _gather(spine, begins, begins, rate, sources, found)
    return sorted(found)


def _gather(
    parent: ET.Element,
    zero: Fraction,
    begins: Fraction,
    rate: Fraction,
    sources: dict[str, ET.Element | None],
    found: list[Stands],
) -> None:
    """`zero` is the sequence's time at which the parent's own time is zero, where its offsets count from there."""
    for element in parent:
        if element.tag == "spine":
            offset = zero + seconds_in(element.attrib["offset"])
            _gather(element, offset, begins, rate, sources, found)
        if element.tag not in _STORY or element.attrib.get("srcEnable") == "audio":
            continue
        offset = seconds_in(element.attrib["offset"])
        # The outermost storyline's offsets are the sequence's own time.
        at = offset if zero == begins and "lane" not in element.attrib else zero + offset
        for number, shown in enumerate(element if element.tag == "audition" else [element]):
            _one(shown, at, begins, rate, sources, found, plays=number == 0)


def _one(
    shown: ET.Element,
    at: Fraction,
    begins: Fraction,
    rate: Fraction,
    sources: dict[str, ET.Element | None],
    found: list[Stands],
    *,
    plays: bool,
) -> None:
    source = sources.get(shown.attrib.get("ref", ""))
    local = seconds_in(shown.attrib.get("start", "0s"))
    if source is not None and shown.attrib.get("srcEnable") != "audio":
        name = PurePosixPath(unquote(urlsplit(source.attrib["src"]).path)).name
        enabled = shown.attrib.get("enabled") != "0"
        found.append(
            Stands(
                frames_of(at - begins, rate),
                name,
                frames_of(local, rate),
                frames_of(seconds_in(shown.attrib["duration"]), rate),
                plays and enabled,
            )
        )
    hung = [child for child in shown if "lane" in child.attrib]
    for child in hung:
        wrapped = ET.Element("hung")
        wrapped.append(child)
        _gather(wrapped, at - local, begins, rate, sources, found)


_ANCHORED = "(asset-clip|audio|video|clip|title|caption|mc-clip|ref-clip|sync-clip|audition|spine)"
_MARKS = "(marker|chapter-marker|rating|keyword)"
_CONTENT = {
    "fcpxml": "(resources )?((event )*)",
    "resources": "((asset|effect|format|media|locator) )*",
    "event": "(project )*",
    "project": "sequence ",
    "sequence": "(note )?spine (metadata )?",
    "spine": "((asset-clip|audio|video|clip|title|mc-clip|ref-clip|sync-clip|audition|gap|transition) )*",
    "audition": "((asset-clip|audio|video|clip|title|ref-clip|sync-clip) )+",
    "asset-clip": f"(note )?(conform-rate )?(timeMap )?({_ANCHORED} )*({_MARKS} )*(metadata )?",
    "ref-clip": f"(note )?(conform-rate )?(timeMap )?({_ANCHORED} )*({_MARKS} )*(metadata )?",
    "video": f"(note )?(conform-rate )?(timeMap )?({_ANCHORED} )*({_MARKS} )*",
    "gap": f"(note )?({_ANCHORED} )*({_MARKS} )*(metadata )?",
    "media": "(multicam|sequence) ",
    "asset": "(media-rep )+(metadata )?",
    "timeMap": "(timept )*",
    **dict.fromkeys(("format", "media-rep", "marker", "transition", "note", "conform-rate", "timept"), ""),
}
"""What may stand in what, and in which order (Apple, “FCPXML Reference”, version 1.10; what we write of it)."""

_CLIP = {"lane", "offset", "name", "start", "duration", "enabled"}
_ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {
    "fcpxml": ({"version"}, set()),
    "resources": (set(), set()),
    "event": (set(), {"name", "uid"}),
    "project": (set(), {"name", "uid", "id", "modDate"}),
    "sequence": ({"format"}, {"duration", "tcStart", "tcFormat", "audioLayout", "audioRate"}),
    "spine": (set(), {"lane", "offset", "name", "format"}),
    "audition": (set(), {"lane", "offset", "modDate"}),
    "asset-clip": ({"ref"}, _CLIP | {"srcEnable", "format", "tcFormat", "audioRole", "videoRole"}),
    "ref-clip": ({"ref", "duration"}, _CLIP | {"srcEnable"}),
    "video": ({"ref", "duration"}, _CLIP | {"role"}),
    "gap": ({"duration"}, {"name", "offset", "start", "enabled"}),
    "transition": ({"duration"}, {"name", "offset"}),
    "media": ({"id"}, {"name", "uid"}),
    "asset": (
        {"id"},
        {"name", "start", "duration", "hasVideo", "format", "hasAudio", "videoSources", "audioSources"}
        | {"audioChannels", "audioRate"},
    ),
    "format": ({"id"}, {"name", "frameDuration", "width", "height"}),
    "media-rep": ({"src"}, {"kind"}),
    "marker": ({"start", "value"}, {"duration", "note"}),
    "conform-rate": (set(), {"scaleEnabled", "srcFrameRate"}),
    "timeMap": (set(), {"frameSampling"}),
    "timept": ({"time", "value"}, {"interp"}),
    "note": (set(), set()),
}
"""Which attributes an element must have, and may have."""


def structure_problems(path: Path) -> list[str]:
    """What Final Cut would refuse, or read as another cut: structure, ids, and storylines with holes."""
    root = ET.parse(path).getroot()
    problems = [problem for element in root.iter() for problem in _element_problems(element)]
    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    problems += [
        f"{element.tag} refers to {element.attrib[name]}"
        for element in root.iter()
        for name in ("ref", "format")
        if name in element.attrib and element.attrib[name] not in ids
    ]
    return problems + [problem for spine in root.iter("spine") for problem in _holes(spine)]


def _element_problems(element: ET.Element) -> Iterator[str]:
    children = "".join(f"{child.tag} " for child in element)
    if not re.fullmatch(_CONTENT[element.tag], children):
        yield f"{element.tag} holds {children}"
    needed, allowed = _ATTRIBUTES[element.tag]
    if not needed <= element.attrib.keys() <= needed | allowed:
        yield f"{element.tag} has {sorted(element.attrib)}"
    for name in ("start", "offset", "duration", "tcStart", "frameDuration", "time"):
        if name in element.attrib and not _TIME.fullmatch(element.attrib[name]):
            yield f"{element.tag} {name}={element.attrib[name]}"
    if element.tag == "audition" and len({child.attrib["duration"] for child in element}) > 1:
        yield "the alternates of an audition differ in length"


def _holes(spine: ET.Element) -> Iterator[str]:
    position: Fraction | None = None
    for element in spine:
        if element.tag == "transition":
            continue
        offset = seconds_in(element.attrib["offset"])
        if position is not None and offset != position:
            yield f"a hole in a storyline at {offset}"
        length = element.attrib.get("duration") or next(iter(element)).attrib["duration"]
        position = offset + seconds_in(length)
