"""All that a report says, from a timeline that `run` wrote and the ledger of its project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import TimelineError
from reperform.model import Place, Plan, Problem
from reperform.model import Shot as PlannedShot
from reperform.reporting.documents import Job, Report, Shot
from reperform.reporting.seen import Seen, seen_in

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import RunRow
    from reperform.ledger.storage import Storage
    from reperform.timeline.cut import Cut

__all__ = ["Gathered", "gather"]

_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A report, and where its pictures come from."""

    report: Report
    cut: Cut
    seen: tuple[Seen, ...]
    """In the order of the report's shots."""
    project: Path


def gather(out: Path, *, project: Path | None = None, storage: Storage | None = None) -> Gathered:
    """The report of `out`. Opens no media.

    Raises:
        TimelineError: it cannot be read, or is none that reperform has written.
        LedgerError: the ledger cannot be read.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.timeline.reading import read

    cut = read(out)
    place = find_project(out, project)
    ledger = Ledger.existing(place, storage)
    try:
        return _gather(out, cut, ledger, place)
    finally:
        if ledger is not None:
            ledger.close()


def _gather(out: Path, cut: Cut, ledger: Ledger | None, project: Path) -> Gathered:
    from reperform.reporting.decisions import Decisions
    from reperform.reporting.jobs import jobs_of
    from reperform.reporting.shots import Describing
    from reperform.timeline import records
    from reperform.timeline.index import build

    index = build(cut)
    runs = [run for run in ledger.runs.at(out) if Path(run.out) == out.absolute()] if ledger is not None else []
    plan = _plan(runs)
    planned: dict[str, PlannedShot] = {shot.id: shot for shot in plan.shots} if plan else {}
    written = records.read(cut.timeline, records.TimelineRecord)
    if written is None and not runs:
        raise TimelineError(f"“{out.name}” was not written by reperform", fix=_instead(out, ledger))
    seen = seen_in(index, ledger, planned)
    jobs = jobs_of(out, ledger, seen)
    describing = Describing(index.cut, jobs, Decisions(out, index.cut, ledger))
    shots = tuple(describing.shot(each) for each in seen)
    report = Report(
        name=cut.name or out.stem,
        path=out.name,
        rate=f"{cut.rate.numerator}/{cut.rate.denominator}",
        start=cut.timecode(0),
        record_seconds=float(round(index.frames / cut.rate, 3)),
        written_for=written.written_for if written else "",
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        project=project.name if ledger is not None else "",
        shots=shots,
        jobs=jobs,
        problems=_problems(plan, jobs, shots),
        left_out=_left_out(ledger, plan),
    )
    return Gathered(report=report, cut=index.cut, seen=seen, project=project)


def _plan(runs: list[RunRow]) -> Plan | None:
    """Of the newest run that wrote it. A plan of another version says nothing to this one."""
    for run in runs:
        try:
            return Plan.model_validate_json(run.plan)
        except ValueError:
            continue
    return None


def _instead(out: Path, ledger: Ledger | None) -> str:
    runs = ledger.runs.at(out) if ledger is not None else ()
    if runs:
        return f"Give the timeline that `reperform run` wrote of it: {runs[0].out}"
    return "Give the timeline that `reperform run` has written (-o)."


def _problems(plan: Plan | None, jobs: tuple[Job, ...], shots: tuple[Shot, ...]) -> tuple[dict[str, Any], ...]:
    """Errors first. What the plan says of a shot that has been performed since is history, unless it is no error."""
    standing = {(shot.track, shot.clip) for shot in shots if shot.state in ("performed", "preview", "original")}
    found = [
        problem
        for problem in (plan.problems if plan else ())
        if problem.severity != "error" or (problem.where.track, problem.where.clip) not in standing
    ]
    found += [
        Problem(
            severity="error",
            where=Place(clip=job.clip, timecode=job.record_in or None),
            message=f"{job.engine} {job.model}: {job.error or job.state}",
            fix=job.todo or None,
        )
        for job in _last_ones(jobs)
        if job.state in ("failed", "rejected", "unknown", "expired")
    ]
    found += [_unusable(shot) for shot in shots if shot.state == "waiting" and _all_fetched(shot, jobs)]
    ordered = sorted(found, key=lambda problem: _SEVERITIES.index(problem.severity))
    return tuple(problem.model_dump(mode="json") for problem in ordered)


def _all_fetched(shot: Shot, jobs: tuple[Job, ...]) -> bool:
    states = {job.state for job in _last_ones(jobs) if job.shot == shot.id}
    return states == {"fetched"}


def _unusable(shot: Shot) -> Problem:
    return Problem(
        severity="error",
        where=Place(track=shot.track, clip=shot.clip, timecode=shot.record_in),
        message="what came back for it was kept, and no take stands for it: it could not be used",
        fix="The next `reperform run` says why; `--another` asks for it again.",
    )


def _last_ones(jobs: tuple[Job, ...]) -> list[Job]:
    """Of each cue and engine the last attempt: what went wrong before it has been put right."""
    return list({(job.shot, job.record_in, job.engine, job.model): job for job in jobs}.values())


def _left_out(ledger: Ledger | None, plan: Plan | None) -> tuple[str, ...]:
    if ledger is None:
        return (
            "The project of this timeline is not here: jobs, waiting times, estimates, notes, and takes that failed "
            "their checks are not in this report.",
        )
    if plan is None:
        return (
            "The project has no run that wrote this timeline: voices and shots without takes are not in this report.",
        )
    return ()
