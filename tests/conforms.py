"""Shots, jobs and returned media for the tests of conforming; what is returned carries other numbers than the original."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg

import burned
from reperform.media.probing import probe
from reperform.media.splicing import Splice
from reperform.media.take_sound import TakeSound, TakeTrack
from reperform.model import Cost, Job, JobPart, RecordRange, Shot, ShotMedia, Source
from reperform.timing import FrameRange

RETURNED = 1000
"""Frame k of returned media stands for frame k of the original and carries this number plus k."""


def shot_of(source: Source, visible: FrameRange, *, head: int = 12, tail: int = 12) -> Shot:
    """A shot without cues: conforming is told the ranges."""
    record = RecordRange(in_="01:00:00:00", out="01:00:10:00", in_frame=0, frames=visible.frames)
    media = ShotMedia(
        path=source.path,
        rate=source.rate,
        start=None,
        in_frame=visible.start,
        frames=visible.frames,
        head=min(head, visible.start),
        tail=min(tail, source.frames - visible.end),
    )
    place = {"id": "V1@01:00:00:00", "clip": "burned", "track": "V1", "index": 0, "address": (0, 0)}
    return Shot.model_validate({**place, "record": record, "media": media, "source": source, "cues": ()})


def job_of(sent: FrameRange, cues: Sequence[FrameRange], rate: Fraction) -> Job:
    """A job for these cues."""
    parts = tuple(JobPart(cue=f"cue {n}", in_frame=cue.start, frames=cue.frames) for n, cue in enumerate(cues))
    names = tuple(part.cue for part in parts)
    wire = {"id": "job", "engine": "preview", "model": "preview", "request": {}, "cost": Cost(amount=0.0)}
    seconds = float(sent.frames / rate)
    return Job.model_validate(
        {**wire, "cues": names, "in_frame": sent.start, "frames": sent.frames, "seconds": seconds, "parts": parts}
    )


def return_for(folder: Path, sent: FrameRange, rate: Fraction, **more: object) -> Path:
    """What an engine returns for these frames: H.264 with numbers of its own."""
    options = {"channels": 1, "codec": "h264", "first": RETURNED + sent.start, **more}
    return burned.make_movie(folder / f"returned_{sent.start}.mp4", rate=rate, frames=sent.frames, **options)  # type: ignore[arg-type]  # passed through


def splice_of(cue: FrameRange, sent: FrameRange, returned: Path) -> Splice:
    """One to one."""
    return Splice(cue=cue, returned=returned, returned_range=sent, name="cue")


def sound_of(shot: Shot) -> tuple[TakeTrack, ...]:
    """The original's own sound."""
    return TakeSound(shot, shot.media.with_handles, []).tracks


def packets(path: Path) -> list[bytes]:
    """The coded pictures of a file, in order."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]


def frame_hashes(path: Path, chosen: Iterable[int]) -> list[str]:
    """FFmpeg's framehash of chosen frames, decoded."""
    select = "+".join(f"eq(n\\,{number})" for number in chosen)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-map", "0:v:0"]
    command += ["-vf", f"select={select}", "-fps_mode", "passthrough", "-f", "framehash", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.rsplit(",", 1)[1].strip() for line in text.splitlines() if not line.startswith("#")]


def expected_numbers(take: FrameRange, cue: FrameRange) -> list[int]:
    """What the frames of a take that was cut without a seam carry."""
    return [frame + RETURNED if frame in cue else frame for frame in range(take.start, take.end)]


def source_at(path: Path) -> Source:
    """As probed."""
    return probe(path)
