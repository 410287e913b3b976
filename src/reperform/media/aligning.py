"""Which returned frame stands for which frame that was sent: by number, by time, or, where some are missing, by picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from reperform.model import Check
from reperform.timing import Rate

__all__ = ["LARGEST_DIFFERENCE", "Alignment", "Thumbnails", "by_picture", "by_time", "difference", "one_to_one"]

Thumbnails = NDArray[np.uint8]
"""Small grey pictures [frames, height, width]."""

LARGEST_DIFFERENCE = 2
"""Frames that may be missing or too many: more is not what was sent."""

_SHIFT_GAIN = 0.5
"""A shift of all frames is believed when it halves the difference from what was sent, …"""
_SHIFT_LEAST = 0.5
"""… and by at least half a grey level a frame."""
_CUE_PENALTY = 0.5
"""Grey levels by which a missing frame must fit better inside a cue to be taken for missing there."""
_LATER = 1e-4
"""Grey levels a frame: what cannot be told apart was lost at the end, where encoders lose frames."""


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """What an engine returned for one job, against what was sent."""

    frames: tuple[int | None, ...]
    """For each frame of the job: the returned frame, counted from 0; None where none came back (the original's is used)."""
    checks: tuple[Check, ...] = ()
    warnings: tuple[str, ...] = ()
    """What was put right, in words."""

    @property
    def passed(self) -> bool:
        """Whether it can be conformed: every check passed."""
        return all(check.passed for check in self.checks)


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Grey levels between two pictures, or two rows of them, on average."""
    return float(np.abs(np.subtract(one, other, dtype=np.int16)).mean())


def one_to_one(frames: int) -> Alignment:
    """Every frame came back in its place."""
    return Alignment(frames=tuple(range(frames)))


def by_time(shown: Sequence[Fraction], *, rate: Rate, frames: int) -> tuple[int | None, ...]:
    """For each of `frames` frames at `rate` the returned frame shown nearest to it; the earlier of two equally near.

    `shown` are the returned frames' times in seconds, ascending, from the first one's. None where the last one is over.
    """
    if not shown:
        return (None,) * frames
    longest_step = max(1 / rate, shown[-1] - shown[-2] if len(shown) > 1 else Fraction(0))
    end = shown[-1] + longest_step / 2
    return tuple(_nearest(shown, number / rate) if number / rate <= end else None for number in range(frames))


def _nearest(shown: Sequence[Fraction], time: Fraction) -> int:
    after = bisect_left(shown, time)
    candidates = (number for number in (after - 1, after) if 0 <= number < len(shown))
    return min(candidates, key=lambda number: abs(shown[number] - time))


def by_picture(sent: Thumbnails, returned: Thumbnails, *, in_cue: Callable[[int], bool]) -> tuple[int | None, ...]:
    """For each sent frame the returned one, where at most LARGEST_DIFFERENCE are missing or too many; the order is kept.

    The frames that were lost or doubled are those whose absence makes the rest look most like what was sent.
    With as many returned as sent, all may be shifted by a frame or two, if the pictures leave no doubt.

    Raises:
        ValueError: the numbers of frames differ by more than that.

    """
    missing = len(sent) - len(returned)
    if abs(missing) > LARGEST_DIFFERENCE:
        raise ValueError(f"{abs(missing)} frames of difference cannot be aligned")
    if not missing:
        return _shifted(sent, returned)
    if missing > 0:
        penalties = [_CUE_PENALTY * in_cue(number) + _LATER * (len(sent) - number) for number in range(len(sent))]
        lost = _left_out(sent, returned, penalties)
        kept = iter(range(len(returned)))
        return tuple(None if number in lost else next(kept) for number in range(len(sent)))
    penalties = [_LATER * (len(returned) - number) for number in range(len(returned))]
    doubled = _left_out(returned, sent, penalties)
    return tuple(number for number in range(len(returned)) if number not in doubled)


def _shifted(sent: Thumbnails, returned: Thumbnails) -> tuple[int | None, ...]:
    count = len(sent)
    shifts = [s for s in range(-LARGEST_DIFFERENCE, LARGEST_DIFFERENCE + 1) if abs(s) * 4 < count]
    costs = {shift: _difference(sent, returned, shift) for shift in shifts}
    best = min(shifts, key=lambda shift: (costs[shift], abs(shift)))
    if costs[best] > _SHIFT_GAIN * costs[0] or costs[0] - costs[best] < _SHIFT_LEAST:
        best = 0
    return tuple(number + best if 0 <= number + best < count else None for number in range(count))


def _difference(sent: Thumbnails, returned: Thumbnails, shift: int) -> float:
    """Grey levels between sent frame n and returned frame n + `shift`, on average."""
    count = len(sent)
    ours = sent[max(0, -shift) : count - max(0, shift)]
    theirs = returned[max(0, shift) : count - max(0, -shift)]
    return difference(ours, theirs) if len(ours) else 0.0


def _left_out(longer: Thumbnails, shorter: Thumbnails, penalties: Sequence[float]) -> set[int]:
    """Which frames of `longer` have no counterpart in `shorter`, at the least cost: a path through (frame, left out so far)."""
    spare = len(longer) - len(shorter)
    best = np.full((len(longer) + 1, spare + 1), np.inf)
    best[0, 0] = 0.0
    left = np.zeros((len(longer) + 1, spare + 1), bool)
    for number in range(len(longer)):
        for gaps in range(spare + 1):
            partner = number - gaps
            if 0 <= partner < len(shorter):
                cost = best[number, gaps] + difference(longer[number], shorter[partner])
                if cost < best[number + 1, gaps]:
                    best[number + 1, gaps], left[number + 1, gaps] = cost, False
            if gaps < spare and best[number, gaps] + penalties[number] < best[number + 1, gaps + 1]:
                best[number + 1, gaps + 1], left[number + 1, gaps + 1] = best[number, gaps] + penalties[number], True
    found, gaps = set(), spare
    for number in range(len(longer), 0, -1):
        if left[number, gaps]:
            found.add(number - 1)
            gaps -= 1
    return found
