"""The clock of a file's picture: its exact rate, or that it has none, and where it starts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import MediaError
from reperform.media.opening import fraction, opened
from reperform.timing import Rate, exact_rate

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["Clock", "clock_of", "decode_in_threads", "file_zero", "first_pictures", "picture_stream"]

_UNEVEN = 0.25
"""A picture further than this part of a frame from its place on an even clock makes the file variable."""
_USUAL_RATES = (
    *(Fraction(n) for n in (8, 10, 12, 15, 24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 144, 240)),
    *(Fraction(n, 1001) for n in (24000, 30000, 48000, 60000, 120000, 240000)),
)
_PACKETS_BEFORE_A_PICTURE = 300
_IN_SLICES = ("prores", "dnxhd")
_CHECK = "Check that the file plays; if not, copy or transcode it again."


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The file's picture: its first video stream that is no cover art. None for sound only."""
    return next((stream for stream in container.streams.video if not _is_cover(stream)), None)


def decode_in_threads(stream: VideoStream) -> None:
    """On all cores; where pictures are coded in slices one at a time: threads that each hold a picture fill the memory."""
    stream.thread_type = "SLICE" if stream.codec_context.name in _IN_SLICES else "AUTO"


def first_pictures(container: InputContainer, stream: VideoStream) -> tuple[list[VideoFrame], int]:
    """The first pictures that decode, in order, and how many coded before them cannot (the start of an open group).

    Raises:
        MediaError: none decodes.

    """
    import av

    seen: list[int] = []
    for count, packet in enumerate(container.demux(stream)):
        if packet.pts is not None and not packet.is_discard:
            seen.append(packet.pts)
        try:
            pictures = packet.decode()
        except av.InvalidDataError:
            pictures = []
        if pictures:
            first = pictures[0].pts
            lost = sum(1 for pts in seen if first is not None and pts < first)
            return pictures, lost
        if count > _PACKETS_BEFORE_A_PICTURE:
            break
    raise MediaError("there is no picture in it that can be decoded", fix=_CHECK)


@dataclass(frozen=True)
class Clock:
    """How frame numbers and the file's own time belong together."""

    rate: Rate
    frames: int
    variable: bool
    zero: Fraction
    """Seconds, on the file's own time, at which frame 0 starts."""


def clock_of(
    path: Path, container: InputContainer, stream: VideoStream, first: VideoFrame, *, lost: int, rate: Rate | None
) -> Clock:
    """The clock of `stream`, whose first picture is `first`, after `lost` that do not decode; `rate` if it has none."""
    base = fraction(stream.time_base) or Fraction(1, 1000)
    # AVI keeps no times of showing: what FFmpeg makes up for it starts late.
    start = first.pts * base if first.pts is not None and container.format.name != "avi" else Fraction(0)
    if container.format.name.startswith("mxf"):
        known = _snapped(fraction(stream.guessed_rate) or fraction(stream.average_rate) or Fraction(25))
        return Clock(known, _frames_by_duration(stream, base, known), False, start)
    decoded = _indexed(container, stream)
    constant = _even_rate(stream, decoded, base)
    if constant is not None:
        return Clock(constant, len(decoded) - lost, False, start)
    # Decoding times may be uneven, or unknown, where the pictures are not: look at when they are shown.
    shown, end = _shown(path)
    constant = _even_rate(stream, shown, base)
    if constant is not None:
        return Clock(constant, len(shown) - lost, False, start)
    clock, zero = rate or _nominal(stream, shown, base), file_zero(container)
    frames = math.floor((end * base - zero) * clock + Fraction(1, 2))
    return Clock(clock, max(1, frames), True, zero)


def file_zero(container: InputContainer) -> Fraction:
    """Seconds, on the file's own time, that a variable-rate file's clock counts from: its start, not its first picture."""
    if container.format.name == "mpegts" and container.start_time is not None:
        return Fraction(container.start_time, 1_000_000)
    return Fraction(0)


def _indexed(container: InputContainer, stream: VideoStream) -> list[int]:
    """When every picture is decoded, in order, by the file's index; empty where that does not hold them all."""
    entries = getattr(stream, "index_entries", None) or ()
    # Matroska indexes its keyframes only, and what is written in fragments has no index.
    if "matroska" in container.format.name or not 0 < stream.frames <= len(entries):
        return []
    return sorted(entry.timestamp for entry in entries if not entry.is_discard)


def _shown(path: Path) -> tuple[list[int], int]:
    """When every picture is shown, in order, and when the last one has been; of files that only say when they are
    decoded, that."""
    shown: list[tuple[int | None, int]] = []
    decoded: list[tuple[int | None, int]] = []
    with opened(path) as container:
        for packet in container.demux(picture_stream(container)):
            if packet.size and not packet.is_discard:
                shown.append((packet.pts, packet.duration or 0))
                decoded.append((packet.dts, packet.duration or 0))
    spans = shown if any(time is not None for time, _ in shown) else decoded
    known = sorted((time, duration) for time, duration in spans if time is not None)
    ticks = [time for time, _ in known]
    return ticks, known[-1][0] + (known[-1][1] or _usual_step(ticks)) if known else 0


def _even_rate(stream: VideoStream, ticks: Sequence[int], base: Fraction) -> Rate | None:
    """The rate at which every picture is in its place; None where there is none."""
    if not ticks:
        return None
    measured = Fraction(len(ticks) - 1) / ((ticks[-1] - ticks[0]) * base) if ticks[-1] > ticks[0] else None
    stated = [fraction(stream.average_rate), fraction(stream.guessed_rate), fraction(stream.base_rate)]
    candidates = [_snapped(rate) for rate in (*stated, measured) if rate]
    return next((rate for rate in dict.fromkeys(candidates) if _fits(ticks, base, rate)), None)


def _fits(ticks: Sequence[int], base: Fraction, rate: Rate) -> bool:
    per_tick = float(base * rate)
    first = ticks[0]
    return all(abs((tick - first) * per_tick - number) <= _UNEVEN for number, tick in enumerate(ticks))


def _nominal(stream: VideoStream, ticks: Sequence[int], base: Fraction) -> Rate:
    """The usual rate that the file was meant to have: as FFmpeg sees it, else that of most of its steps."""
    guessed = fraction(stream.guessed_rate)
    if guessed and _snapped(guessed) in _USUAL_RATES:
        return _snapped(guessed)
    step = _usual_step(ticks)
    usual = 1 / (step * base) if step else Fraction(30)
    return min(_USUAL_RATES, key=lambda rate: abs(rate - usual))


def _usual_step(ticks: Sequence[int]) -> int:
    return statistics.median_low([after - before for before, after in pairwise(ticks)] or [0])


def _frames_by_duration(stream: VideoStream, base: Fraction, rate: Rate) -> int:
    if stream.frames:
        return int(stream.frames)
    return max(1, round((stream.duration or 0) * base * rate))


def _snapped(rate: Fraction) -> Rate:
    """The rate that is meant: files write 2997/100 and 19001/792 for what is 30000/1001 and 24000/1001."""
    return exact_rate(float(rate))


def _is_cover(stream: VideoStream) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)
