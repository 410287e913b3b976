"""`reperform status`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import json_option, project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("place", metavar="[TIMELINE|OUT|PROJECT]", default=".", type=click.Path(path_type=Path))
@project_option
@click.option(
    "--only",
    multiple=True,
    metavar="WHAT",
    help="Only these: a shot, cue, clip, character, record timecode or FROM-TO, a state, an engine, an attempt's id.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Of a TIMELINE or OUT: also what belongs to the project's others."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the costs by cue as CSV.")
@json_option
def command(
    place: Path, project: Path | None, only: tuple[str, ...], everything: bool, as_csv: bool, as_json: bool
) -> None:
    """Every attempt of a project: what it is for, where it is, what it cost, what to do.

    Of a TIMELINE, or of the OUT of one: those that were made for it, or that its takes are made of.
    """
    import json
    import sys

    from reperform import tables
    from reperform.cli._terminal import is_styled
    from reperform.performing import statuses
    from reperform.performing.meant import meant
    from reperform.resuming import open_project
    from reperform.workflow.attempts import attempts_of

    with open_project(place, loaded_settings({"project": project}, beside=None).settings) as ledger:
        every = statuses.statuses(ledger)
        its_own = None if everything else attempts_of(place, ledger)
        rows = [row for row in every if its_own is None or row.attempt in its_own]
        others = len(every) - len(rows)
        rows = list(meant(rows, only, ledger))
    if as_json:
        click.echo(json.dumps(statuses.as_dict(rows, others=others), indent=2, ensure_ascii=False))
    elif as_csv:
        click.echo(statuses.as_csv(rows), nl=False)
    else:
        total, known = statuses.total_usd(rows)
        said = tables.attempts_text(rows, total_usd=total, known=known, styled=is_styled(sys.stdout))
        click.echo(said, color=True)
        if others:
            click.echo(f"{others} more of the project's other timelines: --all shows them.")
