"""A second opinion on which frames a cut's marks mean: plain recursion over the JSON, in fractions, slowly.

It shares no code with reperform. Its rules are those of the design: ends are computed, in is the floor, out the ceiling, a hundredth
of a frame is nothing; a mark of a clip is the clip's; any other belongs to the topmost enabled moving picture under it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import PurePosixPath

from fuzzing.reels import REELS, Reel
from fuzzing.trees import RATES, Json

__all__ = ["Expected", "Use", "expected"]

SNAP = Fraction(1, 100)
Address = tuple[int, ...]
Frames = tuple[int, int]
"""First, and first after."""


@dataclass
class Use:
    """A clip in the cut, as far as it is seen. Record seconds."""

    name: str
    address: Address
    clip: Json
    start: Fraction
    """Of the whole clip; what of it is seen is `low` to `high`."""
    end: Fraction
    low: Fraction
    high: Fraction
    order: Address
    enabled: bool
    plain: bool
    """Nothing around it is retimed."""

    @property
    def reel(self) -> Reel | None:
        """None where it shows none that there is."""
        reference = self.clip["media_references"]["DEFAULT_MEDIA"]
        path = PurePosixPath(reference.get("target_url", ""))
        return next((reel for reel in REELS if reel.name == str(path)), None)

    @property
    def moving(self) -> bool:
        reference = self.clip["media_references"]["DEFAULT_MEDIA"]
        return bool(reference["OTIO_SCHEMA"] != "GeneratorReference.1")

    @property
    def speed(self) -> Fraction:
        return _speed(self.clip)

    @property
    def source(self) -> tuple[Fraction, Fraction]:
        """When in its own time what is seen of it begins and ends, unless it is retimed."""
        begins = seconds(self.clip["source_range"]["start_time"])
        return begins + self.low - self.start, begins + self.high - self.start


@dataclass
class Expected:
    """What a cut's marks mean."""

    rate: Fraction
    uses: list[Use]
    cues: dict[Address, dict[str, list[Frames]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """Frames of the media by the note of the mark, by clip; empty frames where nothing can be said of which ones."""
    length: Fraction = Fraction(0)


def seconds(time: Json) -> Fraction:
    return Fraction(time["value"]) / RATES[time["rate"]]


def _span(found: Json) -> tuple[Fraction, Fraction]:
    return seconds(found["start_time"]), seconds(found["duration"])


def _speed(item: Json) -> Fraction:
    speed = Fraction(1)
    for effect in item.get("effects", ()):
        speed *= Fraction(effect.get("time_scalar", 1))
    return speed


def _floor(position: Fraction) -> int:
    return round(position) if abs(position - round(position)) <= SNAP else math.floor(position)


def _ceil(position: Fraction) -> int:
    return round(position) if abs(position - round(position)) <= SNAP else math.ceil(position)


@dataclass(frozen=True)
class _Around:
    """The time inside a composition: record time is `origin` + its time × `scale`."""

    origin: Fraction
    scale: Fraction = Fraction(1)
    low: Fraction | None = None
    high: Fraction | None = None
    enabled: bool = True
    plain: bool = True

    def at(self, time: Fraction) -> Fraction:
        return self.origin + time * self.scale

    def seen(self, start: Fraction, length: Fraction) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """All of it, and what is seen of it, in record time."""
        start, end = sorted((self.at(start), self.at(start + length)))
        low = start if self.low is None else max(start, self.low)
        high = end if self.high is None else min(end, self.high)
        return start, end, low, high

    def inside(self, item: Json, local: Fraction, length: Fraction) -> _Around:
        found = item.get("source_range")
        begins = _span(found)[0] if found else Fraction(0)
        low, high = self.seen(local, length)[2:] if found else (self.low, self.high)
        speed = _speed(item)
        scale = self.scale / speed
        anchor = self.at(local + length) if speed < 0 else self.at(local)
        on = self.enabled and bool(item.get("enabled", True))
        return _Around(anchor - begins * scale, scale, low, high, on, self.plain and speed == 1)


class _Reading:
    def __init__(self, cut: Json) -> None:
        self.cut = cut
        self.rate = RATES[cut["global_start_time"]["rate"]]
        self.start = seconds(cut["global_start_time"])
        self.uses: list[Use] = []
        self.marks: list[tuple[Json, Use | None, Fraction, Fraction]] = []

    def read(self) -> Expected:
        stack = self.cut["tracks"]
        trim = stack.get("source_range")
        begins, length = _span(trim) if trim else (Fraction(0), _length(stack))
        around = _Around(-begins, low=Fraction(0), high=length) if trim else _Around(Fraction(0))
        self._stack(stack, around, (), ())
        self._around_marks(stack, around, begins, begins, length)
        found = Expected(self.rate, self.uses, length=length)
        for mark, use, start, end in self.marks:
            self._place(mark, use, start, end, found)
        return found

    def _stack(self, stack: Json, around: _Around, address: Address, order: Address) -> None:
        for position, child in enumerate(stack["children"]):
            self._track(child, around, (*address, position), (*order, position), Fraction(0), top=not address)

    def _track(
        self, track: Json, around: _Around, address: Address, order: Address, local: Fraction, *, top: bool = False
    ) -> None:
        trim = track.get("source_range")
        length = _length(track)
        inner = around.inside(track, local, length)
        position = Fraction(0)
        for number, child in enumerate(track["children"]):
            here = (*address, number)
            kind = child["OTIO_SCHEMA"]
            if kind == "Clip.2":
                self._clip(child, inner, here, order, position)
            elif kind == "Stack.1":
                self._stack(child, inner.inside(child, position, _length(child)), here, order)
            elif kind == "Track.1":
                self._track(child, inner, here, (*order, 0), position)
            position += _length(child)
        begins = _span(trim)[0] if trim else Fraction(0)
        self._around_marks(track, around, local, begins, length, top=top)

    def _clip(self, clip: Json, around: _Around, address: Address, order: Address, local: Fraction) -> None:
        begins, length = _span(clip["source_range"])
        start, end, low, high = around.seen(local, length)
        if low >= high:
            return
        on = around.enabled and clip["enabled"]
        use = Use(clip["name"], address, clip, start, end, low, high, order, on, around.plain)
        self.uses.append(use)
        for mark in clip["markers"]:
            at, long = _span(mark["marked_range"])
            first, last = sorted((around.at(local + at - begins), around.at(local + at - begins + long)))
            self._seen_mark(mark, use, first, last, low, high)

    def _around_marks(
        self, item: Json, around: _Around, local: Fraction, begins: Fraction, length: Fraction, *, top: bool = True
    ) -> None:
        """Those of a track or of the timeline: in its own time, at or past the start in timecode."""
        for mark in item.get("markers", ()):
            at, long = _span(mark["marked_range"])
            offset = at - self.start if top and 0 < self.start <= at else at - begins
            first, last = sorted((around.at(local + offset), around.at(local + offset + long)))
            low, high = around.seen(local, length)[2:]
            self._seen_mark(mark, None, first, last, low, high)

    def _seen_mark(
        self, mark: Json, use: Use | None, first: Fraction, last: Fraction, low: Fraction, high: Fraction
    ) -> None:
        if low - SNAP / self.rate <= first < low:
            first, last = low, max(low, last)
        if first >= high or (first < low and last <= low):
            return
        self.marks.append((mark, use, max(first, low), max(min(last, high), low)))

    def _place(self, mark: Json, use: Use | None, start: Fraction, end: Fraction, found: Expected) -> None:
        note = mark["name"].partition("note: ")[2]
        own = mark["marked_range"]["duration"]
        point = own["value"] <= 1 or (end - start) * self.rate <= 1 + SNAP
        if use is not None and not use.enabled:
            return
        if use is not None and use.moving:
            pieces = [(use, start, end)]
        else:
            if point:
                start = max(start, Fraction(_floor(start * self.rate)) / self.rate)
                end = start + 1 / self.rate
            pieces = self._topmost(start, end)
            pieces = [piece for piece in pieces if piece[2] - piece[1] > SNAP / self.rate or len(pieces) == 1]
            pieces = pieces[:1] if point else pieces
        for seen, first, last in pieces:
            whole = (seen.low, seen.high) if point else (first, last)
            found.cues[seen.address][note].append(self.frames(seen, *whole))

    def _topmost(self, start: Fraction, end: Fraction) -> list[tuple[Use, Fraction, Fraction]]:
        over = [use for use in self.uses if use.enabled and use.moving and use.low < end and use.high > start]
        edges = {start, end, *(edge for use in over for edge in (use.low, use.high) if start < edge < end)}
        moments = sorted(edges)
        found: list[tuple[Use, Fraction, Fraction]] = []
        for first, last in pairwise(moments):
            here = [use for use in over if use.low <= first and last <= use.high]
            if not here:
                continue
            top = max(here, key=lambda use: use.order)
            if found and found[-1][0] is top and found[-1][2] == first:
                found[-1] = (top, found[-1][1], last)
            else:
                found.append((top, first, last))
        return found

    def frames(self, use: Use, start: Fraction, end: Fraction) -> Frames:
        """Of its media, which those record seconds of a clip that is not retimed show."""
        reel = use.reel
        if reel is None or use.speed != 1 or not use.plain:
            return 0, 0
        shown = visible(use)
        base = use.low - use.source[0] + zero(use)
        first = min(max(shown[0], _floor((start - base) * reel.rate)), shown[1] - 1)
        last = min(shown[1], _ceil((end - base) * reel.rate))
        return first, max(last, first + 1)


def zero(use: Use) -> Fraction:
    """Where the first frame of its file stands in the clip's own time."""
    reel = use.reel
    assert reel is not None
    return Fraction(reel.start or 0) / reel.rate


def visible(use: Use) -> Frames:
    """The frames of its media that a clip shows, unless it is retimed."""
    reel = use.reel
    assert reel is not None
    first = _floor((use.source[0] - zero(use)) * reel.rate)
    last = _ceil((use.source[1] - zero(use)) * reel.rate)
    return first, max(last, first + 1)


def _length(item: Json) -> Fraction:
    """How long an item stands in what it is nested in."""
    if item["OTIO_SCHEMA"] == "Transition.1":
        return Fraction(0)
    if item.get("source_range"):
        return _span(item["source_range"])[1]
    lengths = [_length(child) for child in item["children"]]
    return max(lengths, default=Fraction(0)) if item["OTIO_SCHEMA"] == "Stack.1" else sum(lengths, Fraction(0))


def expected(cut: Json) -> Expected:
    """What the marks of a timeline mean."""
    return _Reading(cut).read()


def retimed_frames(use: Use, rate: Fraction) -> list[int] | None:
    """What each record frame of a retimed clip shows of its media; None where that is not a plain matter of whole frames."""
    reel = use.reel
    first, last = use.low * rate, use.high * rate
    whole = first.denominator == 1 and last.denominator == 1 and (use.low, use.high) == (use.start, use.end)
    if reel is None or not use.plain or not whole:
        return None
    begins = (seconds(use.clip["source_range"]["start_time"]) - zero(use)) * reel.rate
    begins = Fraction(round(begins)) if abs(begins - round(begins)) <= SNAP else begins
    frames = range(int(last - first))
    step = abs(use.speed) * reel.rate / rate
    if use.speed < 0:
        end = begins + (use.end - use.start) * abs(use.speed) * reel.rate
        final = _ceil(end) - 1
        return [_held(math.floor(final - step * frame), reel) for frame in frames]
    return [_held(math.floor(begins + step * frame), reel) for frame in frames]


def _held(number: int, reel: Reel) -> int:
    return max(0, min(number, reel.frames - 1))
