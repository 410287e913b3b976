"""Paying once: what is missing is claimed, then performed; what is paid, claimed or under way elsewhere is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import anyio
from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from reperform.errors import ReperformError, SettingsError
from reperform.ledger.ledger import Ledger
from reperform.ledger.neighbours import Neighbours
from reperform.ledger.records import NOTHING_SENT, Again, Attempt, AttemptState, Covered, Held, HeldBecause
from reperform.model import Job, Problem, Shot
from reperform.performing import luts
from reperform.performing.answers import Answers
from reperform.performing.asked import Asked
from reperform.performing.errands import Errands
from reperform.performing.hindrances import why_held
from reperform.performing.listening import Listener, Stage
from reperform.performing.orders import Order, Orders
from reperform.performing.pauses import Pauses
from reperform.performing.performed import problem_of
from reperform.performing.roster import Roster
from reperform.performing.terms import Planner, Terms
from reperform.performing.wanting import Wanted

__all__ = ["Paying"]

_LOOKING = Pauses(first=0.1, longest=2.0)
"""Between two looks at what another process of this machine is doing."""


@dataclass(kw_only=True)
class Paying:
    """All that is claimed and performed in one run. Between looking at a claim and taking it nothing is awaited."""

    ledger: Ledger
    roster: Roster
    listener: Listener
    planner: Planner
    asked: Asked
    errands: Errands
    paid: Answers
    orders: Orders

    @classmethod
    def begun(
        cls,
        *,
        ledger: Ledger,
        roster: Roster,
        listener: Listener,
        planner: Planner,
        threads: CapacityLimiter,
        neighbours: Neighbours,
        asked: Asked,
        pauses: Pauses,
    ) -> Self:
        """Where nothing is claimed yet."""
        errands = Errands(ledger=ledger, listener=listener, threads=threads, asked=asked, pauses=pauses)
        paid = Answers(results=ledger.results, seam=planner.terms.settings.seam_frames)
        orders = Orders(
            planner=planner,
            results=ledger.results,
            answers=paid,
            errands=errands,
            neighbours=neighbours,
            threads=threads,
        )
        return cls(
            ledger=ledger,
            roster=roster,
            listener=listener,
            planner=planner,
            asked=asked,
            errands=errands,
            paid=paid,
            orders=orders,
        )

    def answers(self, wanted: Wanted) -> Mapping[int, tuple[Covered, ...]]:
        """By number of take: the paid results that answer the cue, in its order. Numbers without one are left out."""
        return self.paid.of(wanted)

    async def pay(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Problem]:
        """Until every cue has its results, or it is known why not: one problem for each cue that lacks one."""
        while True:
            orders = await self.orders.of(shot, wanted)
            if events := self.errands.under_way(key for order in orders for key in order.keys):
                self.listener(shot.id, Stage.WAITING, "for the same cue of another shot")
                for event in events:
                    await event.wait()
                continue
            if not orders:
                return self._lacking(shot, wanted)
            async with anyio.create_task_group() as tasks:
                for order in orders:
                    self._claim(shot, order, tasks)

    def left(self, *, also_unsent: bool = False) -> tuple[Attempt, ...]:
        """What earlier runs had sent and not brought to its end: it is paid for, whether or not the plan asks for it.

        Those whose result waits to be fetched come first. `also_unsent` adds those that were only planned.

        Raises:
            LedgerError: the ledger cannot be written.

        """
        unfinished = (*self.ledger.claims.unfinished(), *self.ledger.claims.unknown())
        ours = [each for each in unfinished if self._is_ours(each.session_id)]
        wanted = [each for each in ours if also_unsent or each.state not in NOTHING_SENT]
        adopted = [found for each in wanted if (found := self._adopted(each)) is not None]
        return tuple(sorted(adopted, key=lambda attempt: attempt.state is not AttemptState.FINISHED))

    def go_on(self, attempt: Attempt, tasks: TaskGroup) -> None:
        """Bring what an earlier run began to its end, by what the ledger knows of it."""
        shot, job = Shot.model_validate_json(attempt.shot), Job.model_validate_json(attempt.job)
        terms = Terms.model_validate_json(attempt.settings)
        terms = terms.model_copy(update={"settings": luts.at_home(terms.settings, self.ledger.project)})
        try:
            planner = Planner(terms, self.roster.engine_of(terms.engine))
            performer = self.roster.performer(attempt.engine, self._base_url(attempt))
        except SettingsError as error:
            self.errands.left[attempt.id] = (shot, error)
            return
        keys = frozenset(cue.key for cue in self.ledger.claims.cues(attempt.id))
        self.errands.start(
            attempt, tasks, shot=shot, job=job, planner=planner, performer=performer, keys=keys, left=True
        )

    def _base_url(self, attempt: Attempt) -> str | None:
        """Where an attempt was sent: what was begun at one address is not gone on with at another."""
        run = self.ledger.runs.get(attempt.run_id) if attempt.run_id else None
        return run.base_url if run else self.asked.base_url

    def _claim(self, shot: Shot, order: Order, tasks: TaskGroup) -> None:
        """Starts an attempt for this order; where there is none, the shot is to look again."""
        try:
            performer = self.roster.performer(order.job.engine, self.asked.base_url)
            free = performer.engine.capabilities(order.job.model).price.unit == "nothing"
            self.errands.may_begin(order.job.engine, free=free)
        except ReperformError as error:
            self.errands.give_up(order.keys, error)
            return
        claimed = self.ledger.claims.take(
            order.pieces,
            shot=shot.model_dump_json(),
            job=order.job.model_dump_json(),
            settings=self.planner.terms.model_dump_json(),
            estimate_usd=order.job.cost.amount,
            run_id=self.asked.run_id,
            retry_failed=self.asked.retry_failed,
            resubmit_unknown=self.asked.resubmit_unknown,
        )
        attempt = claimed.attempt or self._held(claimed.held, shot, order, tasks)
        if attempt is not None:
            self.errands.start(
                attempt, tasks, shot=shot, job=order.job, planner=self.planner, performer=performer, keys=order.keys
            )

    def _held(self, held: Sequence[Held], shot: Shot, order: Order, tasks: TaskGroup) -> Attempt | None:
        """What can be done about claims that others hold: wait for who is at it, go on with what a dead run left, or give up."""
        for each in held:
            if each.because is HeldBecause.PAID:
                continue
            attempt = self.ledger.claims.attempt(each.attempt_id)
            if attempt.id in self.errands.left:
                self.errands.give_up([each.key], self.errands.left[attempt.id][1])
            elif self._is_another_s(each):
                tasks.start_soon(self._await_other, each, shot)
            elif each.because not in (HeldBecause.ORPHANED, HeldBecause.LIVE):
                self.errands.give_up([each.key], why_held(each, attempt, self.ledger))
            elif (adopted := self._adopted(attempt)) is None:
                continue
            elif adopted.state not in NOTHING_SENT:
                self.go_on(adopted, tasks)
            elif self._is_the_same(adopted, order):
                return adopted
            else:
                why = ReperformError("the cut has changed since; nothing had been sent.")
                self.ledger.claims.end(adopted, AttemptState.CANCELLED, why, again=Again.FREELY)
                self.ledger.shares.release(adopted, [cue.key for cue in self.ledger.claims.cues(adopted.id)])
        return None

    async def _await_other(self, held: Held, shot: Shot) -> None:
        """Until another process of this machine is done with a cue, or has died; then the shot looks again.

        Two that wait for each other's unfinished attempts would wait for ever: who leaves one unfinished waits no more.
        """
        self.listener(shot.id, Stage.ELSEWHERE, self.ledger.claims.holder(held))
        with anyio.move_on_after(self.asked.wait_seconds):
            for pause in _LOOKING:
                now = self.ledger.claims.held(held.key)
                if now is None or not self._is_another_s(now):
                    return
                if self.errands.stalled:
                    break
                await anyio.sleep(pause)
        self.errands.give_up([held.key], why_held(held, self.ledger.claims.attempt(held.attempt_id), self.ledger))

    def _is_another_s(self, held: Held) -> bool:
        """Whether another process, which is alive, is at it."""
        return held.because is HeldBecause.LIVE and not self._is_ours(held.session_id)

    def _is_the_same(self, attempt: Attempt, order: Order) -> bool:
        """Whether an attempt of which nothing was sent is just what is ordered now."""
        keys = {cue.key for cue in self.ledger.claims.cues(attempt.id)}
        same_terms = attempt.settings == self.planner.terms.model_dump_json()
        # Its number among the jobs of the shot changes when another of them is paid.
        job = Job.model_validate_json(attempt.job).model_copy(update={"id": order.job.id})
        return keys == order.keys and same_terms and job == Job.model_validate_json(order.job.model_dump_json())

    def _is_ours(self, session_id: str) -> bool:
        """Whether we may go on with what this run did: it is this one, or it is dead."""
        return session_id == self.ledger.session_id or not self.ledger.is_live(session_id)

    def _adopted(self, attempt: Attempt) -> Attempt | None:
        """The attempt as one of this run's; None when another was quicker."""
        return attempt if attempt.session_id == self.ledger.session_id else self.ledger.claims.adopt(attempt)

    def _lacking(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Problem]:
        problems = [
            problem_of(shot, error, timecode=each.cue.record_in)
            for each in wanted
            for number in range(1, each.takes + 1)
            if not self.paid.take(each, number)
            and (error := self.errands.why_not(self.paid.keys(each, number))) is not None
        ]
        return list(dict.fromkeys(problems))
