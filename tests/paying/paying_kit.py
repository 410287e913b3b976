"""Paid engines that differ in what they can say of a request whose answer was lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from performing.performing_kit import Service
from reperform.engines.base import JobOrder, Prepared, Submitted
from reperform.errors import RateLimited
from reperform.ledger.ledger import Ledger
from reperform.model import Cost, Plan
from reperform.performing.terms import Planner

__all__ = ["KINDS", "Deduplicating", "Reconciling", "Service", "begun_run", "priced"]


class Deduplicating(Service):
    """A request that comes again with the same identity is the same request."""

    deduplicates = True

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        known = self.folder / prepared.attempt_id
        if (known / "request.json").exists():
            self._maybe_fail("answer")
            return Submitted(remote_id=str(known))
        return await super().submit(prepared, order, addresses)


class Reconciling(Service):
    """It can be asked for a request by its identity. `shown_after` is how many questions it takes until it shows it."""

    reconciles = True
    shown_after = 0
    asked = 0

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:
        self._maybe_fail("reconcile")
        assert sent_at.tzinfo is not None
        self.asked += 1
        known = self.folder / identity
        if not (known / "request.json").exists() or self.asked <= self.shown_after:
            return None
        return Submitted(remote_id=str(known))


class Both(Deduplicating, Reconciling):
    """It takes the two for one, and can be asked."""


class Cancelling(Service):
    """It lets go of a job."""

    cancels = True

    async def cancel(self, submitted: Submitted) -> bool:
        (Path(submitted.remote_id) / "cancelled").touch()
        return True


class Limited(Service):
    """It takes so many at once, and says when to come back."""

    most = 1
    refusals = 0
    _taken = 0

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        if self._taken >= self.most:
            self.refusals += 1
            raise RateLimited("too many", retry_after_seconds=0.05)
        self._taken += 1
        return await super().submit(prepared, order, addresses)

    async def wait(self, submitted: Submitted, progress: Any) -> Any:
        try:
            return await super().wait(submitted, progress)
        finally:
            self._taken -= 1


KINDS: dict[str, type[Service]] = {
    "service": Service,
    "deduplicating": Deduplicating,
    "reconciling": Reconciling,
}
"""By name, for processes of their own."""


def priced(monkeypatch: pytest.MonkeyPatch, usd: float | None) -> None:
    """Every job is planned at this price; None: at one that nobody knows."""
    planned = Planner.jobs

    def jobs(self: Planner, *arguments: Any) -> Any:
        made, problems = planned(self, *arguments)
        return tuple(job.model_copy(update={"cost": Cost(amount=usd)}) for job in made), problems

    monkeypatch.setattr(Planner, "jobs", jobs)


def begun_run(project: Path, plan: Plan, *, max_cost: float | None, unknown: bool = False) -> str:
    """A run in the ledger that may cost so much; its id."""
    with Ledger.open(project) as ledger:
        return ledger.runs.begin(
            timeline=plan.timeline.path,
            out=project / "out.otio",
            plan=plan.model_dump_json(by_alias=True),
            writing="{}",
            base_url=None,
            max_cost_usd=max_cost,
            allow_unknown_cost=unknown,
        ).id
