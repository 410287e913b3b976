"""A take looked at and listened to: when it is made, and again whenever somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from reperform.media import checking
from reperform.media.checks.hearing import Spoken
from reperform.media.checks.performance import check_performance
from reperform.media.checks.verdicts import Verdicts
from reperform.media.checks.vmaf import Vmaf
from reperform.media.checks.watching import Watch
from reperform.media.compositing import report
from reperform.media.conformed import as_made
from reperform.model import Check
from reperform.performing import materials

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.media.conformed import Conformed
    from reperform.media.muxing import Track
    from reperform.media.splicing import Splice
    from reperform.performing.making import Making

__all__ = ["judged", "judged_again"]


def judged(
    making: Making, conformed: Conformed, splices: Sequence[Splice], *, sound: Sequence[Track], vmaf: bool = False
) -> tuple[Check, ...]:
    """Every check of a take's file, by the thresholds of its settings; its pictures are decoded once.

    Raises:
        MediaError: the original or a result cannot be read.

    """
    verdicts = Verdicts(shot=making.shot, thresholds=making.settings.checks, preview=making.is_preview)
    with ExitStack() as stack:
        measuring = stack.enter_context(Vmaf()) if vmaf else None
        watch = Watch(conformed, making.shot, feed=measuring.feed if measuring else None)
        checks = checking.check_take(conformed, making.shot, splices, sound=sound, watch=watch)
        if any(check.name == "decodes" and not check.passed for check in checks):
            return checks
        pairs = watch.end()
    spoken = [Spoken(cue=making.voiced.get(cue.id, cue), range=cue.range) for cue, _, _ in making.cues]
    scores = measuring.scores if measuring else None
    return checks + check_performance(conformed, pairs, splices, spoken=spoken, verdicts=verdicts, vmaf=scores)


def judged_again(
    making: Making, row: TakeRow, ledger: Ledger, *, vmaf: bool = False
) -> tuple[tuple[Check, ...], Conformed]:
    """The checks of a take that is there, and its file as it was made. `making` is how it was made.

    Raises:
        ConformError: a paid result is not there any more.
        MediaError: the original or a result cannot be read.

    """
    splices = materials.splices_of(making, ledger)
    conformed = as_made(
        making.shot,
        splices,
        path=ledger.takes.path(row),
        settings=making.shaping,
        take_range=row.range,
        reel=materials.reel_of(making, row),
    )
    sound = materials.sound_of(making, row.range, ledger).tracks
    checks = judged(making, conformed, splices, sound=sound, vmaf=vmaf)
    said = report.check_of(report.reports(conformed))
    return (*materials.failed_checks(splices, making, anew=True), *checks, *([said] if said else ())), conformed
