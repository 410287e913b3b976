"""Reading marks for the command, and saying what was done with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reperform.cli._settings import loaded_settings
from reperform.cli._terminal import is_styled

if TYPE_CHECKING:
    from reperform.model import Problem
    from reperform.settings import Settings
    from reperform.workflow.marks import Marked, Rewritten

_READING = ("timeline", "rate", "drop_frame", "project", "media_root", "marker_color", "marker_name")


def read_marks(timeline: Path, given: dict[str, Any]) -> tuple[Marked, Settings]:
    """The timeline with its marks, and the settings in force."""
    from reperform.workflow.marks import look_at_marks

    settings = loaded_settings({name: given[name] for name in _READING}, beside=timeline).settings
    return look_at_marks(timeline, settings), settings


def say_marks(marked: Marked, *, as_json: bool, also_ignored: bool) -> None:
    """What marks there are; with `also_ignored` the other markers, too."""
    from reperform import tables
    from reperform.sheets.describing import asked_document

    if as_json:
        document = asked_document(marked.asked, marked.index.cut)
        document |= {"ignored_markers": [each.model_dump(mode="json") for each in marked.ignored]}
        document |= {"problems": [each.model_dump(mode="json") for each in marked.problems]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    _say_problems([each for each in marked.problems if each.severity == "error"])
    styled = is_styled(sys.stdout)
    click.echo(tables.marks_text(marked.asked, marked.index.cut, styled=styled), nl=False, color=True)
    if also_ignored and marked.ignored:
        click.echo(tables.ignored_text(marked.ignored, styled=styled), nl=False, color=True)


def say_rewritten(
    marked: Marked, rewritten: Rewritten, problems: Sequence[Problem], out: Path | None, *, as_json: bool
) -> int:
    """What was changed, and where it was written; the exit status: 1 where something could not be done."""
    from reperform import tables
    from reperform.sheets.describing import edit_document

    said = (*problems, *rewritten.problems)
    status = 1 if any(each.severity == "error" for each in said) else 0
    cut, saved = marked.index.cut, rewritten.saved
    if as_json:
        document = {
            "version": 1,
            "status": status,
            "out": [str(path) for path in saved.paths] if saved else [],
            "kept": [str(path) for path in saved.kept] if saved else [],
            "changes": [edit_document(edit, cut) for edit in rewritten.edits],
            "problems": [each.model_dump(mode="json") for each in said],
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return status
    _say_problems(said)
    click.echo(tables.edits_text(rewritten.edits, cut, styled=is_styled(sys.stdout)), nl=False, color=True)
    if saved is not None:
        for kept in saved.kept:
            click.echo(
                f"The earlier {saved.paths[0].name} was not as reperform last wrote it; it is kept as {kept.name}.",
                err=True,
            )
        click.echo(f"{'Wrote' if saved.changed else 'Nothing has changed in'} {saved.paths[0]}")
    elif rewritten.edits and out is None:
        click.echo("Nothing was written: give OUT with -o.")
    elif out is not None:
        click.echo(f"Nothing was written to {out}.")
    return status


def _say_problems(problems: Sequence[Problem]) -> None:
    from reperform import tables

    if problems:
        click.echo(tables.problems_text(problems, styled=is_styled(sys.stderr)), err=True, color=True)
