"""`reperform doctor`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from reperform.cli._options import json_option
from reperform.cli._terminal import is_styled


@click.command()
@click.argument("timeline", required=False, type=click.Path(exists=True, path_type=Path))
@json_option
def command(timeline: Path | None, as_json: bool) -> int:
    """What is found on this machine, and which settings are in force.

    With TIMELINE, or its folder, as they are for that: the settings beside it and its project count.
    """
    from reperform.doctor import examine

    findings = examine(timeline)
    if as_json:
        document = {"version": 1, "findings": [finding.to_dict() for finding in findings]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        from reperform.tables import findings_text

        click.echo(findings_text(findings, styled=is_styled(sys.stdout)), nl=False, color=True)
    return 2 if any(finding.state == "missing" for finding in findings) else 0
