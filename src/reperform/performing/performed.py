"""How a run ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reperform.errors import AccessRefused, CostCeiling
from reperform.model import Check, Place, Problem, Shot, Take

__all__ = ["Performed", "problem_of", "problems_with"]


@dataclass(frozen=True, kw_only=True)
class Performed:
    """What a run made and what it could not make."""

    takes: Mapping[str, tuple[Take, ...]]
    """By shot id: every take there is of the shot, old and new: the oldest first, those that answer its marks as they are last."""
    made: tuple[str, ...] = ()
    """Ids of the takes that this run made."""
    problems: tuple[Problem, ...] = ()
    failed: frozenset[str] = frozenset()
    """Ids of the shots that lack a take they should have."""
    attempts: tuple[str, ...] = ()
    """Ids of the attempts that this run finished."""
    cost_usd: float = 0.0
    """What those cost: as the engines stated it, else as estimated."""
    cost_known: bool = True
    """False where an engine stated no cost and none could be estimated."""
    refused: AccessRefused | None = field(default=None)
    """The engine refused us; what was not yet submitted then was not tried."""
    ceiling: CostCeiling | None = field(default=None)
    """Going on would cost more than allowed; what was not yet submitted then was not tried."""
    sent: bool = False
    """A request left in this run, or may have; or one of an earlier run is still out there, or came to its end."""
    resumable: bool = False
    """Something is left that the next run, or a resume, goes on with."""


def problem_of(shot: Shot, error: BaseException, *, timecode: str | None = None) -> Problem:
    """An error of one shot, placed in the timeline. `timecode` is record timecode of what it is about: a cue, else the shot."""
    where = Place(track=shot.track, clip=shot.clip, timecode=timecode or shot.record.in_)
    message = getattr(error, "message", None) or f"unexpectedly: {type(error).__name__}: {error}"
    cause = (getattr(error, "cause", None) or "").strip()
    reason = cause.splitlines()[-1] if cause else ""
    return Problem(
        severity="error",
        where=where,
        message=message if reason in message else f"{message} ({reason})",
        fix=getattr(error, "fix", None),
    )


def problems_with(take: Take, shot: Shot, warnings: Sequence[str]) -> list[Problem]:
    """What is to be said of a take: what of its results was put right, and why it is not put in the timeline."""
    where = Place(track=shot.track, clip=shot.clip, timecode=shot.record.in_)
    problems = [Problem(severity="warning", where=where, message=f"{take.id}: {warning}") for warning in warnings]
    problems += [
        Problem(
            severity="warning",
            where=where.model_copy(update={"timecode": check.timecode or where.timecode}),
            message=f"{take.id}, {check.name}: {check.detail}{_at(check)}",
            fix=check.fix,
        )
        for check in take.checks
        if check.noticed
    ]
    failed = [check for check in take.checks if not check.passed]
    if failed:
        said = "; ".join(f"{check.name} ({check.detail}{_at(check)})" for check in failed)
        message = f"{take.id} did not pass: {said}. It is kept, and not put in the timeline."
        fixes = list(dict.fromkeys(check.fix for check in failed if check.fix))
        fix = " ".join([f"Look at {take.path}.", *fixes]) if fixes else f"Look at {take.path}, or ask for `--another`."
        problems.append(Problem(severity="error", where=where, message=message, fix=fix))
    return problems


def _at(check: Check) -> str:
    """Where it is worst."""
    if check.frame is None:
        return ""
    return f", at {check.timecode}, frame {check.frame}" if check.timecode else f", at frame {check.frame}"
