"""The sample's cut: seven shots, their sound, a guide track, and marks of every kind in the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import opentimelineio as otio

from reperform.timing import parse_timecode

if TYPE_CHECKING:
    from make import Original

RATE = Fraction(24000, 1001)
START = "01:00:00:00"

CLIPS = (
    # clip, original, first frame, frames, mark (name, comment, first frame in the clip, frames) or None
    ("Mara asks", "A001C003.mov", 24, 60, ("RP: MARA", "angry", 30, 1)),
    (
        "Tom denies it",
        "B002C007.mov",
        18,
        72,
        ("RP: TOM", "sad, head, 0.8\nnote: he has read it  # and she knows", 10, 48),
    ),
    ("Mara turns", "A001C009.mov", 20, 60, ("RP: MARA", "surprised; region: face; takes: 2", 30, 1)),
    (
        "Tom explains",
        "B002C007.mov",
        96,
        66,
        ("reperform", "emotion: neutral\naudio: media/adr/tom_004.wav @ 0.5-2.5\nsync: cut_off\ncharacter: TOM", 8, 50),
    ),
    ("Mara has the letter", "A001C003.mov", 100, 60, ("dialogue", "happy, lips", 12, 36)),
    ("Tom listens", "B002C007.mov", 60, 36, ("VFX", "paint out the boom", 4, 1)),
    ("Mara decides", "A001C009.mov", 84, 48, None),
)
GUIDE = ("mara_guide.wav", 2, 6, 46)
"""File, the clip it lies under, the clip's frame it starts at, frames."""
DISSOLVE_FRAMES = 6
"""Each side of the cut between the fourth and the fifth shot."""


def timeline(originals: Sequence[Original]) -> otio.schema.Timeline:
    """The cut, with media addressed relative to its own folder."""
    by_file = {original.file: original for original in originals}
    picture = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    production = otio.schema.Track(name="Production", kind=otio.schema.TrackKind.Audio)
    for name, file, first, frames, mark in CLIPS:
        picture.append(_clip(name, by_file[file], first, frames, mark))
        production.append(_clip(name, by_file[file], first, frames, None))
    picture.insert(4, _dissolve())
    made = otio.schema.Timeline(name="The Letter", global_start_time=_time(parse_timecode(START, RATE)))
    made.tracks.extend([picture, production, _guide_track()])
    last = sum(clip[3] for clip in CLIPS[:-1])
    made.tracks.markers.append(
        _marker("RP: MARA", "disgusted, temperature: 0.6", parse_timecode(START, RATE) + last + 6, 30)
    )
    return made


def _clip(
    name: str, original: Original, first: int, frames: int, mark: tuple[str, str, int, int] | None
) -> otio.schema.Clip:
    start = parse_timecode(original.timecode, RATE)
    reference = otio.schema.ExternalReference(f"media/{original.file}", _range(start, original.frames))
    reference.name = original.file
    clip = otio.schema.Clip(name, reference, _range(start + first, frames))
    if mark:
        text_name, comment, offset, length = mark
        clip.markers.append(_marker(text_name, comment, start + first + offset, length))
    return clip


def _guide_track() -> otio.schema.Track:
    file, under, offset, frames = GUIDE
    before = sum(clip[3] for clip in CLIPS[:under]) + offset
    track = otio.schema.Track(name="ADR guide", kind=otio.schema.TrackKind.Audio)
    reference = otio.schema.ExternalReference(f"media/adr/{file}")
    reference.name = file
    track.append(otio.schema.Gap(source_range=_range(0, before)))
    track.append(otio.schema.Clip(Path(file).stem, reference, _range(0, frames)))
    return track


def _dissolve() -> otio.schema.Transition:
    half = _time(DISSOLVE_FRAMES)
    return otio.schema.Transition("Dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, half, half)


def _marker(name: str, comment: str, start: int, frames: int) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=name, marked_range=_range(start, frames), color=otio.schema.MarkerColor.PURPLE, comment=comment
    )


def _range(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start), _time(frames))


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(RATE))
