"""Whether what came back is black, or stands still, where what was sent is not; by the user's thresholds, whenever they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reperform.media import frames as media_frames
from reperform.media import originals
from reperform.media.aligning import Thumbnails
from reperform.media.checks.stillness import Standing, steps_allowed
from reperform.media.checks.verdicts import Verdicts
from reperform.media.splicing import Splice
from reperform.media.thumbnails import look_at, thumbnails
from reperform.model import Check, Shot, Thresholds
from reperform.model.thresholds import Judged
from reperform.timing import Rate

__all__ = ["JUDGED_AGAIN", "Beside", "judged_again"]

_BLACK, _FROZEN = "black frames", "frozen frames"
_AGAIN = "Perform the cue again: --another."
JUDGED_AGAIN = (_BLACK, _FROZEN)
"""The checks of a result that are settings, by name: they guard nothing that a conform needs."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What was sent beside what came back, small. Frames count from the first that was sent."""

    sent: Thumbnails
    returned: Thumbnails
    frames: Sequence[int | None]
    """For each frame that was sent: the returned one that stands for it."""
    inside: frozenset[int]
    """Those in a cue."""
    rate: Rate
    shot: Shot | None = None
    """Whose record timecode a verdict names; None: none is named."""
    first: int = 0
    """The first frame that was sent, on the shot's clock."""

    def checks(self, thresholds: Thresholds) -> tuple[Check, Check]:
        """Black and frozen pictures inside the cue. What does not keep a take out is a remark."""
        return self._black(thresholds), self._frozen(thresholds)

    def _pairs(self) -> list[tuple[int, int]]:
        pairs = ((number, frame) for number, frame in enumerate(self.frames) if number in self.inside)
        return [(number, frame) for number, frame in pairs if frame is not None and number < len(self.sent)]

    def _black(self, thresholds: Thresholds) -> Check:
        limit = thresholds.black
        black = [n for n, frame in self._pairs() if self.returned[frame].max() < limit <= self.sent[n].max()]
        if not black:
            return Check(name=_BLACK, passed=True, detail="none inside the cue")
        detail = f"{len(black)} black inside the cue, the first is frame {black[0]} of the job"
        return self._verdict("black", _BLACK, detail, thresholds, black[0])

    def _frozen(self, thresholds: Thresholds) -> Check:
        stood = list(self._stood())
        longest, last = max(stood, default=(0, 0))
        limit = steps_allowed(thresholds.frozen_ms, float(self.rate), len(stood) - 1)
        alike = longest + 1 if longest else 0
        detail = (
            f"at most {alike} frames alike inside the cue where what was sent moves; fewer than {limit + 1} allowed"
        )
        if longest < limit:
            return Check(name=_FROZEN, passed=True, detail=detail)
        return self._verdict("frozen", _FROZEN, detail, thresholds, last - longest)

    def _stood(self) -> Iterator[tuple[int, int]]:
        """For how many frames each picture of the cues has stood, and its number."""
        standing = Standing()
        for number, frame in self._pairs():
            yield standing.step(number, self.sent[number], self.returned[frame]), number

    def _verdict(self, judged: Judged, name: str, detail: str, thresholds: Thresholds, number: int) -> Check:
        if self.shot is not None:
            verdicts, frame = Verdicts(shot=self.shot, thresholds=thresholds), self.first + number
            return verdicts.verdict(judged, name, detail, good=False, frame=frame, fix=_AGAIN)
        failing = judged in thresholds.failing
        return Check(name=name, passed=not failing, noticed=not failing, detail=detail)


def judged_again(splice: Splice, shot: Shot, thresholds: Thresholds) -> tuple[Check, Check]:
    """The same of a result that is kept, beside the frames of the original; by the thresholds of now.

    Raises:
        MediaRefused, MediaError: either cannot be read.

    """
    sent = splice.returned_range
    numbers = range(sent.start, sent.end)
    original = thumbnails(media_frames.shown(shot.source, [originals.source_frames(shot)(n) for n in numbers]))
    cue = splice.cue.intersection(sent).shifted(-sent.start)
    return Beside(
        sent=original,
        returned=look_at(splice.returned).pictures,
        frames=[splice.returned_frame(number) for number in numbers],
        inside=frozenset(range(cue.start, cue.end)),
        rate=shot.media.rate,
        shot=shot,
        first=sent.start,
    ).checks(thresholds)
