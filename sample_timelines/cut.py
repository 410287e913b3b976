"""The sample's cut: nine shots, their sound, recorded lines, and marks of every kind in the grammar, wherever a mark may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import opentimelineio as otio

from reperform.timing import parse_timecode

if TYPE_CHECKING:
    from make import Original

RATE = Fraction(24000, 1001)
START = "01:00:00:00"
LINES_TIMECODE = "14:40:00:00"
"""Time of day at which the recorded lines begin."""
BOXES = "media/tom_boxes.json"
BOXED_FRAMES = 18


@dataclass(frozen=True)
class Mark:
    """A marker: its name and comment, where it begins in what it stands on, and how long it is."""

    name: str
    comment: str
    first: int
    frames: int = 1


@dataclass(frozen=True)
class Shot:
    """A clip of one camera original."""

    name: str
    file: str
    first: int
    """Frame of the original."""
    frames: int
    marks: tuple[Mark, ...] = ()
    on_sound: bool = False
    """The marks stand on the clip of its sound."""
    nested: bool = False
    """It stands with its sound in a stack of its own."""


SHOTS = (
    Shot("Mara asks", "A001C003.mov", 24, 60, (Mark("RP: MARA", "angry", 30),)),
    Shot(
        "Tom denies it",
        "B002C007.mov",
        18,
        72,
        (Mark("RP: TOM", "sad, head, 0.8\nnote: he has read it  # and she knows", 10, 48),),
    ),
    Shot("Mara turns", "A001C009.mov", 20, 60, (Mark("RP: MARA", "surprised; mode: face; takes: 2", 30),)),
    Shot(
        "Tom explains",
        "B002C007.mov",
        96,
        66,
        (
            Mark(
                "reperform",
                "emotion: neutral\naudio: media/adr/tom_004.wav @ 0.5-2.5\nsync: silence\ncharacter: TOM",
                8,
                50,
            ),
        ),
        on_sound=True,
    ),
    Shot("Mara has the letter", "A001C003.mov", 100, 60, (Mark("dialogue", "happy, lips\naudio: A3", 12, 36),)),
    Shot("Tom listens", "B002C007.mov", 60, 36, (Mark("VFX", "paint out the boom", 4),)),
    Shot("Mara decides", "A001C009.mov", 84, 72),
    Shot("Mara reads", "A001C003.mov", 168, 54),
    Shot(
        "Tom answers",
        "B002C007.mov",
        132,
        54,
        (
            Mark(
                "RP: TOM",
                "line: No, I never said that.\nvoice: tom-studio\nengine: sync; model: sync-3; speaker: 282 158\n"
                "consent: signed 2026-03-02",
                4,
                22,
            ),
            Mark(
                "RP: TOM",
                f"audio: media/adr/tom_004.wav @ 2.6-3.3; boxes: {BOXES}, occlusion: on, engine: sync, model: sync-3",
                30,
                BOXED_FRAMES,
            ),
        ),
        nested=True,
    ),
)
GUIDE = ("mara_guide.wav", "Mara turns", 6, 46)
"""On a track whose name says what it is. File, the clip it lies under, that clip's frame it starts at, frames."""
WILD = ("mara_012.wav", "Mara has the letter", 10, 40)
"""On a muted track that a mark names."""
READING = Mark("RP: MARA", "audio: media/adr/mara_012.wav @ 14:40:00:06-14:40:02:06; remap", 10)
"""On the picture track, over `Mara reads`."""
DECIDING = (
    Mark(
        "RP: MARA", "disgusted, region: lips, temperature: 0.6, cut_off, audio: media/adr/mara_012.wav @ 0.2-0.9", 4, 20
    ),
    Mark("happy; sync: loop; audio: media/adr/mara_012.wav @ 0.3-0.6", "", 28, 16),
    Mark("sad", "bounce\naudio: media/adr/mara_012.wav @ 1.2-1.5\ncharacter: MARA", 48, 16),
)
"""Over `Mara decides`: the first on the timeline, the others on a gap below it."""
DISSOLVES = ("Mara has the letter", "Mara reads")
"""They begin with one."""
DISSOLVE_FRAMES = 6
"""Each side of the cut."""


def timeline(originals: Sequence[Original]) -> otio.schema.Timeline:
    """The cut, with media addressed relative to its own folder."""
    by_file = {original.file: original for original in originals}
    picture = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    production = otio.schema.Track(name="Production", kind=otio.schema.TrackKind.Audio)
    for shot in SHOTS:
        if shot.name in DISSOLVES:
            picture.append(_dissolve())
        seen = _clip(shot, by_file[shot.file], marked=not shot.on_sound)
        heard = _clip(shot, by_file[shot.file], marked=shot.on_sound)
        picture.append(_nested(seen, heard) if shot.nested else seen)
        production.append(otio.schema.Gap(source_range=_range(0, shot.frames)) if shot.nested else heard)
    picture.markers.append(_marker(READING, _starts("Mara reads")))
    made = otio.schema.Timeline(name="The Letter", global_start_time=_time(parse_timecode(START, RATE)))
    made.tracks.extend([picture, production, _guide(), _wild()])
    made.tracks.markers.append(_marker(DECIDING[0], parse_timecode(START, RATE) + _starts("Mara decides")))
    return made


def _starts(name: str) -> int:
    """Frames of the cut before a shot."""
    names = [shot.name for shot in SHOTS]
    return sum(shot.frames for shot in SHOTS[: names.index(name)])


def _clip(shot: Shot, original: Original, *, marked: bool) -> otio.schema.Clip:
    start = parse_timecode(original.timecode, RATE)
    reference = otio.schema.ExternalReference(f"media/{original.file}", _range(start, original.frames))
    reference.name = original.file
    clip = otio.schema.Clip(shot.name, reference, _range(start + shot.first, shot.frames))
    for mark in shot.marks if marked else ():
        clip.markers.append(_marker(mark, start + shot.first))
    return clip


def _nested(seen: otio.schema.Clip, heard: otio.schema.Clip) -> otio.schema.Stack:
    """Picture and sound as an editor keeps a compound clip: tracks in a stack."""
    stack = otio.schema.Stack(name="Doorway")
    for name, kind, clip in (
        ("Doorway", otio.schema.TrackKind.Video, seen),
        ("Boom", otio.schema.TrackKind.Audio, heard),
    ):
        track = otio.schema.Track(name=name, kind=kind)
        track.append(clip)
        stack.append(track)
    return stack


def _guide() -> otio.schema.Track:
    """The guide clip, and after it a gap that carries two marks for the picture above it."""
    track = _recorded("ADR guide", GUIDE)
    begins = round(track.duration().value)
    gap = otio.schema.Gap(source_range=_range(0, _starts("Mara reads") - begins))
    for mark in DECIDING[1:]:
        gap.markers.append(_marker(mark, _starts("Mara decides") - begins))
    track.append(gap)
    return track


def _wild() -> otio.schema.Track:
    track = _recorded("Wild lines", WILD)
    track.enabled = False
    return track


def _recorded(name: str, line: tuple[str, str, int, int]) -> otio.schema.Track:
    """A track with one recorded line, which begins some frames into a shot."""
    file, under, offset, frames = line
    track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
    reference = otio.schema.ExternalReference(f"media/adr/{file}")
    reference.name = file
    track.append(otio.schema.Gap(source_range=_range(0, _starts(under) + offset)))
    track.append(otio.schema.Clip(Path(file).stem, reference, _range(0, frames)))
    return track


def _dissolve() -> otio.schema.Transition:
    half = _time(DISSOLVE_FRAMES)
    return otio.schema.Transition("Dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, half, half)


def _marker(mark: Mark, begins: int) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=mark.name,
        marked_range=_range(begins + mark.first, mark.frames),
        color=otio.schema.MarkerColor.PURPLE,
        comment=mark.comment,
    )


def _range(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start), _time(frames))


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(RATE))
