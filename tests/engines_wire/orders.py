"""Orders as the planning makes them, with everything that a test does not speak of filled in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from reperform.direction import Direction
from reperform.engines.base import JobOrder, SegmentOrder


def segment(start: str = "0.25", end: str = "2.75", **changed: Any) -> SegmentOrder:
    """A segment from `start` to `end` seconds; what is no field of a segment is its direction."""
    own = {name: changed.pop(name) for name in ("line", "speech_voice", "first_frame", "boxes") if name in changed}
    asked = Direction(**changed, **({"line": own["line"]} if "line" in own else {}))
    return SegmentOrder(start_seconds=Fraction(start), end_seconds=Fraction(end), direction=asked, **own)


def order(model: str, *segments: SegmentOrder, options: dict[str, str] | None = None, results: int = 1) -> JobOrder:
    """Three seconds of HD at 24 frames a second."""
    return JobOrder(
        model=model,
        rate=Fraction(24),
        frames=72,
        seconds=Fraction(3),
        width=1920,
        height=1080,
        segments=segments or (segment(),),
        results=results,
        options=options or {},
    )
