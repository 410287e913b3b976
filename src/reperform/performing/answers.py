"""What is paid and answers a cue: by one result, or by those of the parts that a long cue was performed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reperform.ledger.records import Covered, Piece
from reperform.ledger.results import Results
from reperform.performing.wanting import Wanted, laid_out
from reperform.timing import FrameRange

__all__ = ["Answers"]


@dataclass(kw_only=True)
class Answers:
    """The paid results of one run's cues, and how its long cues are split."""

    results: Results
    seam: int
    """Frames that results may share where they meet."""
    _parts: dict[str, list[FrameRange]] = field(default_factory=dict)
    """By claim on a whole cue: the parts that it is performed in, counted from its first frame. Shots that show the same pictures
    share a claim, and each has a clock of its own.
    """

    def of(self, wanted: Wanted) -> Mapping[int, tuple[Covered, ...]]:
        """By number of take: the paid results that answer the cue, in its order. Numbers without one are left out."""
        found = {number: self.take(wanted, number) for number in range(1, wanted.takes + 1)}
        return {number: covered for number, covered in found.items() if covered}

    def take(self, wanted: Wanted, number: int) -> tuple[Covered, ...]:
        """What answers one take of the cue, end to end; empty where something lacks."""
        whole = wanted.whole(number)
        covered = self.results.answering(whole) or self._in_parts(wanted, whole, number)
        return laid_out(covered, seam=self.seam)

    def split(self, wanted: Wanted, number: int, part: FrameRange) -> None:
        """The cue's take of that number is performed in parts, and this is one of them."""
        parts = self._parts.setdefault(wanted.whole(number).key, [])
        counted = part.shifted(-wanted.cue.in_frame)
        if counted not in parts:
            parts.append(counted)

    def keys(self, wanted: Wanted, number: int) -> tuple[str, ...]:
        """The claims that one take of the cue may be answered by: on the whole of it, and on its parts."""
        whole = wanted.whole(number).key
        return (whole, *(wanted.piece(part, number).key for part in self._parts_of(wanted, whole)))

    def _in_parts(self, wanted: Wanted, whole: Piece, number: int) -> tuple[Covered, ...]:
        found: list[Covered] = []
        for part in sorted(self._parts_of(wanted, whole.key)):
            answer = self.results.answering(wanted.piece(part, number))
            if not answer:
                return ()
            offset = part.start - wanted.cue.in_frame
            found += [replace(each, cue_start=each.cue_start + offset) for each in answer]
        return tuple(found)

    def _parts_of(self, wanted: Wanted, whole: str) -> list[FrameRange]:
        """On the clock of the cue's shot."""
        return [part.shifted(wanted.cue.in_frame) for part in self._parts.get(whole, ())]
