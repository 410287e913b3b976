"""The plan: every shot with its jobs, every problem with its place, and the totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from reperform.engines.base import Engine
from reperform.errors import SettingsError
from reperform.model import Cost, Cue, IgnoredMarker, Job, Plan, PlanSettings, Problem, Shot, TimelineInfo, Totals
from reperform.planning import costs
from reperform.planning.making import shot_jobs
from reperform.planning.pieces import Quietest, clock_rate, wire_rate
from reperform.planning.stopping import Errors
from reperform.planning.suitability import check_drop
from reperform.planning.targets import Target, Targets, check_options, public_options
from reperform.timing import Rate

__all__ = ["plan"]


def plan(
    shots: Iterable[Shot],
    *,
    info: TimelineInfo,
    engine: Engine,
    model: str,
    settings: PlanSettings,
    ignored: Sequence[IgnoredMarker] = (),
    problems: Sequence[Problem] = (),
    paid: Callable[[Shot, Cue], bool] | None = None,
    quietest: Quietest | None = None,
) -> Plan:
    """The plan for shots with cues and without jobs. A cue that is paid for, and a shot with an error, gets no job.

    `problems` are those found so far; the plan keeps them all and adds its own.

    Raises:
        SettingsError: the engine's model, `settings.like`, an option or a word to drop does not exist.

    """
    check_options(settings)
    check_drop(settings)
    targets = Targets(engine, model, settings)
    performer_model = targets.default.performer_model
    planned: list[Shot] = []
    said = list(problems)
    errors = Errors(problems, info)
    for shot in map(_marking(paid), shots):
        made: tuple[Job, ...] = ()
        if not errors.stop(shot):
            unpaid = [cue for cue in shot.cues if not cue.paid]
            made, found = shot_jobs(shot, unpaid, targets=targets, folder=info.path.parent, quietest=quietest)
            said.extend(found)
        planned.append(shot.model_copy(update={"jobs": made}))
    said.extend(_cautions(planned, targets))
    return Plan(
        timeline=info,
        engine=engine.name,
        model=performer_model,
        shots=tuple(planned),
        ignored_markers=tuple(ignored),
        problems=tuple(said),
        totals=_totals(planned, targets),
        settings=public_options(settings),
    )


def _marking(paid: Callable[[Shot, Cue], bool] | None) -> Callable[[Shot], Shot]:
    """Marks the cues of a shot that are paid for."""

    def mark(shot: Shot) -> Shot:
        if paid is None:
            return shot
        cues = tuple(cue.model_copy(update={"paid": True}) if paid(shot, cue) else cue for cue in shot.cues)
        return shot.model_copy(update={"cues": cues})

    return mark


def _cautions(shots: Sequence[Shot], targets: Targets) -> list[Problem]:
    """Of the options chosen, once for each engine and model that a cue goes to."""
    used: dict[tuple[str, ...], Target] = {}
    for direction in {
        (cue.direction.engine, cue.direction.model): cue.direction for shot in shots for cue in shot.cues
    }.values():
        try:
            target = targets.of(direction)
        except SettingsError:
            continue  # said already, at the cue
        used[target.key] = target
    cautions = (target.fields.cautions(target.options, model=target.model) for target in used.values())
    return [Problem(severity="warning", message=message) for found in cautions for message in found]


def _totals(shots: Sequence[Shot], targets: Targets) -> Totals:
    all_jobs = [job for shot in shots for job in shot.jobs]
    marked = _seconds((cue.frames, clock_rate(shot)) for shot in shots for cue in shot.cues)
    sent = _seconds((job.frames, wire_rate(shot, targets.settings)) for shot in shots for job in shot.jobs)
    return Totals(
        shots=len(shots),
        cues=sum(len(shot.cues) for shot in shots),
        jobs=len(all_jobs),
        seconds_marked=marked,
        seconds_sent=sent,
        cost=_total_cost(shots, targets),
    )


def _seconds(counted: Iterable[tuple[int, Rate]]) -> float:
    """How long frames last together, so many of them at such a rate."""
    frames: defaultdict[tuple[int, int], int] = defaultdict(int)
    for number, rate in counted:
        frames[rate.as_integer_ratio()] += number
    seconds = sum((number / Fraction(*ratio) for ratio, number in frames.items()), Fraction(0))
    return round(float(seconds), 6)


def _total_cost(shots: Sequence[Shot], targets: Targets) -> Cost:
    total = costs.total(job.cost for shot in shots for job in shot.jobs)
    played = [_played(shot, job, targets) for shot in shots for job in shot.jobs if job.engine == "preview"]
    if not played:
        return total
    would = costs.sum_of(amount for _, amount in played)
    said = costs.dollars(would.amount) if would.amount is not None else would.basis
    names = " and ".join(dict.fromkeys(name for name, _ in played))
    return total.model_copy(update={"basis": f"a preview is free; {names} would cost {said}"})


def _played(shot: Shot, job: Job, targets: Targets) -> tuple[str, float | None]:
    """The engine that a preview plays the part of, and what it would charge."""
    cue = next(cue for cue in shot.cues if cue.id == job.cues[0])
    rate, target = wire_rate(shot, targets.settings), targets.of(cue.direction)
    return target.name, target.tariff.amount(frames=job.frames, rate=rate, results=job.results)
