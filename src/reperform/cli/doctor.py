"""`reperform doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("timeline", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(timeline: Path | None, as_json: bool) -> int:
    """What is found on this machine, and which settings are in force (for TIMELINE, if given)."""
    from reperform.doctor import examine
    from reperform.settings import load

    folder = timeline if timeline and timeline.is_dir() else (timeline.parent if timeline else Path.cwd())
    findings = examine(load({}, beside=folder), folder=folder.resolve())
    if as_json:
        click.echo(json.dumps([finding.to_dict() for finding in findings], indent=2))
    else:
        from reperform.tables import findings_text

        click.echo(findings_text(findings))
    return 2 if any(finding.state == "missing" for finding in findings) else 0
