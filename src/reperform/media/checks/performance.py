"""All that a person would look and listen for in a take, from what was seen of its pictures in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reperform.errors import ReperformError
from reperform.media.checks.hearing import Spoken, check_sound
from reperform.media.checks.motion import check_black, check_frozen, check_repeated, check_seams
from reperform.media.checks.outside import check_outside
from reperform.model import Check

if TYPE_CHECKING:
    from reperform.media.checks.pairs import Pair
    from reperform.media.checks.verdicts import Verdicts
    from reperform.media.conformed import Conformed
    from reperform.media.splicing import Splice

__all__ = ["check_performance"]


def check_performance(
    conformed: Conformed,
    pairs: Sequence[Pair],
    splices: Sequence[Splice],
    *,
    spoken: Sequence[Spoken],
    verdicts: Verdicts,
    vmaf: Sequence[float] | None = None,
) -> tuple[Check, ...]:
    """The verdicts on `pairs`, as `Watch.end` gives them, and on the take's sound. What cannot be measured is said, and passes."""
    checks = [
        check_black(pairs, verdicts),
        check_frozen(pairs, verdicts, rate=conformed.rate),
        check_repeated(pairs, verdicts),
        check_seams(pairs, verdicts),
        *check_outside(pairs, verdicts, vmaf=vmaf),
    ]
    try:
        heard = check_sound(
            conformed.heard_in, in_frame=conformed.in_frame, spoken=spoken, splices=splices, verdicts=verdicts
        )
    except ReperformError as error:
        heard = [Check(name="sound", passed=True, noticed=True, detail=f"it could not be measured: {error.message}")]
    return (*checks, *heard)
