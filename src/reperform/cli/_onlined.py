"""What a conform came to, for people and for programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reperform.cli._terminal import is_styled

if TYPE_CHECKING:
    from reperform.workflow.onlining import Onlined


def onlined_json(onlined: Onlined) -> str:
    """One document: what was written, which media stands for which, every take, every problem."""
    saved = onlined.saved
    document = {
        "version": 1,
        "status": onlined.status,
        "out": [str(path) for path in saved.paths] if saved else [],
        "kept": [str(path) for path in saved.kept] if saved else [],
        "changed": bool(saved and saved.changed),
        "made": list(onlined.made),
        "chosen": dict(onlined.chosen),
        "media": _media(onlined),
        "takes": [take.model_dump(mode="json") for takes in onlined.takes.values() for take in takes],
        "problems": [problem.model_dump(mode="json") for problem in onlined.problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _media(onlined: Onlined) -> list[dict[str, Any]]:
    """Each online file once, with the clips that it was put into."""
    from reperform.timing import format_timecode

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in onlined.relinked:
        source = each.online.source
        entry = found.setdefault(
            (each.offline.name, str(source.path)),
            {
                "offline": each.offline.name,
                "online": str(source.path),
                "reel": source.reel,
                "rate": f"{source.rate.numerator}/{source.rate.denominator}",
                "start": None
                if source.start_frame is None
                else format_timecode(source.start_frame, source.rate, drop_frame=source.drop_frame),
                "agrees": list(each.online.agrees),
                "clips": 0,
            },
        )
        entry["clips"] += 1
    return list(found.values())


def say_onlined(onlined: Onlined, new: Path) -> None:
    """Problems to standard error; media, takes and files to standard output."""
    from reperform import tables

    if onlined.problems:
        said = tables.problems_text(list(onlined.problems), styled=is_styled(sys.stderr))
        click.echo(said, err=True, color=True)
    if onlined.saved is None:
        click.echo("Nothing could be done, and nothing was written.", err=True)
        return
    for each in _media(onlined):
        click.echo(f"{each['offline']} is {each['online']}: {', '.join(each['agrees'])}")
    said = tables.takes_text(
        onlined.shots,
        onlined.takes,
        standing=set(onlined.chosen.values()),
        made=set(onlined.made),
        styled=is_styled(sys.stdout),
    )
    click.echo(said, nl=False, color=True)
    for kept in onlined.saved.kept:
        click.echo(f"The earlier {new.name} was not as reperform last wrote it; it is kept as {kept.name}.")
    verb = "Wrote" if onlined.saved.changed else "Nothing has changed in"
    click.echo(f"{verb} {', '.join(str(path) for path in onlined.saved.paths)}")
    if onlined.see:
        click.echo(onlined.see)
