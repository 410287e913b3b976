"""Shots over burned test media, as a plan would hold them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reperform.direction import Direction
from reperform.media.probing import probe
from reperform.model import Cost, Cue, Job, JobPart, RecordRange, Shot, ShotMedia, SoundSource, Voice
from reperform.timing import FrameRange, sample_at


def cue(frames: FrameRange, voices: Sequence[Voice] = (), *, name: str = "cue") -> Cue:
    return Cue(
        id=name,
        marker="angry",
        record_in="01:00:00:00",
        in_frame=frames.start,
        frames=frames.frames,
        direction=Direction(emotion="angry"),
        voices=tuple(voices),
    )


def file_voice(path: Path, start: int, end: int, *, rate: int = 48000, **fields: Any) -> Voice:
    return Voice(
        kind=fields.pop("kind", "file"),
        path=path,
        stream=0,
        sample_rate=rate,
        start_sample=start,
        end_sample=end,
        **fields,
    )


def shot(path: Path, visible: FrameRange, cues: Sequence[Cue], **fields: Any) -> Shot:
    """The shot of `visible` frames of a movie; its own sound is the movie's, unless `own_sound` says otherwise."""
    source = fields.pop("source", None) or probe(path)
    own = tuple(
        SoundSource(
            path=path,
            stream=stream.index,
            sample_rate=stream.rate,
            at_sample=sample_at(visible.start, source.rate, stream.rate) - stream.start_sample,
        )
        for stream in source.audio
    )
    return Shot(
        id="V1@01:00:00:00",
        clip="clip",
        track="V1",
        index=0,
        address=(0, 0),
        clock=fields.pop("clock", "media"),
        record=RecordRange(in_="01:00:00:00", out="01:00:10:00", in_frame=0, frames=visible.frames),
        media=ShotMedia(
            path=path,
            rate=fields.pop("rate", source.rate),
            start=None,
            in_frame=visible.start,
            frames=visible.frames,
            head=0,
            tail=0,
            map=fields.pop("map", None),
        ),
        source=source,
        own_sound=fields.pop("own_sound", own),
        cues=tuple(cues),
        **fields,
    )


def own_voice(of: Shot, frames: FrameRange) -> Voice:
    """The shot's own sound under some of its frames, as a cue without another voice has it."""
    sound = of.own_sound[0]
    first = sample_at(of.media.in_frame, of.media.rate, sound.sample_rate)
    start, end = (sample_at(at, of.media.rate, sound.sample_rate) - first for at in (frames.start, frames.end))
    return Voice(
        kind="own",
        path=sound.path,
        stream=sound.stream,
        sample_rate=sound.sample_rate,
        start_sample=sound.at_sample + start,
        end_sample=sound.at_sample + end,
    )


def job(of: Shot, frames: FrameRange, parts: Sequence[tuple[Cue, FrameRange]] | None = None) -> Job:
    parts = parts if parts is not None else [(each, each.range) for each in of.cues]
    return Job(
        id="job",
        engine="preview",
        model="preview",
        cues=tuple(each.id for each, _ in parts),
        in_frame=frames.start,
        frames=frames.frames,
        seconds=float(frames.frames / of.media.rate),
        request={},
        cost=Cost(amount=None),
        parts=tuple(JobPart(cue=each.id, in_frame=part.start, frames=part.frames) for each, part in parts),
    )
