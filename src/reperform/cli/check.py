"""`reperform check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, project_option
from reperform.cli._settings import loaded_settings


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", "page_path", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with frames: HTML."
)
@click.option("--vmaf", is_flag=True, help="Measure VMAF as well, where FFmpeg was built with it: slower.")
@click.option("--keep", is_flag=True, help="Keep the new verdicts: the next `run` writes the timeline by them.")
@click.option("--timeline", metavar="NAME", help="Which timeline of a collection.")
@project_option
@json_option
def command(out: Path, page_path: Path | None, vmaf: bool, keep: bool, as_json: bool, **given: Any) -> int:
    """Check the takes of OUT, which `run` wrote, once more: what a person would look and listen for.

    By the thresholds of your settings ([checks]). A take that fails is kept out of the timeline; a remark is to be looked at.
    Takes that are not in OUT because they failed are checked too.
    """
    import sys

    from reperform import tables
    from reperform.check_report.document import as_json as document
    from reperform.cli._terminal import is_styled
    from reperform.media.checks.vmaf import has_vmaf
    from reperform.tables.checks import checks_text
    from reperform.workflow.rechecking import recheck

    settings = loaded_settings(given, beside=out).settings
    if vmaf and not has_vmaf():
        click.echo("This FFmpeg was built without libvmaf: VMAF is left out. REPERFORM_FFMPEG names another.", err=True)
    say = (lambda _: None) if as_json else (lambda name: click.echo(f"looking at {name}", err=True))
    checked = recheck(out, settings, vmaf=vmaf and has_vmaf(), keep=keep, say=say)
    if page_path is not None:
        from reperform.check_report.page import page
        from reperform.files import write_atomically

        write_atomically(page_path, page(checked).encode())
    if as_json:
        click.echo(document(checked, settings.checks))
        return checked.status
    if checked.problems:
        click.echo(tables.problems_text(checked.problems, styled=is_styled(sys.stderr)), err=True, color=True)
    click.echo(checks_text(checked.takes, styled=is_styled(sys.stdout)), nl=False, color=True)
    if page_path is not None:
        click.echo(f"Wrote {page_path}")
    return checked.status
