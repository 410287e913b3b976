"""What an editor does to a cut: each edit changes the one track of picture of a timeline, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reattaching.recut_kit import FRAMES, RATE
from whole import cut_kit as cut

__all__ = [
    "clips",
    "delete",
    "duplicate",
    "move",
    "nest",
    "relink",
    "retime",
    "slide",
    "slip",
    "split",
    "start_at",
    "trim",
    "unnest",
]

Timeline = Any
"""OTIO ships no types."""


def clips(made: Timeline) -> list[tuple[Any, int]]:
    """Every clip of the picture with the track that it stands in, and its position there; nested ones as well."""
    found = []
    for track in [made.tracks[0], *(item[0] for item in made.tracks[0] if isinstance(item, otio.schema.Stack))]:
        found += [(track, number) for number, item in enumerate(track) if isinstance(item, otio.schema.Clip)]
    return found


def items(made: Timeline) -> Any:
    """What stands on the track of picture."""
    return made.tracks[0]


def trim(made: Timeline, number: int, head: int, tail: int, *, ripple: bool = True) -> bool:
    """Takes frames off both ends, or with negative numbers uncovers some; without a ripple gaps take their place."""
    track, position = _pick(made, number)
    clip = track[position]
    start, length = _range(clip)
    if not _fits(clip, start + head, length - head - tail):
        return False
    if not ripple and (head < 0 or tail < 0):
        return False
    _set(clip, start + head, length - head - tail)
    if not ripple:
        if tail:
            track.insert(position + 1, cut.gap(tail, RATE))
        if head:
            track.insert(position, cut.gap(head, RATE))
    return True


def slip(made: Timeline, number: int, by: int) -> bool:
    """Shows other frames of the media in the same place."""
    track, position = _pick(made, number)
    start, length = _range(track[position])
    if not _fits(track[position], start + by, length):
        return False
    _set(track[position], start + by, length)
    return True


def slide(made: Timeline, number: int, by: int) -> bool:
    """Moves a clip between its neighbours: what one gives the other takes."""
    track, position = _pick(made, number)
    if not 0 < position < len(track) - 1:
        return False
    before, after = track[position - 1], track[position + 1]
    (b_start, b_length), (a_start, a_length) = _range(before), _range(after)
    fits = _fits(before, b_start, b_length + by) and _fits(after, a_start + by, a_length - by)
    if fits:
        _set(before, b_start, b_length + by)
        _set(after, a_start + (0 if isinstance(after, otio.schema.Gap) else by), a_length - by)
    return fits


def split(made: Timeline, number: int, at: int) -> bool:
    """A cut in the middle of a clip."""
    track, position = _pick(made, number)
    start, length = _range(track[position])
    if not 0 < at < length or len(track[position].effects):
        return False
    later = track[position].clone()
    _set(track[position], start, at)
    _set(later, start + at, length - at)
    track.insert(position + 1, later)
    return True


def move(made: Timeline, source: int, target: int) -> bool:
    """Lifts a clip, or a nested one, out and puts it elsewhere."""
    track = items(made)
    item = track.pop(source % len(track))
    track.insert(target % (len(track) + 1), item)
    return True


def duplicate(made: Timeline, source: int, target: int) -> bool:
    """The same once more elsewhere."""
    track = items(made)
    if len(track) > 14:
        return False
    track.insert(target % (len(track) + 1), track[source % len(track)].clone())
    return True


def delete(made: Timeline, number: int) -> bool:
    """Takes a clip out."""
    track = items(made)
    if len(track) < 3:
        return False
    del track[number % len(track)]
    return True


def retime(made: Timeline, number: int, speed: float) -> bool:
    """At another speed, as long as before; 1 takes the retime off."""
    track, position = _pick(made, number)
    clip = track[position]
    effects = [effect.clone() for effect in clip.effects]
    del clip.effects[:]
    if speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    if not _fits(clip, *_range(clip)):
        del clip.effects[:]
        clip.effects.extend(effects)
        return False
    return True


def nest(made: Timeline, number: int, head: int = 0, tail: int = 0) -> bool:
    """A clip becomes a compound, of which `head` and `tail` frames are not shown."""
    track = items(made)
    position = number % len(track)
    clip = track[position]
    if not isinstance(clip, otio.schema.Clip) or _range(clip)[1] <= head + tail:
        return False
    length = _range(clip)[1]
    inside = cut.track(clip.clone())
    track[position] = otio.schema.Stack(children=[inside], source_range=cut.span(head, length - head - tail, RATE))
    return True


def unnest(made: Timeline, number: int) -> bool:
    """A compound becomes what is in it."""
    track = items(made)
    stacks = [position for position, item in enumerate(track) if isinstance(item, otio.schema.Stack)]
    if not stacks:
        return False
    position = stacks[number % len(stacks)]
    inside = [item.clone() for item in track[position][0]]
    del track[position]
    for item in reversed(inside):
        track.insert(position, item)
    return True


def relink(made: Timeline, number: int) -> bool:
    """A copy of the media, called otherwise, in another folder."""
    track, position = _pick(made, number)
    clip = track[position]
    reference = clip.media_reference
    old = Path(reference.target_url)
    if old.parent.name == "takes":
        return False
    folder = old.parent / "copied" if old.parent.name != "copied" else old.parent.parent
    name = f"{old.name.partition('.')[0].partition('_')[0]}{'_online' if folder.name == 'copied' else ''}.mov"
    folder.mkdir(exist_ok=True)
    if not (folder / name).exists():
        shutil.copyfile(old, folder / name)
    reference.target_url, reference.name = str(folder / name), name
    return True


def start_at(made: Timeline, frame: int) -> bool:
    """The timeline begins at another timecode."""
    made.global_start_time = cut.time(frame, RATE)
    return True


def _pick(made: Timeline, number: int) -> tuple[Any, int]:
    found = clips(made)
    return found[number % len(found)]


def _range(item: Any) -> tuple[int, int]:
    found = item.source_range
    return round(found.start_time.value), round(found.duration.value)


def _set(item: Any, start: int, length: int) -> None:
    item.source_range = cut.span(start, length, RATE)


def _fits(item: Any, start: int, length: int) -> bool:
    """Whether there are so many frames, and media for them."""
    if length < 1:
        return False
    if not isinstance(item, otio.schema.Clip):
        return isinstance(item, otio.schema.Gap)
    first = start - round(item.media_reference.available_range.start_time.value)
    speed = abs(item.effects[0].time_scalar) if len(item.effects) else 1
    return bool(first >= 0 and first + length * speed <= FRAMES)
