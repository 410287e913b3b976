"""What a run, or a resume, would pay for; and the keys that it needs, before anything is begun."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from reperform.asking import Bill, Item, bill
from reperform.engines.base import Capabilities, Engine
from reperform.estimating import is_own
from reperform.ledger.records import Attempt
from reperform.model import Job, Plan, Shot

__all__ = ["bill_of", "bill_of_attempts", "check_keys", "jobs_of", "looks_paid"]

EngineOf = Callable[[str], Engine]


def jobs_of(
    plan: Plan, *, engine_of: EngineOf, only: Collection[str] | None = None, another: Collection[str] = ()
) -> list[tuple[Shot, Job]]:
    """The jobs that a run of this plan would send, with their shots. `only` and `another` are ids of cues."""
    jobs = [(shot, job) for shot in plan.shots for job in _jobs(plan, shot, another=another, engine_of=engine_of)]
    return [(shot, job) for shot, job in jobs if only is None or any(cue in only for cue in job.cues)]


def looks_paid(plan: Plan, *, only: Collection[str] | None = None) -> int:
    """How many cues the plan leaves out as paid: by packets, while what is paid for is decided by every frame."""
    return sum(cue.paid and (only is None or cue.id in only) for shot in plan.shots for cue in shot.cues)


def bill_of(
    jobs: Iterable[Job], *, engine_of: EngineOf, base_url: str | None = None, looked_paid: int = 0
) -> Bill | None:
    """What sending these jobs would cost; None where that is nothing."""
    return bill(_items(jobs, engine_of), base_url=base_url, looked_paid=looked_paid)


def bill_of_attempts(attempts: Sequence[Attempt], *, engine_of: EngineOf, base_url: str | None = None) -> Bill | None:
    """What going on with attempts would pay for of which nothing was sent."""
    items = []
    for attempt in attempts:
        seconds = float(json.loads(attempt.job).get("seconds", 0.0))
        item = Item(engine=attempt.engine, model=attempt.model, cost_usd=attempt.estimate_usd, seconds=seconds)
        items.append((item, engine_of(attempt.engine).capabilities(attempt.model)))
    return bill(items, base_url=base_url)


def check_keys(names: Iterable[str], *, engine_of: EngineOf) -> None:
    """Whether there is a key for each engine that needs one.

    Raises:
        AccessRefused: there is none, and how to give it.

    """
    from reperform import credentials

    for name in dict.fromkeys(names):
        engine = engine_of(name)
        if engine.capabilities(engine.models()[0]).environment and credentials.find(name) is None:
            raise credentials.missing(name)


def _jobs(plan: Plan, shot: Shot, *, another: Collection[str], engine_of: EngineOf) -> Iterator[Job]:
    yield from shot.jobs
    planned = {cue for job in shot.jobs for cue in job.cues}
    more = [cue for cue in shot.cues if cue.id in another and cue.id not in planned]
    if more:
        from reperform import planning

        one = [cue.model_copy(update={"direction": cue.direction.model_copy(update={"takes": 1})}) for cue in more]
        folder = Path(plan.timeline.path).parent
        engine = engine_of(plan.engine)
        yield from planning.jobs(shot, one, engine=engine, model=plan.model, settings=plan.settings, folder=folder)[0]


def _items(jobs: Iterable[Job], engine_of: EngineOf) -> Iterator[tuple[Item, Capabilities]]:
    for job in jobs:
        item = Item(
            engine=job.engine, model=job.model, cost_usd=job.cost.amount, seconds=job.seconds, own=is_own(job.cost)
        )
        yield item, engine_of(job.engine).capabilities(job.model)
