"""`reperform demo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", default="demo", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> int:
    """Make the sample cut in FOLDER (default: demo), run it, and show what came out."""
    from reperform.cli._progress import progress
    from reperform.cli._results import say_outcome
    from reperform.demo import before_and_after, make_sample
    from reperform.settings import load
    from reperform.workflow import make_plan, run

    click.echo(f"The sample cut is in {folder}", err=True)
    timeline = make_sample(folder)
    settings = load({"engine": "preview", "project": folder / "demo.reperform"}, environment={}, beside=None).settings
    planned = make_plan(timeline, settings)
    out = folder / "the_letter_RP.otio"
    with progress(planned) as listener:
        outcome = run(planned, out, settings, listener=listener)
    say_outcome(outcome, out)
    if outcome.performed:
        click.echo(f"Before and after: {before_and_after(outcome, folder / 'before-after.png')}")
    return outcome.status
