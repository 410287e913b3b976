"""`reperform plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, performance_options, timeline_options
from reperform.cli._paying import estimate_options
from reperform.cli._sections import Sectioned
from reperform.cli._settings import loaded_settings
from reperform.cli._terminal import is_styled


@click.command(cls=Sectioned)
@click.argument("timeline_path", metavar="TIMELINE", type=click.Path(path_type=Path))
@timeline_options
@performance_options
@estimate_options
@json_option
def command(timeline_path: Path, as_json: bool, only: tuple[str, ...], estimate: bool, **given: Any) -> int:
    """What would be done for TIMELINE, and what it would cost. Sends nothing, and writes nothing.

    With --estimate the engines are asked what they themselves would charge; lengths and settings are sent for that, and no
    picture or sound of yours.
    """
    from reperform.estimating import estimated
    from reperform.workflow import make_plan

    loaded = loaded_settings(given, beside=timeline_path)
    planned = make_plan(timeline_path, loaded.settings, only=only, problems=loaded.problems)
    if estimate:
        planned = estimated(planned, loaded.settings)
    if as_json:
        click.echo(planned.plan.model_dump_json(indent=2, by_alias=True))
    else:
        from reperform import tables

        click.echo(tables.plan_table(planned.plan, styled=is_styled(sys.stdout)), nl=False, color=True)
    return planned.status
