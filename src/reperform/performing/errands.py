"""All attempts that are on their way in one run, what became of them, and why some claims will have no result in it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import partial

import anyio
from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from reperform.errors import AccessRefused, CostCeiling, ReperformError
from reperform.ledger import adopting
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import DEFINITELY_FAILED, UNFINISHED, Again, Attempt, AttemptState
from reperform.model import Job, Problem, Shot
from reperform.performing.asked import Asked
from reperform.performing.carrying import carry
from reperform.performing.errand import Errand
from reperform.performing.hindrances import claimed_elsewhere, with_way_out
from reperform.performing.listening import Listener
from reperform.performing.pauses import Pauses
from reperform.performing.performed import problem_of
from reperform.performing.roster import Performer
from reperform.performing.terms import Planner
from reperform.performing.throttle import Turn

__all__ = ["Errands"]

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Errands:
    """What one run has begun, or goes on with."""

    ledger: Ledger
    listener: Listener
    threads: CapacityLimiter
    asked: Asked
    pauses: Pauses
    finished: dict[str, Attempt] = field(default_factory=dict)
    """Attempts whose results this run kept, by id."""
    refused: dict[str, AccessRefused] = field(default_factory=dict)
    """Engines that refused us: they are asked for nothing new in this run."""
    ceiling: CostCeiling | None = None
    """Why nothing more is paid for."""
    stalled: bool = False
    """Something was begun here that only another run goes on with."""
    left: dict[str, tuple[Shot, Exception]] = field(default_factory=dict)
    """By attempt that an earlier run left: why it could not be brought to its end."""
    _in_flight: dict[str, anyio.Event] = field(default_factory=dict)
    _given_up: dict[str, Exception] = field(default_factory=dict)
    """By claim: why it will have no result in this run."""

    def start(
        self,
        attempt: Attempt,
        tasks: TaskGroup,
        *,
        shot: Shot,
        job: Job,
        planner: Planner,
        performer: Performer,
        keys: frozenset[str],
        left: bool = False,
    ) -> None:
        """Take the attempt to its end. `left`: an earlier run began it, and no shot of this one asked for it."""
        errand = Errand(
            attempt=self.ledger.claims.count_against(attempt, self.asked.run_id),
            shot=shot,
            job=job,
            planner=planner,
            engine=performer.engine,
            ledger=self.ledger,
            listener=self.listener,
            threads=self.threads,
            pauses=self.pauses,
            quotes=performer.quotes,
            wait_seconds=self.asked.wait_seconds,
        )
        event = anyio.Event()
        self._in_flight.update(dict.fromkeys(keys, event))
        tasks.start_soon(partial(self._carry, errand, performer, keys, event, left=left))

    def under_way(self, keys: Iterable[str]) -> list[anyio.Event]:
        """Set when those of these claims that are on their way have come to their end."""
        return [self._in_flight[key] for key in keys if key in self._in_flight]

    def may_begin(self, engine: str, *, free: bool) -> None:
        """Whether anything new may be sent to this engine in this run; what is free is not stopped by what others cost.

        Raises:
            AccessRefused, CostCeiling: no, and why.

        """
        if free:
            return
        if isinstance(self.asked.stopped, AccessRefused):
            self.refused.setdefault(engine, self.asked.stopped)
        elif self.asked.stopped is not None:
            self.ceiling = self.asked.stopped
        if engine in self.refused:
            raise self.refused[engine]
        if self.ceiling is not None:
            raise self.ceiling

    def give_up(self, keys: Iterable[str], error: Exception) -> None:
        """These claims will have no result in this run; the first reason stays."""
        for key in keys:
            self._given_up.setdefault(key, error)

    def why_not(self, keys: Iterable[str]) -> Exception | None:
        """Why one of these claims will have no result in this run; None while there is hope for all."""
        return next((self._given_up[key] for key in keys if key in self._given_up), None)

    def adopt_published(self) -> None:
        """What other machines have paid for in this project becomes ours."""
        for kept in self.ledger.shares.published():
            try:
                adopting.adopt(self.ledger, kept, origin="another machine")
            except ReperformError:
                _log.warning("a result of another machine cannot be used", exc_info=True)

    @property
    def left_problems(self) -> list[Problem]:
        """Of attempts that an earlier run left, and that no shot of this one speaks of."""
        spoken_of = {id(error) for error in self._given_up.values()}
        left = [(self.ledger.claims.attempt(found), *told) for found, told in self.left.items()]
        unknown = {attempt.id for attempt in self.ledger.claims.unknown()}
        return [
            problem_of(shot, error)
            for attempt, shot, error in left
            # One that was sent anew in this run is nobody's worry any more.
            if id(error) not in spoken_of and (attempt.state is not AttemptState.UNKNOWN or attempt.id in unknown)
        ]

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
        self.may_begin(errand.engine.name, free=errand.free)
        theirs = self.ledger.shares.claim(errand.attempt, keys)
        if theirs is None:
            return
        self.adopt_published()
        error = claimed_elsewhere(theirs)
        errand.end(AttemptState.CANCELLED, error)
        raise error

    def _failed(self, errand: Errand, error: Exception, keys: Collection[str], *, left: bool) -> None:
        if not isinstance(error, ReperformError):
            _log.exception("attempt %s", errand.attempt.id)
        # A run for the preview needs no key for what an earlier one left; a resume is all about it.
        if isinstance(error, AccessRefused) and (not left or self.asked.run_id is None):
            self.refused.setdefault(errand.engine.name, error)
        if isinstance(error, CostCeiling):
            self.ceiling = error
        attempt = self.ledger.claims.attempt(errand.attempt.id)
        self.stalled = self.stalled or attempt.state in UNFINISHED
        if attempt.again is Again.ONCE and self.ledger.claims.are_free(keys):
            return  # the shot looks again, and tries anew
        error = with_way_out(error, attempt)
        if not left:
            self.give_up(keys, error)
        elif not (errand.free and attempt.state in DEFINITELY_FAILED):
            self.left[attempt.id] = (errand.shot, error)
