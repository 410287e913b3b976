"""`reperform run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, loaded_settings, performance_options, timeline_options


@click.command()
@click.argument("timeline_path", metavar="TIMELINE|PLAN.json", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The timeline to write: .otio, .otioz or .otiod.",
)
@json_option
@timeline_options
@performance_options
@click.option(
    "--another", multiple=True, metavar="CUE|CLIP|CHARACTER", help="One take more of these, beside those there are."
)
@click.option("--partial", is_flag=True, default=None, help="Write takes of shots of which some cues failed.")
@click.option(
    "--for", "for_editor", metavar="EDITOR", help="Whom the timeline is for: otio or resolve (default: who wrote it)."
)
@click.option("--takes", metavar="STYLE[,STYLE]", help="How takes are written: references, tracks, timelines.")
@click.option(
    "--sound", type=click.Choice(["keep", "take"]), help="What the linked sound plays, whatever the voice is."
)
@click.option("--mezzanine", type=click.Choice(["prores", "dnxhr"]), help="What the take of a long-GOP original is.")
@click.option(
    "--reel", type=click.Choice(["own", "same"]), help="The take's reel: its own (REEL_RP001), or the original's."
)
@click.option("--name", metavar="TEMPLATE", help="File names of takes: {stem}, {timecode}, {number:03} …")
@click.option("--takes-dir", type=click.Path(path_type=Path), help="Where takes are written; default: in the project.")
@click.option("--label/--no-label", default=None, help="The preview's label in the picture.")
@click.option("--jobs", type=int, metavar="N", help="Jobs at once (default 4).")
def command(
    timeline_path: Path, out: Path, as_json: bool, only: tuple[str, ...], another: tuple[str, ...], **given: Any
) -> int:
    """Plan TIMELINE, perform it, conform what comes back, and write it with its takes."""
    from reperform.cli._progress import progress
    from reperform.cli._results import outcome_json, say_outcome
    from reperform.workflow import load_plan, make_plan, run

    loaded = loaded_settings(given, beside=timeline_path)
    if timeline_path.suffix.lower() == ".json":
        planned = load_plan(timeline_path, project=loaded.settings.project)
    else:
        planned = make_plan(timeline_path, loaded.settings, only=only, problems=loaded.problems)
    with progress(planned.plan, quiet=as_json) as listener:
        outcome = run(planned, out, loaded.settings, listener=listener, another=another)
    if as_json:
        click.echo(outcome_json(outcome))
    else:
        say_outcome(outcome, out)
    return outcome.status
