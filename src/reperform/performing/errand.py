"""One attempt on its way, with all that its steps need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from reperform.engines.base import Engine, JobOrder, Prepared, Progress
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt, AttemptState
from reperform.model import Job, Shot
from reperform.performing.listening import Listener, Stage
from reperform.performing.terms import Planner

__all__ = ["Errand", "in_thread"]

Result = TypeVar("Result")


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
        return replace(self, attempt=self.ledger.claims.move(self.attempt, state, **facts))

    def say(self, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        """Tell the listener."""
        self.listener(self.shot.id, stage, detail, fraction)

    def progress(self, stage: Stage) -> Progress:
        """What an engine calls while it is at this stage."""
        return lambda detail, fraction: self.say(stage, detail, fraction)


async def in_thread(limiter: CapacityLimiter, work: partial[Result]) -> Result:
    """Plain work, off the event loop. It is waited for even when the run is being stopped: no file is left half made."""
    return await anyio.to_thread.run_sync(work, limiter=limiter)
