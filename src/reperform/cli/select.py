"""`reperform select`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("clip")
@click.argument("take", metavar="TAKE|original")
@click.option(
    "--project", type=click.Path(path_type=Path), help="The project folder, instead of the nearest *.reperform/."
)
def command(out: Path, clip: str, take: str, project: Path | None) -> None:
    """Put TAKE of CLIP, or its original, into the cut OUT that `run` wrote.

    CLIP is a shot's id (V1@01:00:04:00), a record timecode inside it, or a unique clip name. TAKE is take_001, preview_001,
    a number, a take's file name, or `original`. The version before is kept under a numbered name, and `run` keeps the choice.
    """
    from reperform.timeline.choosing import select
    from reperform.workflow import remember_choice

    selected = select(out, clip, take)
    if selected.source_identity is not None:
        remember_choice(
            out,
            source_identity=selected.source_identity,
            in_frame=selected.in_frame,
            frames=selected.frames,
            take=selected.take,
            project=project,
        )
    shown = "its original" if selected.take == "original" else f"{selected.key} ({selected.file})"
    click.echo(f"{selected.shot} “{selected.clip}” now plays {shown}.")
    for kept in selected.saved.kept:
        click.echo(f"The version before is {kept.name}.", err=True)
