"""Final Cut Pro's XML as it is read here: marks in the time of the clip, and speeds that change as a curve of times.

From real files: exact times, markers with to-do and done, auditions, disabled clips, conformed rates, constant speeds. Curves
of more than one speed: by Apple's documentation; only straight ones are mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reperform.timeline.dialects.entries import entry
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.retimes.retime import Ramp, Retime, Unmapped

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timing import Rate

__all__ = ["CURVE", "METADATA", "STARTS", "FcpxDialect"]

METADATA = "fcpxml"
CURVE = "timeMap"
"""Under METADATA of a time effect: own time, media's time, and `linear` or `smooth`, of each point."""
STARTS = "start"
"""Own time at the item's first frame."""

_SMOOTH = "its speed changes gradually, along a curve that Final Cut Pro's XML does not give"


@dataclass(frozen=True)
class _Known(Ramp):
    """A curve of which the file says where on it the item begins."""

    def begun(self, source: Fraction) -> Ramp:  # noqa: ARG002 - the file says it
        return self


@dataclass(frozen=True)
class FcpxDialect(OtioDialect):
    """Final Cut Pro 10.4 and later."""

    note_keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the plan says it."""
        return "fcpx"

    def retime_of(self, effect: otio.schema.Effect, rate: Rate) -> Retime | None:
        """Its curve, where all of it is straight; else one that is not known."""
        own = entry(effect.metadata, METADATA) if len(effect.metadata) else None
        points = entry(own, CURVE)
        if points is None:
            return super().retime_of(effect, rate)
        return _curve(points, entry(own, STARTS))


def _curve(points: Any, start: Any) -> Retime:
    try:
        keys = tuple((Fraction(own), Fraction(media)) for own, media, _ in points)
        straight = all(how == "linear" for _, _, how in points)
        if straight and len(keys) > 1 and start is not None:
            return _Known(keys, Fraction(start))
    except (ValueError, TypeError, ZeroDivisionError):
        pass
    return Unmapped(_SMOOTH)
