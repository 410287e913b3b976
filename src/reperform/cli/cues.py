"""`reperform cues`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, timeline_options
from reperform.cli._sections import Sectioned
from reperform.cli._settings import loaded_settings
from reperform.cli._terminal import is_styled


@click.command(cls=Sectioned)
@click.argument("timeline_path", metavar="TIMELINE", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the sheet to a file, by its ending .csv, .html or .json.",
)
@click.option("--csv", "form", flag_value="csv", help="As CSV, for a spreadsheet; `mark --from-sheet` takes it back.")
@click.option("--html", "form", flag_value="html", help="As a page with pictures, to print or send.")
@json_option
@click.option("--bom", is_flag=True, help="CSV: begin with a byte order mark, by which Excel knows UTF-8.")
@click.option("--reel", metavar="NAME", help="The reel of the cut (default: by its name).")
@timeline_options
@click.option("--engine", metavar="NAME", help="Whose prices and limits the sheet shows (default preview).")
@click.option("--model", metavar="NAME", help="Which of the engine's models (default: its first).")
def command(
    timeline_path: Path,
    out: Path | None,
    form: str | None,
    as_json: bool,
    bom: bool,
    reel: str | None,
    only: tuple[str, ...],
    **given: Any,
) -> int:
    """An ADR cue sheet of TIMELINE, or of OUT after a run. Sends nothing.

    Each cue with its reel, number, character, record and source timecode, line, direction, status, take and cost. Without
    another form it is a table for the terminal.
    """
    from reperform.sheets import giving
    from reperform.workflow import make_plan

    kind = giving.kind_of("json" if as_json else form, out)
    loaded = loaded_settings(given, beside=timeline_path)
    planned = make_plan(timeline_path, loaded.settings, only=only, problems=loaded.problems)
    given_out = giving.give(
        planned, loaded.settings, kind=kind, reel=reel, bom=bom, out=out, styled=is_styled(sys.stdout)
    )
    _say_problems(planned.plan.errors, as_json=as_json and out is None)
    if out is None:
        click.echo(given_out.text, nl=False, color=True)
    else:
        if given_out.kept:
            click.echo(
                f"The earlier {out.name} was not as reperform last wrote it; it is kept as {given_out.kept.name}.",
                err=True,
            )
        if not as_json:
            click.echo(f"Wrote {out}: {given_out.count} cue{'' if given_out.count == 1 else 's'}.")
        else:
            click.echo(given_out.document)
    return 0


def _say_problems(problems: Any, *, as_json: bool) -> None:
    from reperform import tables

    if problems and not as_json:
        click.echo(tables.problems_text(problems, styled=is_styled(sys.stderr)), err=True, color=True)
