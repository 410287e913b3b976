"""The run: every shot of a plan, from what is paid already to its takes. One that fails stops no other."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from functools import partial

import anyio
from anyio import CapacityLimiter

from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Covered
from reperform.media import fingerprints
from reperform.model import Cue, Plan, Problem, Shot, Take
from reperform.performing import taking
from reperform.performing.carrying import sweep
from reperform.performing.errand import in_thread
from reperform.performing.listening import Listener, Stage, silence
from reperform.performing.making import Making, takes_of
from reperform.performing.paying import Paying, performing_engine
from reperform.performing.performed import Performed, problem_of, problems_with, stops
from reperform.performing.terms import EngineOf, Planner, Terms
from reperform.performing.wanting import Wanted, quick_key, wanted_by

__all__ = ["perform"]

_log = logging.getLogger(__name__)


async def perform(
    plan: Plan,
    *,
    ledger: Ledger,
    engine_of: EngineOf,
    listener: Listener = silence,
    another: Collection[str] = (),
    only: Collection[str] | None = None,
    partial_takes: bool = False,
    jobs_at_once: int = 4,
) -> Performed:
    """Perform what is not paid yet, fetch it, and make every take that the plan's shots should have.

    A shot with an error in the plan is left alone. `another` names cues that get one take more than are paid; `only`
    those that may be paid for at all (None: every one): the others keep what they have.
    `partial_takes` makes takes also where a cue of the shot has no result. Cancelled at any moment, it leaves a ledger
    that the next call goes on from.

    Raises:
        LedgerError: the ledger cannot be read or written.
        SettingsError: the plan's engine does not exist, or does not perform.

    """
    run = _Run(plan, ledger=ledger, engine_of=engine_of, listener=listener, jobs_at_once=jobs_at_once)
    run.another, run.partial = frozenset(another), partial_takes
    run.only = None if only is None else frozenset(only)
    sweep(ledger)
    left = run.paying.left()
    async with anyio.create_task_group() as tasks:
        for attempt in left:
            run.paying.go_on(attempt, tasks)
        for shot in plan.shots:
            tasks.start_soon(run.shot, shot)
    return run.performed()


class _Run:
    def __init__(
        self, plan: Plan, *, ledger: Ledger, engine_of: EngineOf, listener: Listener, jobs_at_once: int
    ) -> None:
        terms = Terms(engine=plan.engine, model=plan.model, folder=plan.timeline.path.parent, settings=plan.settings)
        self.plan, self.ledger, self.listener = plan, ledger, listener
        self.planner = Planner(terms, performing_engine(engine_of, plan.engine))
        self.threads = CapacityLimiter(max(2, os.cpu_count() or 1))
        self.paying = Paying(
            ledger=ledger,
            engine_of=engine_of,
            listener=listener,
            planner=self.planner,
            jobs=CapacityLimiter(jobs_at_once),
            threads=self.threads,
        )
        self.another: frozenset[str] = frozenset()
        self.partial = False
        self.only: frozenset[str] | None = None
        self.takes: dict[str, tuple[Take, ...]] = {}
        self.made: list[str] = []
        self.problems: list[Problem] = []
        self.failed: set[str] = set()

    async def shot(self, shot: Shot) -> None:
        """All that is to be done for one shot; whatever goes wrong becomes a problem in its place."""
        stopped = any(stops(problem, shot, self.plan.timeline) for problem in self.plan.errors)
        if stopped or not shot.cues:
            if stopped:
                self._fail(shot)
            return
        try:
            await self._perform(shot)
        except Exception as error:  # noqa: BLE001 - one bad shot does not stop the others, whatever is wrong with it
            if not isinstance(error, ReperformError):
                _log.exception("shot %s", shot.id)
            self._fail(shot, problem_of(shot, error))

    async def _perform(self, shot: Shot) -> None:
        self.listener(shot.id, Stage.LOOKING)
        work = partial(wanted_by, shot, self.planner, self.ledger.results, another=self.another)
        wanted = await in_thread(self.threads, work)
        meant = tuple(each for each in wanted if self.only is None or each.cue.id in self.only)
        problems = await self.paying.pay(shot, meant)
        self.problems += problems
        self.listener(shot.id, Stage.CONFORMING)
        await in_thread(self.threads, partial(self._note_paid, shot, wanted))
        complete = await self._make_takes(shot, wanted, meant)
        if problems or not complete:
            self._fail(shot)
        else:
            self.listener(shot.id, Stage.DONE, _counted(len(self.takes[shot.id])), 1.0)

    async def _make_takes(self, shot: Shot, wanted: tuple[Wanted, ...], meant: tuple[Wanted, ...]) -> bool:
        """Whether every cue that is meant has a result, and every take of them could be made and passed its checks."""
        source = await in_thread(self.threads, partial(fingerprints.file_identity, shot.source.path))
        answers = {each.cue.id: self.paying.answers(each) for each in wanted}
        complete = all(answers[each.cue.id] for each in meant)
        made: dict[str, Take] = {}
        if meant and (complete or self.partial):
            for number in range(1, 1 + max((max(found, default=0) for found in answers.values()), default=0)):
                cues = _results_for(number, wanted, answers)
                making = Making(shot=shot, cues=cues, source=source, settings=self.plan.settings)
                take = await self._make(making)
                complete = complete and take is not None and take.passed
                if take is not None:
                    made[take.id] = take
        self.takes[shot.id] = self._all_takes(shot, source, made)
        return complete

    async def _make(self, making: Making) -> Take | None:
        """The take, made now or there already; None where it could not be made. What is wrong with it is said."""
        try:
            done = await in_thread(self.threads, partial(taking.make, making, self.ledger))
        except ReperformError as error:
            self.problems.append(problem_of(making.shot, error))
            return None
        self.problems += problems_with(done.take, making.shot, done.warnings)
        if done.new:
            self.made.append(done.take.id)
        return done.take

    def _all_takes(self, shot: Shot, source: str, made: Mapping[str, Take]) -> tuple[Take, ...]:
        # Those that answer the marks as they are now come last: the newest is what an editor sees first.
        rows = sorted(takes_of(shot, source, self.ledger), key=lambda row: row.id in made)
        return tuple(made.get(row.id) or taking.read(row, self.ledger, shot_id=shot.id) for row in rows)

    def _note_paid(self, shot: Shot, wanted: tuple[Wanted, ...]) -> None:
        for each in wanted:
            if found := self.paying.answers(each):
                self.ledger.results.note_quick_key(quick_key(shot, each.cue, self.planner), len(found))

    def _fail(self, shot: Shot, *problems: Problem) -> None:
        self.failed.add(shot.id)
        self.problems += problems
        self.listener(shot.id, Stage.FAILED, problems[0].message if problems else "")

    def performed(self) -> Performed:
        """How it ended, the shots in the plan's order."""
        order = [shot.id for shot in self.plan.shots]
        finished = self.paying.finished
        costs = [
            attempt.cost_usd if attempt.cost_usd is not None else attempt.estimate_usd for attempt in finished.values()
        ]
        return Performed(
            takes={shot_id: self.takes[shot_id] for shot_id in order if shot_id in self.takes},
            made=tuple(self.made),
            problems=(*self.paying.left_problems, *self.problems),
            failed=frozenset(self.failed),
            attempts=tuple(finished),
            cost_usd=sum(cost for cost in costs if cost is not None),
            cost_known=all(cost is not None for cost in costs),
            refused=self.paying.refused,
        )


def _counted(takes: int) -> str:
    return f"{takes} take{'' if takes == 1 else 's'}"


def _results_for(
    number: int, wanted: Sequence[Wanted], answers: Mapping[str, Mapping[int, tuple[Covered, ...]]]
) -> tuple[tuple[Cue, str, tuple[Covered, ...]], ...]:
    """What a take is made of: the result of that number of each cue, its last where it has fewer."""
    chosen = [(each, found, min(number, max(found))) for each in wanted if (found := answers[each.cue.id])]
    return tuple((each.cue, each.whole(last).key, found[last]) for each, found, last in chosen if last in found)
