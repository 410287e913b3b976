"""The sound that is linked to a shot: its clips get the take as well, and play it where the voice is nowhere else in the cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.alternates import Alternates, Entry
from reperform.timeline.places import Places
from reperform.timeline.recognising import file_name, original_of
from reperform.timeline.records import SoundRecord
from reperform.timeline.references import covers, spelled_rate, start_of, take_reference
from reperform.timeline.take_tracks import visible_and_take
from reperform.timing import exact_seconds

__all__ = ["add_to_sound"]


def add_to_sound(
    alternates: Alternates,
    entries: Sequence[Entry],
    places: Places,
    *,
    plays: bool,
    address: Callable[[Entry], str],
) -> list[otio.schema.Clip]:
    """Adds the takes to the sound clips of a shot; with `plays`, the chosen take becomes the active one.

    Returns the clips that could not play the chosen take: retimed, or reaching beyond what it holds.
    """
    silent: list[otio.schema.Clip] = []
    for clip in alternates.sound:
        found = original_of(clip)
        if found is None:
            continue
        key, original = found
        starts = {entry.key: _start(alternates, entry, clip, original, places) for entry in entries}
        added = {entry.key: entry for entry in entries if starts[entry.key] is not None}
        references = clip.media_references()
        for entry in added.values():
            available = getattr(original, "available_range", None)
            references[entry.key] = take_reference(
                entry.record,
                start=starts[entry.key] or Fraction(0),
                rate=spelled_rate(entry.record.rate, available, clip.source_range),
                address=address(entry),
                name=entry.name,
                sound=True,
            )
        active = clip.active_media_reference_key
        if plays and alternates.chosen is not None:
            if alternates.chosen.key in added:
                active = alternates.chosen.key
            else:
                silent.append(clip)
        clip.set_media_references(references, active)
        records.write(clip, SoundRecord(picture=alternates.record.shot, original=key))
    return silent


def _start(
    alternates: Alternates, entry: Entry, clip: otio.schema.Clip, original: object, places: Places
) -> Fraction | None:
    """When the take's first frame is, in the sound clip's own time; None where the take cannot stand for that clip."""
    if clip.source_range is None or any(isinstance(effect, otio.schema.TimeEffect) for effect in clip.effects):
        return None
    picture, sound = places.shown(alternates.clip, rate=alternates.record.rate), places.of(clip)
    if picture.stack is not sound.stack:
        return None
    visible, take_start = visible_and_take(alternates, entry, picture)
    first = exact_seconds(clip.source_range.start_time)
    start = first + picture.start + take_start - visible[0] - sound.origin
    start = _as_stated(alternates, entry, original, start)
    wanted = first + sound.cut, first + sound.cut + sound.end - sound.start
    whole = (first, first + exact_seconds(clip.source_range.duration))
    held = covers(entry.record, start, whole, source_frames=alternates.record.frames_on_clock)
    return start if held and wanted[0] < wanted[1] else None


def _as_stated(alternates: Alternates, entry: Entry, original: object, start: Fraction) -> Fraction:
    """The exact start, where sound and picture are one file and the sound is in sync with it to the frame."""
    available = getattr(original, "available_range", None)
    if alternates.record.clock != "media" or available is None or file_name(original) != file_name(alternates.original):
        return start
    stated = start_of(entry.record, exact_seconds(available.start_time))
    return stated if abs(stated - start) < 1 / entry.record.rate else start
