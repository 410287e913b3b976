"""`reperform engines`."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """The engines: what they can do, what they cost, whether a key is present."""
    from reperform import tables

    click.echo(tables.engines_table(styled=click.get_text_stream("stdout").isatty()))
