"""What moves in a take: jumps at its seams, pictures that stand still or are black where the original's do not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reperform.media.checks.stillness import steps_allowed
from reperform.model import Check
from reperform.timing import Rate

if TYPE_CHECKING:
    from reperform.media.checks.pairs import Pair
    from reperform.media.checks.verdicts import Verdicts

__all__ = ["check_black", "check_frozen", "check_repeated", "check_seams"]

_STILL, _MOVING = 0.15, 0.6
"""Levels of 255 from frame to frame, on average inside a change: less is standing still, more is movement."""
_STILL_PART = 0.1
"""Of the original's motion in the same place: grain moves where nothing else does."""
_QUIET = 1.0
"""Levels from frame to frame that nobody takes for a jump, however still the shot."""
_NEAR = 6
"""Frames around a seam in which the shot's own motion is looked for."""


def check_black(pairs: Sequence[Pair], verdicts: Verdicts) -> Check:
    """Pictures of which no place is bright, where the original's has one."""
    limit = verdicts.thresholds.black
    performed = [pair for pair in pairs if pair.share]
    black = [pair.frame for pair in performed if pair.brightest[1] < limit <= pair.brightest[0]]
    detail = f"{len(black)} of {len(performed)} are black where the original is not" if black else "none"
    first = black[0] if black else None
    return verdicts.verdict("black", "black pictures", detail, good=not black, frame=first, fix=_AGAIN)


def check_frozen(pairs: Sequence[Pair], verdicts: Verdicts, *, rate: Rate) -> Check:
    """The whole picture stands still for longer than is allowed, or for all of a cue, where the original's moves."""
    run, frame = max(((pair.stood, pair.frame - pair.stood) for pair in pairs), default=(0, 0))
    steps = sum(pair.share == 1 for pair in pairs) - 1
    limit = steps_allowed(verdicts.thresholds.frozen_ms, float(rate), steps)
    detail = f"at most {run + 1 if run else 0} pictures alike where the original moves; fewer than {limit + 1} allowed"
    return verdicts.verdict("frozen", "frozen pictures", detail, good=run < limit, frame=frame, fix=_AGAIN)


def check_repeated(pairs: Sequence[Pair], verdicts: Verdicts) -> Check:
    """What came back repeats single pictures, or stands, where the original moves."""

    repeated = [after.frame for before, after in pairwise(pairs) if before.share == after.share == 1 and _again(after)]
    limit = verdicts.thresholds.repeated
    detail = f"{len(repeated)} repeat the one before where the original moves; {limit} allowed"
    first = repeated[0] if repeated else None
    good = len(repeated) <= limit
    return verdicts.verdict("repeated", "repeated pictures", detail, good=good, frame=first, fix=_LOOK)


def check_seams(pairs: Sequence[Pair], verdicts: Verdicts) -> Check:
    """Steps into and out of cues against the motion of the shot around them, and of the performance."""
    steps = [_step(number, pairs) for number in range(1, len(pairs)) if _at_seam(pairs[number - 1], pairs[number])]
    if not steps:
        return Check(name="seams", passed=True, detail="there are none in the take")
    factor, frame = max(steps)
    limit = verdicts.thresholds.jump
    detail = f"the largest step is {factor:.1f} times the shot's own motion; {limit:g} allowed"
    return verdicts.verdict("seams", "seams", detail, good=factor <= limit, frame=frame, fix=_LONGER)


_AGAIN = "Perform the cue again: --another."
_LOOK = "Look at the take; perform the cue again (--another) if it stutters."
_LONGER = "Make the take again with a longer dissolve: --seam 8, and --context 8 for cues not yet performed."


def _at_seam(before: Pair, after: Pair) -> bool:
    """Whether the step between them leads into a cue, through its dissolve, or out of it."""
    return after.frame == before.frame + 1 and (before.share != after.share or 0 < after.share < 1)


def _step(number: int, pairs: Sequence[Pair]) -> tuple[float, int]:
    """How many times the usual motion the step to this pair is, and its frame."""
    near = pairs[max(1, number - _NEAR) : number + _NEAR + 1]
    own = max(each.inside[0] for each in near)
    performed = [each.inside[1] for before, each in pairwise(pairs) if before.share == each.share == 1]
    usual = max(own, float(np.median(performed)) if performed else 0.0, _QUIET)
    return pairs[number].inside[1] / usual, pairs[number].frame


def _again(pair: Pair) -> bool:
    """Whether its picture is the one before: where the take shows what came back, or everywhere."""
    original, taken = pair.inside
    return pair.repeats or (original > _MOVING and taken < max(_STILL, _STILL_PART * original))
