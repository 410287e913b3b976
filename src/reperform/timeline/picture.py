"""The picture that the audience sees: at each moment the topmost enabled clip that moves."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from math import lcm

from reperform.timeline.cut import Index, PlacedClip
from reperform.timeline.recognising import is_take_clip

__all__ = ["PictureFinder"]


@dataclass(frozen=True, slots=True)
class _Piece:
    """From one change of the picture to the next."""

    end: Fraction
    seen: PlacedClip | None
    above: PlacedClip | None
    """The highest item over it that was passed over."""


class PictureFinder:
    """Answers what is seen over a span of record time. Building it is one sweep over the enabled picture."""

    def __init__(self, index: Index) -> None:
        self._takes = index.cut.may_hold_takes
        picture = [clip for clip in index.clips if clip.enabled and clip.track.kind == "video"]
        self._starts: list[Fraction] = []
        self._pieces: list[_Piece] = []
        self._sweep(picture)

    def topmost(self, record_start: Fraction, record_end: Fraction) -> list[tuple[PlacedClip, Fraction, Fraction]]:
        """The clips that are seen between two record times, each with its part of them, in order.

        Generators, titles, stills, adjustment clips and our own takes are passed over. Where no picture moves, there
        is no entry. With equal times it is the picture at that moment, as an empty part.
        """
        found: list[tuple[PlacedClip, Fraction, Fraction]] = []
        for start, piece in self._between(record_start, record_end):
            if piece.seen is None:
                continue
            first, last = max(start, record_start), min(piece.end, record_end)
            if found and found[-1][0] is piece.seen and found[-1][2] == first:
                found[-1] = (piece.seen, found[-1][1], last)
            else:
                found.append((piece.seen, first, last))
        return found

    def above(self, clip: PlacedClip, record_start: Fraction, record_end: Fraction) -> list[PlacedClip]:
        """What lay over a clip that is seen between two record times and was passed over; each once, in order."""
        found: list[PlacedClip] = []
        for _start, piece in self._between(record_start, record_end):
            if piece.seen is clip and piece.above is not None and not any(piece.above is known for known in found):
                found.append(piece.above)
        return found

    def _between(self, start: Fraction, end: Fraction) -> list[tuple[Fraction, _Piece]]:
        first = max(0, bisect_right(self._starts, start) - 1)
        found = []
        for position in range(first, len(self._pieces)):
            begins, piece = self._starts[position], self._pieces[position]
            if begins >= end and begins > start:
                break
            if piece.end > start:
                found.append((begins, piece))
        return found

    def _sweep(self, picture: list[PlacedClip]) -> None:
        """Left to right over all starts and ends, the active clips in a heap each: those that are seen, those passed over."""
        scale = lcm(*{time.denominator for clip in picture for time in (clip.record_start, clip.record_end)})
        events = sorted(
            ((_ticks(clip.record_start, scale), clip.record_start, number) for number, clip in enumerate(picture)),
            key=lambda event: event[0],
        )
        ends = sorted(((_ticks(clip.record_end, scale), clip.record_end) for clip in picture), key=lambda end: end[0])
        heights = _ranks(picture)
        seen: list[tuple[int, int]] = []
        passed: list[tuple[int, int]] = []
        begun = 0
        for tick, time in _merged(events, ends):
            while begun < len(events) and events[begun][0] <= tick:
                number = events[begun][2]
                clip = picture[number]
                skip = not clip.moving or (self._takes and is_take_clip(clip.clip))
                heappush(passed if skip else seen, (-heights[number], number))
                begun += 1
            for heap in (seen, passed):
                while heap and picture[heap[0][1]].record_end <= time:
                    heappop(heap)
            self._change(time, *_tops(picture, seen, passed))

    def _change(self, time: Fraction, seen: PlacedClip | None, above: PlacedClip | None) -> None:
        if self._pieces:
            last = self._pieces[-1]
            if last.seen is seen and last.above is above:
                return
            self._pieces[-1] = _Piece(time, last.seen, last.above)
        self._starts.append(time)
        self._pieces.append(_Piece(time, seen, above))


def _tops(
    picture: list[PlacedClip], seen: list[tuple[int, int]], passed: list[tuple[int, int]]
) -> tuple[PlacedClip | None, PlacedClip | None]:
    top = picture[seen[0][1]] if seen else None
    over = picture[passed[0][1]] if passed and (not seen or passed[0] < seen[0]) else None
    return top, over


def _merged(starts: list[tuple[int, Fraction, int]], ends: list[tuple[int, Fraction]]) -> list[tuple[int, Fraction]]:
    """Every moment at which something changes, once, in order."""
    moments = {start[0]: start[1] for start in starts}
    moments.update(ends)
    return sorted(moments.items(), key=lambda moment: moment[0])


def _ranks(picture: list[PlacedClip]) -> list[int]:
    """Each clip's height as one number, bottom up."""
    order = {height: rank for rank, height in enumerate(sorted({clip.track.height for clip in picture}))}
    return [order[clip.track.height] for clip in picture]


def _ticks(time: Fraction, scale: int) -> int:
    return time.numerator * (scale // time.denominator)
