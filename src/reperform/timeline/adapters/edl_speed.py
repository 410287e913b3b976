"""An EDL's speeds: an M2 line gives frames a second, to a tenth. Where that is not exact enough for frames, it is not taken."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters.edl_events import Event
from reperform.timeline.adapters.edl_rate import Times
from reperform.timing import Rate, nominal_rate

__all__ = ["Speed", "speed_of_event"]

_M2 = re.compile(r"M2:?\s+(.*?)\s+(-?\d{1,4}(?:\.\d{1,3})?)\s+(\d\d[:;.]\d\d[:;.]\d\d[:;.,]\d\d)\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast an event plays."""

    scalar: Fraction | None = Fraction(1)
    """None where the list does not say it exactly."""
    doubt: str | None = None
    written: str = ""

    def effects(self) -> list[Any]:
        """As OTIO has it."""
        if self.scalar == 1:
            return []
        if self.scalar is None:
            return [otio.schema.TimeEffect("M2", "M2", metadata={"cmx_3600": {"M2": self.written}})]
        if self.scalar == 0:
            return [otio.schema.FreezeFrame()]
        return [otio.schema.LinearTimeWarp(time_scalar=float(self.scalar))]


def speed_of_event(event: Event, times: Times, rate: Rate) -> Speed:
    """The speed that its M2 line gives, where source and record lengths bear it out; 0 for a freeze frame."""
    found = _lines(event)
    if not found:
        frozen = any(comment.text.upper().startswith("FREEZE FRAME") for comment in event.comments)
        return Speed(scalar=Fraction(0)) if frozen else Speed()
    source, record = times.lengths(event)
    match = next((match for match in reversed(found) if _is_reel(match[1], event.reel)), None)
    if match is None:
        # The speed of the other side of a transition, unless only a speed explains the lengths.
        if source == record:
            return Speed()
        match = found[0]
        if len(found) > 1:
            return Speed(scalar=None, written=match[0], doubt="none of the speeds said of it names its reel")
    scalar = Fraction(match[2]) / nominal_rate(rate)
    if scalar == 0:
        return Speed(scalar=Fraction(0))
    if scalar < 0:
        return Speed(scalar=None, written=match[0], doubt="it plays backward, and an EDL does not say from which frame")
    length = scalar * record
    if source not in (math.floor(length), math.ceil(length), round(length)):
        doubt = f"its speed of {match[2]} frames a second does not lead from {source} frames to {record}"
        return Speed(scalar=None, written=match[0], doubt=doubt)
    return Speed(scalar=scalar, written=match[0])


def _lines(event: Event) -> list[re.Match[str]]:
    matches = (_M2.fullmatch(comment.text) for comment in event.comments)
    return [match for match in matches if match]


def _is_reel(said: str, reel: str) -> bool:
    """Whether an M2 line means this reel: it may have been cut to eight letters."""
    one, other = said.strip().upper(), reel.strip().upper()
    return bool(one) and (one == other or (len(one) >= 6 and other.startswith(one)))
