"""Putting a take of every shot into view, in a timeline in memory: active references, and the tracks of takes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

import opentimelineio as otio

from reperform.timeline import records
from reperform.timeline.recognising import original_of, takes_of
from reperform.timeline.records import ClipRecord, Record, SoundRecord, TimelineRecord, TrackClipRecord

__all__ = ["activate", "asked_for", "pick"]

ORIGINAL, NEWEST = "original", "newest"

_KEY = re.compile(r"(take|preview)_\d{3,}")


def asked_for(word: str) -> str:
    """`original`, `newest`, or a take's key; a number means that take. Raises ValueError for anything else."""
    text = word.strip().lower()
    if text in (ORIGINAL, NEWEST) or _KEY.fullmatch(text):
        return text
    if text.isdigit() and int(text):
        return f"take_{int(text):03}"
    raise ValueError(f"“{word}” is no take: ask for original, newest, a number, or a key such as take_002")


def pick(root: Any, word: str) -> None:
    """Shows the asked take of every shot of a timeline, or of whatever else holds clips, in place.

    A shot with fewer takes shows its last; one without any stays. Raises ValueError for a word that means no take.
    """
    wanted = asked_for(word)
    if not hasattr(root, "find_clips"):
        return
    ours = [clip for clip in root.find_clips() if records.says(clip, "version") is not None]
    pictures = _with(ours, ClipRecord)
    on_tracks = _with(ours, TrackClipRecord)
    keys: dict[str, set[str]] = defaultdict(set)
    for _, of_track in on_tracks:
        keys[of_track.shot].add(of_track.key)
    for clip, shot in pictures:
        keys[shot.shot].update(takes_of(clip))
        activate(clip, wanted)
    for clip, of_track in on_tracks:
        _show_on_track(clip, shown=of_track.key == _key(keys[of_track.shot], wanted))
    follows = _sound_follows(root, [shot for _, shot in pictures])
    for clip, sound in _with(ours, SoundRecord):
        if sound.picture in follows:
            activate(clip, wanted)


_Record = TypeVar("_Record", bound=Record)


def _with(clips: Iterable[Any], kind: type[_Record]) -> list[tuple[Any, _Record]]:
    """The clips that carry a record of this kind, with it."""
    return [(clip, record) for clip in clips if (record := records.read(clip, kind)) is not None]


def activate(clip: otio.schema.Clip, wanted: str) -> Any:
    """Makes the asked take the clip's active media; its reference. None where the clip has no takes, or only takes."""
    takes, original = takes_of(clip), original_of(clip)
    if not takes or original is None:
        return None
    key = _key(takes, wanted) or original[0]
    clip.active_media_reference_key = key
    return clip.media_reference


def _key(keys: Iterable[str], wanted: str) -> str | None:
    """The key among these that is meant: the asked one, else the last there is. None for the original.

    The newest is the last performed one; a preview only where nothing was performed.
    """
    if wanted == ORIGINAL:
        return None
    there = sorted(keys, key=lambda key: (len(key), key))
    if wanted in there:
        return wanted
    best = [key for key in there if key.startswith("take_")] or there
    return best[-1] if best else None


def _show_on_track(clip: otio.schema.Clip, *, shown: bool) -> None:
    clip.enabled = shown
    track = clip.parent()
    if shown and isinstance(track, otio.schema.Track):
        track.enabled = True


def _sound_follows(root: Any, shots: Iterable[ClipRecord]) -> set[str]:
    """The shots whose sound goes with the picture's choice, as `run` wrote them."""
    timeline = records.read(root, TimelineRecord) if hasattr(root, "metadata") else None
    sound = timeline.sound if timeline else None
    return {record.shot for record in shots if sound == "take" or (sound is None and not record.voice_in_cut)}
