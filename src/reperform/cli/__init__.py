"""The command. One file a subcommand, imported when it is called; no logic here."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from reperform import __version__

__all__ = ["command", "main"]

COMMANDS = {
    "plan": "What would be done, and what it would cost; sends nothing.",
    "run": "Plan, perform, conform, and write the timeline with its takes.",
    "select": "Choose a take, or the original, in a timeline that run wrote.",
    "engines": "The engines: what they can do, what they cost, whether a key is present.",
    "doctor": "What is found on this machine, and which settings are in force.",
    "demo": "Make the sample cut, run it, and show what came out.",
    "completion": "Print the script that teaches a shell to complete this command.",
}


class _Commands(click.Group):
    """Subcommands by name, each from the module of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"reperform.cli.{name}")
        found: click.Command = module.command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """From the table, so that help imports no subcommand."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reperform")
@click.option("-v", "--verbose", count=True, help="Say more: -v what is done, -vv every call of FFmpeg.")
@click.pass_context
def command(context: click.Context, verbose: int) -> None:
    """Change an actor's performance from the edit.

    Mark dialogue on a timeline ("angry", "sad, head"), and get the same cut back with re-performed media as alternate takes:
    frame-exact, on the original's clock, one click away from the original.
    """
    context.ensure_object(dict)["verbose"] = verbose
    if verbose:
        import logging

        logging.basicConfig(
            stream=sys.stderr, level=logging.DEBUG if verbose > 1 else logging.INFO, format="%(message)s"
        )


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its status."""
    from reperform.errors import ReperformError, exit_code

    try:
        status: Any = command.main(arguments, prog_name="reperform", standalone_mode=False)
    except ReperformError as error:
        _say(error.message, error.cause, error.fix)
        sys.exit(exit_code(error))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        _say("Stopped. The same command goes on from here.", None, None)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)


def _say(message: str, cause: str | None, fix: str | None) -> None:
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True)
    if cause:
        click.echo("\n".join(f"  {line}" for line in cause.strip().splitlines()), err=True)
    if fix:
        click.echo(f"  → {fix}", err=True)
