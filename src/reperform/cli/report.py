"""`reperform report`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import json_option, project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "to",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the report goes: .html, or .pdf by a browser.",
)
@click.option("--pictures/--no-pictures", default=True, help="Whether frames of originals and takes are in it.")
@click.option(
    "--browser",
    type=click.Path(path_type=Path),
    metavar="PROGRAM",
    help="What prints a .pdf, instead of the first Chromium, Chrome or Edge that is found.",
)
@project_option
@json_option
def command(
    out: Path, to: Path | None, pictures: bool, browser: Path | None, project: Path | None, as_json: bool
) -> None:
    """A page to send, of OUT that `run` wrote: originals and takes, directions, checks, costs, decisions.

    One file with all that it needs, for those who only read. Sends nothing, and changes nothing but FILE.
    """
    import json

    from reperform.reporting.gathering import gather
    from reperform.reporting.giving import give, refuse

    if to is None and not as_json:
        raise click.UsageError("say where the report goes, such as -o report.html; or --json.")
    settings = loaded_settings({"project": project}, beside=out).settings
    if to is not None:
        refuse(to, out)
    gathered = gather(out, project=settings.project, storage=settings.ledger)
    given = None
    if to is not None:
        given = give(gathered, to, timeline=out, pictures=pictures, browser=browser, storage=settings.ledger)
    if as_json:
        said = {"out": str(to) if to else None, "kept": str(given.kept) if given and given.kept else None}
        click.echo(json.dumps({**gathered.report.as_dict(), **said}, indent=2, ensure_ascii=False))
        return
    assert given is not None, "there is a file, or JSON was asked for"
    if given.kept:
        click.echo(
            f"The earlier {given.path.name} was not as reperform last wrote it; it is kept as {given.kept.name}.",
            err=True,
        )
    if given.left_out:
        click.echo(given.left_out, err=True)
    shots = len(gathered.report.shots)
    click.echo(f"Wrote {given.path}: {shots} shot{'' if shots == 1 else 's'}.")
