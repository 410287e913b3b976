"""Timecode as Resolve writes it, and frames."""

import re
from fractions import Fraction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NTSC = {23: 24, 29: 30, 47: 48, 59: 60, 119: 120}


class Clock:
    """How a timeline counts: frames to a timecode second, and whether it drops numbers."""

    def __init__(self, rate: Fraction, drops: bool = False) -> None:
        self.rate = rate
        self.nominal = round(rate)
        self.drops = drops

    @property
    def _dropped(self) -> int:
        return self.nominal // 15 if self.drops else 0

    def text(self, frame: int) -> str:
        """HH:MM:SS:FF of a frame that counts from 00:00:00:00."""
        a_minute = self.nominal * 60 - self._dropped
        ten = a_minute * 10 + self._dropped
        tens, rest = divmod(max(0, frame), ten)
        minutes = 0 if rest < self._dropped else (rest - self._dropped) // a_minute
        shown = max(0, frame) + self._dropped * (9 * tens + minutes)
        seconds, frames = divmod(shown, self.nominal)
        parts = (seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
        return "{:02}:{:02}:{:02}".format(*parts) + "{}{:02}".format(";" if self.drops else ":", frames)

    def frame(self, text: str) -> "int | None":
        """The frame of a timecode; None for what is none."""
        found = re.match(r"\s*(\d+)[:;.](\d+)[:;.](\d+)[:;.](\d+)\s*$", text or "")
        if found is None:
            return None
        hours, minutes, seconds, frames = map(int, found.groups())
        minutes += hours * 60
        counted = (minutes * 60 + seconds) * self.nominal + frames
        return counted - self._dropped * (minutes - minutes // 10)


def clock_of(timeline: "Any") -> Clock:
    """Of the timeline itself: the project's rate may be another. `29.97 DF` drops numbers."""
    said = str(timeline.GetSetting("timelineFrameRate") or "24")
    flag = str(timeline.GetSetting("timelineDropFrameTimecode") or "0")
    drops = "DF" in said.upper() or flag == "1" or ";" in str(timeline.GetStartTimecode() or "")
    return Clock(rate_of(said), drops)


def rate_of(said: "Any") -> Fraction:
    """Exactly: 23.976 is 24000/1001. 24 for what is no rate."""
    found = re.search(r"\d+(\.\d+)?", str(said))
    number = float(found.group()) if found else 24.0
    below = int(number)
    if number != below and below in _NTSC:
        return Fraction(_NTSC[below] * 1000, 1001)
    return Fraction(found.group()) if found and number > 0 else Fraction(24)
