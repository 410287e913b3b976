"""`reperform cancel`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("place", metavar="[TIMELINE|PROJECT]", default=".", type=click.Path(path_type=Path))
@click.option("--attempt", "only", multiple=True, metavar="ID", help="Only these, as `status` names them.")
@project_option
def command(place: Path, only: tuple[str, ...], project: Path | None) -> int:
    """Stop what can be stopped: what was not sent, and what an engine lets go of."""
    from reperform.ledger.records import AttemptState
    from reperform.resuming import cancel, open_project

    settings = loaded_settings({"project": project}, beside=None).settings
    with open_project(place, settings) as ledger:
        ended = cancel(ledger, settings, only=only)
    for attempt, said in ended:
        click.echo(f"{attempt.id}  {attempt.engine}: {said}")
    if not ended:
        click.echo("Nothing is on its way.")
    return 1 if any(attempt.state is not AttemptState.CANCELLED for attempt, _ in ended) else 0
