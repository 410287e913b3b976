"""Shots and takes without media: what planning and performing would hand to the writing of a timeline."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.direction import Direction
from reperform.model import Check, Cost, Cue, RecordRange, Shot, ShotMedia, Source, Take, TakeCue
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.dialects import OtioDialect
from reperform.timeline.index import build
from reperform.timeline.recognising import original_of
from reperform.timing import FrameRange, exact_rate, exact_seconds, floor_frame, format_timecode

HOUR = 3600


def time(value: float, rate: float = 24.0) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(value, rate)


def span(start: float, duration: float, rate: float = 24.0) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(start, rate), time(duration, rate))


def clip(
    name: str,
    start: float,
    duration: float,
    *,
    rate: float = 24.0,
    media: otio.opentime.TimeRange | None = None,
    url: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> otio.schema.Clip:
    """A clip of `/media/NAME.mov`; `media` is its available range."""
    reference = otio.schema.ExternalReference(target_url=url or f"/media/{name}.mov", available_range=media)
    reference.name = f"{name}.mov"
    return otio.schema.Clip(
        name=name, media_reference=reference, source_range=span(start, duration, rate), metadata=metadata or {}
    )


def cut_of(timeline: otio.schema.Timeline, folder: Path = Path("/project")) -> Cut:
    """A cut in memory, as reading gives it."""
    start = timeline.global_start_time
    rate = exact_rate(start.rate) if start is not None else Fraction(24)
    return Cut(
        path=folder / "cut.otio",
        sha256=hashlib.sha256(timeline.to_json_string().encode()).hexdigest(),
        timeline=timeline,
        dialect=OtioDialect(),
        rate=rate,
        start_frame=floor_frame(exact_seconds(start), rate) if start is not None else 0,
        media_folder=folder,
        name=timeline.name,
    )


def timeline_of(*tracks: otio.schema.Track, name: str = "Reel 1", rate: float = 24.0) -> otio.schema.Timeline:
    """A timeline that starts at one hour."""
    timeline = otio.schema.Timeline(name=name, global_start_time=time(HOUR * round(rate), rate))
    timeline.tracks.extend(list(tracks))
    return timeline


def track(*children: Any, kind: str = "Video", name: str = "") -> otio.schema.Track:
    made = otio.schema.Track(name=name, kind=kind)
    made.extend(list(children))
    return made


def shot_of(
    cut: Cut,
    wanted: otio.schema.Clip,
    *,
    media_start: int | None = None,
    media_frames: int = 500,
    rate: Fraction | None = None,
    linked: tuple[otio.schema.Clip, ...] = (),
    voice_in_cut: bool = True,
    retimed: bool = False,
    in_frame: int | None = None,
) -> Shot:
    """The shot of a clip in the cut. `media_start` is the timecode of its file's first frame, in frames; None for none."""
    index = build(cut)
    placed = next(item for item in index.clips if item.clip is wanted)
    rate = rate or cut.rate
    zero = (media_start or 0) / rate
    first = floor_frame(placed.source_start - zero, rate) if in_frame is None else in_frame
    frames = placed.record.frames if rate == cut.rate else round((placed.source_end - placed.source_start) * rate)
    found = original_of(wanted)
    path = Path(str(getattr(found[1] if found else None, "target_url", "") or f"/media/{wanted.name}.mov"))
    start = cut.timecode(placed.record.start)
    source = Source(
        path=path, kind="movie", rate=rate, frames=media_frames, start_frame=media_start, width=1920, height=1080
    )
    visible = FrameRange(placed.record.start, placed.record.frames) if retimed else FrameRange(first, frames)
    handles = FrameRange(0, media_frames).intersection(visible.grown(12, 12))
    head, tail = (0, 0) if retimed else (visible.start - handles.start, handles.end - visible.end)
    return Shot(
        id=f"{placed.track.label}@{start}",
        clip=placed.name,
        track=placed.track.label,
        index=placed.index,
        address=placed.address,
        clock="record" if retimed else "media",
        record=RecordRange(
            in_=start,
            out=cut.timecode(placed.record.end),
            in_frame=placed.record.start,
            frames=placed.record.frames,
        ),
        media=ShotMedia(
            path=path,
            rate=cut.rate if retimed else rate,
            start=None if media_start is None else format_timecode(media_start + visible.start, rate),
            in_frame=visible.start,
            frames=visible.frames,
            head=head,
            tail=tail,
            map=tuple(range(visible.frames)) if retimed else None,
        ),
        source=source,
        linked_audio=tuple(_address(index.clips, item) for item in linked),
        voice_in_cut=voice_in_cut,
        cues=(Cue(id="c1", marker="angry", record_in=start, in_frame=visible.start, frames=1, direction=_ANGRY),),
    )


_ANGRY = Direction(emotion="angry", temperature=0.8)


def _address(clips: tuple[PlacedClip, ...], wanted: otio.schema.Clip) -> tuple[int, ...]:
    return next(item.address for item in clips if item.clip is wanted)


def take_of(
    shot: Shot, number: int, *, preview: bool = False, passed: bool = True, folder: Path = Path("/project/takes")
) -> Take:
    """Take `number` of a shot, with all its handles."""
    covered = shot.media.with_handles
    start = shot.source.start_frame
    if shot.clock == "record":
        start = HOUR * 24
    suffix = "_PREVIEW" if preview else ""
    return Take(
        id=f"{shot.id}/{number}",
        number=number,
        path=folder / f"{shot.clip} {shot.track.replace('/', '-')}_{covered.start}_RP{number:03}{suffix}.mov",
        preview=preview,
        shot_id=shot.id,
        engine="preview" if preview else "sync",
        model="react-1",
        rate=shot.media.rate,
        in_frame=covered.start,
        frames=covered.frames,
        start_frame=(start or 0) + covered.start,
        cues=(
            TakeCue(
                id="c1",
                key="k" * 64,
                in_frame=shot.media.in_frame,
                frames=1,
                direction=_ANGRY,
                character="MARA",
                marker="angry",
                result_id="r1",
            ),
        ),
        cost=Cost(amount=0.125, unit="second", basis="one second"),
        checks=(Check(name="frame count", passed=passed, detail="as sent"),),
        source_identity="f" * 64,
        source_name=shot.source.path.name,
        made_at=f"2026-01-01T00:00:{number:02}Z",
        consent=("MARA: signed",),
    )
