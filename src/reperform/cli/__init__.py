"""The command. One file a subcommand, imported when it is called; no logic here."""

from __future__ import annotations

import importlib
import sys
from difflib import get_close_matches
from typing import Any

import click

from reperform import __version__
from reperform.cli._terminal import be_verbose, say_error, speak_plainly, verbose_option

__all__ = ["COMMANDS", "command", "main"]

COMMANDS = {
    "plan": "What would be done, and what it would cost; sends nothing.",
    "run": "Plan, perform, conform, and write the timeline with its takes.",
    "check": "Check the takes of a timeline that run wrote again; a page with the frames to look at.",
    "status": "Every attempt of a project: where it is, what it cost, what to do.",
    "resume": "Go on with what earlier runs left.",
    "cancel": "Stop what can be stopped.",
    "clean": "Remove work that nobody needs any more.",
    "select": "Choose a take, or the original, in a timeline that run wrote.",
    "conform": "Make the takes of an offline cut again on the online media; sends nothing.",
    "mark": "List, set, change and take out marks; from a cue sheet or subtitles.",
    "cues": "An ADR cue sheet: table, CSV, JSON, or a page to print.",
    "review": "Look at the takes beside the originals in a browser, and circle one of each shot.",
    "report": "A page to send: originals and takes, directions, checks, costs, decisions.",
    "reattach": "The cut has changed: put the paid takes back where they belong.",
    "engines": "The engines: what they can do, what they cost, whether a key is present.",
    "doctor": "What is found on this machine, and which settings are in force.",
    "demo": "Make the sample cut, run it, and show what came out.",
    "emulate": "Serve the engines' contracts on this machine, for trying and testing.",
    "resolve": "DaVinci Resolve's Scripts menu: put reperform there, remove it, and why it stays empty.",
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
        if not any(option.name == "verbose" for option in found.params):
            found.params.append(verbose_option())
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """With a hint where the name is nearly one."""
        near = get_close_matches(args[0], COMMANDS, 1)
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """From the table, so that help imports no subcommand."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reperform")
@click.pass_context
def command(context: click.Context) -> None:
    """Change an actor's performance from the edit.

    Mark dialogue on a timeline ("angry", "sad, head"), and get the same cut back with re-performed media as alternate takes:
    frame-exact, on the original's clock, one click away from the original.
    """
    be_verbose(context.ensure_object(dict).get("verbose", 0))


command.params.append(verbose_option())


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its status."""
    speak_plainly()
    state: dict[str, Any] = {}
    status: Any = None
    try:
        status = command.main(arguments, prog_name="reperform", standalone_mode=False, obj=state)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except (KeyboardInterrupt, click.Abort):
        from reperform.errors import Interrupted

        _end(Interrupted("the same command goes on from here; what was finished is kept"), state)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - a person gets a sentence; -v gives the rest
        _end(error, state)
    sys.exit(status if isinstance(status, int) else 0)


def _end(error: Exception, state: dict[str, Any]) -> None:
    from reperform.errors import ReperformError, exit_code

    if state.get("verbose") and not isinstance(error, ReperformError | click.ClickException):
        import logging

        logging.getLogger(__name__).info("where it happened:", exc_info=error)
    say_error(error, state)
    if isinstance(error, ReperformError):
        sys.exit(exit_code(error))
    sys.exit(2 if isinstance(error, click.ClickException | ImportError) else 1)
