"""Sums over a report: shots by state, takes that fail, costs, and how long engines let people wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from reperform.reporting.documents import Job, Report

__all__ = ["Engine", "Sums", "sums_of"]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One engine with one model."""

    name: str
    jobs: int
    failed: int
    estimate_usd: float | None
    """None: not all of it is known."""
    cost_usd: float | None
    waits: tuple[float, ...]
    """Seconds between a request and its result, of those that have one, ascending."""

    @property
    def median_wait(self) -> float | None:
        """None: nothing came back."""
        return median(self.waits) if self.waits else None


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Of the whole report."""

    shots: int
    cues: int
    takes: int
    states: dict[str, int]
    """Shots by state."""
    failing_takes: int
    circled: int
    rejected: int
    notes: int
    estimate_usd: float
    cost_usd: float
    cost_known: bool
    """False: an engine has not said all that it costs."""
    engines: tuple[Engine, ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        engines = [{**asdict(engine), "median_wait": engine.median_wait} for engine in self.engines]
        return {**asdict(self), "engines": engines}


def sums_of(report: Report) -> Sums:
    """The sums."""
    versions = [version for shot in report.shots for version in shot.versions]
    costs = [job.counted_usd for job in report.jobs]
    return Sums(
        shots=len(report.shots),
        cues=sum(len(shot.cues) for shot in report.shots),
        takes=sum(version.kind != "original" for version in versions),
        states=dict(Counter(shot.state for shot in report.shots)),
        failing_takes=sum(not version.passed for version in versions),
        circled=sum(version.decision.circled for version in versions),
        rejected=sum(version.decision.rejected for version in versions),
        notes=sum(len(version.decision.notes) for version in versions),
        estimate_usd=round(sum(job.estimate_usd or 0 for job in report.jobs), 6),
        cost_usd=round(sum(cost or 0 for cost in costs), 6),
        cost_known=None not in costs,
        engines=_engines(report.jobs),
    )


def _engines(jobs: Sequence[Job]) -> tuple[Engine, ...]:
    names = dict.fromkeys((job.engine, job.model) for job in jobs)
    return tuple(_engine(name, [job for job in jobs if (job.engine, job.model) == name]) for name in names)


def _engine(name: tuple[str, str], jobs: Sequence[Job]) -> Engine:
    engine, model = name
    return Engine(
        name=engine if model in ("", engine) else f"{engine} {model}",
        jobs=len(jobs),
        failed=sum(job.state in ("failed", "rejected", "unknown", "expired") for job in jobs),
        estimate_usd=_sum(job.estimate_usd for job in jobs),
        cost_usd=_sum(job.counted_usd for job in jobs),
        waits=tuple(sorted(job.waited_seconds or 0 for job in jobs if job.waited_seconds and job.state == "fetched")),
    )


def _sum(amounts: Iterable[float | None]) -> float | None:
    known = list(amounts)
    return None if None in known else round(sum(amount or 0 for amount in known), 6)
