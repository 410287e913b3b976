"""`reperform clean`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reperform.cli._options import project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("place", metavar="[TIMELINE|PROJECT]", default=".", type=click.Path(path_type=Path))
@project_option
@click.option("--yes", is_flag=True, help="Remove them without being asked.")
def command(place: Path, project: Path | None, yes: bool) -> int:
    """Remove work that nobody needs any more: never a paid result, a take or the ledger."""
    from reperform.ledger.cleaning import removable, remove
    from reperform.resuming import open_project

    with open_project(place, loaded_settings({"project": project}, beside=None).settings) as ledger:
        found = removable(ledger)
        for each in found:
            click.echo(f"{each.bytes / 1e6:9.1f} MB  {each.path}  ({each.why})")
        if not found:
            click.echo("There is nothing to remove.")
            return 0
        if not yes and not (sys.stdin.isatty() and click.confirm("Remove them?", err=True)):
            click.echo("Nothing was removed; --yes removes them.", err=True)
            return 0
        remove(found)
    click.echo(f"Removed {sum(each.bytes for each in found) / 1e6:.1f} MB.")
    return 0
