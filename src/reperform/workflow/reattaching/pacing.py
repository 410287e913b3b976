"""A paid line on the clock of the shot that shows it now: where it is, moved with its retime, or frame by frame at a new pace."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from pathlib import Path

from reperform.ledger.records import Covered, Remapped
from reperform.model import Cue, Shot, Voice
from reperform.timing import FrameRange
from reperform.workflow.reattaching.lines import Line, Part
from reperform.workflow.reattaching.voicing import at_pace, cut_cue, from_here

__all__ = ["Laid", "Target", "runs"]

Laid = tuple[Cue, str, tuple[Covered, ...]]
"""A cue on the target's clock, its key, and what performs it."""

_CONTEXT = 32
"""Frames beyond a cue in which a dissolve may look for what came back."""


def runs(frames: Collection[int], *, gap: int = 0) -> list[FrameRange]:
    """Whole frames as ranges, in order; those that no more than `gap` frames lie between are one."""
    found: list[FrameRange] = []
    for frame in sorted(frames):
        if found and frame - found[-1].end <= gap:
            found[-1] = FrameRange.between(found[-1].start, frame + 1)
        else:
            found.append(FrameRange(frame, 1))
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """A use of a clip, as the shot that takes are laid onto."""

    shot: Shot
    speed: Fraction | None
    """None where it varies."""

    @cached_property
    def table(self) -> dict[int, int]:
        """By frame of its clock, handles included: the frame of the media that it shows."""
        media, covered = self.shot.media, self.shot.media.with_handles
        if media.map is None:
            return {frame: frame for frame in range(covered.start, covered.end)}
        return dict(zip(range(covered.start, covered.end), media.map, strict=True))

    @cached_property
    def visible(self) -> dict[int, int]:
        """As `table`, of what is visible."""
        return {frame: self.table[frame] for frame in range(self.shot.media.in_frame, self.shot.media.visible.end)}

    @cached_property
    def sources(self) -> frozenset[int]:
        """The frames of the media that are visible."""
        return frozenset(self.visible.values())

    @cached_property
    def covered(self) -> frozenset[int]:
        """As `sources`, with the handles."""
        return frozenset(self.table.values())

    def laid(self, line: Line, only: frozenset[int] | None = None) -> list[Laid]:
        """The line on this clock, or the frames of the media `only` of it."""
        if self.shot.media.map is None and not line.is_retimed:
            return self._in_place(line, only)
        moved = self._moved(line) if only is None else None
        return moved if moved is not None else list(self._frame_by_frame(line, only))

    def _in_place(self, line: Line, only: frozenset[int] | None) -> list[Laid]:
        whole = line.cue.range
        wanted = [whole] if only is None else runs(only & set(range(whole.start, whole.end)))
        found = []
        for part in wanted:
            covered = _covered(line, part)
            if covered and part.overlaps(self.shot.media.with_handles):
                cue = cut_cue(line.cue, part, rate=line.rate)
                found.append((self._here(cue, line), line.key, covered))
        return found

    def _moved(self, line: Line) -> list[Laid] | None:
        """Retimed as it was when it was performed, elsewhere in the cut; None where it shows something else now."""
        if not line.is_retimed or self.shot.media.map is None or line.rate != self.shot.media.rate:
            return None
        shift = self._shift(line)
        if shift is None:
            return None
        cue = line.cue.model_copy(update={"in_frame": line.cue.in_frame + shift})
        return [(self._here(cue, line), line.key, _covered(line, line.cue.range))]

    def _shift(self, line: Line) -> int | None:
        """By how many record frames it moved, with all that is performed and visible on the frames that it was performed for."""
        before = line.shot.media
        likely = (self.shot.media.in_frame - before.in_frame, self.shot.media.visible.end - before.visible.end)
        first = line.source_frame(line.cue.in_frame)
        found = (frame - line.cue.in_frame for frame, source in self.table.items() if source == first)
        return next((shift for shift in dict.fromkeys((*likely, *found)) if self._agrees(line, shift)), None)

    def _agrees(self, line: Line, shift: int) -> bool:
        performed = range(line.cue.in_frame, line.cue.range.end)
        inside = [frame for frame in performed if frame + shift in self.visible]
        if not inside or any(self.visible[frame + shift] != line.source_frame(frame) for frame in inside):
            return False
        shown = {frame for frame, source in self.visible.items() if source in line.performed}
        return shown == {frame + shift for frame in inside}

    def _frame_by_frame(self, line: Line, only: frozenset[int] | None) -> Iterator[Laid]:
        for part in line.parts:
            paid = line.indices(part, part.frames)
            if only is not None:
                paid = {source: indices for source, indices in paid.items() if source in only}
            shown = [frame for frame, source in self.table.items() if source in paid]
            for run in runs(shown):
                # What lies in the handles alone is left out: of a fast one every second frame would be performed there.
                if any(frame in self.visible for frame in range(run.start, run.end)):
                    yield self._run(line, part, run)

    def _run(self, line: Line, part: Part, run: FrameRange) -> Laid:
        reach = line.indices(part, part.sent)
        frames = _with_context(run, self.table, reach)
        paced = _paced(frames, self.table, reach)
        covered = Covered(
            result=part.result,
            cue_start=0,
            result_start=0,
            frames=run.frames,
            remapped=Remapped(first=frames[0], frames=tuple(paced)),
        )
        cue = line.cue.model_copy(
            update={"in_frame": run.start, "frames": run.frames, "voices": self._voices(line, self.table[run.start])}
        )
        return self._here(cue, line), line.key, (covered,)

    def _voices(self, line: Line, source: int) -> tuple[Voice, ...]:
        """The line's voices at the pace of its picture, from this frame of the media on."""
        before = _speed_of(line)
        pace = None if before is None or self.speed is None or before <= 0 else self.speed / before
        clock = range(line.cue.in_frame, line.cue.range.end)
        first = next((frame for frame in clock if line.source_frame(frame) == source), line.cue.in_frame)
        return at_pace(line.cue, since=(first - line.cue.in_frame) / line.rate, pace=pace)

    def _here(self, cue: Cue, line: Line) -> Cue:
        voices = from_here(cue.voices, before=line.shot.source.path, now=self.shot.source.path, exists=Path.exists)
        return cue.model_copy(update={"voices": voices})


def _covered(line: Line, frames: FrameRange) -> tuple[Covered, ...]:
    """What of the line's results stands in these frames of its clock, for a cue that is just these frames."""
    found = []
    for part in line.parts:
        inside = part.frames.intersection(frames)
        if inside.frames:
            start = inside.start - part.anchor - part.result.first_frame
            found.append(
                Covered(
                    result=part.result, cue_start=inside.start - frames.start, result_start=start, frames=inside.frames
                )
            )
    return tuple(found)


def _with_context(run: FrameRange, table: Mapping[int, int], reach: Mapping[int, object]) -> range:
    start, end = run.start, run.end
    while run.start - start < _CONTEXT and table.get(start - 1) in reach:
        start -= 1
    while end - run.end < _CONTEXT and table.get(end) in reach:
        end += 1
    return range(start, end)


def _paced(frames: Sequence[int], table: Mapping[int, int], reach: Mapping[int, tuple[int, ...]]) -> Iterator[int]:
    """For each frame which of the result's stands for it: a picture that is held shows those that were performed for it."""
    for source, together in groupby(frames, key=table.__getitem__):
        count, indices = len(list(together)), reach[source]
        yield from (indices[number * len(indices) // count] for number in range(count))


def _speed_of(line: Line) -> Fraction | None:
    """The one speed at which a line's media was shown when it was performed; None where it varied."""
    if not line.is_retimed:
        return Fraction(1)
    sped = {sound.speed for sound in line.shot.own_sound if sound.path == line.shot.source.path}
    if len(sped) == 1:
        return sped.pop()
    table = line.shot.media.map or ()
    if len(table) < 2:
        return None
    scale = line.shot.media.rate / line.shot.source.rate
    return (Fraction(table[-1] - table[0], len(table) - 1) * scale).limit_denominator(20)
