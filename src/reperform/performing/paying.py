"""Paying once: what is missing is claimed, then performed; what is paid, claimed or under way elsewhere is not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import anyio
from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from reperform.engines.base import Engine
from reperform.errors import AccessRefused, PlanError, ReperformError, SettingsError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt, AttemptState, Covered, Held, HeldBecause, Piece
from reperform.model import Job, Problem, Shot
from reperform.performing.carrying import carry
from reperform.performing.errand import Errand, in_thread
from reperform.performing.listening import Listener, Stage
from reperform.performing.performed import problem_of
from reperform.performing.terms import EngineOf, Planner, Terms
from reperform.performing.wanting import Wanted, laid_out
from reperform.timing import FrameRange

__all__ = ["Order", "Paying", "performing_engine"]

_log = logging.getLogger(__name__)

_NOTHING_SENT = frozenset({AttemptState.PLANNED, AttemptState.PREPARED, AttemptState.UPLOADED})


@dataclass(frozen=True, kw_only=True)
class Order:
    """A job, and what of it is not paid yet."""

    job: Job
    pieces: tuple[Piece, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Of the claims."""
        return frozenset(piece.key for piece in self.pieces)


@dataclass(kw_only=True)
class Paying:
    """All that is claimed and performed in one run. Between looking at a claim and taking it nothing is awaited."""

    ledger: Ledger
    engine_of: EngineOf
    listener: Listener
    planner: Planner
    jobs: CapacityLimiter
    """How many attempts are on their way at once."""
    threads: CapacityLimiter
    finished: dict[str, Attempt] = field(default_factory=dict)
    """Attempts whose results this run kept, by id."""
    refused: AccessRefused | None = None
    left_problems: list[Problem] = field(default_factory=list)
    """Of attempts that an earlier run left, and that no shot of this one may ask for."""
    _in_flight: dict[str, anyio.Event] = field(default_factory=dict)
    _given_up: dict[str, Exception] = field(default_factory=dict)
    """By claim: why it will have no result in this run."""
    _left_errors: dict[str, Exception] = field(default_factory=dict)
    """By attempt: why what an earlier run left could not be brought to its end."""
    _parts: dict[str, list[FrameRange]] = field(default_factory=dict)
    """By claim on a whole cue: the parts that it is performed in."""

    def answers(self, wanted: Wanted) -> Mapping[int, tuple[Covered, ...]]:
        """By number of take: the paid results that answer the cue, in its order. Numbers without one are left out."""
        found = {number: self._answer(wanted, number) for number in range(1, wanted.takes + 1)}
        return {number: covered for number, covered in found.items() if covered}

    async def pay(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Problem]:
        """Until every cue has its results, or it is known why not: one problem for each cue that lacks one."""
        while True:
            orders = await self._orders(shot, wanted)
            if events := [self._in_flight[key] for order in orders for key in order.keys if key in self._in_flight]:
                self.listener(shot.id, Stage.WAITING, "for the same cue of another shot")
                for event in events:
                    await event.wait()
                continue
            if not orders:
                return self._lacking(shot, wanted)
            await self._perform(shot, orders)

    def left(self) -> tuple[Attempt, ...]:
        """What earlier runs had sent and not brought to its end: it is paid for, whether or not the plan asks for it.

        Raises:
            LedgerError: the ledger cannot be written.

        """
        unfinished = [attempt for attempt in self.ledger.claims.unfinished() if attempt.state not in _NOTHING_SENT]
        adopted = [self._adopted(attempt) for attempt in unfinished if self._is_ours(attempt.session_id)]
        return tuple(attempt for attempt in adopted if attempt is not None)

    def go_on(self, attempt: Attempt, tasks: TaskGroup) -> None:
        """Bring what an earlier run sent to its end, by what the ledger knows of it."""
        shot, job = Shot.model_validate_json(attempt.shot), Job.model_validate_json(attempt.job)
        terms = Terms.model_validate_json(attempt.settings)
        try:
            planner = Planner(terms, self.engine_of(terms.engine))
            engine = performing_engine(self.engine_of, attempt.engine)
        except SettingsError as error:
            self._left_errors[attempt.id] = error
            self.left_problems.append(problem_of(shot, error))
            return
        errand = self._errand(attempt, shot=shot, job=job, planner=planner, engine=engine)
        keys = frozenset(cue.key for cue in self.ledger.claims.cues(attempt.id))
        self._start(errand, keys, tasks, left=True)

    async def _orders(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Order]:
        """The jobs for what has no result, and for which there is still hope."""
        orders: list[Order] = []
        for numbers, group in self._missing(wanted).items():
            asking = [_asking(each, len(numbers)) for each in group]
            cues = [each.cue for each in asking]
            jobs, problems = await in_thread(self.threads, partial(self.planner.jobs, shot, cues))
            errors = [problem for problem in problems if problem.severity == "error"]
            if errors:
                self._give_up([each.whole(n).key for each in group for n in numbers], _as_error(errors[0]))
                continue
            orders += self._of_jobs(jobs, numbers, {each.cue.id: each for each in group})
        return orders

    def _missing(self, wanted: Sequence[Wanted]) -> dict[tuple[int, ...], list[Wanted]]:
        missing: dict[tuple[int, ...], list[Wanted]] = {}
        for each in wanted:
            numbers = tuple(
                number
                for number in range(1, each.takes + 1)
                if not self._answer(each, number) and self._why_not(each, number) is None
            )
            if numbers:
                missing.setdefault(numbers, []).append(each)
        return missing

    def _of_jobs(self, jobs: Sequence[Job], numbers: tuple[int, ...], wanted: Mapping[str, Wanted]) -> list[Order]:
        for job in jobs:
            for part in job.parts:
                for number in numbers:
                    parts = self._parts.setdefault(wanted[part.cue].whole(number).key, [])
                    if part.range not in parts:
                        parts.append(part.range)
        orders = [Order(job=job, pieces=self._unpaid(job, numbers, wanted)) for job in jobs]
        for order in orders:
            if error := next((self._given_up[key] for key in order.keys if key in self._given_up), None):
                self._give_up(order.keys, error)
        return [order for order in orders if order.pieces and not order.keys & self._given_up.keys()]

    def _unpaid(self, job: Job, numbers: tuple[int, ...], wanted: Mapping[str, Wanted]) -> tuple[Piece, ...]:
        """The claims that a job needs, for the numbers of take that it brings."""
        first = job.first_take - 1
        pieces = [
            wanted[part.cue].piece(part.range, number, output=output, first_frame=part.in_frame - job.in_frame)
            for output, number in enumerate(numbers[first : first + job.results])
            for part in job.parts
        ]
        return tuple(piece for piece in pieces if not self.ledger.results.answering(piece))

    async def _perform(self, shot: Shot, orders: Sequence[Order]) -> None:
        async with anyio.create_task_group() as tasks:
            for order in orders:
                errand = self._claimed(shot, order, tasks)
                if errand is not None:
                    self._start(errand, order.keys, tasks)

    def _claimed(self, shot: Shot, order: Order, tasks: TaskGroup) -> Errand | None:
        """An attempt for this order; None when there is none, and the shot is to look again."""
        try:
            engine = performing_engine(self.engine_of, order.job.engine)
        except SettingsError as error:
            self._give_up(order.keys, error)
            return None
        if self.refused is not None:
            self._give_up(order.keys, self.refused)
            return None
        claimed = self.ledger.claims.take(
            order.pieces,
            shot=shot.model_dump_json(),
            job=order.job.model_dump_json(),
            settings=self.planner.terms.model_dump_json(),
            estimate_usd=order.job.cost.amount,
        )
        attempt = claimed.attempt or self._held(claimed.held, order, tasks)
        if attempt is None:
            return None
        return self._errand(attempt, shot=shot, job=order.job, planner=self.planner, engine=engine)

    def _held(self, held: Sequence[Held], order: Order, tasks: TaskGroup) -> Attempt | None:
        """What can be done about claims that others hold: go on with what a dead run left, or give up with a word."""
        for each in held:
            if each.because is HeldBecause.PAID:
                continue
            attempt = self.ledger.claims.attempt(each.attempt_id)
            if each.because in (HeldBecause.UNKNOWN, HeldBecause.EXPIRED) or not self._is_ours(each.session_id):
                self._give_up([each.key], self._left_errors.get(attempt.id) or self._why_held(each, attempt))
            elif attempt.id in self._left_errors:
                self._give_up([each.key], self._left_errors[attempt.id])
            elif (adopted := self._adopted(attempt)) is None:
                continue
            elif adopted.state not in _NOTHING_SENT:
                self.go_on(adopted, tasks)
            elif self._is_the_same(adopted, order):
                return adopted
            else:
                why = ReperformError("the cut has changed since; nothing had been sent.")
                self.ledger.claims.end(adopted, AttemptState.CANCELLED, why)
        return None

    def _is_the_same(self, attempt: Attempt, order: Order) -> bool:
        """Whether an attempt of which nothing was sent is just what is ordered now."""
        keys = {cue.key for cue in self.ledger.claims.cues(attempt.id)}
        same_terms = attempt.settings == self.planner.terms.model_dump_json()
        return keys == order.keys and same_terms and attempt.job == order.job.model_dump_json()

    def _is_ours(self, session_id: str) -> bool:
        """Whether we may go on with what this run did: it is this one, or it is dead."""
        return session_id == self.ledger.session_id or not self.ledger.is_live(session_id)

    def _adopted(self, attempt: Attempt) -> Attempt | None:
        """The attempt as one of this run's; None when another was quicker."""
        return attempt if attempt.session_id == self.ledger.session_id else self.ledger.claims.adopt(attempt)

    def _errand(self, attempt: Attempt, *, shot: Shot, job: Job, planner: Planner, engine: Engine) -> Errand:
        return Errand(
            attempt=attempt,
            shot=shot,
            job=job,
            planner=planner,
            engine=engine,
            ledger=self.ledger,
            listener=self.listener,
            threads=self.threads,
        )

    def _start(self, errand: Errand, keys: frozenset[str], tasks: TaskGroup, *, left: bool = False) -> None:
        event = anyio.Event()
        self._in_flight.update(dict.fromkeys(keys, event))
        tasks.start_soon(partial(self._carry, errand, keys, event, left=left))

    async def _carry(self, errand: Errand, keys: frozenset[str], event: anyio.Event, *, left: bool) -> None:
        try:
            async with self.jobs:
                if self.refused is not None:
                    raise self.refused
                done = await carry(errand)
            self.finished[done.attempt.id] = done.attempt
        except Exception as error:  # noqa: BLE001 - one bad job does not stop the others, whatever is wrong with it
            if not isinstance(error, ReperformError):
                _log.exception("attempt %s", errand.attempt.id)
            if isinstance(error, AccessRefused):
                self.refused = error
            if left:
                self._left_behind(errand, error)
            else:
                self._give_up(keys, error)
        finally:
            for key in keys:
                self._in_flight.pop(key, None)
            event.set()

    def _left_behind(self, errand: Errand, error: Exception) -> None:
        """What an earlier run left has failed. Where it is certain that nothing comes of it, a shot may try anew."""
        attempt = self.ledger.claims.attempt(errand.attempt.id)
        self._left_errors[attempt.id] = error
        if not errand.free:
            self.left_problems.append(problem_of(errand.shot, error))

    def _answer(self, wanted: Wanted, number: int) -> tuple[Covered, ...]:
        whole = wanted.whole(number)
        covered = self.ledger.results.answering(whole) or self._answer_in_parts(wanted, whole, number)
        return laid_out(covered, seam=self.planner.terms.settings.seam_frames)

    def _answer_in_parts(self, wanted: Wanted, whole: Piece, number: int) -> tuple[Covered, ...]:
        found: list[Covered] = []
        for part in sorted(self._parts.get(whole.key, ())):
            answer = self.ledger.results.answering(wanted.piece(part, number))
            if not answer:
                return ()
            offset = part.start - wanted.cue.in_frame
            found += [replace(each, cue_start=each.cue_start + offset) for each in answer]
        return tuple(found)

    def _give_up(self, keys: Sequence[str] | frozenset[str], error: Exception) -> None:
        for key in keys:
            self._given_up.setdefault(key, error)

    def _why_not(self, wanted: Wanted, number: int) -> Exception | None:
        """Why this take of the cue will have no result in this run; None while there is hope."""
        whole = wanted.whole(number).key
        keys = [whole, *(wanted.piece(part, number).key for part in self._parts.get(whole, ()))]
        return next((self._given_up[key] for key in keys if key in self._given_up), None)

    def _why_held(self, held: Held, attempt: Attempt) -> ReperformError:
        if held.because is HeldBecause.LIVE:
            return ReperformError(
                f"another reperform is performing this cue now ({self.ledger.claims.holder(held)}).",
                fix="Wait until it is done and run again: its result will be used.",
            )
        if held.because is HeldBecause.EXPIRED:
            return ReperformError(
                f"this cue was performed by {attempt.engine}, and the result can no longer be fetched.",
                fix="Ask for another take of it (`--another`).",
            )
        return ReperformError(
            f"an earlier request for this cue may have arrived at {attempt.engine}; it is not sent again.",
            fix=f"Look for {attempt.id} in your account there.",
        )

    def _lacking(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Problem]:
        problems = [
            problem_of(shot, error, timecode=each.cue.record_in)
            for each in wanted
            for number in range(1, each.takes + 1)
            if not self._answer(each, number) and (error := self._why_not(each, number)) is not None
        ]
        return list(dict.fromkeys(problems))


def performing_engine(engine_of: EngineOf, name: str) -> Engine:
    """The engine of that name.

    Raises:
        SettingsError: there is none, or it can be planned for but not yet performed with.

    """
    engine = engine_of(name)
    if not getattr(engine, "performs", True):
        raise SettingsError(
            f"{name} can be planned, but not yet performed: this version does not send anything.",
            fix="Use `reperform plan` for what it would do and cost, or run with `--engine preview`.",
        )
    return engine


def _asking(wanted: Wanted, takes: int) -> Wanted:
    """The same cue, asking for so many takes."""
    cue = wanted.cue.model_copy(update={"direction": wanted.cue.direction.model_copy(update={"takes": takes})})
    return replace(wanted, cue=cue)


def _as_error(problem: Problem) -> PlanError:
    return PlanError(problem.message, fix=problem.fix)
