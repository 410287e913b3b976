"""Colours found that a LUT shows as wanted: a few steps from those that are stored, each held back where it would make things worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reperform.media.viewing.tables import Flat, Steepness

__all__ = ["FLAT", "Looker", "Shower", "nearest"]

Looker = Callable[[Flat], Flat]
"""Gives colours from 0 to 1, [3, number], as they are shown, not yet cut off at black and white."""
Shower = Callable[[Flat], tuple[Flat, Steepness]]
"""The same, and how steep that is."""

_SAME = 1 / 65535
"""What is shown and differs by no more than a step of 16 bits is the same."""

_ROUNDS = 16
_STAY = 0.006
"""How much a move counts beside what is off: where a view is nearly flat, the noise of an engine's coding moves little."""
_LONGEST = 0.25
"""Of the range, in one step."""
_SETTLED, _FOUND = 1e-5, 2e-4
"""A move, and what is off, that count no more."""
_HELD, _HELD_BACK = 1e-9, 1e-2
_HINTED = 0.004
"""A square of what is off, by which a hint, which is rough, may be further off and still lead nearer."""
_NOISE = 2 / 255
"""What an engine's coding adds: where no slope leads to it, it is not looked for elsewhere, which would move much for nothing."""
_LOST = 2e-3
"""What is still off so much may be looked for elsewhere too."""
FLAT = 0.02
"""A slope that leads nowhere."""


def nearest(start: Flat, wanted: Flat, looker: Looker, shower: Shower, guess: Callable[[Flat], Flat]) -> Flat:
    """Colours that are shown as `wanted`, as near to `start` as can be, and never outside 0 to 1. All are [3, number].

    What is shown already stays. `guess` says where to look as well for colours that cannot be found from `start`: where
    that is cut off or flat, no slope leads away from it.
    """
    found, settled = _one_step(start, start, wanted, looker, shower)
    rest = np.flatnonzero(~settled)
    if not len(rest):
        return found
    home, goal = start.take(rest, axis=1), wanted.take(rest, axis=1)
    place, settled = _one_step(np.clip(found.take(rest, axis=1), 0, 1), home, goal, looker, shower)
    if not settled.all():
        left = np.flatnonzero(~settled)
        place[:, left] = _searched(home.take(left, axis=1), goal.take(left, axis=1), shower, guess)
    found[:, rest] = place
    return found


def _one_step(place: Flat, home: Flat, wanted: Flat, looker: Looker, shower: Shower) -> tuple[Flat, NDArray[np.bool_]]:
    """After the step that the slopes ask for; and where that came out as they promised: no other would be better.

    Most of what an engine's coding changes lies so near that this is all there is to do.
    """
    shown, steep = shower(place)
    same = _most(np.clip(shown, 0, 1) - wanted) <= _SAME if place is home else None
    off = _off(wanted, shown, steep)
    step = _step(off, steep, None if place is home else place - home, np.float32(_HELD))
    if same is not None:
        step[:, same] = 0
    after = place + step
    left = _off(wanted, looker(after))
    promised = off - np.stack([_dot(row, step) for row in steep])
    lacking = _most(left)
    kept = (_most(left - promised) < _FOUND) & (lacking < _NOISE)
    legal = (_most(after - np.float32(0.5)) <= 0.5) & (_most(step) <= _LONGEST)
    settled = (kept | (lacking < _FOUND)) & legal
    return after, settled if same is None else settled | same


def _searched(start: Flat, wanted: Flat, shower: Shower, guess: Callable[[Flat], Flat]) -> Flat:
    """In as many steps as it needs."""
    found, off, cost = _Descent.run(start.copy(), start, wanted, shower)
    lost = np.flatnonzero(_most(off) > _LOST)
    if not len(lost):
        return found
    hint = guess(wanted[:, lost])
    near = _distance(shower(hint)[0], wanted[:, lost]) < cost[lost] + _HINTED
    worth = near | _is_flat(found[:, lost], off[:, lost], shower)
    lost, hint = lost[worth], hint[:, worth]
    if len(lost):
        other, _, costs = _Descent.run(hint, start[:, lost], wanted[:, lost], shower)
        better = costs < cost[lost]
        found[:, lost[better]] = other[:, better]
    return found


def _is_flat(place: Flat, off: Flat, shower: Shower) -> NDArray[np.bool_]:
    """Whether something is off that no slope says how to mend."""
    steep = np.abs(shower(place)[1]).max(axis=1)
    return np.asarray(((steep < FLAT) & (np.abs(off) > _LOST)).any(axis=0))


def _distance(shown: Flat, wanted: Flat) -> Flat:
    off = np.clip(shown, 0, 1) - wanted
    return _dot(off, off)


@dataclass
class _Descent:
    """Gauss and Newton's steps, held back (Levenberg, Marquardt) for each colour by itself. What has settled is let go."""

    shower: Shower
    numbers: NDArray[np.intp]
    """Which of all colours are still under way."""
    home: Flat
    wanted: Flat
    held: Flat

    @classmethod
    def run(cls, begin: Flat, home: Flat, wanted: Flat, shower: Shower) -> tuple[Flat, Flat, Flat]:
        """The colours, what is off, and what both cost."""
        count = begin.shape[1]
        held = np.full(count, _HELD, np.float32)
        return cls(shower, np.arange(count), home, wanted, held)._run(begin)

    def _run(self, begin: Flat) -> tuple[Flat, Flat, Flat]:
        at = self._seen(begin)
        result = (at[0].copy(), at[1].copy(), at[3].copy())
        settled = _most(at[1]) < _FOUND
        for _ in range(_ROUNDS):
            at = self._without(settled, at, result)
            if not len(self.numbers):
                return result
            settled = self._stepped(at)
        self._without(np.ones_like(settled), at, result)
        return result

    def _stepped(self, at: tuple[Flat, Flat, Steepness, Flat]) -> NDArray[np.bool_]:
        """One step of each that makes it better; which of them have settled."""
        place, off, steep, cost = at
        step = np.clip(_step(off, steep, place - self.home, self.held), -_LONGEST, _LONGEST)
        tried = self._seen(np.clip(place + step, 0, 1))
        # A step onto a plateau is none: no slope would lead back.
        lost = (np.abs(tried[2]).max(axis=1) < FLAT) & (np.abs(tried[1]) > np.maximum(np.abs(off), _FOUND))
        better = (tried[3] < cost) & ~lost.any(axis=0)
        self.held = np.where(better, self.held / 8, np.maximum(self.held * 32, np.float32(_HELD_BACK)))
        short = _most(tried[0] - place) < _SETTLED
        for now, then in zip(at, tried, strict=True):
            np.copyto(now, then, where=better)
        return np.asarray(short | (_most(off) < _FOUND))

    def _without(
        self, settled: NDArray[np.bool_], at: tuple[Flat, Flat, Steepness, Flat], result: tuple[Flat, Flat, Flat]
    ) -> tuple[Flat, Flat, Steepness, Flat]:
        """What is under way without what has settled, which is written down."""
        if not settled.any():
            return at
        done = self.numbers[settled]
        for kept, now in zip(result, (at[0], at[1], at[3]), strict=True):
            kept[..., done] = now[..., settled]
        rest = np.flatnonzero(~settled)
        self.numbers, self.held = self.numbers[rest], self.held[rest]
        self.home, self.wanted = self.home.take(rest, axis=1), self.wanted.take(rest, axis=1)
        place, off, steep, cost = (each.take(rest, axis=-1) for each in at)
        return place, off, steep, cost

    def _seen(self, place: Flat) -> tuple[Flat, Flat, Steepness, Flat]:
        shown, steep = self.shower(place)
        off = _off(self.wanted, shown, steep)
        away = place - self.home
        cost = _dot(off, off) + np.float32(_STAY**2) * _dot(away, away)
        return place, off, steep, cost


def _off(wanted: Flat, shown: Flat, steep: Steepness | None = None) -> Flat:
    """What is off. Beyond black and white all is shown alike: nothing is off there, and no slope counts."""
    off = wanted - shown
    cut = ((shown >= 1) & (wanted >= 1)) | ((shown <= 0) & (wanted <= 0))
    if cut.any():
        off[cut] = 0
        if steep is not None:
            steep[np.broadcast_to(cut[:, np.newaxis], steep.shape)] = 0
    return off


def _step(off: Flat, steep: Steepness, away: Flat | None, held: Flat | np.float32) -> Flat:
    """(JᵀJ + stay² + held) step = Jᵀ off − stay² away, for each colour; by its cofactors. `away` None is none."""
    stay = np.float32(_STAY**2)
    right = [_dot(steep[:, axis], off) for axis in range(3)]
    if away is not None:
        right = [each - stay * away[axis] for axis, each in enumerate(right)]
    more = stay + held
    red, green, blue = (steep[:, axis] for axis in range(3))
    xx, yy, zz = (_dot(each, each) + more for each in (red, green, blue))
    xy, xz, yz = _dot(red, green), _dot(red, blue), _dot(green, blue)
    one, two, three = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    four, five, six = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    whole = np.maximum(xx * one + xy * two + xz * three, np.float32(1e-16))
    rows = ((one, two, three), (two, four, five), (three, five, six))
    return np.stack([(a * right[0] + b * right[1] + c * right[2]) / whole for a, b, c in rows])


def _most(off: Flat) -> Flat:
    """Of the three colours, whichever way."""
    one, two, three = np.abs(off)
    return np.asarray(np.maximum(np.maximum(one, two), three))


def _dot(one: Flat, other: Flat) -> Flat:
    return np.asarray(one[0] * other[0] + one[1] * other[1] + one[2] * other[2])
