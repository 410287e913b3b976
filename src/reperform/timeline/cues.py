"""Cues: from the marks of a cut to shots, each with its cues, its media and its voices. All problems are found at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reperform.direction import Direction
from reperform.errors import InputError, MediaError
from reperform.model import IgnoredMarker, PlanSettings, Problem, Shot
from reperform.timeline.clock import settle_drop_frame
from reperform.timeline.cut import Cut, Index, PlacedMarker
from reperform.timeline.marks import Mark, sort_markers
from reperform.timeline.placing import Placer, Spot
from reperform.timeline.repeated import without_repeats
from reperform.timeline.reporting import Reporter
from reperform.timeline.shots import MediaLinker, ShotBuilder

__all__ = ["Found", "MediaLinker", "find"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the marks of a cut ask for."""

    shots: tuple[Shot, ...]
    """In record order. Without jobs."""
    ignored: tuple[IgnoredMarker, ...]
    problems: tuple[Problem, ...]
    cut: Cut
    """As it was given, with the media's word on drop-frame where the timeline left that open."""


def find(
    index: Index,
    linker: MediaLinker,
    settings: PlanSettings,
    *,
    instead: Mapping[PlacedMarker, Direction] | None = None,
) -> Found:
    """The marked shots of a cut. A shot with an error is left out; the error stands in `problems` with its place.

    `instead` are directions that marks of it are to have, whatever they say; then only the clips on which these stand are
    looked at.

    Raises:
        SettingsError: a track or a pattern in the settings fits nothing.

    """
    marks, ignored = sort_markers(index, settings)
    settled = _settled(index.cut, marks, linker)
    if settled is not index.cut:
        index = replace(index, cut=settled)
        marks, ignored = sort_markers(index, settings)
    report = Reporter(index.cut)
    placer = Placer(index, report)
    by_clip: dict[tuple[int, ...], list[Spot]] = defaultdict(list)
    for mark in without_repeats(marks):
        for spot in placer.spots(mark):
            by_clip[spot.clip.address].append(spot)
    if instead is not None:
        by_clip = _directed(by_clip, instead)
    placer.say_what_is_uncertain()
    builder = ShotBuilder(index, linker, settings, report)
    for spots in sorted(by_clip.values(), key=lambda spots: (spots[0].clip.record_start, spots[0].clip.track.height)):
        builder.add(spots)
    return Found(
        shots=tuple(builder.shots),
        ignored=(*ignored, *placer.ignored),
        problems=tuple(report.problems),
        cut=index.cut,
    )


def _directed(
    by_clip: Mapping[tuple[int, ...], list[Spot]], instead: Mapping[PlacedMarker, Direction]
) -> defaultdict[tuple[int, ...], list[Spot]]:
    """The clips on which such a mark stands, with the direction that it is to have."""
    found: defaultdict[tuple[int, ...], list[Spot]] = defaultdict(list)
    for address, spots in by_clip.items():
        if any(spot.mark.placed in instead for spot in spots):
            found[address] = [_with_direction(spot, instead.get(spot.mark.placed)) for spot in spots]
    return found


def _with_direction(spot: Spot, direction: Direction | None) -> Spot:
    if direction is None:
        return spot
    mark = replace(spot.mark, direction=direction, problems=(), doubts=(), chosen=True)
    return replace(spot, mark=mark)


def _settled(cut: Cut, marks: Iterable[Mark], linker: MediaLinker) -> Cut:
    """The cut with drop-frame or without, by the first marked clip whose media says it."""
    if settle_drop_frame(cut, True) is cut:
        return cut
    for clip in (mark.placed.clip for mark in marks):
        if clip is None or clip.track.kind != "video" or not clip.moving:
            continue
        try:
            source = linker.link(clip).source
        except (InputError, MediaError):
            continue
        if source.start_frame is not None:
            return settle_drop_frame(cut, source.drop_frame)
    return settle_drop_frame(cut, None)
