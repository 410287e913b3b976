"""`reperform resolve install`, `uninstall` and `doctor`."""

from __future__ import annotations

import json
import sys

import click

from reperform.cli._options import json_option
from reperform.cli._terminal import is_styled


@click.group()
def command() -> None:
    """The entries in DaVinci Resolve's Scripts menu: put them there, remove them, find out why they do not show."""


@command.command()
@json_option
def install(as_json: bool) -> None:
    """Put the entries into your Scripts menu: Workspace ▸ Scripts ▸ Reperform.

    For your account alone, without an administrator. A second time changes nothing, and a newer version takes the place
    of an older one. Restart Resolve afterwards.
    """
    from reperform.resolve import folders, installing

    places = folders.folders_of()
    was_started = places.support.exists()
    done = installing.install(places)
    if as_json:
        _print(
            {
                "entries": [str(path) for path in done.entries],
                "library": str(done.library),
                "command": list(done.command),
                "changed": done.changed,
                "kept": [str(path) for path in done.kept],
            }
        )
        return
    said = "are in" if done.changed else "were already in"
    click.echo(f"{len(done.entries)} entries {said} {places.entries}")
    for path in done.kept:
        click.echo(f"kept what stood in the way: {path}", err=True)
    if not was_started:
        click.echo(
            f"Resolve has not been started by this account yet: its folder was not there ({places.support})", err=True
        )
    if done.changed:
        click.echo("Restart Resolve, open a project, and choose Workspace ▸ Scripts ▸ Reperform.", err=True)
    click.echo("If nothing shows there: reperform resolve doctor", err=True)


@command.command()
@json_option
def uninstall(as_json: bool) -> None:
    """Remove what `install` put there, and nothing else. A file that you changed stays, and is named."""
    from reperform.resolve import folders, installing

    done = installing.uninstall(folders.folders_of())
    if as_json:
        _print({"removed": [str(path) for path in done.removed], "kept": [str(path) for path in done.kept]})
        return
    click.echo(f"{len(done.removed)} files removed." if done.removed else "Nothing of reperform was installed there.")
    for path in done.kept:
        click.echo(f"changed since it was installed, and left: {path}", err=True)


@command.command()
@json_option
def doctor(as_json: bool) -> int:
    """Why the menu stays empty: interpreter, edition, version, folder, and what is easily overlooked.

    The exit status is 2 where something is missing.
    """
    from reperform.resolve import folders
    from reperform.resolve.doctor import examine_menu

    findings = examine_menu(folders.folders_of())
    if as_json:
        _print({"findings": [finding.to_dict() for finding in findings]})
    else:
        from reperform.tables import findings_text

        click.echo(findings_text(findings, styled=is_styled(sys.stdout)), nl=False, color=True)
    return 2 if any(finding.state in ("missing", "wrong") for finding in findings) else 0


def _print(document: dict[str, object]) -> None:
    click.echo(json.dumps({"version": 1, **document}, indent=2, ensure_ascii=False))
