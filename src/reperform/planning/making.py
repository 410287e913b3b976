"""Jobs: what is sent of a shot, as which request, at which cost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reperform.engines.base import Capabilities, Engine, JobOrder
from reperform.errors import SettingsError
from reperform.model import Cost, Cue, Job, JobPart, PlanSettings, Problem, Shot
from reperform.planning import costs, ordering
from reperform.planning.gathering import Request, requests
from reperform.planning.notes import notes
from reperform.planning.pieces import Piece, Quietest, of_cue, part_of, wire_rate
from reperform.planning.suitability import place_of, suit
from reperform.planning.targets import Target, Targets

__all__ = ["ATTEMPT", "AUDIO", "VIDEO", "capabilities", "cue_parameters", "jobs", "order", "shot_jobs"]

VIDEO, AUDIO, ATTEMPT = "<video>", "<audio>", "<attempt>"
"""What stands in a plan's requests for addresses and identities that only a run knows."""


def jobs(
    shot: Shot,
    cues: Sequence[Cue],
    *,
    engine: Engine,
    model: str,
    settings: PlanSettings,
    folder: Path | None = None,
    quietest: Quietest | None = None,
) -> tuple[tuple[Job, ...], tuple[Problem, ...]]:
    """The jobs that perform `cues` of the shot, and what is to be said of them; no job where an error is among that.

    `folder` is the timeline's: where the relative path of a cue's boxes starts. Ids are numbered from 1 in each call.

    Raises:
        SettingsError: the engine's model, `settings.like` or an option does not exist.

    """
    return shot_jobs(shot, cues, targets=Targets(engine, model, settings), folder=folder, quietest=quietest)


def order(
    shot: Shot, job: Job, *, engine: Engine, model: str, settings: PlanSettings, folder: Path | None = None
) -> JobOrder:
    """What the job's engine is given. `engine`, `model` and `settings` are those that the job was planned with.

    Raises:
        SettingsError: a file of boxes cannot be used, or an engine or model does not exist.

    """
    targets = Targets(engine, model, settings)
    by_id = {cue.id: cue for cue in shot.cues}
    pieces = [part_of(shot, by_id[part.cue], part.range, targets=targets) for part in job.parts]
    rate = wire_rate(shot, settings)
    return ordering.make(shot, pieces, sent=job.range, rate=rate, results=job.results, folder=folder)


def capabilities(shot: Shot, job: Job, *, engine: Engine, model: str, settings: PlanSettings) -> Capabilities:
    """What the engine takes whose limits the job keeps: for a preview, the one it plays the part of."""
    cue = next(cue for cue in shot.cues if cue.id == job.cues[0])
    return Targets(engine, model, settings).of(cue.direction).capabilities


def cue_parameters(
    shot: Shot, cue: Cue, *, engine: Engine, model: str, settings: PlanSettings, folder: Path | None = None
) -> dict[str, Any]:
    """The cue's wire parameters with defaults filled in: what the claim on it is made of, beside picture and voice.

    Raises:
        SettingsError: a file of boxes cannot be used, or an engine, a model or an option does not exist.

    """
    target = Targets(engine, model, settings).of(cue.direction)
    direction, _ = suit(shot, cue, target, settings)
    parameters = target.engine.parameters(direction, target.model)
    if chosen := target.fields.claimed(target.options, model=target.model):
        parameters = parameters | {"options": chosen}
    if direction.boxes:
        found = json.dumps(ordering.read_boxes(cue, folder)).encode()
        parameters = parameters | {"boxes": hashlib.sha256(found).hexdigest()}
    return parameters


def shot_jobs(
    shot: Shot, cues: Sequence[Cue], *, targets: Targets, folder: Path | None, quietest: Quietest | None
) -> tuple[tuple[Job, ...], tuple[Problem, ...]]:
    """As `jobs`, with the targets of the whole plan."""
    pieces: list[Piece] = []
    problems: list[Problem] = []
    for cue in cues:
        made, found = _pieces(shot, cue, targets=targets, folder=folder, quietest=quietest)
        pieces.extend(made)
        problems.extend(found)
    if any(problem.severity == "error" for problem in problems):
        return (), tuple(problems)
    asked = requests(pieces)
    made_jobs = tuple(
        _job(shot, request, number=number, settings=targets.settings, folder=folder)
        for number, request in enumerate(asked, start=1)
    )
    return made_jobs, (*problems, *notes(shot, asked))


def _pieces(
    shot: Shot, cue: Cue, *, targets: Targets, folder: Path | None, quietest: Quietest | None
) -> tuple[list[Piece], list[Problem]]:
    """The cue in pieces, and all that is wrong with it."""
    try:
        whole = part_of(shot, cue, cue.range, targets=targets)
        if cue.direction.boxes:
            ordering.read_boxes(cue, folder)
    except SettingsError as error:
        return [], [Problem(severity="error", where=place_of(shot, cue), message=error.message, fix=error.fix)]
    pieces, found = of_cue(shot, whole, targets=targets, quietest=quietest)
    return pieces, [*whole.lost, *found]


def _job(shot: Shot, request: Request, *, number: int, settings: PlanSettings, folder: Path | None) -> Job:
    target = request.pieces[0].target
    rate = wire_rate(shot, settings)
    made = ordering.make(shot, request.pieces, sent=request.sent, rate=rate, results=request.results, folder=folder)
    made.options.update(target.fields.public(made.options))
    speaks_only = all(piece.speaks for piece in request.pieces)
    return Job(
        id=f"{shot.id}#{number}",
        engine=target.performer,
        model=target.performer_model,
        cues=tuple(dict.fromkeys(piece.cue.id for piece in request.pieces)),
        in_frame=request.sent.start,
        frames=request.sent.frames,
        seconds=round(float(made.seconds), 6),
        segments=ordering.wire_segments(made) if target.capabilities.segments else (),
        request=target.engine.request(made, video=VIDEO, audio=None if speaks_only else AUDIO, identity=ATTEMPT),
        cost=_cost(target, made),
        parts=tuple(
            JobPart(cue=piece.cue.id, in_frame=piece.range.start, frames=piece.range.frames) for piece in request.pieces
        ),
        results=request.results,
        first_take=request.first_take,
    )


def _cost(target: Target, made: JobOrder) -> Cost:
    would = target.tariff.estimate(frames=made.frames, rate=made.rate, results=made.results)
    if not target.preview:
        return would
    return costs.nothing(f"a preview is free; {target.name} would cost {costs.dollars(would.amount)}: {would.basis}")
