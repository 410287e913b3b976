"""The engines' own estimates of a plan's jobs: asked before paying, and without any of the user's media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from reperform.model import Cost, Job, Plan, Problem, Shot

if TYPE_CHECKING:
    from reperform.engines.base import Engine
    from reperform.performing.roster import Performer, Roster
    from reperform.performing.terms import Planner
    from reperform.settings import Settings
    from reperform.workflow.documents import Planned

__all__ = ["Estimates", "estimated", "estimates", "is_own", "with_estimates"]

OWN = "own estimate"
"""Stands in the basis of a cost that the engine itself named."""
_PATIENCE = 30.0
"""Seconds that all engines together are given: a plan does not wait for a price."""


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What the engines said."""

    usd: Mapping[int, float]
    """By the job's place among those asked for, where its engine named a price."""
    notes: tuple[Problem, ...] = ()
    """Why others have none."""


def is_own(cost: Cost) -> bool:
    """Whether the engine itself named this cost; else it was computed from a published price."""
    return OWN in cost.basis


def estimates(jobs: Sequence[tuple[Shot, Job]], plan: Plan, settings: Settings) -> Estimates:
    """What the engines themselves say that these jobs of a plan would cost. Nothing is uploaded for it.

    Raises:
        SettingsError: an engine does not exist, or the settings do not allow it.

    """
    import anyio

    from reperform.performing.roster import Roster
    from reperform.performing.terms import Planner, Terms
    from reperform.workflow.employing import connector, engine_named

    def engine_of(name: str) -> Engine:
        return engine_named(name, settings, label=plan.settings.label)

    terms = Terms(engine=plan.engine, model=plan.model, folder=plan.timeline.path.parent, settings=plan.settings)
    planner = Planner(terms, engine_of(plan.engine))

    async def asking() -> Estimates:
        async with Roster(engine_of, connect=connector(settings)) as roster:
            return await _Asking(planner, roster, settings).all(jobs)

    return anyio.run(asking)


def with_estimates(jobs: Sequence[tuple[Shot, Job]], found: Estimates) -> list[Job]:
    """The jobs, each that an engine named a price of at that price."""
    return [_priced(job, found.usd.get(place)) for place, (_, job) in enumerate(jobs)]


def estimated(planned: Planned, settings: Settings) -> Planned:
    """The plan at the prices that the engines themselves name; what they do not say stays at their published ones.

    Raises:
        SettingsError: the base address is none, or an engine may not be used.

    """
    from reperform.asking import check_base_url
    from reperform.planning import costs

    check_base_url(settings.base_url)
    plan = planned.plan
    jobs = [(shot, job) for shot in plan.shots for job in shot.jobs]
    found = estimates(jobs, plan, settings)
    priced = iter(with_estimates(jobs, found))
    shots = tuple(shot.model_copy(update={"jobs": tuple(islice(priced, len(shot.jobs)))}) for shot in plan.shots)
    totals = plan.totals
    if found.usd:
        total = costs.total(job.cost for shot in shots for job in shot.jobs)
        some = "" if len(found.usd) == len(jobs) else f"{len(found.usd)} of them "
        told = f"{total.basis}, {some}by the engines' {OWN}"
        totals = totals.model_copy(update={"cost": total.model_copy(update={"basis": told})})
    problems = (*plan.problems, *found.notes)
    return replace(planned, plan=plan.model_copy(update={"shots": shots, "totals": totals, "problems": problems}))


class _Asking:
    """All jobs, a few at once, and each engine that cannot be asked said once."""

    def __init__(self, planner: Planner, roster: Roster, settings: Settings) -> None:
        import anyio

        self.planner, self.roster, self.base_url = planner, roster, settings.base_url
        self.turns = anyio.CapacityLimiter(settings.jobs)
        self.usd: dict[int, float] = {}
        self.silent: dict[str, Problem] = {}

    async def all(self, jobs: Sequence[tuple[Shot, Job]]) -> Estimates:
        import anyio

        with anyio.move_on_after(_PATIENCE):
            async with anyio.create_task_group() as tasks:
                for place, (shot, job) in enumerate(jobs):
                    performer = self.roster.performer(job.engine, self.base_url)
                    if performer.engine.capabilities(job.model).price.unit != "nothing":
                        tasks.start_soon(self._one, performer, shot, job, place)
        return Estimates(usd=self.usd, notes=tuple(self.silent.values()))

    async def _one(self, performer: Performer, shot: Shot, job: Job, place: int) -> None:
        from reperform.engines import label
        from reperform.errors import ReperformError

        async with self.turns:
            try:
                engine = await performer.open()
                usd = await performer.quotes.of(engine, self.planner.order(shot, job))
            except ReperformError as error:
                self._say(job.engine, f"{job.engine} gave no estimate of its own: {error.message}", error.fix)
                return
        if usd is None:
            name = label(engine, job.model)
            self._say(name, f"{name} named no price of its own; its published one is shown.", None)
        else:
            self.usd[place] = usd

    def _say(self, of: str, message: str, fix: str | None) -> None:
        self.silent.setdefault(of, Problem(severity="note", message=message, fix=fix))


def _priced(job: Job, usd: float | None) -> Job:
    if usd is None:
        return job
    from reperform.planning import costs

    published = "" if job.cost.amount is None else f"; by its published price {costs.dollars(job.cost.amount)}: "
    basis = f"{job.engine}'s {OWN}{published or ' ('}{job.cost.basis}{'' if published else ')'}"
    return job.model_copy(update={"cost": job.cost.model_copy(update={"amount": usd, "basis": basis})})
