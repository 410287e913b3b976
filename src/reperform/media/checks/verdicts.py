"""Measurements against their thresholds: passed, a remark, or failed; with the place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reperform.model import Check, Shot, Thresholds
from reperform.model.thresholds import Judged
from reperform.timing import drop_frame_allowed, exact_rate, floor_frame, format_timecode, parse_timecode

__all__ = ["Verdicts", "record_timecode"]

_PREVIEW = " (of a preview: not judged)"


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """The verdicts on the takes of one shot."""

    shot: Shot
    thresholds: Thresholds
    preview: bool = False
    """Its label is meant to stand out, and its sound is a guide: there are no remarks on it."""

    def verdict(
        self, judged: Judged, name: str, detail: str, *, good: bool, frame: int | None = None, fix: str = ""
    ) -> Check:
        """The check `name`; `frame`, on the shot's clock, and `fix` are said where it is not good."""
        failing = judged in self.thresholds.failing
        if good:
            return Check(name=name, passed=True, detail=detail)
        if self.preview and not failing:
            return Check(name=name, passed=True, detail=f"{detail}{_PREVIEW}")
        return Check(
            name=name,
            passed=not failing,
            noticed=not failing,
            detail=detail,
            frame=frame,
            timecode=None if frame is None else record_timecode(self.shot, frame),
            fix=fix or None,
        )


def record_timecode(shot: Shot, frame: int) -> str:
    """Record timecode of a frame of the shot's clock."""
    record, media = shot.record, shot.media
    # A shot does not name the timeline's rate: it is the one at which both are equally long.
    rate = exact_rate(media.rate * Fraction(record.frames, media.frames)) if media.frames else media.rate
    drop = ";" in record.in_ and drop_frame_allowed(rate)
    later = floor_frame((frame - media.in_frame) / media.rate, rate)
    return format_timecode(parse_timecode(record.in_, rate) + later, rate, drop_frame=drop)
