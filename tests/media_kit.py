"""Shots and jobs over a piece of media, without a timeline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reperform.model import Cost, Job, RecordRange, Shot, ShotMedia, Source
from reperform.timing import FrameRange, sample_at


def shot_over(source: Source, *, mapped: tuple[int, ...] | None = None) -> Shot:
    """The whole of a source as a shot; `mapped` makes it a retimed one, on the record's clock, from record frame 100."""
    frames, first = (len(mapped), 100) if mapped else (source.frames, 0)
    media = ShotMedia(
        path=source.path, rate=source.rate, start=None, in_frame=first, frames=frames, head=0, tail=0, map=mapped
    )
    record = RecordRange(in_="01:00:00:00", out="01:00:01:00", in_frame=0, frames=frames)
    return Shot(
        id="V1@01:00:00:00", clip="A001", track="V1", index=0, address=(0, 0), clock="record" if mapped else "media",
        record=record, media=media, source=source, cues=(),
    )  # fmt: skip


def job_of(shot: Shot, wanted: FrameRange, *, results: int = 1) -> Job:
    """A job that sends these frames of the shot."""
    seconds = float(wanted.frames / shot.media.rate)
    return Job(
        id="job", engine="preview", model="preview", cues=(), in_frame=wanted.start, frames=wanted.frames,
        seconds=seconds, request={}, cost=Cost(amount=0), parts=(), results=results,
    )  # fmt: skip


def tone(shot: Shot, job: Job) -> NDArray[np.float32]:
    """A 440 Hz tone of the job's length, one channel."""
    samples = sample_at(job.range.end, shot.media.rate, 48000) - sample_at(job.in_frame, shot.media.rate, 48000)
    return (0.25 * np.sin(2 * np.pi * 440 * np.arange(samples) / 48000)).astype(np.float32)[:, np.newaxis]
