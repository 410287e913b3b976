"""`reperform select`."""

from __future__ import annotations

from pathlib import Path

import click

from reperform.cli._options import project_option


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("clip")
@click.argument("take", metavar="TAKE|original")
@project_option
def command(out: Path, clip: str, take: str, project: Path | None) -> None:
    """Put TAKE of CLIP, or its original, into the cut OUT that `run` wrote.

    CLIP is a shot's id (V1@01:00:04:00), a record timecode inside it, or a unique clip name. TAKE is take_001, preview_001,
    a number, a take's file name, or `original`. `run` keeps the choice. An OUT that somebody else has changed since is kept
    under a numbered name.
    """
    from reperform.workflow import select

    selected, remembered = select(out, clip, take, project=project)
    shown = "its original" if selected.take == "original" else f"{selected.key} ({selected.file})"
    click.echo(f"{selected.shot} “{selected.clip}” now plays {shown}.")
    for kept in selected.saved.kept:
        click.echo(f"The earlier {out.name} was not as reperform last wrote it; it is kept as {kept.name}.", err=True)
    if not remembered:
        click.echo(
            "No project here knows this take: the next run will not keep the choice. Name it with --project.", err=True
        )
