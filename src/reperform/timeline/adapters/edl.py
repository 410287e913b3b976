"""CMX3600 EDLs, read line by line: every error names its line, and what the list leaves open is asked for, not assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters.ale import Ale, ale_beside
from reperform.timeline.adapters.edl_events import Edl, Event, parse_events
from reperform.timeline.adapters.edl_rate import Times, find_rate
from reperform.timeline.adapters.edl_speed import Speed, speed_of_event
from reperform.timeline.adapters.laying_out import Fade, Layer, Stood
from reperform.timeline.adapters.making import Read, Remark, marker, moment, span
from reperform.timing import Rate, format_timecode

__all__ = ["METADATA", "read"]

METADATA = "cmx_3600"

_GENERATED = {"BL": "black", "BLACK": "black", "BARS": "SMPTEBars"}
_LOCATOR = re.compile(r"LOC:\s*(\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3})\s*(\w*)\s*(.*)", re.IGNORECASE)
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,3}$|\.(?:mp4|m2ts)$")
_NAMES = {"from": ("FROM CLIP NAME:",), "to": ("TO CLIP NAME:",)}
_PATHS = ("FROM FILE:", "FROM CLIP:", "SOURCE FILE PATH:", "SOURCE FILE:", "FINAL CUT PRO REEL:")
_COLORS = frozenset({"RED", "PINK", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA", "BLACK", "WHITE"})


def read(content: bytes, name: str, *, path: Path, rate: Rate | None = None) -> Read:
    """The cut in an EDL; the ALE beside it, if there is one, says what its reels are.

    Raises:
        TimelineError: a line cannot be read, or the frame rate is not known.

    """
    edl = parse_events(_text(content), name)
    ale = ale_beside(path)
    beside = (ale.file, ale.rate) if ale is not None and ale.rate is not None else None
    found = find_rate(edl, name, asked=rate, beside=beside)
    list_ = _List(edl, Times(found.rate), ale if ale is not None and ale.rate == found.rate else None)
    timeline = list_.timeline()
    remarks = list_.remarks
    if found.why:
        said = f"{float(found.rate):.5g}"
        remarks = [Remark(message=f"the list is read at {said} frames a second: {found.why}"), *remarks]
    drop = edl.drop if edl.drop is not None else None
    if any(";" in event.record_in for event in edl.events):
        drop = True
    return Read(root=timeline, drop_frame=drop, remarks=tuple(remarks))


@dataclass
class _List:
    """An EDL at a known rate."""

    edl: Edl
    times: Times
    ale: Ale | None

    def __post_init__(self) -> None:
        self.remarks: list[Remark] = []
        self.start = min(self.times.frame(event.record_in, event) for event in self.edl.events)
        self._layers: dict[str, Layer] = {}

    @property
    def rate(self) -> Rate:
        return self.times.rate

    def timeline(self) -> otio.schema.Timeline:
        """Picture bottom up, then sound; starts where the first event does."""
        timeline = otio.schema.Timeline(self.edl.title, global_start_time=moment(self.start / self.rate, self.rate))
        before: Event | None = None
        for event in self.edl.events:
            self._add(event, second=before is not None and before.number == event.number, timeline=timeline)
            before = event
        for layer in sorted(self._layers.values(), key=lambda layer: (layer.kind != "Video", layer.height)):
            timeline.tracks.extend(layer.tracks(self.rate))
        return timeline

    def _add(self, event: Event, *, second: bool, timeline: otio.schema.Timeline) -> None:
        first = self.times.frame(event.record_in, event) - self.start
        end = self.times.frame(event.record_out, event) - self.start
        if end <= first:
            return  # the outgoing side of a transition, which is the event before
        speed = speed_of_event(event, self.times, self.rate)
        if speed.doubt:
            self._remark(event, speed.doubt)
        start, stop = first / self.rate, end / self.rate
        for number, (kind, height) in enumerate(_channels(event.channels)):
            clip = self._clip(event, speed, second=second)
            layer = self._layers.setdefault(f"{kind}{height}", Layer(kind, (height,), f"{kind[0]}{height}"))
            self._warn_of_overlap(layer, event, start)
            layer.items.append(Stood(clip, start, stop))
            if event.fade and event.kind[0] in "DW":
                name = "dissolve" if event.kind == "D" else f"wipe {event.kind[1:]}"
                layer.fades.append(Fade(start, min(stop, start + event.fade / self.rate), name))
            if number == 0 and not second:
                self._mark(event, clip, first, end, timeline)

    def _warn_of_overlap(self, layer: Layer, event: Event, start: Fraction) -> None:
        if not event.kind.startswith("K") and any(start < stood.end and stood.start <= start for stood in layer.items):
            self._remark(event, "it lies over another event of its track, and is put on a track above")

    def _remark(self, event: Event, message: str) -> None:
        timecode = format_timecode(self.times.frame(event.record_in, event), self.rate)
        self.remarks.append(
            Remark(message=f"line {event.line}: {message}", clip=event.reel, timecode=timecode, warning=True)
        )

    def _clip(self, event: Event, speed: Speed, *, second: bool) -> otio.schema.Clip:
        begin = self.times.frame(event.source_in, event)
        lasts = self.times.lengths(event)[1]
        reference = self._reference(event, second=second)
        clip = otio.schema.Clip(_name(event, second=second) or event.reel, media_reference=reference)
        clip.source_range = span(begin / self.rate, lasts / self.rate, self.rate)
        clip.effects.extend(speed.effects())
        reel = {"reel": event.reel} if event.reel != "AX" else {}
        clip.metadata[METADATA] = {**reel, "comments": [comment.text for comment in event.comments]}
        return clip

    def _reference(self, event: Event, *, second: bool) -> otio.core.MediaReference:
        if kind := _GENERATED.get(event.reel.upper()):
            return otio.schema.GeneratorReference(name=kind, generator_kind=kind)
        name = _name(event, second=second) or event.reel
        logged = self._logged(event, second=second)
        written = logged.file if logged is not None and logged.file else _path(event, second=second)
        if written is None:
            return otio.schema.MissingReference(name=name)
        made = otio.schema.ExternalReference(target_url=written)
        made.name = re.split(r"[\\/]", written)[-1]
        if logged is not None and logged.start is not None and logged.end is not None:
            made.available_range = span(logged.start / self.rate, (logged.end - logged.start) / self.rate, self.rate)
        return made

    def _logged(self, event: Event, *, second: bool) -> Any:
        """What the ALE says of the source: by its reel, else by its name."""
        if self.ale is None:
            return None
        begin, end = self.times.frame(event.source_in, event), self.times.frame(event.source_out, event)
        names = (event.reel, _name(event, second=second) or "")
        return next((found for name in names if name and (found := self.ale.find(name, begin, end))), None)

    def _mark(self, event: Event, clip: Any, first: int, end: int, timeline: otio.schema.Timeline) -> None:
        """Locators count in record timecode; one outside of its event belongs to what is seen there."""
        for comment in event.comments:
            match = _LOCATOR.match(comment.text)
            if match is None:
                continue
            try:
                frame = self.times.frame(match[1], event) - self.start
            except ValueError:
                self._remark(event, f"its locator in line {comment.line} stands at {match[1]}, which does not exist")
                continue
            inside = first <= frame < end
            at = clip.source_range.start_time if inside else timeline.global_start_time
            start = Fraction(int(at.value) + frame - (first if inside else 0)) / self.rate
            holder = clip if inside else timeline.tracks
            holder.markers.append(self._marker(match, start))

    def _marker(self, match: re.Match[str], start: Fraction) -> otio.schema.Marker:
        color, text = match[2].upper(), match[3].strip()
        if color not in _COLORS:
            color, text = "RED", f"{match[2]} {text}".strip()
        return marker(
            text,
            start=start,
            duration=1 / self.rate,
            rate=self.rate,
            color=color,
            metadata={METADATA: {"color": color}},
        )


def _channels(text: str) -> Iterator[tuple[str, int]]:
    """The tracks that an event is on: `V`, `A2`, `AA/V`, `B` …"""
    found: dict[tuple[str, int], None] = {}
    for word in re.findall(r"V\d*|AA|A\d*|B|NONE", text) or ["V"]:
        if word == "B":
            found |= {("Video", 1): None, ("Audio", 1): None}
        elif word == "AA":
            found |= {("Audio", 1): None, ("Audio", 2): None}
        elif word.startswith("V"):
            found[("Video", int(word[1:] or 1))] = None
        elif word.startswith("A"):
            digits = word[1:] or "1"
            each = list(digits) if len(digits) > 1 and sorted(set(digits)) == list(digits) else [digits]
            found |= {("Audio", int(digit)): None for digit in each}
    yield from sorted(found, key=lambda channel: (channel[0] != "Video", channel[1]))


def _said(event: Event, beginnings: tuple[str, ...]) -> str | None:
    for beginning in beginnings:
        for comment in event.comments:
            if comment.text.upper().startswith(beginning):
                return comment.text[len(beginning) :].strip() or None
    return None


def _name(event: Event, *, second: bool) -> str | None:
    """The clip's name: of what a transition leads to, `TO CLIP NAME`."""
    incoming = second or event.kind[0] in "DW"
    to = _said(event, _NAMES["to"])
    return to if incoming and to else _said(event, _NAMES["from"])


def _path(event: Event, *, second: bool) -> str | None:
    """A file's path or name, if the list gives one for this source and not for what it comes from."""
    incoming = (second or event.kind[0] in "DW") and _said(event, _NAMES["to"]) is not None
    names = () if incoming else tuple(_said(event, (beginning,)) for beginning in _PATHS)
    for found in (*names, _name(event, second=second)):
        if found and _FILE.search(found):
            return found
    return event.reel if _FILE.search(event.reel) else None


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
