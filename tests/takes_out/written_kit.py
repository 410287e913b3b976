"""Small cuts whose takes are written, and what then stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio

from fake_takes import clip, cut_of, span, time, timeline_of, track
from reperform.model import Shot, Take
from reperform.timeline import records, takes
from reperform.timeline.cut import Cut
from reperform.timeline.takes import Written

__all__ = ["OUT", "TC", "again", "dissolve", "keys", "lanes", "one_clip", "two_in_a_dissolve", "with_sound", "written"]


OUT = Path("/project/cut_RP.otio")
TC = 86400 * 14


def one_clip() -> tuple[Cut, otio.schema.Clip]:
    """One clip of 48 frames, 100 frames into a file that starts at 14:00:00:00, with a gap of 24 before it."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    gap = otio.schema.Gap(source_range=span(0, 24))
    return cut_of(timeline_of(track(gap, made))), made


def written(
    cut: Cut,
    shots: list[Shot],
    made: dict[str, list[Take]],
    *,
    chosen: dict[str, str | None] | None = None,
    for_: str = "otio",
    styles: list[str] | None = None,
    sound: Any = None,
    out: Path = OUT,
) -> Written:
    return takes.write(
        cut, shots=shots, takes=made, chosen=chosen or {}, for_=for_, styles=styles, sound=sound, out=out
    )


def again(cut: Cut, timeline: otio.schema.Timeline) -> Cut:
    """The timeline as it is read after it was saved."""
    return cut_of(otio.schema.Timeline.from_json_string(timeline.to_json_string()), cut.media_folder)


def keys(found: otio.schema.Clip) -> list[str]:
    return sorted(found.media_references())


def lanes(timeline: otio.schema.Timeline) -> dict[str, list[str]]:
    """Every track of takes: what stands on it, a disabled item in brackets."""
    found = {}
    for item in timeline.tracks:
        if "takes" in records.ours(item):
            names = [_said(child) for child in item]
            found[f"{item.name}" if item.enabled else f"[{item.name}]"] = names
    return found


def _said(child: Any) -> str:
    if isinstance(child, otio.schema.Transition):
        return "dissolve"
    if isinstance(child, otio.schema.Gap):
        return f"gap {child.duration().value:g}"
    return child.name if child.enabled else f"[{child.name}]"


def dissolve() -> otio.schema.Transition:
    return otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(6), out_offset=time(6), metadata={"curve": "linear"}
    )


def two_in_a_dissolve() -> tuple[Cut, otio.schema.Clip, otio.schema.Clip]:
    first = clip("mara", TC + 100, 48, media=span(TC, 500))
    second = clip("tom", TC + 200, 48, media=span(TC, 500))
    return cut_of(timeline_of(track(first, dissolve(), second))), first, second


def with_sound(*, audio_frames: int = 48) -> tuple[Cut, otio.schema.Clip, otio.schema.Clip]:
    picture = clip("mara", TC + 100, 48, media=span(TC, 500))
    sound = clip("mara", TC + 100, audio_frames, media=span(TC, 500))
    return cut_of(timeline_of(track(picture), track(sound, kind="Audio"))), picture, sound
