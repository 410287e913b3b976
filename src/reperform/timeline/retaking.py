"""Takes in a timeline exchanged for others that show the same, under the keys that they had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import opentimelineio as otio

from reperform.model import Take
from reperform.timeline import recording, records
from reperform.timeline.recognising import original_of, takes_of
from reperform.timeline.records import ClipRecord, SoundRecord, TakeRecord, TrackClipRecord
from reperform.timeline.references import take_in_range

__all__ = ["exchange_takes"]

Exchanged = Mapping[str, Mapping[str, Take | None]]


def exchange_takes(timeline: otio.schema.Timeline, exchanged: Exchanged) -> None:
    """Puts new takes in the places of old ones, in place: on their clips, on the sound linked to them, on tracks of takes.

    `exchanged` has for each shot (its id in this timeline) the new take by the old one's id; None takes the old one out.
    Shots that are not in it stay as they are. Choices stay, by person or by rule; that of a take that goes is forgotten.
    """
    for clip in list(timeline.tracks.find_clips()):
        takes = takes_of(clip)
        record = records.read(clip, ClipRecord)
        if not takes and record is None:
            continue
        shot = _shot_of(clip)
        if record is not None and record.shot in exchanged:
            records.write(clip, _chosen_anew(record, exchanged[record.shot]))
        if takes:
            _exchange(clip, takes, shot, exchanged)


def _shot_of(clip: otio.schema.Clip) -> str | None:
    """The shot that a clip of ours belongs to. None where only its takes say it."""
    if (of_track := records.read(clip, TrackClipRecord)) is not None:
        return of_track.shot
    if (sound := records.read(clip, SoundRecord)) is not None:
        return sound.picture
    found = records.read(clip, ClipRecord)
    return found.shot if found else None


def _chosen_anew(record: ClipRecord, takes: Mapping[str, Take | None]) -> ClipRecord:
    if record.chosen is None or record.chosen not in takes:
        return record.model_copy(update={"origin": None})
    take = takes[record.chosen]
    chosen = {"chosen": take.id} if take else {"chosen": None, "chosen_by": "rule"}
    return record.model_copy(update={**chosen, "origin": None})


def _exchange(clip: otio.schema.Clip, takes: Mapping[str, Any], shot: str | None, exchanged: Exchanged) -> None:
    references = clip.media_references()
    for key, reference in takes.items():
        record = records.read(reference, TakeRecord)
        of_shot = exchanged.get(shot or (record.shot if record else ""), {})
        if record is None or record.take not in of_shot:
            continue
        take = of_shot[record.take]
        if take is None:
            del references[key]
        else:
            references[key] = _reference(reference, take, sound=_is_sound(clip))
    if not references:
        _take_out(clip)
        return
    original = original_of(clip)
    active = clip.active_media_reference_key
    clip.set_media_references(
        references, active if active in references else original[0] if original else next(iter(references))
    )


def _is_sound(clip: otio.schema.Clip) -> bool:
    return bool(getattr(clip.parent(), "kind", None) == otio.schema.TrackKind.Audio)


def _reference(before: Any, take: Take, *, sound: bool) -> otio.core.MediaReference:
    record, address = recording.take_record_of(take), take.path.as_uri()
    return take_in_range(record, before.available_range, address=address, name=take.path.name, sound=sound)


def _take_out(clip: otio.schema.Clip) -> None:
    """Leaves a hole where a take stood on a track of takes."""
    track = clip.parent()
    if isinstance(track, otio.schema.Track):
        duration = clip.trimmed_range().duration
        zero = otio.opentime.RationalTime(0, duration.rate)
        number = next(number for number, child in enumerate(track) if child is clip)
        track[number] = otio.schema.Gap(source_range=otio.opentime.TimeRange(zero, duration))
