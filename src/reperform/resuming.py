"""What can be done with a project without its timeline: look at it, go on with it, stop what can be stopped, clean up."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import PlanError, ReperformError, SettingsError, exit_code
from reperform.ledger.ledger import Ledger
from reperform.ledger.projects import SUFFIX
from reperform.ledger.projects import find as find_project
from reperform.ledger.records import NOTHING_SENT, Attempt, AttemptState, RunRow
from reperform.model import Plan, Problem, TimelineInfo

if TYPE_CHECKING:
    from reperform.asking import Ask
    from reperform.errors import AccessRefused, CostCeiling
    from reperform.performing.listening import Listener
    from reperform.performing.performed import Performed
    from reperform.settings import Settings
    from reperform.workflow import Outcome

__all__ = ["Resumed", "cancel", "open_project", "resume"]


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What a resume came to."""

    performed: Performed
    """Of what earlier runs had left."""
    outcomes: tuple[tuple[Path, Outcome], ...]
    """The runs that were brought to their end, and where each wrote its timeline."""
    problems: tuple[Problem, ...]
    """Of runs that could not be."""

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command."""
        found = [outcome.status for _, outcome in self.outcomes]
        stopped = self.performed.refused or self.performed.ceiling
        found += [exit_code(stopped)] if stopped else []
        found += [1] if self.problems or self.performed.problems else []
        return next((status for status in (130, 4, 3, 1, 2) if status in found), 0)


def open_project(place: Path, settings: Settings) -> Ledger:
    """The ledger of a project, of a timeline, or of a folder.

    Raises:
        SettingsError: nothing was run there yet.

    """
    is_project = place.suffix == SUFFIX and place.is_dir()
    inside = place / "timeline" if place.is_dir() else place
    project = place if is_project and settings.project is None else find_project(inside, settings.project)
    ledger = Ledger.existing(project, settings.ledger)
    if ledger is None:
        raise SettingsError(f"nothing has been run in {project} yet.", fix="Give a timeline, or --project.")
    return ledger


def resume(ledger: Ledger, settings: Settings, *, listener: Listener, ask: Ask | None) -> Resumed:
    """Go on with all that earlier runs left, by the ledger alone; then end those runs whose timelines are as they were.

    Where a ceiling or a refusal stopped it, their timelines are written with what there is, and can be gone on with.

    Raises:
        AccessRefused: an engine needs a key, and there is none.
        SettingsError: it would cost something, and that is not agreed to.
        Interrupted: stopped; the ledger goes on from here.

    """
    from reperform.workflow import perform_in

    runs = [_allowed(ledger, run, settings) for run in ledger.runs.open()]
    _agree(ledger, settings, runs, ask)
    performed = perform_in(_empty(ledger), ledger, settings, listener=listener, also_unsent=True)
    outcomes: list[tuple[Path, Outcome]] = []
    problems: list[Problem] = []
    stopped = performed.refused or performed.ceiling
    for run in runs:
        try:
            outcomes.append((Path(run.out), _end(ledger, run, settings, listener=listener, ask=ask, stopped=stopped)))
        except (ReperformError, OSError) as error:
            if exit_code(error if isinstance(error, ReperformError) else ReperformError()) in (4, 130):
                raise
            problems.append(_not_ended(run, error))
    said = {_said(problem) for _, outcome in outcomes for problem in outcome.problems}
    still = tuple(problem for problem in _still(performed.problems, ledger) if _said(problem) not in said)
    performed = replace(performed, problems=still)
    return Resumed(performed=performed, outcomes=tuple(outcomes), problems=tuple(problems))


def _said(problem: Problem) -> tuple[str | None, str | None, str]:
    """Equal for problems that say the same of the same clip."""
    return problem.where.track, problem.where.clip, problem.message


def _still(problems: Sequence[Problem], ledger: Ledger) -> tuple[Problem, ...]:
    """Those that the runs, brought to their end since, have not done away with: what was unknown may be sent anew."""
    if ledger.claims.unknown():
        return tuple(problems)
    return tuple(problem for problem in problems if "--resubmit-unknown" not in (problem.fix or ""))


def cancel(ledger: Ledger, settings: Settings, *, only: Collection[str] = ()) -> list[tuple[Attempt, str]]:
    """Stop what can be stopped: all that is unfinished, or the attempts of these ids (or their beginnings).

    Raises:
        SettingsError: an id fits no unfinished attempt.

    """
    import anyio

    from reperform.performing.cancelling import cancel as cancel_attempts
    from reperform.performing.roster import Roster
    from reperform.workflow import connector, engine_named

    meant = _meant(ledger.claims.unfinished(), only)

    async def cancelling() -> list[tuple[Attempt, str]]:
        async with Roster(partial(engine_named, settings=settings), connect=connector(settings)) as roster:
            return await cancel_attempts(ledger, roster, meant)

    return anyio.run(cancelling)


def _meant(unfinished: Sequence[Attempt], only: Collection[str]) -> Sequence[Attempt]:
    if not only:
        return unfinished
    for word in only:
        if not any(attempt.id.startswith(word) for attempt in unfinished):
            raise SettingsError(f"no unfinished attempt is called “{word}”.", fix="`reperform status` lists them.")
    return [attempt for attempt in unfinished if attempt.id.startswith(tuple(only))]


def _allowed(ledger: Ledger, run: RunRow, settings: Settings) -> RunRow:
    """The run with what it may cost, where that is said anew."""
    if settings.max_cost is None and not settings.allow_unknown_cost:
        return run
    return ledger.runs.allow(run.id, settings.max_cost, allow_unknown_cost=settings.allow_unknown_cost)


def _agree(ledger: Ledger, settings: Settings, runs: Sequence[RunRow], ask: Ask | None) -> None:
    """What was only planned, and would be paid for now. A ceiling that a run was given covers its resumes."""
    from reperform.asking import agree, check_base_url
    from reperform.billing import bill_of_attempts
    from reperform.workflow import engine_named

    check_base_url(settings.base_url)
    by_id = {run.id: run for run in runs}
    for base_url in {run.base_url for run in runs} | {settings.base_url}:
        unsent = [
            attempt
            for attempt in ledger.claims.unfinished()
            if attempt.state in NOTHING_SENT and _base_url(attempt, by_id, settings) == base_url
        ]
        ceilings = [run.max_cost_usd for run in runs if run.max_cost_usd is not None]
        agree(
            bill_of_attempts(unsent, engine_of=partial(engine_named, settings=settings), base_url=base_url),
            yes=settings.yes,
            max_cost=settings.max_cost if settings.max_cost is not None else min(ceilings, default=None),
            allow_unknown_cost=settings.allow_unknown_cost or any(run.allow_unknown_cost for run in runs),
            ask=ask,
        )


def _base_url(attempt: Attempt, runs: dict[str, RunRow], settings: Settings) -> str | None:
    run = runs.get(attempt.run_id or "")
    return run.base_url if run else settings.base_url


def _empty(ledger: Ledger) -> Plan:
    """A plan that asks for nothing."""
    from fractions import Fraction

    info = TimelineInfo(path=ledger.project / "-", sha256="", name="", rate=Fraction(24), start="00:00:00:00")
    return Plan(timeline=info, engine="preview", model="preview")


def _end(
    ledger: Ledger,
    run: RunRow,
    settings: Settings,
    *,
    listener: Listener,
    ask: Ask | None,
    stopped: AccessRefused | CostCeiling | None,
) -> Outcome:
    """The run as it was called, from its plan: what is paid becomes takes, and its timeline is written."""
    from reperform.workflow import agree_to_pay, planned_again
    from reperform.workflow import run as run_again

    writing = json.loads(run.writing)
    if writing.get("reattach"):
        raise PlanError(f"what was filled in is kept; {Path(run.timeline).name} is written by `reattach` alone")
    only = None if writing["only"] is None else frozenset(writing["only"])
    planned = planned_again(run.plan, ledger.project, only=only, storage=settings.ledger)
    kept = {name: writing[name] for name in writing if name not in ("only", "another")}
    more = {
        "base_url": run.base_url,
        "max_cost": run.max_cost_usd,
        "allow_unknown_cost": run.allow_unknown_cost,
        "ledger": settings.ledger,
    }
    again = type(settings).model_validate(settings.model_dump() | kept | more)
    paid = {json.loads(attempt.job)["id"] for attempt in ledger.claims.attempts() if attempt.run_id == run.id}
    if stopped is None and any(job.id not in paid for shot in planned.plan.shots for job in shot.jobs):
        agree_to_pay(planned, again, ask=ask)
    another = frozenset(writing["another"]) if not _has_attempts(ledger, run) else frozenset()
    return run_again(
        planned,
        Path(run.out),
        again,
        listener=listener,
        another=another,
        agreed=True,
        ledger=ledger,
        stopped=stopped,
    )


def _has_attempts(ledger: Ledger, run: RunRow) -> bool:
    """Whether what the run was asked for beyond its marks was begun already."""
    return any(
        attempt.run_id == run.id and attempt.state is not AttemptState.CANCELLED for attempt in ledger.claims.attempts()
    )


def _not_ended(run: RunRow, error: Exception) -> Problem:
    message = getattr(error, "message", None) or str(error)
    # A cut that was changed is written by `reattach` alone.
    again = "reattach" if json.loads(run.writing).get("reattach") else "run"
    return Problem(
        severity="error",
        message=f"{Path(run.out).name} was not written: {message}",
        fix=f"What is paid is kept: reperform {again} {run.timeline} -o {run.out}",
    )
