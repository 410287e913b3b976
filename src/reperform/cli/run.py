"""`reperform run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, output_options, performance_options, progress_option, timeline_options
from reperform.cli._paying import asker, paying_options
from reperform.cli._sections import Sectioned
from reperform.cli._settings import changed_in_plan, loaded_settings


@click.command(cls=Sectioned)
@click.argument("timeline_path", metavar="TIMELINE|PLAN.json", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The timeline to write: .otio, .otioz, .otiod; .fcpxml (Final Cut Pro), .xml (Premiere, Resolve), .aaf (Avid).",
)
@timeline_options
@performance_options
@output_options
@paying_options
@progress_option
@json_option
def command(
    timeline_path: Path,
    out: Path,
    progress_path: Path | None,
    as_json: bool,
    only: tuple[str, ...],
    another: tuple[str, ...],
    **given: Any,
) -> int:
    """Plan TIMELINE, perform it, conform what comes back, and write it with its takes.

    PLAN.json is what `reperform plan --json` printed: it is performed as it stands, with the settings that it was made with.
    """
    from reperform.cli._progress import meant, progress
    from reperform.cli._progress_file import progress_file
    from reperform.cli._results import costs, outcome_json, say_outcome
    from reperform.workflow import agree_to_pay, is_plan, load_plan, make_plan, refuse_unfit, run

    planned_before = is_plan(timeline_path)
    changed = changed_in_plan(given) if planned_before else {}
    loaded = loaded_settings(given, beside=timeline_path)
    if planned_before:
        planned = load_plan(
            timeline_path,
            project=loaded.settings.project,
            only=only,
            changed=changed,
            storage=loaded.settings.ledger,
        )
    else:
        planned = make_plan(timeline_path, loaded.settings, only=only, problems=loaded.problems)
    refuse_unfit(planned, out, loaded.settings)
    bill = agree_to_pay(planned, loaded.settings, another=another, ask=asker())
    if bill is not None and not as_json and (loaded.settings.yes or asker() is None):
        click.echo(bill.text, err=True)
    with (
        progress_file(progress_path, shots=meant(planned)) as told,
        progress(planned, quiet=as_json) as listener,
    ):
        outcome = run(planned, out, loaded.settings, listener=told.beside(listener), another=another, agreed=True)
        told.end(outcome.status, cost=costs(outcome))
    if as_json:
        click.echo(outcome_json(outcome))
    else:
        say_outcome(outcome, out)
    return outcome.status
