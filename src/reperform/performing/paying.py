"""Paying once: what is missing is claimed, then performed; what is paid, claimed or under way elsewhere is not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import anyio
from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from reperform.errors import AccessRefused, CostCeiling, PlanError, ReperformError, SettingsError
from reperform.ledger import adopting
from reperform.ledger.ledger import Ledger
from reperform.ledger.neighbours import Neighbours
from reperform.ledger.records import (
    DEFINITELY_FAILED,
    NOTHING_SENT,
    Again,
    Attempt,
    AttemptState,
    Covered,
    Held,
    HeldBecause,
    Piece,
)
from reperform.ledger.shares import TheirClaim
from reperform.model import Job, Problem, Shot
from reperform.performing.carrying import carry
from reperform.performing.errand import Errand, in_thread
from reperform.performing.listening import Listener, Stage
from reperform.performing.pauses import Pauses
from reperform.performing.performed import problem_of
from reperform.performing.roster import Performer, Roster
from reperform.performing.terms import Planner, Terms
from reperform.performing.throttle import Turn
from reperform.performing.wanting import Wanted, laid_out
from reperform.planning.targets import PREVIEW
from reperform.timing import FrameRange

__all__ = ["Asked", "Order", "Paying"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person asked of this run, beyond what the cut says."""

    run_id: str | None = None
    """The run in the ledger that attempts count against; None: none."""
    base_url: str | None = None
    wait_seconds: float | None = None
    retry_failed: bool = False
    """A new attempt for each that failed, although it may be billed again."""
    resubmit_unknown: bool = False
    """A new attempt for each of which nobody knows whether it arrived."""


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
    roster: Roster
    listener: Listener
    planner: Planner
    threads: CapacityLimiter
    neighbours: Neighbours
    asked: Asked = Asked()
    pauses: Pauses = field(default_factory=Pauses)
    finished: dict[str, Attempt] = field(default_factory=dict)
    """Attempts whose results this run kept, by id."""
    refused: dict[str, AccessRefused] = field(default_factory=dict)
    """Engines that refused us: they are asked for nothing new in this run."""
    ceiling: CostCeiling | None = None
    """Why nothing more is paid for."""
    _left: dict[str, tuple[Shot, Exception]] = field(default_factory=dict)
    """By attempt that an earlier run left: why it could not be brought to its end."""
    _in_flight: dict[str, anyio.Event] = field(default_factory=dict)
    _given_up: dict[str, Exception] = field(default_factory=dict)
    """By claim: why it will have no result in this run."""
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

    @property
    def left_problems(self) -> list[Problem]:
        """Of attempts that an earlier run left, and that no shot of this one speaks of."""
        spoken_of = {id(error) for error in self._given_up.values()}
        left = [(self.ledger.claims.attempt(found), *told) for found, told in self._left.items()]
        unknown = {attempt.id for attempt in self.ledger.claims.unknown()}
        return [
            problem_of(shot, error)
            for attempt, shot, error in left
            # One that was sent anew in this run is nobody's worry any more.
            if id(error) not in spoken_of and (attempt.state is not AttemptState.UNKNOWN or attempt.id in unknown)
        ]

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
        try:
            planner = Planner(terms, self.roster.engine_of(terms.engine))
            performer = self.roster.performer(attempt.engine, self._base_url(attempt))
        except SettingsError as error:
            self._left[attempt.id] = (shot, error)
            return
        attempt = self.ledger.claims.count_against(attempt, self.asked.run_id)
        errand = self._errand(attempt, shot=shot, job=job, planner=planner, performer=performer)
        keys = frozenset(cue.key for cue in self.ledger.claims.cues(attempt.id))
        self._start(errand, performer, keys, tasks, left=True)

    def adopt_published(self) -> None:
        """What other machines have paid for in this project becomes ours."""
        for kept in self.ledger.shares.published():
            try:
                adopting.adopt(self.ledger, kept, origin="another machine")
            except ReperformError:
                _log.warning("a result of another machine cannot be used", exc_info=True)

    def _base_url(self, attempt: Attempt) -> str | None:
        """Where an attempt was sent: what was begun at one address is not gone on with at another."""
        run = self.ledger.runs.get(attempt.run_id) if attempt.run_id else None
        return run.base_url if run else self.asked.base_url

    async def _orders(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Order]:
        """The jobs for what has no result, and for which there is still hope."""
        await self._ask_neighbours([each.whole(n) for each in wanted for n in range(1, each.takes + 1)])
        orders: list[Order] = []
        for numbers, group in self._missing(wanted).items():
            asking = [_asking(each, len(numbers)) for each in group]
            cues = [each.cue for each in asking]
            jobs, problems = await in_thread(self.threads, partial(self.planner.jobs, shot, cues))
            errors = [problem for problem in problems if problem.severity == "error"]
            if errors:
                self._give_up([each.whole(n).key for each in group for n in numbers], _as_error(errors[0]))
                continue
            by_id = {each.cue.id: each for each in group}
            await self._ask_neighbours(
                [by_id[part.cue].piece(part.range, n) for job in jobs for part in job.parts for n in numbers]
            )
            orders += self._of_jobs(jobs, numbers, by_id)
        return orders

    async def _ask_neighbours(self, pieces: Sequence[Piece]) -> None:
        """What other projects of this machine have paid for is brought here."""
        missing = [each for each in pieces if each.engine != PREVIEW and not self.ledger.results.answering(each)]
        for piece in missing:
            await in_thread(self.threads, partial(self.neighbours.bring, piece))

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
                self._claim(shot, order, tasks)

    def _claim(self, shot: Shot, order: Order, tasks: TaskGroup) -> None:
        """Starts an attempt for this order; where there is none, the shot is to look again."""
        try:
            performer = self.roster.performer(order.job.engine, self.asked.base_url)
            self._may_begin(order.job.engine)
        except ReperformError as error:
            self._give_up(order.keys, error)
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
        attempt = claimed.attempt or self._held(claimed.held, order, tasks)
        if attempt is not None:
            attempt = self.ledger.claims.count_against(attempt, self.asked.run_id)
            errand = self._errand(attempt, shot=shot, job=order.job, planner=self.planner, performer=performer)
            self._start(errand, performer, order.keys, tasks)

    def _may_begin(self, engine: str) -> None:
        """Whether anything new may be sent to this engine in this run.

        Raises:
            AccessRefused, CostCeiling: no, and why.

        """
        if engine in self.refused:
            raise self.refused[engine]
        if self.ceiling is not None:
            raise self.ceiling

    def _held(self, held: Sequence[Held], order: Order, tasks: TaskGroup) -> Attempt | None:
        """What can be done about claims that others hold: go on with what a dead run left, or give up with a word."""
        for each in held:
            if each.because is HeldBecause.PAID:
                continue
            attempt = self.ledger.claims.attempt(each.attempt_id)
            if attempt.id in self._left:
                self._give_up([each.key], self._left[attempt.id][1])
            elif each.because is not HeldBecause.ORPHANED and (
                each.because is not HeldBecause.LIVE or not self._is_ours(each.session_id)
            ):
                self._give_up([each.key], self._why_held(each, attempt))
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

    def _errand(self, attempt: Attempt, *, shot: Shot, job: Job, planner: Planner, performer: Performer) -> Errand:
        return Errand(
            attempt=attempt,
            shot=shot,
            job=job,
            planner=planner,
            engine=performer.engine,
            ledger=self.ledger,
            listener=self.listener,
            threads=self.threads,
            pauses=self.pauses,
            wait_seconds=self.asked.wait_seconds,
        )

    def _start(
        self, errand: Errand, performer: Performer, keys: frozenset[str], tasks: TaskGroup, *, left: bool = False
    ) -> None:
        event = anyio.Event()
        self._in_flight.update(dict.fromkeys(keys, event))
        tasks.start_soon(partial(self._carry, errand, performer, keys, event, left=left))

    async def _carry(
        self, errand: Errand, performer: Performer, keys: frozenset[str], event: anyio.Event, *, left: bool
    ) -> None:
        try:
            await performer.open()
            done = await carry(errand, Turn(performer.throttle), may_begin=partial(self._check, errand, keys))
            self.finished[done.attempt.id] = done.attempt
        except Exception as error:  # noqa: BLE001 - one bad job does not stop the others, whatever is wrong with it
            self._failed(errand, error, keys, left=left)
        finally:
            for key in keys:
                self._in_flight.pop(key, None)
            event.set()

    def _check(self, errand: Errand, keys: frozenset[str]) -> None:
        """Before an attempt of which nothing was sent goes on: whether it still may, and nobody else on a share is faster.

        Raises:
            AccessRefused, CostCeiling: nothing more is sent in this run.
            EngineError: another machine performs one of the cues.

        """
        self._may_begin(errand.engine.name)
        theirs = self.ledger.shares.claim(errand.attempt, keys)
        if theirs is None:
            return
        self.adopt_published()
        error = _theirs(theirs)
        errand.end(AttemptState.CANCELLED, error)
        raise error

    def _failed(self, errand: Errand, error: Exception, keys: frozenset[str], *, left: bool) -> None:
        if not isinstance(error, ReperformError):
            _log.exception("attempt %s", errand.attempt.id)
        # A run for the preview needs no key for what an earlier one left; a resume is all about it.
        if isinstance(error, AccessRefused) and (not left or self.asked.run_id is None):
            self.refused.setdefault(errand.engine.name, error)
        if isinstance(error, CostCeiling):
            self.ceiling = error
        attempt = self.ledger.claims.attempt(errand.attempt.id)
        if attempt.again is Again.ONCE and self.ledger.claims.are_free(keys):
            return  # the shot looks again, and tries anew
        error = _with_way_out(error, attempt)
        if not left:
            self._give_up(keys, error)
        elif not (errand.free and attempt.state in DEFINITELY_FAILED):
            self._left[attempt.id] = (errand.shot, error)

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
                fix="It is not paid for again by itself; --retry-failed does.",
            )
        if held.because is HeldBecause.FAILED:
            said = (attempt.failure or {}).get("message") or attempt.state.value
            return ReperformError(
                f"an earlier request for this cue failed at {attempt.engine}: {said}",
                fix="It is not paid for again by itself; --retry-failed does.",
            )
        return ReperformError(
            f"an earlier request for this cue may have arrived at {attempt.engine}; it is not sent again.",
            fix=f"Look for {attempt.id} in your account there; --resubmit-unknown sends it anew, and may be billed again.",
        )

    def _lacking(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Problem]:
        problems = [
            problem_of(shot, error, timecode=each.cue.record_in)
            for each in wanted
            for number in range(1, each.takes + 1)
            if not self._answer(each, number) and (error := self._why_not(each, number)) is not None
        ]
        return list(dict.fromkeys(problems))


def _with_way_out(error: Exception, attempt: Attempt) -> Exception:
    """A failure that is not repeated by itself says what repeats it."""
    asks = attempt.state in (AttemptState.FAILED, AttemptState.REJECTED) and attempt.again is Again.ASKED
    if asks and isinstance(error, ReperformError) and "--retry-failed" not in (error.fix or ""):
        error.fix = f"{error.fix or ''} --retry-failed asks for it again, and may be billed again.".strip()
    return error


def _theirs(theirs: TheirClaim) -> ReperformError:
    return ReperformError(
        f"{theirs.host} is performing this cue (since {theirs.since}).",
        fix=f"Run again when it is done: its result will be used. If that machine is gone for good, remove {theirs.path}.",
    )


def _asking(wanted: Wanted, takes: int) -> Wanted:
    """The same cue, asking for so many takes."""
    cue = wanted.cue.model_copy(update={"direction": wanted.cue.direction.model_copy(update={"takes": takes})})
    return replace(wanted, cue=cue)


def _as_error(problem: Problem) -> PlanError:
    return PlanError(problem.message, fix=problem.fix)
