"""AAF, as Media Composer imports it, through OpenTimelineIO's adapter, and corrected: takes as tracks, media linked by their paths.

Adapter 2.0.0 writes no markers, retimes or effects, nothing as disabled, and marks all timecode at a fractional rate as
drop-frame; constant speeds are put in afterwards. A medium's id is made from its path, so that the same file is the same
master clip in every export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import opentimelineio as otio

from reperform.model import Problem
from reperform.timeline import records
from reperform.timeline.cut import Cut
from reperform.timeline.exporting.aaf_file import Labels, correct
from reperform.timeline.exporting.aaf_speed import is_carried
from reperform.timeline.exporting.adapting import file_by
from reperform.timeline.exporting.facts import Exported, Facts, lost
from reperform.timeline.exporting.preparing import each_track, hole, names_of_effects, settle_ranges
from reperform.timeline.exporting.retiming import AT_OWN_SPEED, Retimes
from reperform.timeline.exporting.trimming import trim_compounds
from reperform.timeline.recognising import file_name
from reperform.timeline.records import TakeRecord

__all__ = ["aaf"]

_DISSOLVES = {
    otio.schema.TrackKind.Video: ("0c3bea40-fc05-11d2-8a29-0050040ef7d2", "Video Dissolve", 2),
    otio.schema.TrackKind.Audio: ("0c3bea44-fc05-11d2-8a29-0050040ef7d2", "Mono Audio Dissolve", 2),
}
"""AAF Edit Protocol: the operation's id, its name, and how many inputs it has."""

_CATEGORY = "OperationCategory_Effect"
_WRITER = 1
"""Counts up where the same timeline becomes another file."""


def aaf(timeline: otio.schema.Timeline, facts: Facts) -> Exported:
    """The timeline as one composition.

    Raises:
        TimelineError: the adapter is not installed, or cannot write this timeline.

    """
    cut = facts.of(timeline.clone())
    retimes = Retimes(cut)
    notes = _prepare(cut, retimes)
    digest = hashlib.sha256(f"{_WRITER}{cut.timeline.to_json_string(indent=0)}".encode()).hexdigest()
    cut.timeline.metadata["AAF"] = {"UserComments": {"reperform": digest}}
    content = file_by(
        "AAF",
        cut.timeline,
        extra="aaf",
        title="AAF",
        then=lambda path: correct(path, _labels(cut), cut.timeline, retimes),
        use_empty_mob_ids=True,
    )
    return Exported(content=content, notes=tuple(dict.fromkeys(notes)), sign=digest.encode("utf-16-le"))


def _prepare(cut: Cut, retimes: Retimes) -> list[Problem]:
    timeline = cut.timeline
    notes = []
    markers = len(timeline.tracks.markers) + sum(len(getattr(item, "markers", ())) for item in timeline.find_children())
    if markers:
        notes.append(lost(f"{markers} markers are not in the AAF: the adapter writes none"))
    timeline.name = timeline.name or cut.path.stem
    settle_ranges(cut, media_rates=False)
    trim_compounds(timeline, retimes, cut.rate)
    notes += [lost("the sound inside it is not in the AAF", clip=stack.name or None) for stack in _silenced(timeline)]
    for track in list(each_track(timeline.tracks)):
        notes += _prepare_track(track, retimes)
    for number in range(len(timeline.tracks) - 1, -1, -1):
        if not timeline.tracks[number].find_clips():
            del timeline.tracks[number]
    return notes


def _silenced(timeline: otio.schema.Timeline) -> list[Any]:
    """Takes sound out of what is nested on picture tracks, in place: the adapter would write it as a layer of picture."""
    found = []
    for stack in timeline.tracks.find_children(descended_from_type=otio.schema.Stack):
        sounds = [
            number for number, child in enumerate(stack) if getattr(child, "kind", "") == otio.schema.TrackKind.Audio
        ]
        on = stack.parent()
        if sounds and getattr(on, "kind", "") == otio.schema.TrackKind.Video and len(sounds) < len(stack):
            found.append(stack)
            for number in reversed(sounds):
                del stack[number]
    return found


def _prepare_track(track: Any, retimes: Retimes) -> list[Problem]:
    notes = []
    for number, child in enumerate(list(track)):
        if isinstance(child, otio.schema.Transition):
            _prepare_dissolve(child, track)
            continue
        why = _why_not(child, track)
        if why:
            track[number] = hole(child)
            notes.append(
                lost(f"filler stands in its place in the AAF: {why}", track=track.name, clip=child.name or None)
            )
            continue
        notes += _losses(child, track, retimes)
        if isinstance(child, otio.schema.Clip):
            _prepare_clip(child)
    return notes


def _losses(item: Any, track: Any, retimes: Retimes) -> list[Problem]:
    notes = []
    names = names_of_effects(item)
    if names:
        notes.append(f"its effects are not in the AAF: {', '.join(names)}")
    known = retimes.of(item)
    if known is not None and not (isinstance(item, otio.schema.Clip) and is_carried(known[0], track)):
        notes.append(f"its retime is not in the AAF: {known[0].how}. {AT_OWN_SPEED}")
    return [lost(said, track=track.name, clip=item.name or None) for said in notes]


def _why_not(item: Any, track: Any) -> str | None:
    if isinstance(item, otio.schema.Gap):
        return None
    if not isinstance(item, otio.schema.Clip):
        return None if item.enabled else "it is disabled, which the adapter cannot write"
    reference = item.media_reference
    if records.says(track, "takes") is None and not (item.enabled and track.enabled):
        return "it is disabled, which the adapter cannot write"
    if isinstance(reference, otio.schema.GeneratorReference | otio.schema.ImageSequenceReference):
        return "its media is not a file"
    return None


def _prepare_clip(clip: Any) -> None:
    """In Media Composer a clip is called as its master clip: by its file."""
    reference = clip.media_reference
    clip.name = file_name(reference) or reference.name or clip.name or "clip"
    key = str(getattr(reference, "target_url", "") or clip.name)
    clip.metadata["AAF"] = {**_own(clip), "MobID": _mob_id(key)}
    clip.set_media_references({"DEFAULT_MEDIA": reference.clone()}, "DEFAULT_MEDIA")


def _own(clip: Any) -> dict[str, Any]:
    """What the clip's AAF said of it, but which medium that was."""
    found = records.plain(clip.metadata.get("AAF", {}))
    return {key: value for key, value in found.items() if key not in ("MobID", "SourceID")}


def _mob_id(key: str) -> str:
    """An id of the form that SMPTE ST 330 gives to material, the same for the same medium."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    material = f"{digest[:8]}.{digest[8:12]}4{digest[13:16]}.a{digest[17:20]}{digest[20:24]}.{digest[24:32]}"
    return f"urn:smpte:umid:060a2b34.01010105.01010f10.13000000.{material}"


def _prepare_dissolve(transition: Any, track: Any) -> None:
    """The words with which the adapter writes a dissolve."""
    number, name, inputs = _DISSOLVES.get(track.kind, _DISSOLVES[otio.schema.TrackKind.Video])
    transition.transition_type = otio.schema.TransitionTypes.SMPTE_Dissolve
    operation = {
        "Identification": number,
        "Name": name,
        "Description": name,
        "IsTimeWarp": False,
        "Bypass": 0,
        "NumberInputs": inputs,
        "OperationCategory": _CATEGORY,
        "DataDefinition": {"Name": "Picture" if track.kind == otio.schema.TrackKind.Video else "Sound"},
    }
    transition.metadata["AAF"] = {
        "PointList": [{"Time": "0", "Value": "0"}, {"Time": "1", "Value": "1"}],
        "OperationGroup": {"Operation": operation},
        "CutPoint": int(transition.in_offset.value),
    }


def _labels(cut: Cut) -> Labels:
    takes = [take for reference in _references(cut) if (take := records.read(reference, TakeRecord))]
    names = [reference.name for reference in _references(cut) if records.read(reference, TakeRecord)]
    return Labels(
        drop_frame=cut.drop_frame,
        rate=cut.rate,
        drops={name: take.drop_frame for name, take in zip(names, takes, strict=True)},
        reels={name: take.reel for name, take in zip(names, takes, strict=True) if take.reel},
    )


def _references(cut: Cut) -> Iterator[Any]:
    for clip in cut.timeline.tracks.find_clips():
        yield from clip.media_references().values()
