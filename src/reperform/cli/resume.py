"""`reperform resume`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reperform.cli._options import certificate_options, command_options, json_option, progress_option, project_option
from reperform.cli._paying import asker, paying_options
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("place", metavar="[TIMELINE|PROJECT]", default=".", type=click.Path(path_type=Path))
@project_option
@paying_options
@click.option("--option", multiple=True, metavar="ENGINE.FIELD=VALUE", help="Secret fields, which no plan keeps.")
@command_options
@certificate_options
@progress_option
@json_option
def command(place: Path, progress_path: Path | None, as_json: bool, **given: Any) -> int:
    """Go on with all that earlier runs left, and write the timelines of those that were stopped."""
    import json

    from reperform.cli._progress import said_plainly
    from reperform.cli._progress_file import progress_file
    from reperform.cli._results import outcome_json, say_outcome
    from reperform.performing.listening import silence
    from reperform.resuming import open_project, resume

    settings = loaded_settings(given, beside=None).settings
    with open_project(place, settings) as ledger, progress_file(progress_path) as told:
        listener = told.beside(silence if as_json else said_plainly)
        resumed = resume(ledger, settings, listener=listener, ask=asker())
        told.end(resumed.status)
    if as_json:
        problems = [each.model_dump(mode="json") for each in (*resumed.performed.problems, *resumed.problems)]
        runs = [json.loads(outcome_json(outcome)) for _, outcome in resumed.outcomes]
        document = {"version": 1, "status": resumed.status, "runs": runs, "problems": problems}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return resumed.status
    _say_problems([*resumed.performed.problems, *resumed.problems])
    for out, outcome in resumed.outcomes:
        say_outcome(outcome, out)
    if not resumed.outcomes and not resumed.status:
        click.echo("Nothing is left to go on with.")
    return resumed.status


def _say_problems(problems: list[Any]) -> None:
    import sys

    from reperform import tables
    from reperform.cli._terminal import is_styled

    if problems:
        click.echo(tables.problems_text(problems, styled=is_styled(sys.stderr)), err=True, color=True)
