"""The takes that can be chosen in a timeline that we wrote, and whom the words of `select` name: shots, and takes of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline import records
from reperform.timeline.alternates import ORIGINAL
from reperform.timeline.recognising import file_name, takes_of
from reperform.timeline.records import ClipRecord, TakeRecord, TimelineRecord, TrackClipRecord
from reperform.timing import parse_timecode

__all__ = ["Choice", "ChoosableShot", "find_shots", "find_take", "shot_by_id", "shots_of", "take_by_id"]

_NUMBER = re.compile(r"\d+")
_FILE_NUMBER = re.compile(r"(?i)RP0*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One take that can be chosen."""

    key: str
    """`take_001`, `preview_001`."""
    file: str
    record: TakeRecord

    def __str__(self) -> str:
        return f"{self.key} ({self.file})"


@dataclass(frozen=True, kw_only=True)
class ChoosableShot:
    """A shot of which there are takes."""

    name: str
    record: ClipRecord
    choices: tuple[Choice, ...]


def shots_of(timeline: otio.schema.Timeline) -> list[ChoosableShot]:
    """Every shot of which the timeline says what it is, with or without takes, in its order."""
    clips = [clip for clip in timeline.tracks.find_clips() if records.says(clip, "shot") is not None]
    on_tracks: dict[str, list[Choice]] = defaultdict(list)
    for clip in clips:
        of_track = records.read(clip, TrackClipRecord)
        if of_track:
            on_tracks[of_track.shot] += _choices(clip, key=of_track.key)
    shots = []
    for clip in clips:
        record = records.read(clip, ClipRecord)
        if record:
            found = {choice.record.take: choice for choice in (*_choices(clip), *on_tracks[record.shot])}
            ordered = sorted(found.values(), key=lambda choice: (choice.record.preview, choice.key))
            shots.append(ChoosableShot(name=_name(clip), record=record, choices=tuple(ordered)))
    return shots


def _choices(clip: otio.schema.Clip, *, key: str | None = None) -> list[Choice]:
    return [
        Choice(key=key or own_key, file=file_name(reference), record=record)
        for own_key, reference in takes_of(clip).items()
        if (record := records.read(reference, TakeRecord))
    ]


def _name(clip: otio.schema.Clip) -> str:
    reference = clip.media_reference
    return str(clip.name or (reference.name if reference else "") or "unnamed clip")


def shot_by_id(shots: Mapping[str, ChoosableShot], shot: str) -> ChoosableShot:
    """Raises TimelineError where there is none of that id."""
    if shot in shots:
        return shots[shot]
    listed = _listed(map(_shot_line, shots.values()))
    raise TimelineError(f"“{shot}” is no shot in this timeline", fix=f"Name one of: {listed}.")


def take_by_id(shot: ChoosableShot, take: str) -> Choice | None:
    """A take by its id, or by any word of `select`; None for the original. Raises TimelineError where there is none."""
    if take == ORIGINAL:
        return None
    found = next((choice for choice in shot.choices if choice.record.take == take), None)
    return found or find_take(shot, take)


def find_shots(shots: Sequence[ChoosableShot], wanted: str, record: TimelineRecord) -> list[ChoosableShot]:
    """One shot; or those that have takes in a range, of a character, or all.

    Raises:
        TimelineError: there is none, or no telling which is meant.

    """
    text = wanted.strip()
    first, dash, last = text.partition("-")
    start, end = _frame(first.strip(), record), _frame(last.strip(), record)
    if dash and start is not None and end is not None:
        found = [shot for shot in shots if _shows_between(shot, start, end, record)]
    elif text.lower() == "all":
        found = list(shots)
    elif any(text.lower() == shot.name.lower() for shot in shots):
        found = []
    else:
        found = [shot for shot in shots if text in _characters(shot)]
    found = [shot for shot in found if shot.choices]
    return found or [_find_shot(shots, wanted, record)]


def _characters(shot: ChoosableShot) -> set[str]:
    cues = (cue for choice in shot.choices for cue in choice.record.cues)
    return {str(name) for cue in cues if (name := cue.get("character"))}


def _shows_between(shot: ChoosableShot, start: int, end: int, record: TimelineRecord) -> bool:
    first, last = _frame(shot.record.record_in, record), _frame(shot.record.record_out, record)
    return first is not None and last is not None and first < end and start < last


def _find_shot(shots: Sequence[ChoosableShot], wanted: str, record: TimelineRecord) -> ChoosableShot:
    text = wanted.strip()
    frame = _frame(text, record)
    found = [shot for shot in shots if text.lower() == shot.record.shot.lower()]
    found = found or [shot for shot in shots if frame is not None and _shows(shot, frame, record)]
    found = found or [shot for shot in shots if text.lower() == shot.name.lower()]
    if len(found) == 1:
        return found[0]
    said = f"“{wanted}” is {'more than one shot' if found else 'no shot'} in this timeline"
    raise TimelineError(said, fix=f"Name one of: {_listed(_shot_line(shot) for shot in found or shots)}.")


def _frame(text: str, record: TimelineRecord) -> int | None:
    try:
        return parse_timecode(text, record.rate, drop_frame=record.drop_frame)
    except ValueError:
        return None


def _shows(shot: ChoosableShot, frame: int, record: TimelineRecord) -> bool:
    first, end = _frame(shot.record.record_in, record), _frame(shot.record.record_out, record)
    return first is not None and end is not None and first <= frame < end


def _shot_line(shot: ChoosableShot) -> str:
    return f"{shot.record.shot} ({shot.name})"


def find_take(shot: ChoosableShot, wanted: str) -> Choice:
    """By number, key, file or id. Raises TimelineError where there is none, or no telling which."""
    text = wanted.strip()
    found = _matching(shot.choices, text)
    if len(found) == 1:
        return found[0]
    if found:
        fix = f"Name one of: {_listed(str(choice) for choice in found)}."
        raise TimelineError(f"“{wanted}” could mean more than one take of {_shot_line(shot)}", fix=fix)
    listed = _listed([*(str(choice) for choice in shot.choices), ORIGINAL])
    raise TimelineError(f"{_shot_line(shot)} has no take “{wanted}”", fix=f"Name one of: {listed}.")


def _matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """A bare number is the key's, or the file's: where these are two takes, both."""
    if _NUMBER.fullmatch(text):
        number = int(text)
        by_key = [choice for choice in choices if choice.key == f"take_{number:03}"]
        by_file = [choice for choice in choices if choice.record.number == number]
        return [choice for choice in choices if choice in by_key or choice in by_file]
    in_file = _FILE_NUMBER.fullmatch(text)
    if in_file:
        return [choice for choice in choices if choice.record.number == int(in_file[1])]
    names = [choice for choice in choices if text in (choice.key, choice.file, choice.record.take)]
    return names or [choice for choice in choices if text.lower() == Path(choice.file).stem.lower()]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
