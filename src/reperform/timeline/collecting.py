"""Which clips of a timeline have takes, or get some: from what it says itself, and from what is known now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import PlanError
from reperform.model import Shot, Take
from reperform.timeline import records
from reperform.timeline.alternates import Alternates, Entry, earlier_entries, merge
from reperform.timeline.places import Place, Places, item_at
from reperform.timeline.recognising import (
    is_take_clip,
    is_take_track,
    names_of,
    original_of,
    strip_clip,
    strip_take_tracks,
    take_name,
    takes_of,
)
from reperform.timeline.records import ClipRecord, TakeRecord, TrackClipRecord
from reperform.timing import exact_seconds

__all__ = ["Collected", "Given", "OnTrack", "collect"]

_DEFAULT = "DEFAULT_MEDIA"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A shot and the takes that are known of it."""

    shot: Shot
    takes: Sequence[Take] = ()
    """In the order of their preference: oldest first, those that answer its marks as they are now last."""


@dataclass(frozen=True, kw_only=True)
class OnTrack:
    """A clip on a track of takes, as it stood before."""

    clip: otio.schema.Clip = field(compare=False, repr=False)
    place: Place
    take: str | None
    """Its id; None where that cannot be read."""
    shot: str | None
    """Id of its shot; None where an editor dropped it."""


@dataclass(kw_only=True)
class Collected:
    """The clips with takes, and what stood on tracks of takes."""

    alternates: list[Alternates]
    """In the order of the walk."""
    on_tracks: dict[tuple[int, str | None], otio.schema.Clip]
    """The clips that stood on tracks of takes, by the id of their original and the take."""
    strays: list[OnTrack]
    """Takes on tracks whose clip is gone from the cut."""
    tracks: dict[int, list[otio.schema.Track]]
    """Tracks of takes that were taken out, by the id of their stack, bottom up."""


def collect(
    timeline: otio.schema.Timeline, given: Sequence[Given], *, folder: Path, names: Mapping[str, str]
) -> Collected:
    """Finds the clips with takes, and takes all of ours off the timeline, in place.

    `folder` is where relative addresses start. `names` are the file names of known takes, with the takes' ids: editors
    keep names and drop metadata.

    Raises:
        PlanError: a shot is not where its address says.

    """
    shots = {id(clip): (clip, item) for item in given for clip in [_clip_at(timeline, item.shot, item.shot.address)]}
    sounds = {
        item.shot.id: [_clip_at(timeline, item.shot, address) for address in item.shot.linked_audio] for item in given
    }
    places = Places()
    tracks = [(track, track.parent()) for track in _tracks_of_takes(timeline, names)]
    on_tracks = [item for track, _ in tracks for item in _on_track(track, places, names)]
    of_takes = {id(item.clip) for item in on_tracks}
    clips = [clip for clip in timeline.tracks.find_clips() if id(clip) not in of_takes]
    earlier = {id(clip): _earlier(clip, folder, names) for clip in clips}
    owners, strays = _owners(on_tracks, clips, shots, places)
    for item in on_tracks:
        if id(item.clip) in owners:
            entries, _ = earlier_entries(item.clip, folder=folder, names=names)
            earlier[id(owners[id(item.clip)])].entries.extend(entries)
    sound_clips = _sound_clips(clips)
    _take_off(timeline, [clip for clip in clips if id(clip) in shots or _is_of_ours(clip)], names)
    found = [
        _alternates(clip, shots.get(id(clip), (clip, None))[1], earlier[id(clip)], sounds, sound_clips, names)
        for clip in clips
    ]
    by_stack: dict[int, list[otio.schema.Track]] = defaultdict(list)
    for track, stack in tracks:
        if track.parent() is None:
            by_stack[id(stack)].append(track)
    return Collected(
        alternates=[item for item in found if item],
        on_tracks={(id(owners[id(item.clip)]), item.take): item.clip for item in on_tracks if id(item.clip) in owners},
        strays=strays,
        tracks=by_stack,
    )


@dataclass
class _Earlier:
    record: ClipRecord | None
    entries: list[Entry]
    unreadable: dict[str, Any]


def _earlier(clip: otio.schema.Clip, folder: Path, names: Mapping[str, str]) -> _Earlier:
    entries, unreadable = earlier_entries(clip, folder=folder, names=names)
    return _Earlier(records.read(clip, ClipRecord), entries, unreadable)


def _clip_at(timeline: otio.schema.Timeline, shot: Shot, address: tuple[int, ...]) -> otio.schema.Clip:
    try:
        clip = item_at(timeline, address)
    except LookupError:
        clip = None
    if not isinstance(clip, otio.schema.Clip):
        raise PlanError(
            f"{shot.track} “{shot.clip}” at {shot.record.in_} is not in this timeline any more",
            fix="Make the plan again from the timeline as it is now.",
        )
    return clip


def _tracks_of_takes(timeline: otio.schema.Timeline, names: Collection[str]) -> list[otio.schema.Track]:
    tracks = timeline.tracks.find_children(descended_from_type=otio.schema.Track)
    return [
        track for track in tracks if isinstance(track.parent(), otio.schema.Stack) and is_take_track(track, names=names)
    ]


def _on_track(track: otio.schema.Track, places: Places, names: Mapping[str, str]) -> list[OnTrack]:
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


def _owners(
    on_tracks: Sequence[OnTrack],
    clips: Sequence[otio.schema.Clip],
    shots: Mapping[int, tuple[otio.schema.Clip, Given]],
    places: Places,
) -> tuple[dict[int, otio.schema.Clip], list[OnTrack]]:
    """The original of each clip on a track of takes, by the id of that clip; and those that have none, or stand there twice."""
    if not on_tracks:
        return {}, []
    by_shot: dict[str, list[otio.schema.Clip]] = defaultdict(list)
    for clip in clips:
        shot = records.says(clip, "shot")
        if shot is not None and records.says(clip, "original") is not None:
            by_shot[str(shot)].append(clip)
    by_take: dict[str | None, list[otio.schema.Clip]] = defaultdict(list)
    for clip, given in shots.values():
        for take in given.takes:
            by_take[take.id].append(clip)
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


def _sound_clips(clips: Sequence[otio.schema.Clip]) -> dict[str, list[otio.schema.Clip]]:
    """Sound that a timeline of ours linked to its shots, by shot."""
    found: dict[str, list[otio.schema.Clip]] = defaultdict(list)
    for clip in clips:
        picture = records.says(clip, "picture")
        if picture is not None:
            found[str(picture)].append(clip)
    return found


def _is_of_ours(clip: otio.schema.Clip) -> bool:
    """Whether we wrote that it has takes. One whose takes only they themselves tell of, and that has no mark now, stays as
    it is."""
    return records.says(clip, "original") is not None


def _take_off(timeline: otio.schema.Timeline, clips: Sequence[otio.schema.Clip], names: Collection[str]) -> None:
    strip_take_tracks(timeline.tracks, names=names)
    for clip in clips:
        strip_clip(clip, names=names)


def _alternates(
    clip: otio.schema.Clip,
    given: Given | None,
    earlier: _Earlier,
    sounds: Mapping[str, list[otio.schema.Clip]],
    sound_clips: Mapping[str, list[otio.schema.Clip]],
    names: Collection[str],
) -> Alternates | None:
    if given is None and earlier.record is None:
        return None
    found = original_of(clip, names=names)
    if found is None and given is not None:
        found = _restored(clip, given, names)
    if found is None:
        return None
    key, original = found
    record = records.clip_record_of(given.shot, key) if given else earlier.record
    if record is None:
        return None
    if given and earlier.record:
        kept = {"chosen": earlier.record.chosen, "chosen_by": earlier.record.chosen_by}
        record = record.model_copy(update=kept)
    shot = record.shot if given is None or earlier.record is None else earlier.record.shot
    unreadable = {name: item for name, item in earlier.unreadable.items() if take_name(item) not in names}
    return Alternates(
        clip=clip,
        record=record,
        original=original,
        entries=merge(
            _on_its_clock(earlier, record), given.takes if given else (), taken=[*clip.media_references(), *unreadable]
        ),
        unreadable=unreadable,
        sound=tuple(sounds[given.shot.id] if given else sound_clips.get(shot, ())),
    )


def _on_its_clock(earlier: _Earlier, record: ClipRecord) -> list[Entry]:
    """The takes from before that still fit: on the record's clock moved with their clip, none where it shows other frames now."""
    before = earlier.record
    if before is None or before.clock == record.clock == "media":
        return earlier.entries
    if before.clock != record.clock or before.shown != record.shown or before.rate != record.rate:
        return []
    moved = record.in_frame - before.in_frame
    return [
        replace(each, record=each.record.model_copy(update={"in_frame": each.record.in_frame + moved}))
        for each in earlier.entries
    ]


def _restored(clip: otio.schema.Clip, given: Given, names: Collection[str]) -> tuple[str, Any] | None:
    """The original of a clip of which an editor kept only the take that was active, put back on the take's clock."""
    takes = takes_of(clip, names=names)
    shot = given.shot
    known = {name: take for take in given.takes for name in names_of(take)}
    for reference in takes.values():
        take = known.get(take_name(reference))
        available = reference.available_range
        if take is None or available is None:
            continue
        start = exact_seconds(available.start_time) - Fraction(take.in_frame) / take.rate
        rate = available.start_time.rate
        original = otio.schema.ExternalReference(
            target_url=str(shot.source.path),
            available_range=otio.opentime.TimeRange(
                otio.opentime.RationalTime(float(start * take.rate), rate),
                otio.opentime.RationalTime(float(shot.source.frames), rate),
            ),
        )
        original.name = Path(shot.source.path).name
        clip.set_media_references({_DEFAULT: original}, _DEFAULT)
        records.erase(clip)
        return _DEFAULT, original
    return None
