"""Two files of the same pictures: whether they count alike and look alike, and which frame of one is which of the other."""

from __future__ import annotations

from fractions import Fraction

from reperform.errors import MediaRefused
from reperform.media.raster import shown_raster
from reperform.model import Source
from reperform.timing import FrameRange, Rate, format_timecode, nominal_rate, parse_timecode

__all__ = ["frames_later", "refuse_missing", "refuse_other_rate", "refuse_other_shape"]

_ROUNDING = 2
"""Pixels by which a smaller raster differs from the exact one: it is made whole and even."""


def refuse_other_rate(offline: Source, online: Source) -> None:
    """Raises MediaRefused for another frame rate: there a frame is not the same moment."""
    if online.rate != offline.rate:
        raise MediaRefused(
            f"it runs at {_rate(online.rate)} frames a second, and the offline media at {_rate(offline.rate)}"
        )


def frames_later(offline: Source, online: Source) -> int:
    """The frame of the online file that stands at the timecode of the offline's first frame, counted from its own first.

    Where neither has a timecode, they are the same only if they are of the same length: frame n is frame n.

    Raises:
        MediaRefused: their timecodes do not count alike, or one of them has none.

    """
    if offline.start_frame is None or online.start_frame is None:
        return _without_timecode(offline, online)
    if offline.drop_frame != online.drop_frame:
        kinds = [f"{'' if source.drop_frame else 'non-'}drop-frame" for source in (online, offline)]
        raise MediaRefused(f"its timecode counts {kinds[0]}, and that of the offline media {kinds[1]}")
    day = _day(offline.rate, drop_frame=offline.drop_frame)
    # Timecode begins anew at midnight: a handle may lie in the day before.
    return (offline.start_frame - online.start_frame + day // 2) % day - day // 2


def refuse_missing(needed: FrameRange, offline: Source, online: Source) -> None:
    """Raises MediaRefused where `needed`, frames of the offline media, are not all in the online file: which are missing."""
    there = online.range.shifted(-frames_later(offline, online))
    if there.contains(needed):
        return
    overlap = there.intersection(needed)
    if not overlap.frames:
        raise MediaRefused(f"it holds {_spoken(there, offline)}, and the cut shows {_spoken(needed, offline)}")
    head, tail = FrameRange.between(needed.start, overlap.start), FrameRange.between(overlap.end, needed.end)
    missing = " and ".join(_spoken(part, offline) for part in (head, tail) if part.frames)
    raise MediaRefused(f"{head.frames + tail.frames} frames that the cut shows are missing in it: {missing}")


def refuse_other_shape(offline: Source, online: Source) -> None:
    """Raises MediaRefused where the picture as it is seen has another shape: one of the two has bars, or is cropped.

    Nothing is said of media whose raster is not known (it is offline).
    """
    if not (offline.width and offline.height):
        return
    one, other = shown_raster(offline), shown_raster(online)
    if abs(Fraction(*one) / Fraction(*other) - 1) <= Fraction(_ROUNDING, min(*one, *other)):
        return
    raise MediaRefused(
        f"its picture is {_shape(other)}, and that of the offline media {_shape(one)}: with bars, a letterbox or a crop, what was"
        " performed would come to the wrong place"
    )


def _without_timecode(offline: Source, online: Source) -> int:
    if offline.start_frame is not None:
        raise MediaRefused("it has no timecode, and the offline media has")
    if online.start_frame:
        raise MediaRefused("it has timecode, and the offline media has none")
    if offline.frames != online.frames:
        raise MediaRefused(
            f"neither it nor the offline media has timecode, and it is {online.frames} frames long and not {offline.frames}"
        )
    return 0


def _day(rate: Rate, *, drop_frame: bool) -> int:
    """Frames from one midnight to the next."""
    last = f"23:59:59:{nominal_rate(rate) - 1:02}"
    return parse_timecode(last, rate, drop_frame=drop_frame) + 1


def _spoken(frames: FrameRange, source: Source) -> str:
    first = source.start_frame or 0
    start, end = (
        format_timecode(first + at, source.rate, drop_frame=source.drop_frame) for at in (frames.start, frames.end)
    )
    return f"{start} to {end}"


def _shape(raster: tuple[int, int]) -> str:
    return f"{raster[0]}×{raster[1]} as it is seen, {float(Fraction(*raster)):.3f}:1"


def _rate(rate: Rate) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
