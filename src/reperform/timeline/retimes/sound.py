"""Retimed sound: heard at its clip's speed with its pitch kept, where that is one speed forward between half and twice.

Editors differ in what they do to the pitch (Resolve's and Premiere's retimes can keep it, Avid's and older ones move it with the
speed), and none writes it into its timeline: it is kept, and that is said.
"""

from __future__ import annotations

import math
from fractions import Fraction

from reperform.errors import MediaRefused
from reperform.timeline.cut import PlacedClip

__all__ = ["FASTEST", "SLOWEST", "heard_sample", "percent", "pitch_note", "sound_speed"]

SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)
"""Speeds beyond which speech no longer sounds like speech."""


_TOLD = Fraction(10_000)


def sound_speed(clip: PlacedClip, *, what: str, fix: str) -> Fraction:
    """The speed at which a clip's sound is heard, 1 where it is not retimed. `what` names the clip in a message.

    Raises:
        MediaRefused: it is backward, frozen, varying, or beyond half or twice.

    """
    speed = clip.speed
    if speed is not None and SLOWEST <= speed <= FASTEST:
        return speed
    raise MediaRefused(f"{what} is retimed: it {_how(speed)}", fix=fix)


def _how(speed: Fraction | None) -> str:
    if speed is None:
        return "plays at a speed that varies"
    if speed <= 0:
        return "plays backward" if speed else "is frozen"
    return f"plays at {percent(speed)} speed, and only 50 to 200 % is made without the editor"


def percent(speed: Fraction) -> str:
    """A speed as editors say it. Nested retimes can make one that no float holds."""
    if abs(speed) > _TOLD:
        return f"more than {float(_TOLD * 100):.4g} %"
    return f"{float(speed) * 100:.4g} %"


def heard_sample(sample: Fraction, speed: Fraction) -> int:
    """The number of a sample, counted in the sound as it is heard at a speed, from the stream's first; halves round up."""
    return math.floor(sample / speed + Fraction(1, 2))


def pitch_note(what: str, speed: Fraction) -> str:
    """What is to be said of a sound that is heard at another speed."""
    return (
        f"{what} plays at {percent(speed)} speed: it is used so, with its pitch kept; if your editor lets the pitch go with"
        " the speed, render that clip in place"
    )
