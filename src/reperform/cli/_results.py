"""What a run came to, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reperform.model import Take
    from reperform.workflow import Outcome


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
        "cost": {
            "amount": performed.cost_usd if performed else 0.0,
            "currency": "USD",
            "known": performed.cost_known if performed else True,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def say_outcome(outcome: Outcome, out: Path) -> None:
    """Problems to standard error; takes, the file, and how to see them, to standard output."""
    from reperform import tables

    if outcome.problems:
        click.echo(tables.problems_text(outcome.problems, styled=click.get_text_stream("stderr").isatty()), err=True)
        click.echo(err=True)
    if outcome.saved is None:
        click.echo("Nothing could be done, and nothing was written.", err=True)
        return
    _say_takes(outcome)
    for kept in outcome.saved.kept:
        click.echo(f"The earlier {out.name} was not as reperform last wrote it; it is kept as {kept.name}.")
    if not outcome.planned.plan.shots:
        click.echo("No markers are marks.")
        _say_ignored(outcome)
    verb = "Wrote" if outcome.saved.changed else "Nothing has changed in"
    click.echo(f"{verb} {', '.join(str(path) for path in outcome.saved.paths)}")
    if outcome.see:
        click.echo(outcome.see)


def _say_takes(outcome: Outcome) -> None:
    made = set(outcome.performed.made) if outcome.performed else set()
    standing = set(outcome.chosen.values())
    for shot in outcome.planned.plan.shots:
        for take in outcome.performed.takes.get(shot.id, ()) if outcome.performed else ():
            mark = "●" if take.id in standing else " "
            click.echo(f"{mark} {shot.id}  {shot.clip}  {take.path.name}{_state(take, new=take.id in made)}")


def _state(take: Take, *, new: bool) -> str:
    failed = [check.name for check in take.checks if not check.passed]
    if failed:
        return f"  not put in: {', '.join(failed)}"
    return "  new" if new else ""


def _say_ignored(outcome: Outcome) -> None:
    for marker in outcome.planned.plan.ignored_markers:
        click.echo(f"  {marker.record_in or '–'}  “{marker.text}”: {marker.why}")
