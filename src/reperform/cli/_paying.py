"""Options of commands that may pay, and the question they ask."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reperform.asking import Ask, Bill

__all__ = ["PAYING", "asker", "estimate_options", "paying_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

_BASE_URL = click.option("--base-url", metavar="ORIGIN", help="An origin that stands for all hosts of the engines.")
_OPTIONS = [
    click.option("--yes", is_flag=True, default=None, help="Pay without being asked."),
    click.option("--max-cost", type=float, metavar="USD", help="What the run and its resumes may cost at most."),
    click.option("--allow-unknown-cost", is_flag=True, default=None, help="Use engines that publish no price, too."),
    click.option("--wait", type=float, metavar="SECONDS", help="How long a job is waited for (default: until done)."),
    click.option("--retry-failed", is_flag=True, default=None, help="Ask again for what failed; may be billed again."),
    click.option(
        "--resubmit-unknown",
        is_flag=True,
        default=None,
        help="Send anew what may have arrived; may be billed again.",
    ),
    click.option(
        "--ledger",
        type=click.Choice(["local", "shared"]),
        help="Whether other machines share the project (default: by the file system that it lies on).",
    ),
    _BASE_URL,
]
PAYING = [
    "estimate", "yes", "max_cost", "allow_unknown_cost", "wait", "retry_failed", "resubmit_unknown", "base_url", "ledger",
]  # fmt: skip
"""Their names."""


def paying_options(function: Command) -> Command:
    """What may be paid, and how engines are reached."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def estimate_options(function: Command) -> Command:
    """Asking engines what they would charge."""
    asks = click.option("--estimate", is_flag=True, help="Ask the engines themselves what they would charge.")
    return asks(_BASE_URL(function))


def asker() -> Ask | None:
    """Asks on the terminal; None where nobody sits there."""
    return _ask if sys.stdin.isatty() and sys.stderr.isatty() else None


def _ask(bill: Bill) -> bool:
    click.echo(bill.text, err=True)
    return click.confirm("Go on?", err=True)
