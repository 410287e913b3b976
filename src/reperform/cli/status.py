"""`reperform status`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import json_option, loaded_settings, project_option


@click.command()
@click.argument("place", metavar="[TIMELINE|OUT|PROJECT]", default=".", type=click.Path(path_type=Path))
@project_option
@click.option(
    "--only",
    multiple=True,
    metavar="WHAT",
    help="Only these: a shot, cue, clip, character, record timecode or FROM-TO, a state, an engine, an attempt's id.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the costs by cue as CSV.")
@json_option
def command(place: Path, project: Path | None, only: tuple[str, ...], as_csv: bool, as_json: bool) -> None:
    """Every attempt of a project: what it is for, where it is, what it cost, what to do."""
    import json
    import sys

    from reperform import tables
    from reperform.cli._terminal import is_styled
    from reperform.performing import statuses
    from reperform.performing.meant import meant
    from reperform.resuming import open_project

    with open_project(place, loaded_settings({"project": project}, beside=None).settings) as ledger:
        rows = meant(statuses.statuses(ledger), only)
    if as_json:
        click.echo(json.dumps(statuses.as_dict(rows), indent=2, ensure_ascii=False))
    elif as_csv:
        click.echo(statuses.as_csv(rows), nl=False)
    else:
        total, known = statuses.total_usd(rows)
        said = tables.attempts_text(rows, total_usd=total, known=known, styled=is_styled(sys.stdout))
        click.echo(said, color=True)
