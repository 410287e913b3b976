"""`reperform review`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from reperform.cli._options import json_option, project_option
from reperform.cli._settings import loaded_settings

PASSWORD = "REVIEW_PASSWORD"  # noqa: S105 - a variable's name


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@project_option
@click.option(
    "--media-root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    metavar="FOLDER",
    help="Look here for media that moved.",
)
@click.option("--max-cost", type=float, metavar="USD", help="What a cue that is asked for again may cost at most.")
@click.option("--allow-unknown-cost", is_flag=True, default=None, help="Ask engines that publish no price, too.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Default: that of the last time, else a free one."
)
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help=f"Let other machines in: asks for a password, or takes it from {PASSWORD}.",
)
@click.option("--no-browser", is_flag=True, help="Print the link, and open no browser.")
@json_option
def command(out: Path, port: int, host: str, no_browser: bool, as_json: bool, **given: Any) -> int:
    """Look at the takes of OUT beside the originals in a browser, and circle one of each shot.

    OUT is the timeline that `run` writes; it may still be at it. Decisions are kept as they are made; Save puts them into OUT.
    """
    import json
    import webbrowser

    from reperform.review.serving import Review

    settings = loaded_settings(given, beside=out).settings
    with Review(out, settings, port=port, host=host, password=_password(host)) as review:
        link = review.link()
        if as_json:
            click.echo(
                json.dumps({"version": 1, "url": link, "base_url": review.base_url, "timeline": str(review.out)})
            )
        else:
            click.echo(f"{out.name} is open for review at {link}")
            click.echo("Ctrl-C ends it; what was decided is kept.", err=True)
        if not no_browser:
            webbrowser.open(link)
        try:
            review.wait()
        except KeyboardInterrupt:
            if review.asking.is_going_on:
                click.echo(f"A cue is still being performed: `reperform resume {out}` goes on with it.", err=True)
    return 0


def _password(host: str) -> str | None:
    """None where only this machine is let in."""
    from reperform.errors import SettingsError
    from reperform.review.addresses import is_loopback

    if is_loopback(host):
        return None
    click.echo(
        f"With --host {host} everybody who reaches this machine there and has the password sees the pictures, decides, and may"
        " ask for performances that cost money. Nothing is encrypted on its way: use it in a network that you trust.",
        err=True,
    )
    password = os.environ.get(PASSWORD)
    if password is None and sys.stdin.isatty():
        password = str(click.prompt("Password for this review", hide_input=True, confirmation_prompt=True, err=True))
    if not password:
        raise SettingsError(
            f"--host {host} needs a password", fix=f"Set {PASSWORD}, or call it on a terminal, which asks."
        )
    return password
