"""`reperform reattach`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reperform.cli._options import json_option, recut_options
from reperform.cli._paying import asker, paying_options
from reperform.cli._sections import Sectioned
from reperform.cli._settings import loaded_settings

if TYPE_CHECKING:
    from reperform.workflow.reattaching import Reattached


@click.command(cls=Sectioned)
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), help="The timeline to write, as for `run`."
)
@click.option("--fill", is_flag=True, help="Perform the frames that lack, asked and paid for as by `run`.")
@recut_options
@paying_options
@json_option
def command(new: Path, out: Path, fill: bool, as_json: bool, **given: Any) -> int:
    """The cut has changed: put the paid takes back where they belong in NEW, and say shot by shot what was done to it.

    Takes are known by the media that they were made of and the frames that they show, without marks. A take whose clip
    shows more now is conformed anew from what is paid. Nothing is sent without --fill.
    """
    from reperform.cli._progress import said_plainly
    from reperform.performing.listening import silence
    from reperform.workflow.reattaching import reattach

    settings = loaded_settings(given, beside=new).settings
    listener = silence if as_json else said_plainly
    found = reattach(new, out, settings, fill=fill, listener=listener, ask=asker())
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        _say(found, out)
    return found.status


def _say(found: Reattached, out: Path) -> None:
    """Problems to standard error; the change list, the file, and how to see it, to standard output."""
    from reperform import tables
    from reperform.cli._terminal import is_styled, is_verbose

    problems = [problem for problem in found.problems if problem.severity != "note" or is_verbose()]
    if problems:
        click.echo(tables.problems_text(problems, styled=is_styled(sys.stderr)), err=True, color=True)
    click.echo(tables.recuts_table(found, styled=is_styled(sys.stdout)), nl=False, color=True)
    for kept in found.saved.kept:
        click.echo(f"The earlier {out.name} was not as reperform last wrote it; it is kept as {kept.name}.")
    verb = "Wrote" if found.saved.changed else "Nothing has changed in"
    click.echo(f"{verb} {', '.join(str(path) for path in found.saved.paths)}")
    if found.see:
        click.echo(found.see)
