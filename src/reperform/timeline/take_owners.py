"""Clips on tracks of takes, and whose takes they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.places import Place, Places
from reperform.timeline.recognising import is_take_clip, is_take_track, take_name, takes_of
from reperform.timeline.records import TakeRecord, TrackClipRecord

__all__ = ["OnTrack", "on_track", "owners_of", "tracks_of_takes"]


@dataclass(frozen=True, kw_only=True)
class OnTrack:
    """A clip on a track of takes, as it stood before."""

    clip: otio.schema.Clip = field(compare=False, repr=False)
    place: Place
    take: str | None
    """Its id; None where that cannot be read."""
    shot: str | None
    """Id of its shot; None where an editor dropped it."""


def tracks_of_takes(timeline: otio.schema.Timeline, names: Collection[str]) -> list[otio.schema.Track]:
    """Those that hold nothing but takes. `names` are the file names of known takes."""
    tracks = timeline.tracks.find_children(descended_from_type=otio.schema.Track)
    return [
        track for track in tracks if isinstance(track.parent(), otio.schema.Stack) and is_take_track(track, names=names)
    ]


def on_track(track: otio.schema.Track, places: Places, names: Mapping[str, str]) -> list[OnTrack]:
    """The takes on such a track; `names` are file names of known takes, with the takes' ids."""
    found = []
    for clip in track:
        if not isinstance(clip, otio.schema.Clip) or not is_take_clip(clip, names=names):
            continue
        reference = next(iter(takes_of(clip, names=names).values()))
        record = records.read(reference, TakeRecord)
        take = record.take if record else names.get(take_name(reference))
        of_clip = records.read(clip, TrackClipRecord)
        shot = of_clip.shot if of_clip else record.shot if record else None
        found.append(OnTrack(clip=clip, place=places.of(clip), take=take, shot=shot))
    return found


def owners_of(
    on_tracks: Sequence[OnTrack],
    clips: Sequence[otio.schema.Clip],
    given: Iterable[tuple[otio.schema.Clip, Iterable[str]]],
    places: Places,
) -> tuple[dict[int, otio.schema.Clip], list[OnTrack]]:
    """The original of each clip on a track of takes, by the id of that clip; and those that have none, or stand there twice.

    `given` are clips with the ids of the takes that each gets.
    """
    if not on_tracks:
        return {}, []
    by_shot: dict[str, list[otio.schema.Clip]] = defaultdict(list)
    for clip in clips:
        shot = records.says(clip, "shot")
        if shot is not None and records.says(clip, "original") is not None:
            by_shot[str(shot)].append(clip)
    by_take: dict[str | None, list[otio.schema.Clip]] = defaultdict(list)
    for clip, takes in given:
        for take in takes:
            by_take[take].append(clip)
    owners: dict[int, otio.schema.Clip] = {}
    strays: list[OnTrack] = []
    seen: set[tuple[int, str | None]] = set()
    for item in on_tracks:
        owner = _owner(item, by_shot.get(item.shot or "", []), by_take.get(item.take, ()), places)
        if owner is None or (id(owner), item.take) in seen:
            strays.append(item)
        else:
            seen.add((id(owner), item.take))
            owners[id(item.clip)] = owner
    return owners, strays


def _owner(
    item: OnTrack, known: Sequence[otio.schema.Clip], takers: Sequence[otio.schema.Clip], places: Places
) -> otio.schema.Clip | None:
    """The clip that the timeline says, else one that is given this take: the one beneath it, of several uses of the media."""
    if item.take is None:
        return None
    found = (clip for clips in (known, takers) for clip in (*_beneath(item, clips, places), *clips))
    owner = next(found, None)
    return owner if owner is not None and places.shown(owner).stack is item.place.stack else None


def _beneath(item: OnTrack, clips: Sequence[otio.schema.Clip], places: Places) -> list[otio.schema.Clip]:
    return [clip for clip in clips if _lies_over(item, clip, places)]


def _lies_over(item: OnTrack, clip: otio.schema.Clip, places: Places) -> bool:
    place = places.shown(clip)
    return place.stack is item.place.stack and place.start <= item.place.start < place.end
