"""What an engine returned, measured against what was sent: count, rate, shape, sound; black and frozen by `result_pictures`.

How far count, rate, shape and length may be off is no setting: what is further off cannot be laid on the original at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reperform.errors import ReperformError
from reperform.media import frames as media_frames
from reperform.media import originals
from reperform.media.aligning import LARGEST_DIFFERENCE, Alignment, Thumbnails, by_picture, by_time
from reperform.media.opening import opened, reading
from reperform.media.probing import probe
from reperform.media.raster import shown_raster
from reperform.media.result_pictures import Beside
from reperform.media.thumbnails import Seen, look_at, thumbnails
from reperform.model import Check, Job, Shot, Source, Thresholds
from reperform.timing import Rate, seconds_at

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["check_result"]

_ASPECT = Fraction(2, 100)
"""Part by which the shape of the picture may differ: even rasters round."""
_RATE = Fraction(1, 5000)
"""Closer rates are one: MP4 clocks round. 24 and 24000/1001 are five times as far apart."""
_SILENT = 1e-4
_SOUND_SLACK = Fraction(1, 10)
"""Seconds by which returned sound may differ: coders add padding."""


@dataclass(frozen=True)
class _Expected:
    pictures: Thumbnails
    rate: Rate
    shape: Fraction
    """Width by height, as shown."""
    silent: bool


def check_result(
    returned: Path,
    *,
    sent: Path | None,
    job: Job,
    source: Source,
    shot: Shot | None = None,
    thresholds: Thresholds | None = None,
) -> Alignment:
    """Whether `returned` can stand for the frames of `job`, and which of its frames stands for which.

    `sent` is the movie that was sent, or None: the original's frames, as `shot` shows them (None: on the source's clock).
    Up to two frames too few or too many are aligned
    by picture; what is missing must lie outside the job's parts. Another rate is aligned by time. `thresholds` (None: the
    defaults) say what is black and frozen.

    Raises:
        MediaError: what was sent, or the original, cannot be read.

    """
    expected = _expected(sent, job, source, shot)
    try:
        seen = look_at(returned)
        facts = probe(returned)
    except ReperformError as error:
        return _failed("decodes", error.message)
    if not len(seen.pictures):
        return _failed("decodes", f"{returned.name} holds no picture")
    checks = [Check(name="decodes", passed=True, detail=f"all {len(seen.pictures)} frames")]
    inside = _inside(job)
    aligned, warnings, more = _aligned(expected, seen, facts, job, inside)
    beside = Beside(sent=expected.pictures, returned=seen.pictures, frames=aligned, inside=inside, rate=expected.rate)
    checks += [*more, _raster(expected, seen), *beside.checks(thresholds or Thresholds())]
    checks.append(_sound(returned, facts, expected, job))
    return Alignment(frames=aligned, checks=tuple(checks), warnings=tuple(warnings))


def _failed(name: str, detail: str) -> Alignment:
    return Alignment(frames=(), checks=(Check(name=name, passed=False, detail=detail),))


def _expected(sent: Path | None, job: Job, source: Source, shot: Shot | None) -> _Expected:
    if sent is not None and sent.is_file():
        seen = look_at(sent)
        return _Expected(seen.pictures, probe(sent).rate, Fraction(seen.width, seen.height), silent=False)
    if shot is None:
        pictures = thumbnails(media_frames.shown(source, job.range))
    else:
        numbers = map(originals.source_frames(shot), range(job.range.start, job.range.end))
        pictures = thumbnails(media_frames.shown(shot.source, list(numbers)))
    rate = source.rate if shot is None else shot.media.rate
    return _Expected(pictures, rate, Fraction(*shown_raster(source)), silent=False)


def _inside(job: Job) -> frozenset[int]:
    """The frames of the job, from 0, that lie in a cue."""
    return frozenset(frame - job.in_frame for part in job.parts for frame in range(part.range.start, part.range.end))


def _aligned(
    expected: _Expected, seen: Seen, facts: Source, job: Job, inside: frozenset[int]
) -> tuple[tuple[int | None, ...], list[str], list[Check]]:
    rate = _rate_of(seen, facts)
    if abs(rate - expected.rate) / expected.rate > _RATE:
        return _by_time(expected, seen, rate, job, inside)
    checks = [Check(name="rate", passed=True, detail=f"{expected.rate} frames a second")]
    count, wanted = len(seen.pictures), job.frames
    detail = f"{count} frames, {wanted} sent"
    if abs(count - wanted) > LARGEST_DIFFERENCE:
        checks.append(Check(name="frame count", passed=False, detail=f"{detail}: more than {LARGEST_DIFFERENCE} off"))
        return (), [], checks
    frames = by_picture(expected.pictures, seen.pictures, in_cue=inside.__contains__)
    lacking = sorted(frame for frame in inside if frames[frame] is None)
    warnings = [] if frames == tuple(range(wanted)) else [_what_was_aligned(count, wanted, frames)]
    if lacking:
        detail += f": {len(lacking)} missing inside the cue, from frame {lacking[0]} of the job on"
    elif warnings:
        detail += f": {warnings[0]}"
    checks.append(Check(name="frame count", passed=not lacking, detail=detail))
    return frames, warnings, checks


def _what_was_aligned(count: int, wanted: int, frames: Sequence[int | None]) -> str:
    missing = [number for number, frame in enumerate(frames) if frame is None]
    if count == wanted:
        shift = next(frame - number for number, frame in enumerate(frames) if frame is not None)
        return f"the picture came back {abs(shift)} frame{'s' * (abs(shift) > 1)} {'late' if shift > 0 else 'early'} and was put right"
    if count > wanted:
        return f"{count - wanted} too many; aligned by picture"
    places = ", ".join(str(number) for number in missing)
    return f"{wanted - count} too few; aligned by picture, frame {places} of the job filled from the original"


def _by_time(
    expected: _Expected, seen: Seen, rate: Rate, job: Job, inside: frozenset[int]
) -> tuple[tuple[int | None, ...], list[str], list[Check]]:
    frames = by_time(seen.times, rate=expected.rate, frames=job.frames)
    uneven = [
        number
        for number in sorted(inside)
        if frames[number] is None or (number - 1 in inside and not _one_after(frames[number - 1], frames[number]))
    ]
    said = f"{rate} frames a second instead of {expected.rate}"
    if uneven:
        said += f": {len(uneven)} frames inside the cue repeat, skip or are missing, the first is frame {uneven[0]} of the job"
    else:
        said += "; each frame takes the nearest in time"
    count = f"{len(seen.pictures)} frames, {job.frames} sent; taken by time"
    checks = [
        Check(name="rate", passed=not uneven, detail=said),
        Check(name="frame count", passed=all(frames[number] is not None for number in inside), detail=count),
    ]
    return frames, [said], checks


def _one_after(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after - before == 1


def _rate_of(seen: Seen, facts: Source) -> Rate:
    """As probed; of uneven pictures as many a second as are shown."""
    if facts.variable and len(seen.times) > 1 and seen.times[-1]:
        return (len(seen.times) - 1) / seen.times[-1]
    return facts.rate


def _raster(expected: _Expected, seen: Seen) -> Check:
    shape = Fraction(seen.width, seen.height)
    off = abs(shape - expected.shape) / expected.shape
    detail = f"{seen.width}×{seen.height}, {float(shape):.3f}:1; sent {float(expected.shape):.3f}:1"
    return Check(name="raster", passed=off <= _ASPECT, detail=detail)


def _sound(returned: Path, facts: Source, expected: _Expected, job: Job) -> Check:
    wanted = seconds_at(job.frames, expected.rate)
    if not facts.audio:
        return Check(name="sound", passed=False, detail="there is none")
    try:
        length, peak = _measured_sound(returned, facts.audio[0].index)
    except ReperformError as error:
        return Check(name="sound", passed=False, detail=error.message)
    slack = _SOUND_SLACK + LARGEST_DIFFERENCE / expected.rate
    fits = abs(length - wanted) <= slack
    heard = "silent" if peak < _SILENT else f"peak {20 * np.log10(peak):.1f} dBFS"
    detail = f"{float(length):.3f} s, {heard}; picture {float(wanted):.3f} s"
    return Check(name="sound", passed=fits, detail=detail)


def _measured_sound(path: Path, index: int) -> tuple[Fraction, float]:
    """Seconds, and the loudest sample of full scale 1."""
    samples, peak, rate = 0, 0.0, 48000
    with opened(path) as container, reading(path):
        for frame in container.decode(_sound_stream(container, index)):
            values = frame.to_ndarray()
            full = 1.0 if values.dtype.kind == "f" else 2.0 ** (8 * values.dtype.itemsize - 1)
            peak = max(peak, float(np.abs(values.astype(np.float64)).max(initial=0.0)) / full)
            samples, rate = samples + frame.samples, frame.sample_rate
    return Fraction(samples, rate), peak


def _sound_stream(container: InputContainer, index: int) -> AudioStream:
    return next(stream for stream in container.streams.audio if stream.index == index)
