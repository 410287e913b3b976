"""What a run came to, for people and for programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reperform.cli._terminal import is_styled, is_verbose

if TYPE_CHECKING:
    from reperform.model import Problem, Shot, Take
    from reperform.workflow import Outcome

_PLACE = {"id", "clip", "track", "index", "address", "clock", "record", "media", "linked_audio"}


def outcome_json(outcome: Outcome) -> str:
    """One document: what was written, every take, every problem, what it cost."""
    performed, saved = outcome.performed, outcome.saved
    document = {
        "version": 1,
        "status": outcome.status,
        "out": [str(path) for path in saved.paths] if saved else [],
        "kept": [str(path) for path in saved.kept] if saved else [],
        "changed": bool(saved and saved.changed),
        "made": list(performed.made) if performed else [],
        "chosen": dict(outcome.chosen),
        "takes": [take.model_dump(mode="json") for take in outcome.takes],
        "ignored_markers": [marker.model_dump(mode="json") for marker in outcome.planned.plan.ignored_markers],
        "problems": [problem.model_dump(mode="json") for problem in outcome.problems],
        "cost": costs(outcome),
        "shots": [_placed(shot, outcome) for shot in outcome.planned.plan.shots],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def costs(outcome: Outcome) -> dict[str, Any]:
    """What the attempts cost that the run finished."""
    performed = outcome.performed
    return {
        "amount": performed.cost_usd if performed else 0.0,
        "currency": "USD",
        "known": performed.cost_known if performed else True,
    }


def _placed(shot: Shot, outcome: Outcome) -> dict[str, Any]:
    """Where the shot is, and which frames of each of its takes are seen there: what an editor's own interface needs."""
    takes = [take for take in outcome.takes if take.shot_id == shot.id]
    return {
        **shot.model_dump(mode="json", by_alias=True, include=_PLACE),
        "sound": "keep" if shot.voice_in_cut else "take",
        "takes": [_visible(take, shot) for take in takes],
    }


def _visible(take: Take, shot: Shot) -> dict[str, Any]:
    """Its frames under the shot, half-open, from its first; null where it does not cover the shot."""
    first = shot.media.in_frame - take.in_frame
    covers = first >= 0 and first + shot.media.frames <= take.frames
    return {"id": take.id, "in": first if covers else None, "out": first + shot.media.frames if covers else None}


def say_outcome(outcome: Outcome, out: Path) -> None:
    """Problems to standard error; takes, the file, and how to see them, to standard output."""
    from reperform import tables

    if problems := _worth_saying(outcome):
        click.echo(tables.problems_text(problems, styled=is_styled(sys.stderr)), err=True, color=True)
    if outcome.saved is None:
        paid = outcome.performed is not None and outcome.performed.attempts
        done = "No take is complete, and nothing was written; what is paid is kept." if paid else None
        click.echo(done or "Nothing could be done, and nothing was written.", err=True)
        return
    styled = is_styled(sys.stdout)
    if outcome.planned.plan.shots:
        said = tables.takes_text(
            outcome.planned.plan.shots,
            outcome.performed.takes if outcome.performed else {},
            standing=set(outcome.chosen.values()),
            made=set(outcome.performed.made) if outcome.performed else set(),
            styled=styled,
        )
    else:
        said = tables.ignored_text(outcome.planned.plan.ignored_markers, styled=styled)
    click.echo(said, nl=False, color=True)
    _say_files(outcome, out)


def _worth_saying(outcome: Outcome) -> list[Problem]:
    """All but the plan's notes, which `plan` says and nobody needs twice; with `-v` these, too."""
    known = () if is_verbose() else outcome.planned.plan.problems
    return [problem for problem in outcome.problems if problem.severity != "note" or problem not in known]


def _say_files(outcome: Outcome, out: Path) -> None:
    if outcome.saved is None:
        return
    for kept in outcome.saved.kept:
        click.echo(f"The earlier {out.name} was not as reperform last wrote it; it is kept as {kept.name}.")
    verb = "Wrote" if outcome.saved.changed else "Nothing has changed in"
    click.echo(f"{verb} {', '.join(str(path) for path in outcome.saved.paths)}")
    if outcome.performed and outcome.performed.attempts and _was_paid(outcome):
        click.echo(_cost(outcome))
    if outcome.see:
        click.echo(outcome.see)


def _was_paid(outcome: Outcome) -> bool:
    assert outcome.performed is not None
    return outcome.performed.cost_usd > 0 or not outcome.performed.cost_known


def _cost(outcome: Outcome) -> str:
    from reperform.planning.costs import dollars

    assert outcome.performed is not None
    unknown = "" if outcome.performed.cost_known else ", and what is unknown"
    count = len(outcome.performed.attempts)
    requests = f"{count} request{'' if count == 1 else 's'}"
    return f"Paid: {dollars(outcome.performed.cost_usd)}{unknown}, for {requests}; `reperform status` has it by cue."
