"""`reperform conform`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reperform.cli._options import EDITORS, FOLDER, json_option, project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", "new", required=True, type=click.Path(path_type=Path), help="The timeline to write, as for `run`."
)
@click.option(
    "--media-root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    required=True,
    metavar="FOLDER",
    help="Where the online media lies.",
)
@click.option("--chosen", is_flag=True, help="Only the takes that stand in the cut, not the others.")
@click.option("--lists", metavar="LIST[,LIST]", help="Beside NEW: edl (the chosen takes), ale (every take).")
@click.option("--takes-dir", type=FOLDER, metavar="FOLDER", help="Where takes are written (default: in the project).")
@click.option("--handles", type=int, metavar="FRAMES", help="Frames kept around a shot (default 12).")
@click.option("--seam", type=int, metavar="FRAMES", help="Dissolves at a cue's ends (default: as they were).")
@click.option(
    "--input-lut",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.cube",
    help="The LUT that shows the online media (log) as the proxies are: the takes become log.",
)
@click.option("--mezzanine", type=click.Choice(["prores", "dnxhr"]), help="What the take of a long-GOP original is.")
@click.option(
    "--composite", type=click.Choice(["changed", "whole"]), help="What the engine changed, or its whole picture."
)
@click.option("--matte/--no-matte", default=None, help="Write the changed region beside each take, as a movie.")
@click.option("--reel", type=click.Choice(["own", "same"]), help="The take's reel: REEL_RP001, or the original's.")
@click.option("--name", metavar="TEMPLATE", help="File names of takes, as for `run`.")
@click.option("--for", "for_editor", type=click.Choice(EDITORS), help="Whom NEW is for (default: whom OUT is for).")
@click.option("--takes", metavar="STYLE[,STYLE]", help="As references, tracks, timelines (default: by --for).")
@click.option("--sound", type=click.Choice(["keep", "take"]), help="What the linked sound plays.")
@click.option("--timeline", metavar="NAME", help="Which timeline of a collection.")
@click.option("--rate", metavar="RATE", help="OUT's frame rate, where it does not say it.")
@click.option("--drop-frame/--non-drop-frame", default=None, help="How OUT's timecode counts, where that is unclear.")
@project_option
@json_option
def command(out: Path, new: Path, chosen: bool, as_json: bool, **given: Any) -> int:
    """Make the takes of OUT, which `run` wrote on proxies, again on the online media, and write the cut with them.

    The media is found by reel, timecode and rate; its raster, codec, folder, name and handles may be others. The takes are
    made of the paid results that the project keeps: nothing is sent. What cannot be matched is named, and keeps what it has.
    """
    from reperform.cli._onlined import onlined_json, say_onlined
    from reperform.workflow.onlining import conform

    loaded = loaded_settings(given, beside=out)
    outcome = conform(
        out,
        new,
        loaded.settings,
        only_chosen=chosen,
        keeps_seams="seam" not in loaded.origins,
        say=(lambda _: None) if as_json else (lambda name: click.echo(f"made {name}", err=True)),
    )
    if as_json:
        click.echo(onlined_json(outcome))
    else:
        say_onlined(outcome, new)
    return outcome.status
