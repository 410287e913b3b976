"""Which frame is shown when: of the media by a clip, of a compound by what it stands in.

At one speed, frame i of a clip shows frame floor(in + i × speed) of its media: Avid does so for 27 speeds from 10 % to 1111 %,
read off its own pictures. Backward, it begins on the last frame of the span that the source range and the speed take in, and
frame i shows floor(last + i × speed): Avid at -30, -50, -100, -120 and -200 %; Flame and Resolve name the same first
frame. Where the media runs out, its last frame is held (Avid). A freeze shows one frame. A compound is shown frame by frame:
each record frame shows one frame of the compound, and that one of the media.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from reperform.timeline.dialects.base import Dialect
from reperform.timeline.placed import PlacedClip
from reperform.timeline.retimes.reading import of_item
from reperform.timeline.retimes.retime import Chain, Ramp, refused
from reperform.timeline.spaces import Item, Space, seconds_of
from reperform.timing import SNAP, FrameRange, Rate, ceil_frame, floor_frame

__all__ = ["LONGEST", "Shown", "frame_shown", "is_retimed", "retime_of"]

LONGEST = 500_000
"""Record frames of one shot: more than two hours at 60 a second. Each is mapped by itself."""

_HAIR = Fraction(1, 10_000)
"""Frames that only the rounding of a float lies between. A hundredth is too much here: 99 % speed means it."""


def retime_of(clip: PlacedClip, dialect: Dialect) -> Chain:
    """The clip's own retimes."""
    return of_item(clip.clip, dialect)


def is_retimed(clip: PlacedClip, dialect: Dialect) -> bool:
    """Whether the clip, or something that it stands in, is retimed."""
    return not retime_of(clip, dialect).is_none or is_within_retime(clip.space, dialect)


def is_within_retime(space: Space, dialect: Dialect) -> bool:
    """Whether something around is retimed."""
    while space.within is not None:
        space, item = space.within
        if not of_item(item.item, dialect).is_none:
            return True
    return False


def frame_shown(retime: Chain, *, start: Fraction, duration: Fraction, time: Fraction, rate: Rate) -> int:
    """The frame of what an item plays that is seen `time` seconds after the item's first frame. It may lie outside of what there is.

    `start` is where the item's source range starts, in frames of `rate` a second; `duration` how many seconds it lasts on
    the timeline. Raises MediaRefused where the retime does not say it.
    """
    factor = retime.factor
    if factor < 0:
        anchor = Fraction(ceil_frame((start + duration * -factor * rate) / rate, rate) - 1)
    else:
        anchor = Fraction(round(start)) if abs(start - round(start)) <= SNAP else start
    return _whole(anchor + retime.at(time) * rate, nearest=retime.takes_nearest)


def _whole(position: Fraction, *, nearest: bool) -> int:
    close = round(position)
    if abs(position - close) < _HAIR:
        return close
    return math.floor(position + Fraction(1, 2)) if nearest else math.floor(position)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What of its media a clip shows."""

    clip: PlacedClip
    dialect: Dialect
    zero: Fraction
    """Where the media's first frame stands in the time of the clip's source range, in seconds."""
    rate: Rate
    """The media's."""
    frames: int
    """Of the media."""
    record_rate: Rate

    def map(self, record: FrameRange) -> tuple[int, ...]:
        """The frame of the media that each of these record frames of the clip shows, the last and first ones held.

        Raises MediaRefused where the file does not say that exactly, or for more than LONGEST.
        """
        if record.frames > LONGEST:
            raise refused(f"it lasts longer than {LONGEST:,} frames, which no shot does")
        retime = self._begun()
        numbers = [self._number(retime, self._inside(frame)) for frame in _each(record)]
        return tuple(max(0, min(number, self.frames - 1)) for number in numbers)

    def reach(self, record: FrameRange, *, head: int, tail: int) -> tuple[int, int]:
        """How many frames the map goes on before and after these record frames of the clip, up to `head` and `tail`.

        It goes on where the retime does, as far as there is media; not inside of what is retimed itself.
        """
        if is_within_retime(self.clip.space, self.dialect):
            return 0, 0
        retime = self._begun()
        before = self._run(retime, range(record.start - 1, max(-1, record.start - 1 - head), -1))
        return before, self._run(retime, range(record.end, record.end + tail))

    def going_on(self, record: FrameRange) -> tuple[int, ...]:
        """As `map`, for frames that may lie beyond the clip's."""
        retime = self._begun()
        return tuple(self._number(retime, self._time(frame)) for frame in _each(record))

    def between_frames(self, record: FrameRange) -> int:
        """How many of these record frames show a place between two frames, where the editor may blend them."""
        retime = self._begun()
        if not retime.takes_nearest:
            return 0
        start = self._start * self.rate
        places = [start + retime.at(self._inside(frame)) * self.rate for frame in _each(record)]
        return sum(abs(place - round(place)) > SNAP for place in places)

    def played(self, record_frame: int) -> int:
        """How many record frames the retimed media would have been seen before this one, were all of it in the cut.

        A trim changes it by the frames that it takes off the head. 0 where nothing tells: of a freeze, and inside of what is
        retimed itself.
        """
        if is_within_retime(self.clip.space, self.dialect):
            return 0
        return floor_frame(max(Fraction(0), self._skipped() + self._time(record_frame)), self.record_rate)

    def _skipped(self) -> Fraction:
        """Seconds of the retimed media before the clip's first frame."""
        retime = self._begun()
        if not retime.is_constant:
            (only, *more) = retime.retimes
            return only.start if isinstance(only, Ramp) and not more else Fraction(0)
        speed = retime.factor
        if speed < 0:
            end = self._start + seconds_of(self.clip.item.duration) * -speed
            return (self.frames / self.rate - end) / -speed
        return self._start / speed if speed else Fraction(0)

    def _run(self, retime: Chain, frames: range) -> int:
        count = 0
        for frame in frames:
            time = self._time(frame)
            if not (retime.holds(time) and 0 <= self._number(retime, time) < self.frames):
                break
            count += 1
        return count

    @property
    def _start(self) -> Fraction:
        """Where the clip's source range starts, in seconds from the media's first frame."""
        return seconds_of(self.clip.item.source_start) - self.zero

    @cached_property
    def _around(self) -> tuple[_Layer, ...]:
        return _layers(self.clip.space, self.dialect)

    def _begun(self) -> Chain:
        return retime_of(self.clip, self.dialect).begun(self._start)

    def _number(self, retime: Chain, time: Fraction) -> int:
        duration = seconds_of(self.clip.item.duration)
        return frame_shown(retime, start=self._start * self.rate, duration=duration, time=time, rate=self.rate)

    def _inside(self, record_frame: int) -> Fraction:
        """As `_time`, within the clip: a frame that only touches it shows its first or its last."""
        last = seconds_of(self.clip.item.duration) - 1 / self.record_rate
        return max(Fraction(0), min(self._time(record_frame), last))

    def _time(self, record_frame: int) -> Fraction:
        """Seconds since the clip's first frame, on the clock of what it stands in."""
        time = record_frame / self.record_rate - seconds_of(_outermost(self.clip.space).origin)
        for layer in self._around:
            time = layer.inside(time, self.record_rate)
        return time - seconds_of(self.clip.item.local)


def _each(record: FrameRange) -> range:
    return range(record.start, record.end)


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """Something that a clip stands in, asked once for what each frame of the clip needs of it. In seconds."""

    local: Fraction
    """Where it begins in what it stands in itself."""
    start: Fraction
    """Where its source range starts."""
    duration: Fraction
    retime: Chain

    def inside(self, around: Fraction, rate: Rate) -> Fraction:
        """The time in it at this time around it: where it is retimed, the beginning of its frame that is seen."""
        time = around - self.local
        if self.retime.is_none:
            return self.start + time
        frame = frame_shown(self.retime, start=self.start * rate, duration=self.duration, time=time, rate=rate)
        return frame / rate


def _layers(space: Space, dialect: Dialect) -> tuple[_Layer, ...]:
    """From the outside in. Raises MediaRefused where one is not retimed at one speed."""
    found = []
    while space.within is not None:
        space, item = space.within
        retime = of_item(item.item, dialect)
        if not retime.is_none:
            _refuse_around(item, retime)
        local, start, duration = (seconds_of(time) for time in (item.local, item.source_start, item.duration))
        found.append(_Layer(local=local, start=start, duration=duration, retime=retime))
    return tuple(reversed(found))


def _outermost(space: Space) -> Space:
    while space.within is not None:
        space, _ = space.within
    return space


def _refuse_around(item: Item, retime: Chain) -> None:
    name = item.item.name or type(item.item).__name__.lower()
    if not retime.is_constant or not retime.factor:
        how = "frozen" if retime.is_constant else "retimed at a speed that varies"
        raise refused(f"it stands inside “{name}”, which is {how}")
    if retime.factor < 0 and item.item.source_range is None:
        raise refused(f"it stands inside “{name}”, which plays backward and does not say how long it is")
