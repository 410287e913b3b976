"""What an effect does to time: from the time since an item's first frame to the time in what it plays. Exact."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from reperform.errors import MediaRefused
from reperform.timing import Rate

__all__ = ["NO_RETIME", "Chain", "Constant", "Offsets", "Ramp", "Retime", "Unmapped", "chain", "refused"]

_ONE = Fraction(1)
_HAIR = Fraction(1, 10_000)
"""Seconds."""


class Retime(Protocol):
    """One effect, or several."""

    @property
    def speed(self) -> Fraction | None:
        """How fast it plays: negative for backward, 0 for a freeze, None where that varies."""
        ...

    def begun(self, source: Fraction) -> Retime:
        """This retime on an item whose first frame shows its media at `source` seconds from the media's first frame.

        Raises MediaRefused where that does not say when on the retime the item begins, or what it does is not known.
        """
        ...

    def holds(self, time: Fraction) -> bool:
        """Whether it says what is seen `time` seconds after the item's first frame (negative: before it)."""
        ...

    def at(self, time: Fraction) -> Fraction:
        """Seconds of what it plays, counted from what the item's first frame shows, at `time` after that frame."""
        ...


@dataclass(frozen=True)
class Constant:
    """One speed from beginning to end."""

    speed: Fraction

    def begun(self, source: Fraction) -> Constant:  # noqa: ARG002 - the same wherever it begins
        """Itself."""
        return self

    def holds(self, time: Fraction) -> bool:  # noqa: ARG002 - it goes on for ever
        """Always."""
        return True

    def at(self, time: Fraction) -> Fraction:
        """Speed times time."""
        return self.speed * time


@dataclass(frozen=True)
class Ramp:
    """Keys with straight lines between them; before the first and after the last the picture is held."""

    keys: tuple[tuple[Fraction, Fraction], ...]
    """(time out, time in the media), in seconds, from the media's first frame; times out ascend. At least two."""
    start: Fraction = Fraction(0)
    """Time out at which the item begins."""

    @property
    def speed(self) -> Fraction | None:
        """The one speed of all its segments, if there is one."""
        speeds = {(high[1] - low[1]) / (high[0] - low[0]) for low, high in pairwise(self.keys)}
        return speeds.pop() if len(speeds) == 1 else None

    def begun(self, source: Fraction) -> Ramp:
        """Begun at the time out that shows `source`. Raises MediaRefused where none does, or more than one."""
        return replace(self, start=self.time_out(source))

    def time_out(self, source: Fraction) -> Fraction:
        """When on its own clock it shows `source`. Raises MediaRefused where never, or more than once."""
        source = self._within(source)
        found = {
            low[0] + (source - low[1]) * (high[0] - low[0]) / (high[1] - low[1])
            for low, high in pairwise(self.keys)
            if low[1] != high[1] and min(low[1], high[1]) <= source <= max(low[1], high[1])
        }
        held = any(low[1] == high[1] == source for low, high in pairwise(self.keys))
        if len(found) != 1 or held:
            why = "shows more than once the frame that it begins with" if found or held else "does not reach its media"
            raise refused(f"its speed varies, and the retime {why}, so that its beginning cannot be told")
        return found.pop()

    def _within(self, source: Fraction) -> Fraction:
        """The same, or the nearest that it shows where only a float's rounding lies between."""
        shown = [media for _, media in self.keys]
        nearest = max(min(shown), min(source, max(shown)))
        return nearest if abs(nearest - source) < _HAIR else source

    def holds(self, time: Fraction) -> bool:
        """Between its first and its last key."""
        return self.keys[0][0] <= self.start + time < self.keys[-1][0]

    def at(self, time: Fraction) -> Fraction:
        """Along the lines between the keys."""
        return self._media(self.start + time) - self._media(self.start)

    def _media(self, time_out: Fraction) -> Fraction:
        position = bisect_right(self.keys, time_out, key=lambda key: key[0])
        if position in (0, len(self.keys)):
            return self.keys[min(position, len(self.keys) - 1)][1]
        (out, media), (next_out, next_media) = self.keys[position - 1 : position + 1]
        return media + (time_out - out) * (next_media - media) / (next_out - out)


@dataclass(frozen=True)
class Offsets:
    """For each frame of the item, how many frames later in it is what is seen. Between frames along a straight line."""

    frames: tuple[Fraction, ...]
    rate: Rate
    """Frames a second, of the item's own frames."""
    name: str = "its time warp"

    @property
    def speed(self) -> Fraction | None:
        """1 where the same offset holds throughout."""
        return _ONE if len(set(self.frames)) == 1 else None

    def begun(self, source: Fraction) -> Offsets:  # noqa: ARG002 - it counts from the item's first frame
        """Itself."""
        return self

    def holds(self, time: Fraction) -> bool:
        """Within the frames that it has an entry for."""
        return 0 <= time * self.rate <= len(self.frames) - 1

    def at(self, time: Fraction) -> Fraction:
        """Raises MediaRefused outside its entries."""
        if not self.holds(time):
            message = f"{self.name} has entries for {len(self.frames)} frames, and frame {float(time * self.rate):g} is asked for"
            raise refused(message)
        frame = time * self.rate
        low = frame.numerator // frame.denominator
        high = min(low + 1, len(self.frames) - 1)
        offset = self.frames[low] + (self.frames[high] - self.frames[low]) * (frame - low)
        return (frame + offset) / self.rate


@dataclass(frozen=True)
class Unmapped:
    """A retime whose effect the file does not say exactly."""

    why: str
    """As in “its speed varies along a curve”."""

    @property
    def speed(self) -> None:
        """Not known."""
        return

    def begun(self, source: Fraction) -> Retime:  # noqa: ARG002 - wherever it begins
        """Raises MediaRefused."""
        raise refused(self.why)

    def holds(self, time: Fraction) -> bool:  # noqa: ARG002 - nowhere
        """Never."""
        return False

    def at(self, time: Fraction) -> Fraction:  # noqa: ARG002 - nowhere
        """Raises MediaRefused."""
        raise refused(self.why)


@dataclass(frozen=True)
class Chain:
    """The retimes of one item, the one nearest to the media first."""

    retimes: tuple[Retime, ...] = ()

    @property
    def speed(self) -> Fraction | None:
        """The product; None where one of them varies."""
        speed = _ONE
        for retime in self.retimes:
            if retime.speed is None:
                return None
            speed *= retime.speed
        return speed

    @property
    def factor(self) -> Fraction:
        """The product of those that have one speed: its sign says whether the item's span is played from its end."""
        factor = _ONE
        for retime in self.retimes:
            factor *= retime.speed if isinstance(retime, Constant) else _ONE
        return factor

    @property
    def takes_nearest(self) -> bool:
        """Whether between two frames the nearest is meant, as Nuke's warps have it, and not the one that has begun."""
        return any(isinstance(retime, Offsets) for retime in self.retimes)

    @property
    def is_constant(self) -> bool:
        """Whether it is a speed from beginning to end, and nothing else."""
        return all(isinstance(retime, Constant) for retime in self.retimes)

    @property
    def is_none(self) -> bool:
        """Whether nothing is retimed: a warp of 100 % is no retime."""
        return self.is_constant and self.factor == 1

    def begun(self, source: Fraction) -> Chain:
        """As `Retime.begun`, each of them."""
        return Chain(tuple(retime.begun(source) for retime in self.retimes))

    def holds(self, time: Fraction) -> bool:
        """Whether each says what is seen at the time that the others lead to."""
        for retime in reversed(self.retimes):
            if not retime.holds(time):
                return False
            time = retime.at(time)
        return True

    def at(self, time: Fraction) -> Fraction:
        """From the clock of the cut inward, one after the other."""
        for retime in reversed(self.retimes):
            time = retime.at(time)
        return time


NO_RETIME = Chain()


def chain(retimes: Iterable[Retime]) -> Chain:
    """The retimes of an item, those of 100 % left out; a ramp of one forward speed is that speed."""
    known = (_plain(retime) for retime in retimes)
    kept = tuple(retime for retime in known if not (isinstance(retime, Constant) and retime.speed == 1))
    return Chain(kept) if kept else NO_RETIME


def _plain(retime: Retime) -> Retime:
    if isinstance(retime, Ramp) and retime.speed is not None and retime.speed > 0:
        return Constant(retime.speed)
    return retime


def refused(why: str) -> MediaRefused:
    """A retime that cannot be performed, with the way out. Its message goes on from “it is retimed, and”."""
    return MediaRefused(why, fix="render the clip in place in the editor and mark the result, or take the retime off")
