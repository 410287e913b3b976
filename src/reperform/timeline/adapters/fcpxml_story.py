"""The story of an FCPXML: storylines, what is connected to them, and the cuts inside the cut, as tracks.

Times of an element's children are its own local time: `offset` places a child there, `start` is where the child's own
local time begins. A retimed clip's local time is the time it plays in; one whose rate is conformed keeps its media's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.adapters.fcpxml_clips import Clips, Local, markers_of
from reperform.timeline.adapters.fcpxml_resources import Resources
from reperform.timeline.adapters.fcpxml_roles import name_by_roles
from reperform.timeline.adapters.fcpxml_time import seconds
from reperform.timeline.adapters.laying_out import Fade, Layer, Stood
from reperform.timeline.adapters.making import Budget, span
from reperform.timeline.adapters.xml_tree import Element
from reperform.timing import Rate

__all__ = ["Story"]

_ZERO = Fraction(0)
_MEDIA = frozenset({"asset-clip", "video", "audio", "title"})
_HOLDERS = frozenset({"clip", "sync-clip", "ref-clip", "mc-clip"})
_ITEMS = _MEDIA | _HOLDERS | {"gap", "audition"}


@dataclass
class _Layers:
    """The layers of one cut: its storyline, and the lanes above and below it."""

    rate: Rate
    found: dict[tuple[tuple[int, ...], str], Layer] = field(default_factory=dict)

    def at(self, height: tuple[int, ...], kind: str) -> Layer:
        return self.found.setdefault((height, kind), Layer(kind, height))

    def tracks(self) -> list[otio.schema.Track]:
        """Picture bottom up, then sound."""
        ordered = sorted(self.found.values(), key=lambda layer: (layer.kind != "Video", layer.height))
        return [track for layer in ordered for track in layer.tracks(self.rate)]


class Story:
    """One cut, or a cut inside a cut."""

    def __init__(self, resources: Resources, rate: Rate, budget: Budget, around: tuple[str, ...] = ()) -> None:
        """`around` are the ids of the compound clips that this one stands in."""
        self._resources = resources
        self._rate = rate
        self._budget = budget
        self._around = around
        self._clips = Clips(resources, rate)
        self._layers = _Layers(rate)

    def sequence(self, sequence: Element) -> list[otio.schema.Track]:
        """The tracks of a `sequence`, counted from its start."""
        spine = sequence.find("spine")
        if spine is not None:
            self._spine(spine, -seconds(sequence.get("tcStart"), _ZERO), (0,))
        tracks = self._layers.tracks()
        name_by_roles(tracks)
        return tracks

    def contents(self, elements: list[Element], origin: Fraction) -> list[otio.schema.Track]:
        """The tracks of what a clip holds; `origin` is the time from which they count."""
        at = _ZERO
        for element in elements:
            if element.tag == "spine":
                start = seconds(element.get("offset"), _ZERO) - origin
                self._spine(element, start, (0,))
            else:
                at = self._item(element, seconds(element.get("offset"), at + origin) - origin, (0,))
        return self._layers.tracks()

    def _spine(self, spine: Element, base: Fraction, height: tuple[int, ...]) -> None:
        """A storyline; record time = base + offset."""
        at = None
        for element in spine:
            if element.tag == "transition":
                start = base + seconds(element.get("offset"), _ZERO)
                end = start + seconds(element.get("duration"), _ZERO)
                self._layers.at(height, "Video").fades.append(Fade(start, end, element.get("name", "")))
            elif element.tag in _ITEMS:
                default = _ZERO if at is None else at - base
                at = self._item(element, base + seconds(element.get("offset"), default), height)

    def _item(self, element: Element, start: Fraction, height: tuple[int, ...]) -> Fraction:
        """One item that stands from `start`, with what is connected to it; returns when it ends."""
        self._budget.spend()
        picked = self._picked(element)
        if picked is None:
            return start
        local = self._clips.local(picked)
        end = start + local.duration
        item, kind = self._made(picked, local)
        if item is not None and end > start:
            if element.tag == "audition":
                self._clips.keep_alternates(item, picked, element)
            item.markers.extend(markers_of(picked, local, self._rate))
            self._layers.at(height, kind).items.append(Stood(item, start, end))
        for child in picked:
            if child.tag in (*_ITEMS, "spine") and child.get("lane") is not None:
                self._connected(child, start, local, height)
        return end

    def _picked(self, element: Element) -> Element | None:
        """The clip itself; of an audition its first, which is the pick."""
        depth = 0
        found: Element | None = element
        while found is not None and found.tag == "audition" and depth < len(_ITEMS):
            found, depth = next((child for child in found if child.tag in _ITEMS), None), depth + 1
        return found

    def _connected(self, child: Element, parent: Fraction, local: Local, height: tuple[int, ...]) -> None:
        """What is connected to a clip stands where its offset is in the clip's local time."""
        start = parent + local.seen_after(seconds(child.get("offset"), local.start))
        try:
            lane = int(child.get("lane", "0"))
        except ValueError:
            lane = 1
        at = (height[0] + lane,)
        if child.tag == "spine":
            self._spine(child, start, at)
        else:
            self._item(child, start, at)

    def _made(self, element: Element, local: Local) -> tuple[Any, str]:
        if element.tag == "gap":
            return otio.schema.Gap(source_range=span(local.start, local.duration, self._rate)), "Video"
        if element.tag in _MEDIA:
            return self._clips.clip(element, local), self._clips.kind(element)
        return self._held(element, local)

    def _held(self, element: Element, local: Local) -> tuple[Any, str]:
        """A clip that holds others: a compound, synchronized or multicam clip, as a stack."""
        if element.tag == "clip" and (plain := self._clips.of_plain(element, local)) is not None:
            return plain, "Video"
        tracks, origin = self._inside(element)
        stack = otio.schema.Stack(element.get("name", ""))
        stack.extend(_heard(tracks, element.get("srcEnable")))
        stack.source_range = span(local.media_start - origin, local.duration, self._rate)
        self._clips.dress(stack, element, local)
        sound_only = bool(tracks) and all(track.kind == otio.schema.TrackKind.Audio for track in stack)
        return stack, "Audio" if sound_only else "Video"

    def _inside(self, element: Element) -> tuple[list[otio.schema.Track], Fraction]:
        """The tracks inside, and the local time from which they count."""
        identity = element.get("ref")
        if element.tag in ("ref-clip", "mc-clip"):
            return self._referred(element, identity or "")
        children = [child for child in element if child.tag in (*_ITEMS, "spine") and child.get("lane") is None]
        origin = min((seconds(child.get("offset"), _ZERO) for child in children), default=_ZERO)
        return Story(self._resources, self._rate, self._budget, self._around).contents(children, origin), origin

    def _referred(self, element: Element, identity: str) -> tuple[list[otio.schema.Track], Fraction]:
        media = self._resources.get(identity, "media")
        inner = media.find("sequence" if element.tag == "ref-clip" else "multicam") if media is not None else None
        if inner is None:
            return [], _ZERO
        if identity in self._around:
            raise TimelineError(
                f"the compound clip “{element.get('name', identity)}” contains itself",
                fix="Export the timeline again from its editor.",
            )
        rate = self._resources.rate(inner.get("format")) or self._rate
        story = Story(self._resources, rate, self._budget, (*self._around, identity))
        origin = seconds(inner.get("tcStart"), _ZERO)
        if element.tag == "ref-clip":
            return story.sequence(inner), origin
        return story.angles(element, inner, origin), origin

    def angles(self, clip: Element, multicam: Element, origin: Fraction) -> list[otio.schema.Track]:
        """The angles that a multicam clip shows and plays, each on a track under its name."""
        wanted = {
            source.get("angleID"): source.get("srcEnable", "all")
            for source in clip.findall("mc-source")
            if source.get("srcEnable") != "none"
        }
        tracks: list[otio.schema.Track] = []
        for number, angle in enumerate(multicam.findall("mc-angle")):
            enabled = wanted.get(angle.get("angleID")) if wanted else "all" if number == 0 else None
            if enabled is None:
                continue
            story = Story(self._resources, self._rate, self._budget, self._around)
            children = [child for child in angle if child.tag in _ITEMS]
            for track in _heard(story.contents(children, origin), enabled):
                track.name = angle.get("name", "")
                if enabled == "audio":
                    track.kind = otio.schema.TrackKind.Audio
                tracks.append(track)
        return sorted(tracks, key=lambda track: track.kind == otio.schema.TrackKind.Audio)


def _heard(tracks: list[otio.schema.Track], enabled: str | None) -> list[otio.schema.Track]:
    """Without the tracks of what `srcEnable` switches off."""
    if enabled == "video":
        return [track for track in tracks if track.kind == otio.schema.TrackKind.Video]
    return tracks
