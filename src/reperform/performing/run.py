"""The run: every shot of a plan, from what is paid already to its takes. One that fails stops no other."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import anyio
from anyio import CapacityLimiter

from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.neighbours import Neighbours, remember
from reperform.ledger.records import NOTHING_SENT, AttemptState, Covered
from reperform.media import identities
from reperform.model import Cue, Plan, Problem, Shot, Take
from reperform.performing import luts, taking
from reperform.performing.asked import Asked
from reperform.performing.carrying import sweep
from reperform.performing.errand import in_thread
from reperform.performing.listening import Listener, Stage, silence
from reperform.performing.making import Making, takes_of
from reperform.performing.pauses import Pauses
from reperform.performing.paying import Paying
from reperform.performing.performed import Performed, problem_of, problems_with
from reperform.performing.roster import Connect, Roster, unconnected
from reperform.performing.terms import EngineOf, Planner, Terms
from reperform.performing.wanting import Wanted, paid_takes, quick_key, wanted_by
from reperform.planning.stopping import Errors

__all__ = ["perform"]

_log = logging.getLogger(__name__)

ByCue = Mapping[str, Mapping[int, tuple[Covered, ...]]]
"""By cue and number of take: the paid results that answer it."""


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
    connect: Connect = unconnected,
    asked: Asked | None = None,
    pauses: Pauses | None = None,
    also_unsent: bool = False,
    makes_takes: bool = True,
) -> Performed:
    """Perform what is not paid yet, fetch it, and make every take that the plan's shots should have.

    A shot with an error in the plan is left alone. `another` names cues that get one take more than are paid; `only`
    those that may be paid for at all (None: every one): the others keep what they have.
    `partial_takes` makes takes also where a cue of the shot has no result. `jobs_at_once` bounds each engine; `connect`
    says how one is reached. `also_unsent` goes on with attempts of earlier runs of which nothing was sent, whether or not
    the plan asks for them. Without `makes_takes` what is paid is only kept: the caller makes the takes. Cancelled at any
    moment, it leaves a ledger that the next call goes on from.

    Raises:
        LedgerError: the ledger cannot be read or written.
        SettingsError: the plan's engine does not exist, or does not perform; its LUT is not there, or has changed.

    """
    neighbours = Neighbours(ledger)
    remember(ledger.project)
    async with Roster(engine_of, connect=connect, jobs_at_once=jobs_at_once) as roster:
        plan = plan.model_copy(update={"settings": luts.keep(plan.settings, ledger.project)})
        terms = Terms(engine=plan.engine, model=plan.model, folder=plan.timeline.path.parent, settings=plan.settings)
        paying = Paying.begun(
            ledger=ledger,
            roster=roster,
            listener=listener,
            planner=Planner(terms, roster.engine_of(plan.engine)),
            threads=CapacityLimiter(max(2, os.cpu_count() or 1)),
            neighbours=neighbours,
            asked=asked or Asked(),
            pauses=pauses or Pauses(),
        )
        run = _Run(plan, paying)
        run.another, run.partial, run.makes_takes = frozenset(another), partial_takes, makes_takes
        run.only = None if only is None else frozenset(only)
        try:
            await run.all(also_unsent=also_unsent)
        finally:
            neighbours.close()
    return run.performed()


class _Run:
    def __init__(self, plan: Plan, paying: Paying) -> None:
        self.plan, self.paying = plan, paying
        self.ledger, self.listener, self.planner = paying.ledger, paying.listener, paying.planner
        self.errands, self.threads = paying.errands, paying.errands.threads
        self.began = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.another: frozenset[str] = frozenset()
        self.partial = False
        self.makes_takes = True
        self.only: frozenset[str] | None = None
        self.takes: dict[str, tuple[Take, ...]] = {}
        self.makings: dict[str, list[Making]] = {}
        """By shot: the takes that answer its marks as they are now, whether or not they could be made."""
        self.sources: dict[str, str] = {}
        """By shot: the identity of its original."""
        self.made: list[str] = []
        self.problems: list[Problem] = []
        self.failed: set[str] = set()
        self._errors = Errors(plan.errors, plan.timeline)

    async def all(self, *, also_unsent: bool) -> None:
        """What earlier runs left, and every shot. A result that waits is fetched before anything else is begun."""
        sweep(self.ledger)
        self.ledger.shares.publish_all()
        self.errands.adopt_published()
        left = self.paying.left(also_unsent=also_unsent)
        waiting = [attempt for attempt in left if attempt.state is AttemptState.FINISHED]
        async with anyio.create_task_group() as tasks:
            for attempt in waiting:
                self.paying.go_on(attempt, tasks)
        async with anyio.create_task_group() as tasks:
            for attempt in left[len(waiting) :]:
                self.paying.go_on(attempt, tasks)
            for shot in self.plan.shots:
                tasks.start_soon(self.shot, shot)

    async def shot(self, shot: Shot) -> None:
        """All that is to be done for one shot; whatever goes wrong becomes a problem in its place."""
        stopped = self._errors.stop(shot)
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
        source = await in_thread(self.threads, partial(identities.source_identity, shot.source))
        answers = {each.cue.id: self.paying.answers(each) for each in wanted}
        complete = all(answers[each.cue.id] for each in meant)
        self.sources[shot.id] = source
        if self.makes_takes and meant and (complete or self.partial):
            for making in self._makings(shot, wanted, answers):
                take = await self._make(making)
                complete = complete and take is not None and take.passed
        # Takes beyond those asked for now (by `--another`, by an earlier `takes: 3`) answer the marks as well.
        paid = {each.cue.id: self.paying.answers(self._as_paid(each)) for each in wanted}
        self.makings[shot.id] = self._makings(shot, wanted, paid)
        self.takes[shot.id] = self._all_takes(shot)
        return complete

    def _makings(self, shot: Shot, wanted: tuple[Wanted, ...], answers: ByCue) -> list[Making]:
        """The takes that can be made of these results, by number."""
        most = max((max(found, default=0) for found in answers.values()), default=0)
        return [
            Making(
                shot=shot,
                cues=_results_for(number, wanted, answers),
                source=self.sources[shot.id],
                settings=self.plan.settings,
            )
            for number in range(1, 1 + most)
        ]

    def _as_paid(self, wanted: Wanted) -> Wanted:
        return replace(wanted, takes=max(wanted.takes, paid_takes(wanted, self.ledger.results)))

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

    def _all_takes(self, shot: Shot) -> tuple[Take, ...]:
        found = (taking.standing(making, self.ledger) for making in self.makings[shot.id])
        made = {take.id: take for take in found if take is not None}
        # Those that answer the marks as they are now come last: the newest is what an editor sees first.
        rows = takes_of(shot, self.sources[shot.id], self.ledger, answering=made)
        rows = tuple(sorted(rows, key=lambda row: row.id in made))
        return tuple(made.get(row.id) or taking.read(row, self.ledger, shot_id=shot.id) for row in rows)

    def _settled(self) -> dict[str, tuple[Take, ...]]:
        """The takes of each shot, in the plan's order, once all are made: a shot that was ready early may share a take with
        a later one, and the next run must find the same."""
        shots = [shot for shot in self.plan.shots if shot.id in self.takes]
        return {shot.id: self._all_takes(shot) for shot in shots}

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
        finished, claims = self.errands.finished, self.ledger.claims
        left = (*claims.unfinished(), *claims.unknown())
        costs = [
            attempt.cost_usd if attempt.cost_usd is not None else attempt.estimate_usd for attempt in finished.values()
        ]
        return Performed(
            takes=self._settled(),
            made=tuple(self.made),
            problems=(*self.errands.left_problems, *self.problems),
            failed=frozenset(self.failed),
            attempts=tuple(finished),
            cost_usd=sum(cost for cost in costs if cost is not None),
            cost_known=all(cost is not None for cost in costs),
            refused=next(iter(self.errands.refused.values()), None),
            ceiling=self.errands.ceiling,
            sent=any(attempt.sent_at and attempt.changed_at >= self.began for attempt in claims.attempts())
            or any(attempt.state not in NOTHING_SENT for attempt in left),
            resumable=bool(left),
        )


def _counted(takes: int) -> str:
    return f"{takes} take{'' if takes == 1 else 's'}"


def _results_for(
    number: int, wanted: Sequence[Wanted], answers: ByCue
) -> tuple[tuple[Cue, str, tuple[Covered, ...]], ...]:
    """What a take is made of: the result of that number of each cue, its last where it has fewer."""
    chosen = [(each, found, min(number, max(found))) for each in wanted if (found := answers[each.cue.id])]
    return tuple((each.cue, each.whole(last).key, found[last]) for each, found, last in chosen if last in found)
