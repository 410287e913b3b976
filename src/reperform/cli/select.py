"""`reperform select`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("wanted", metavar="CLIP TAKE|original...", nargs=-1, required=True)
@project_option
def command(out: Path, wanted: tuple[str, ...], project: Path | None) -> None:
    """Put TAKE of CLIP, or its original, into the cut OUT that `run` wrote; several pairs at once, all of them or none.

    CLIP is a shot's id (V1@01:00:04:00), a record timecode inside it, or a unique clip name; FROM-TO in record timecode, a
    character or `all` mean every shot with takes there. TAKE is take_001, preview_001, a number, a take's file name, or
    `original`. `run` keeps the choice. An OUT that somebody else has changed since is kept under a numbered name.
    """
    from reperform.workflow.choices import select_all

    if len(wanted) % 2:
        raise click.UsageError("each CLIP needs a TAKE, or `original`.")
    pairs = list(zip(wanted[::2], wanted[1::2], strict=True))
    settings = loaded_settings({"project": project}, beside=out).settings
    selected, remembered = select_all(out, pairs, project=settings.project, storage=settings.ledger)
    for each in selected:
        shown = "its original" if each.take == "original" else f"{each.key} ({each.file})"
        click.echo(f"{each.shot} “{each.clip}” now plays {shown}.")
    for kept in selected[0].saved.kept:
        click.echo(f"The earlier {out.name} was not as reperform last wrote it; it is kept as {kept.name}.", err=True)
    if not remembered:
        click.echo(
            "No project here knows this take: the next run will not keep the choice. Name it with --project.", err=True
        )
