"""One attempt on its way, with all that its steps need."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from reperform.engines.base import Engine, JobOrder, Prepared, Progress
from reperform.errors import AccessRefused, EngineError, Expired, InputError, JobFailed, OutOfReach, ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import DEFINITELY_FAILED, Again, Attempt, AttemptState
from reperform.model import Job, Shot
from reperform.performing.listening import Listener, Stage
from reperform.performing.pauses import Pauses
from reperform.performing.quoting import Quotes
from reperform.performing.terms import Planner

__all__ = ["Errand", "in_thread"]

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Errand:
    """An attempt, what it is for, and who performs it. Each step gives the errand in its next state."""

    attempt: Attempt
    shot: Shot
    job: Job
    planner: Planner
    engine: Engine
    """The one that performs."""
    ledger: Ledger
    listener: Listener
    threads: CapacityLimiter
    """For work on media."""
    pauses: Pauses = field(default_factory=Pauses)
    quotes: Quotes = field(default_factory=Quotes)
    wait_seconds: float | None = None
    """How long the engine is waited for. None: until it is done."""

    @property
    def free(self) -> bool:
        """Whether the engine runs on this machine: repeating costs nothing, and a lost job is lost without harm."""
        return self.engine.capabilities(self.job.model).price.unit == "nothing"

    @property
    def folder(self) -> Path:
        """Where its media is made; removed once the result is kept."""
        return self.ledger.layout.work / self.attempt.id

    @property
    def order(self) -> JobOrder:
        """The job as the engine sees it."""
        return self.planner.order(self.shot, self.job)

    @property
    def sent_at(self) -> datetime:
        """When its request left first; when the attempt changed last, where it never did."""
        return datetime.fromisoformat(self.attempt.sent_at or self.attempt.changed_at)

    @property
    def age(self) -> float:
        """Seconds since then."""
        return (datetime.now(UTC) - self.sent_at).total_seconds()

    def prepared(self) -> Prepared | None:
        """The media to send, where it has been made: each file is there complete or not at all."""
        video, audio = (self.folder / f"{self.attempt.id}{ending}" for ending in (".mp4", ".wav"))
        if not video.exists():
            return None
        return Prepared(
            attempt_id=self.attempt.id, folder=self.folder, video=video, audio=audio if audio.exists() else None
        )

    def moved(self, state: AttemptState, **facts: Any) -> Errand:
        """The errand with its attempt in another state, as the ledger now has it."""
        _log.info("job %s, attempt %s: %s", self.job.id, self.attempt.id, state)
        return replace(self, attempt=self.ledger.claims.move(self.attempt, state, **facts))

    def ended(self, state: AttemptState, error: ReperformError) -> Errand:
        """The errand with its attempt at an end that is no result; what it cost, and whether another may follow, is kept with it."""
        free_of_charge = isinstance(error, JobFailed) and error.billed is False
        attempt = self.ledger.claims.end(
            self.attempt, state, error, again=self._again(error), cost_usd=0.0 if free_of_charge else None
        )
        if state in DEFINITELY_FAILED:
            self.ledger.shares.release(attempt, [cue.key for cue in self.ledger.claims.cues(attempt.id)])
        return replace(self, attempt=attempt)

    def end(self, state: AttemptState, error: ReperformError) -> None:
        """As `ended`, where the error is raised next."""
        self.ended(state, error)

    def gone(self, error: Expired) -> EngineError:
        """What to raise where an engine says that it no longer has a job or its result: the attempt has expired.

        Within the hour in which every engine has them it is not believed, for a paid result hangs on it.
        """
        if self.free or self.age > self.pauses.result:
            self.end(AttemptState.EXPIRED, error)
            return error
        return OutOfReach(
            f"{error.message.rstrip('.')}, it says; it was sent not long ago, and is not given up yet.",
            cause=error.cause,
            fix="It is looked for again in the next run, or by `reperform resume`; an hour after it was sent it counts as gone.",
        )

    def _again(self, error: ReperformError) -> Again:
        if self.free or self.attempt.sent_at is None or isinstance(error, AccessRefused | InputError):
            return Again.FREELY
        if isinstance(error, JobFailed) and error.temporary and error.billed is False:
            return Again.ONCE
        return Again.ASKED

    def say(self, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        """Tell the listener."""
        self.listener(self.shot.id, stage, detail, fraction)

    def progress(self, stage: Stage) -> Progress:
        """What an engine calls while it is at this stage."""
        return lambda detail, fraction: self.say(stage, detail, fraction)


async def in_thread(limiter: CapacityLimiter, work: partial[Result]) -> Result:
    """Plain work, off the event loop. It is waited for even when the run is being stopped: no file is left half made."""
    return await anyio.to_thread.run_sync(work, limiter=limiter)
