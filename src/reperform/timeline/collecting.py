"""Which clips of a timeline have takes, or get some: from what it says itself, and from what is known now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import PlanError
from reperform.model import Shot, Take
from reperform.timeline import recording, records
from reperform.timeline.alternates import Alternates, Entry, earlier_entries, merge
from reperform.timeline.places import Places, item_at
from reperform.timeline.recognising import (
    names_of,
    original_of,
    strip_clip,
    strip_take_tracks,
    take_name,
    takes_of,
)
from reperform.timeline.records import ClipRecord
from reperform.timeline.take_owners import OnTrack, on_track, owners_of, tracks_of_takes
from reperform.timing import exact_seconds

__all__ = ["Collected", "Given", "collect"]

_DEFAULT = "DEFAULT_MEDIA"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A shot and the takes that are known of it."""

    shot: Shot
    takes: Sequence[Take] = ()
    """In the order of their preference: oldest first, those that answer its marks as they are now last."""


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
    tracks = [(track, track.parent()) for track in tracks_of_takes(timeline, names)]
    on_tracks = [item for track, _ in tracks for item in on_track(track, places, names)]
    of_takes = {id(item.clip) for item in on_tracks}
    clips = [clip for clip in timeline.tracks.find_clips() if id(clip) not in of_takes]
    earlier = {id(clip): _earlier(clip, folder, names) for clip in clips}
    gets = [(clip, [take.id for take in item.takes]) for clip, item in shots.values()]
    owners, strays = owners_of(on_tracks, clips, gets, places)
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
    record = recording.clip_record_of(given.shot, key) if given else earlier.record
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
