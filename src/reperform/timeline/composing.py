"""One timeline with takes, made from the cut: what was ours is taken off, and everything put on afresh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.addresses import readdress
from reperform.timeline.alternates import Alternates, Entry, choose
from reperform.timeline.collecting import Collected, collect
from reperform.timeline.composed import Composed, Job
from reperform.timeline.editors import Style
from reperform.timeline.laying import lay_tracks
from reperform.timeline.linked_sound import add_to_sound
from reperform.timeline.places import Places
from reperform.timeline.recognising import strip_timeline
from reperform.timeline.records import TimelineRecord
from reperform.timeline.references import covers, origin_of, spelled_rate, start_of, take_reference
from reperform.timeline.stacking import is_top_down, turn
from reperform.timeline.take_tracks import Placement, place_take
from reperform.timing import exact_seconds

__all__ = ["compose"]


def compose(job: Job, styles: Sequence[Style], *, number: int | None = None, by_person: bool = False) -> Composed:
    """The cut with its takes, in the styles `references` and `tracks`.

    With a `number` it shows that take of every clip and no other, its last where there are fewer; then choices count
    only if they are made for this timeline (`by_person`).
    """
    timeline = job.cut.timeline.clone()
    collected = collect(timeline, job.given, folder=job.cut.media_folder, names=job.names)
    strip_timeline(timeline)
    readdress(timeline, from_folder=job.cut.media_folder, to_folder=job.folder, for_=job.for_)
    composed = Composed(job=job, timeline=timeline, styles=tuple(styles), alternates=collected.alternates)
    _choose(composed, number, by_person=by_person)
    top_down = is_top_down(job.cut)
    if top_down:
        turn(timeline.tracks)
    places = Places(plays_source_frames=job.cut.dialect.plays_source_frames)
    placements = _strays(collected)
    for alternates in collected.alternates:
        placements += _write_clip(composed, alternates, collected, places)
    _lay(composed, collected, placements, top_down=top_down)
    _sign(composed, number)
    if job.editor.top_down if composed.alternates else top_down:
        turn(timeline.tracks)
    return composed


def _choose(composed: Composed, number: int | None, *, by_person: bool) -> None:
    made = {item.shot.id: item.takes for item in composed.job.given}
    for alternates in composed.alternates:
        alternates.known = alternates.entries
        numbered = _numbered(alternates)
        composed.most = max(composed.most, len(numbered))
        wanted = composed.job.chosen
        if number is not None:
            alternates.entries = tuple(numbered[min(number, len(numbered)) - 1 :][:1])
            if not by_person:
                wanted = {}
                alternates.record = alternates.record.model_copy(update={"chosen": None, "chosen_by": "rule"})
        choose(alternates, wanted, made=made.get(alternates.record.shot, ()))


def _numbered(alternates: Alternates) -> tuple[Entry, ...]:
    performed = tuple(entry for entry in alternates.entries if not entry.record.preview)
    return performed or alternates.entries


def _write_clip(composed: Composed, alternates: Alternates, collected: Collected, places: Places) -> list[Placement]:
    """Puts the takes onto their clip and its sound; returns those that go onto tracks."""
    origin = origin_of(alternates.clip, alternates.original, alternates.record)
    alternates.record = alternates.record.model_copy(update={"origin": origin})
    start = _starts(alternates)
    fitting = [entry for entry in alternates.entries if "references" in composed.styles and start(entry) is not None]
    on_tracks = [entry for entry in alternates.entries if "tracks" in composed.styles or entry not in fitting]
    placements = _on_tracks(composed, alternates, on_tracks, collected, places)
    _sound(composed, alternates, places)
    references = alternates.clip.media_references()
    for entry in fitting:
        references[entry.key] = _reference(composed.job, alternates, entry, start(entry) or Fraction(0))
    for key, reference in alternates.unreadable.items():
        references.setdefault(key, reference)
    active = alternates.clip.active_media_reference_key
    chosen = alternates.chosen
    plays_chosen = composed.job.editor.plays == "chosen" or "tracks" not in composed.styles
    if chosen is not None and chosen in fitting and plays_chosen:
        active = chosen.key
    if fitting:
        _keep_length(alternates)
    alternates.clip.set_media_references(references, active)
    records.write(alternates.clip, alternates.record)
    return placements


def _starts(alternates: Alternates) -> Any:
    """When a take's first frame is, in the clip's own time; None for one that cannot be active on the clip."""
    clip, record = alternates.clip, alternates.record
    origin = record.origin or Fraction(0)
    shown = clip.source_range or getattr(alternates.original, "available_range", None)

    def start(entry: Entry) -> Fraction | None:
        if record.clock != "media" or shown is None:
            return None
        begins = exact_seconds(shown.start_time)
        first = start_of(entry.record, origin)
        wanted = (begins, begins + exact_seconds(shown.duration))
        return first if covers(entry.record, first, wanted, source_frames=record.frames_on_clock) else None

    return start


def _reference(job: Job, alternates: Alternates, entry: Entry, start: Fraction) -> otio.core.MediaReference:
    available = getattr(alternates.original, "available_range", None)
    return take_reference(
        entry.record,
        start=start,
        rate=spelled_rate(entry.record.rate, available, alternates.clip.source_range),
        address=job.address(entry),
        name=entry.name,
        like=alternates.original,
    )


def _keep_length(alternates: Alternates) -> None:
    """A clip without a source range shows all of what is active: it is given the range that it showed so far."""
    clip = alternates.clip
    available = getattr(alternates.original, "available_range", None)
    if clip.source_range is None and available is not None:
        clip.source_range = otio.opentime.TimeRange(available.start_time, available.duration)
        alternates.record = alternates.record.model_copy(update={"range_added": True})


def _on_tracks(
    composed: Composed, alternates: Alternates, entries: Sequence[Entry], collected: Collected, places: Places
) -> list[Placement]:
    placements: list[Placement] = []
    if not entries:
        return placements
    place = places.shown(alternates.clip, rate=alternates.record.rate)
    for rank, entry in enumerate(entries):
        placement = place_take(
            alternates,
            entry,
            place,
            address=composed.job.address(entry),
            earlier=collected.on_tracks.get((id(alternates.clip), entry.id)),
            rank=rank,
        )
        if placement is None:
            composed.note(alternates, f"{entry.name} holds nothing of what the clip shows now, and is left out")
            continue
        if (place.before and not placement.before) or (place.after and not placement.after):
            composed.note(alternates, f"{entry.name} is too short for the transition beside it, and stands without it")
        placements.append(placement)
    return placements


def _sound(composed: Composed, alternates: Alternates, places: Places) -> None:
    plays = composed.job.sound == "take" or (composed.job.sound is None and not alternates.record.voice_in_cut)
    entries = list(alternates.entries)
    if "references" not in composed.styles:
        entries = [alternates.chosen] if plays and alternates.chosen else []
    if not entries:
        return
    for clip in add_to_sound(alternates, entries, places, plays=plays, address=composed.job.address):
        composed.note(
            alternates,
            f"the sound “{clip.name}” keeps its original: it is retimed, or reaches beyond what the take holds",
        )


def _strays(collected: Collected) -> list[Placement]:
    """Takes whose clip is gone stay where they were."""
    return [
        Placement(
            clip=item.clip.clone(),
            stack=item.place.stack,
            height=item.place.height,
            start=item.place.start,
            end=item.place.end,
            chosen=item.clip.enabled,
            rank=0,
        )
        for item in collected.strays
    ]


def _lay(composed: Composed, collected: Collected, placements: Sequence[Placement], *, top_down: bool) -> None:
    by_stack: dict[int, list[Placement]] = defaultdict(list)
    for item in placements:
        by_stack[id(item.stack)].append(item)
    rate = spelled_rate(composed.job.cut.rate, *_spellings(composed))
    for stack, items in by_stack.items():
        earlier = collected.tracks.get(stack, [])
        turned = top_down and stack == id(composed.timeline.tracks)
        bare = lay_tracks(items, rate=rate, for_=composed.job.for_, earlier=earlier[::-1] if turned else earlier)
        _note_bare(composed, bare)


def _note_bare(composed: Composed, bare: Sequence[Placement]) -> None:
    by_shot = {item.record.shot: item for item in composed.alternates}
    for placement in bare:
        alternates = by_shot.get(str(records.says(placement.clip, "shot")))
        if alternates is not None:
            title = composed.job.editor.title
            message = f"{placement.clip.name} stands without the transition beside it: {title} has none into nothing"
            composed.note(alternates, message)


def _spellings(composed: Composed) -> list[Any]:
    ranges = [item.clip.source_range for item in composed.alternates]
    return [composed.timeline.global_start_time, *(item.duration for item in ranges if item is not None)]


def _sign(composed: Composed, number: int | None) -> None:
    """Says on the timeline how it was written. A timeline without takes stays as it was."""
    timeline, cut = composed.timeline, composed.job.cut
    if not composed.alternates and number is None:
        return
    record = TimelineRecord(
        written_for=composed.job.for_,
        styles=composed.styles,
        sound=composed.job.sound,
        rate=cut.rate,
        drop_frame=cut.drop_frame,
        top_down=composed.job.editor.top_down,
        take_number=number,
        name=timeline.name if number is not None else None,
    )
    if number is not None:
        timeline.name = f"{timeline.name} take {number}".strip()
    records.write(timeline, record)
