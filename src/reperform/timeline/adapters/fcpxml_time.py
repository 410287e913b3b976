"""FCPXML's times: exact seconds, frame rates by their frame's length, and the curve of a retimed clip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reperform.errors import TimelineError
from reperform.timeline.adapters.xml_tree import Element
from reperform.timing import Rate, exact_rate

__all__ = ["TimeMap", "named_rate", "seconds", "spoken_rate"]

_TIME = re.compile(r"\s*(-?\d{1,18})(?:/(\d{1,12}))?s?\s*")
_DECIMAL = re.compile(r"\s*-?\d{1,12}\.\d{1,12}s?\s*")
_FORMAT_NAME = re.compile(r"FFVideoFormat\w*?[\dKx]([pi])(\d{2,5})$")
_NAMED = {
    "2398": Rate(24000, 1001),
    "2997": Rate(30000, 1001),
    "4795": Rate(48000, 1001),
    "5994": Rate(60000, 1001),
}


def seconds(text: str | None, default: Fraction | None = None) -> Fraction:
    """A time such as `1001/30000s`, exactly; `default` where there is none.

    Raises:
        TimelineError: it is no time.

    """
    if text is None and default is not None:
        return default
    match = _TIME.fullmatch(text or "")
    if match and (match[2] is None or int(match[2])):
        return Fraction(int(match[1]), int(match[2] or 1))
    if text and _DECIMAL.fullmatch(text):
        return Fraction(text.strip().rstrip("s"))
    raise TimelineError(f"“{text}” is not a time as FCPXML writes it", fix="Export the timeline again.")


def named_rate(name: str) -> Rate | None:
    """The frame rate in a format's name, such as `FFVideoFormat1080p2398`; of an interlaced one its frames, not fields."""
    match = _FORMAT_NAME.search(name)
    if match is None:
        return None
    rate = _NAMED.get(match[2]) or Rate(int(match[2]))
    return rate / 2 if match[1] == "i" else rate


def spoken_rate(text: str | None) -> Rate | None:
    """What `conform-rate` calls a rate, as 23.98."""
    try:
        return exact_rate(float(text)) if text else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class TimeMap:
    """Which time of its media a clip shows at a time of its own: straight between points."""

    points: tuple[tuple[Fraction, Fraction], ...]
    """Own time and the media's, at least two, in order."""
    smooth: tuple[bool, ...]
    """Of each point, whether the speed changes gradually around it."""

    @classmethod
    def of(cls, element: Element) -> TimeMap | None:
        """The curve of a `timeMap`; None where it has not two points in order."""
        found = element.findall("timept")
        points = tuple((seconds(point.get("time")), seconds(point.get("value"))) for point in found)
        if len(points) < 2 or any(before[0] >= after[0] for before, after in pairwise(points)):
            return None
        return cls(points, tuple(point.get("interp", "smooth2") != "linear" for point in found))

    def between(self, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction, Fraction] | None:
        """Speed, and the media's times at both ends, where the speed is constant from `start` to `end`; else None.

        A smooth point at which nothing changes, because the curve begins, ends or goes straight on there, is none.
        """
        speeds = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(self.points)]
        last = len(speeds) - 1
        for number, (before, after) in enumerate(pairwise(self.points)):
            starts = number == 0 or before[0] <= start
            ends = number == last or end <= after[0]
            if not (starts and ends) or (number != last and after[0] <= start):
                continue
            if self._bends(number, speeds) or self._bends(number + 1, speeds):
                return None
            speed = speeds[number]
            return speed, before[1] + (start - before[0]) * speed, before[1] + (end - before[0]) * speed
        return None

    def at(self, time: Fraction) -> Fraction:
        """The media's time at a time of the clip; before and after its points the picture is held."""
        if time <= self.points[0][0]:
            return self.points[0][1]
        for before, after in pairwise(self.points):
            if time < after[0]:
                return before[1] + (time - before[0]) * (after[1] - before[1]) / (after[0] - before[0])
        return self.points[-1][1]

    def _bends(self, number: int, speeds: list[Fraction]) -> bool:
        inside = 0 < number < len(self.points) - 1
        return inside and self.smooth[number] and speeds[number - 1] != speeds[number]

    def to_metadata(self) -> list[list[str]]:
        """As it is kept in metadata: own time, media's time, how it gets there."""
        return [
            [str(own), str(media), "smooth" if smooth else "linear"]
            for (own, media), smooth in zip(self.points, self.smooth, strict=True)
        ]
