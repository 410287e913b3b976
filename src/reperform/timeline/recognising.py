"""What in a timeline is ours: takes among references, tracks of takes; and the cut without them."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from reperform.model import Take
from reperform.timeline import records
from reperform.timeline.image_names import PICTURES, numbered

__all__ = [
    "TAKE_SOUND",
    "address_in",
    "file_name",
    "is_take",
    "is_take_clip",
    "is_take_track",
    "names_of",
    "original_of",
    "point_at",
    "strip_clip",
    "strip_take_tracks",
    "strip_takes",
    "strip_timeline",
    "take_name",
    "takes_of",
]

_TRACK_NAME = re.compile(r"Takes \d+")
_DEFAULT = "DEFAULT_MEDIA"
TAKE_SOUND = ".wav"
"""After the name of a take that is an image sequence: its sound, beside its folder."""


def file_name(reference: Any) -> str:
    """The name of the file that a reference points at, without its folders; empty where it points at none."""
    url = str(getattr(reference, "target_url", "") or "").replace("\\", "/")
    return PurePosixPath(unquote(url)).name if url else ""


def address_in(reference: Any) -> str:
    """Where a reference points: at a file, or at the folder of an image sequence; empty where it points at nothing."""
    folder = str(getattr(reference, "target_url_base", "") or "")
    return folder.rstrip("/\\") if folder else str(getattr(reference, "target_url", "") or "")


def point_at(reference: Any, address: str) -> None:
    """Has a reference point there: at a file, or at the folder of its pictures."""
    if getattr(reference, "target_url_base", None) is not None:
        reference.target_url_base = address.rstrip("/") + "/"
    else:
        reference.target_url = address


def take_name(reference: Any) -> str:
    """What a take would be called that a reference points at: its file's name; of numbered pictures what stands before the number."""
    prefix = getattr(reference, "name_prefix", None)
    if prefix is not None:
        return str(prefix).rstrip(" ._-")
    name = file_name(reference)
    if name[name.rfind(".") :].lower() not in PICTURES:
        return name
    # As it is written: `%04d` is no letter of a URL's.
    run = numbered(str(reference.target_url))
    return run.decoded().prefix.rstrip(" ._-") if run is not None else name


def names_of(take: Take) -> tuple[str, ...]:
    """All that `take_name` may give for a reference to this take: that of its pictures, and of the sound beside them."""
    name = Path(take.path).name
    return (name,) if take.sequence is None else (name, name + TAKE_SOUND)


def is_take(reference: Any, *, names: Collection[str] = ()) -> bool:
    """Whether a media reference is a take of ours: it says so, or its file has one of the `names` (editors drop metadata)."""
    if reference is None:
        return False
    return records.says(reference, "take") is not None or (bool(names) and take_name(reference) in names)


def takes_of(clip: otio.schema.Clip, *, names: Collection[str] = ()) -> dict[str, Any]:
    """The takes among a clip's media references, by their keys."""
    return {key: item for key, item in clip.media_references().items() if is_take(item, names=names)}


def original_of(clip: otio.schema.Clip, *, names: Collection[str] = ()) -> tuple[str, Any] | None:
    """Key and reference of the clip's original: the recorded one, else the active one, else the first that is no take.

    None where all its references are takes (an editor kept only the active one), or it has none.
    """
    references = clip.media_references()
    recorded = str(records.says(clip, "original") or "")
    for key in (recorded, clip.active_media_reference_key, _DEFAULT, *references):
        if key in references and not is_take(references[key], names=names):
            return key, references[key]
    return None


def is_take_clip(clip: otio.schema.Clip, *, names: Collection[str] = ()) -> bool:
    """Whether a clip is a take itself, as on a track of takes: there is no original in it."""
    return bool(takes_of(clip, names=names)) and original_of(clip, names=names) is None


def is_take_track(track: Any, *, names: Collection[str] = ()) -> bool:
    """Whether a track is one of ours: it says so, or is called `Takes 1` … and shows a take."""
    if not isinstance(track, otio.schema.Track) or track.kind != otio.schema.TrackKind.Video:
        return False
    if records.says(track, "takes") is not None:
        return True
    if not _TRACK_NAME.fullmatch(track.name or ""):
        return False
    return any(_is_ours(child, names) for child in track)


def strip_takes(timeline: otio.schema.Timeline, *, names: Collection[str] = ()) -> otio.schema.Timeline:
    """A copy of the timeline without our additions: what the editor cut."""
    bare = timeline.clone()
    strip_take_tracks(bare.tracks, names=names)
    for clip in bare.tracks.find_clips():
        strip_clip(clip, names=names)
    strip_timeline(bare)
    return bare


def strip_clip(clip: otio.schema.Clip, *, names: Collection[str] = ()) -> None:
    """Takes the takes off a clip, in place. A clip that holds nothing but takes is left as it is."""
    takes = takes_of(clip, names=names)
    if takes:
        original = original_of(clip, names=names)
        if original is None:
            return
        kept = {key: item for key, item in clip.media_references().items() if key not in takes}
        active = clip.active_media_reference_key
        clip.set_media_references(kept, active if active in kept else original[0])
    if records.says(clip, "range_added"):
        clip.source_range = None
    records.erase(clip)


def strip_take_tracks(stack: otio.schema.Stack, *, names: Collection[str] = ()) -> list[otio.schema.Track]:
    """Takes our tracks out of a stack and out of all that is nested in it, in place; what was taken out.

    A clip that someone else put on a track of ours stays where it was, on what is left of that track.
    """
    removed: list[otio.schema.Track] = []
    for parent in (stack, *stack.find_children(descended_from_type=otio.schema.Stack)):
        if not isinstance(parent, otio.schema.Stack):
            continue
        for index in range(len(parent) - 1, -1, -1):
            track = parent[index]
            if not is_take_track(track, names=names):
                continue
            if all(_is_filler(child) or _is_ours(child, names) for child in track):
                removed.insert(0, track)
                del parent[index]
            else:
                _empty_of_takes(track, names)
    return removed


def _is_filler(child: Any) -> bool:
    return isinstance(child, otio.schema.Gap | otio.schema.Transition)


def _is_ours(child: Any, names: Collection[str]) -> bool:
    return isinstance(child, otio.schema.Clip) and is_take_clip(child, names=names)


def _empty_of_takes(track: otio.schema.Track, names: Collection[str]) -> None:
    for index in range(len(track) - 1, -1, -1):
        child = track[index]
        if _is_ours(child, names):
            duration = child.trimmed_range().duration
            zero = otio.opentime.RationalTime(0, duration.rate)
            track[index] = otio.schema.Gap(source_range=otio.opentime.TimeRange(zero, duration))
    for index in range(len(track) - 1, -1, -1):
        sides = [track[side] for side in (index - 1, index + 1) if 0 <= side < len(track)]
        if isinstance(track[index], otio.schema.Transition) and not any(
            isinstance(side, otio.schema.Clip) for side in sides
        ):
            del track[index]
    records.erase(track)


def strip_timeline(timeline: otio.schema.Timeline) -> None:
    """Takes our record off the timeline itself, in place."""
    record = records.read(timeline, records.TimelineRecord)
    if record and record.name is not None:
        timeline.name = record.name
    records.erase(timeline)
