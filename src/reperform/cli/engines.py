"""`reperform engines`, `engines login` and `engines logout`."""

from __future__ import annotations

import sys

import click

from reperform.cli._options import json_option
from reperform.cli._terminal import is_styled


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """The engines: what they can do, what they cost, whether a key is present."""
    if context.invoked_subcommand is not None:
        return
    import json

    from reperform import credentials, engines, tables
    from reperform.errors import SettingsError

    keys: dict[str, bool] = {}
    for name in engines.names():
        try:
            keys[name] = credentials.where(name) is not None
        except SettingsError:  # the table says why it cannot be loaded
            continue
    if as_json:
        click.echo(json.dumps(tables.engines_document(keys), indent=2, ensure_ascii=False))
        return
    click.echo(tables.engines_table(keys, styled=is_styled(sys.stdout)), nl=False, color=True)


@command.command()
@click.argument("name")
def login(name: str) -> None:
    """Keep the key of the engine NAME in this machine's keyring.

    It is asked for without being shown; what is piped in is read as one line. A key in the environment comes first.
    """
    from reperform import credentials

    credentials.storable(name)
    credentials.keep(name, credentials.Secret(_asked(name)))
    click.echo(f"The key of {name} is in the keyring.", err=True)
    origin = credentials.where(name)
    if origin != "the keyring":
        click.echo(f"{origin} in the environment comes first.", err=True)


@command.command()
@click.argument("name")
def logout(name: str) -> None:
    """Remove the key of the engine NAME from this machine's keyring."""
    from reperform import credentials

    gone = credentials.forget(name)
    click.echo(
        f"The key of {name} is no longer in the keyring." if gone else f"The keyring has no key of {name}.", err=True
    )


def _asked(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    answer: str = click.prompt(f"Key of {name}", hide_input=True, err=True)
    return answer
