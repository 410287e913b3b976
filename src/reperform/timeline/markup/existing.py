"""The marks that a cut has, each with the cue that it asks for on each clip, as a person names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reperform.direction import Direction
from reperform.errors import InputError
from reperform.model import Cue, PlanSettings, Shot
from reperform.timeline.cut import Cut, Index, PlacedClip, PlacedMarker
from reperform.timeline.marks import Mark, sort_markers
from reperform.timeline.placing import Placer, Spot
from reperform.timeline.repeated import without_repeats
from reperform.timeline.reporting import Reporter
from reperform.timing import FrameRange, ceil_frame, parse_timecode

__all__ = ["Asked", "asked_in", "frames_at", "meant", "span_of", "timecode_range"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one mark asks for on one clip: a cue, or what would be one if nothing were wrong with it."""

    mark: Mark
    clip: PlacedClip | None
    """None where it stands on nothing that is seen."""
    frames: FrameRange | None
    """Of the cut, half-open: the cue's. None where it cannot be placed."""
    shot: Shot | None = None
    cue: Cue | None = None
    """None where it cannot be performed as it is."""
    repeats: tuple[PlacedMarker, ...] = ()
    """Markers that say the same at the same time: on its sound, or once more."""

    @property
    def direction(self) -> Direction | None:
        """The cue's; else the mark's, None where that is not understood."""
        return self.cue.direction if self.cue else self.mark.direction

    @property
    def id(self) -> str | None:
        """The cue's."""
        return self.cue.id if self.cue else None

    @property
    def markers(self) -> tuple[PlacedMarker, ...]:
        """The marker itself, and those that repeat it."""
        return self.mark.placed, *self.repeats


def asked_in(index: Index, shots: Sequence[Shot], settings: PlanSettings) -> tuple[Asked, ...]:
    """What all marks of a cut ask for, in record order; `shots` are those that were found in it with the same settings."""
    marks, _ = sort_markers(index, settings)
    placer = Placer(index, Reporter(index.cut))
    cues = _Cues(index.cut, shots)
    said: dict[_Key, list[Mark]] = defaultdict(list)
    for mark in marks:
        said[_key(mark)].append(mark)
    found: list[Asked] = []
    for mark in without_repeats(marks):
        same = said[_key(mark)]
        if any(_repeats(mark, other) for other in same[: same.index(mark)]):
            continue
        repeats = tuple(other.placed for other in same if other is not mark and _repeats(other, mark))
        spots = placer.spots(mark)
        found += (replace(cues.asked(spot), repeats=repeats) for spot in spots)
        if not spots:
            whole = _whole(index.cut, mark.placed)
            found.append(Asked(mark=mark, clip=mark.placed.clip, frames=whole, repeats=repeats))
    return tuple(sorted(found, key=lambda each: (each.frames is None, each.frames or FrameRange(0, 0))))


_Key = tuple[str, Fraction | None, Fraction | None]


def _key(mark: Mark) -> _Key:
    return mark.text, mark.placed.record_start, mark.placed.record_end


def _repeats(mark: Mark, other: Mark) -> bool:
    """Whether a mark with the same words at the same time asks for nothing that the other does not ask for."""
    clip, own = mark.placed.clip, other.placed.clip
    if clip is None or clip.track.kind == "audio":
        return True
    return own is not None and own.address == clip.address


def _whole(cut: Cut, placed: PlacedMarker) -> FrameRange | None:
    if placed.record_start is None or placed.record_end is None:
        return None
    start = cut.record_frame(placed.record_start)
    return FrameRange.between(start, max(start + 1, ceil_frame(placed.record_end, cut.rate)))


class _Cues:
    """The cues of shots, each given to the mark that asks for it."""

    def __init__(self, cut: Cut, shots: Sequence[Shot]) -> None:
        self._cut = cut
        self._shots = {shot.address: shot for shot in shots}
        self._free = {shot.address: list(shot.cues) for shot in shots}

    def asked(self, spot: Spot) -> Asked:
        shot = self._shots.get(spot.clip.address)
        cue = self._take(spot) if shot else None
        frames = self._frames_of(cue) if cue else self._frames(spot)
        return Asked(mark=spot.mark, clip=spot.clip, frames=frames, shot=shot, cue=cue)

    def _take(self, spot: Spot) -> Cue | None:
        """The cue with the mark's words that begins last before it or with it: a point's cue may begin before its mark."""
        free = self._free[spot.clip.address]
        at = self._cut.record_frame(spot.start)
        fitting = [cue for cue in free if cue.marker == spot.mark.text and self._frames_of(cue).start <= at]
        if not spot.point:
            fitting = [cue for cue in fitting if self._frames_of(cue).start == at]
        if not fitting:
            return None
        free.remove(fitting[-1])
        return fitting[-1]

    def _frames_of(self, cue: Cue) -> FrameRange:
        start = frames_at(self._cut, cue.record_in)
        return FrameRange.between(start, frames_at(self._cut, cue.record_out or cue.record_in))

    def _frames(self, spot: Spot) -> FrameRange:
        if spot.point:
            return spot.clip.record
        return FrameRange.between(self._cut.record_frame(spot.start), ceil_frame(spot.end, self._cut.rate))


def frames_at(cut: Cut, timecode: str) -> int:
    """The record frame of a timecode, counted from the cut's start. Raises ValueError for what is no timecode."""
    return parse_timecode(timecode, cut.rate, drop_frame=cut.drop_frame) - cut.start_frame


def timecode_range(cut: Cut, text: str, *, length: int) -> FrameRange:
    """The frames that `TC` or `TC-TC` means, half-open; of one timecode a frame. `length` is the cut's.

    Raises:
        InputError: it is no timecode, or lies outside of the cut.

    """
    first, dash, last = text.partition("-")
    try:
        start = frames_at(cut, first.strip())
        end = frames_at(cut, last.strip()) if dash else start + 1
    except ValueError as error:
        raise InputError(
            f"“{text}”: {error}.", fix="Write record timecode: 01:00:04:00, or FROM-TO with a dash between."
        ) from error
    if end <= start:
        raise InputError(
            f"“{text}” ends before it begins.", fix="Write the first frame, then the first one after the last."
        )
    if start < 0 or end > length:
        raise InputError(
            f"“{text}” lies outside of the cut.",
            fix=f"It goes from {cut.timecode(0)} to {cut.timecode(length)}; write its record timecode.",
        )
    return FrameRange.between(start, end)


def meant(word: str, asked: Sequence[Asked], index: Index) -> tuple[Asked, ...]:
    """The marks that a word means: a cue's id, record timecode (that it covers, or FROM-TO), else words that it says, a
    character, or a clip.
    """
    wanted = word.strip().casefold()
    if found := [each for each in asked if each.id and each.id.casefold() == wanted]:
        return tuple(found)
    span = span_of(word, index.cut)
    if span is not None:
        return tuple(each for each in asked if each.frames and each.frames.overlaps(span))
    exact = [each for each in asked if wanted in set(_names(each))]
    return tuple(exact or (each for each in asked if wanted and wanted in _line(each.mark.text)))


def span_of(word: str, cut: Cut) -> FrameRange | None:
    """The frames that `TC` or `TC-TC` means; None for a word that is neither."""
    first, dash, last = word.partition("-")
    try:
        start = frames_at(cut, first.strip())
        return FrameRange.between(start, frames_at(cut, last.strip()) if dash else start + 1)
    except ValueError:
        return None


def _names(asked: Asked) -> Iterator[str]:
    yield _line(asked.mark.text)
    if asked.direction and asked.direction.character:
        yield asked.direction.character.casefold()
    if asked.clip:
        yield asked.clip.name.casefold()
    if asked.shot:
        yield asked.shot.id.casefold()


def _line(text: str) -> str:
    return " ".join(text.split()).casefold()
