"""What is said on the terminal beside results: errors, and the log that `-v` asks for. All on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reperform.errors import InputError, Interrupted, ReperformError

if TYPE_CHECKING:
    from typing import TextIO

__all__ = [
    "be_verbose",
    "elapsed",
    "is_live",
    "is_styled",
    "is_verbose",
    "say_error",
    "speak_plainly",
    "verbose_option",
]


_BEGAN = time.monotonic()


def elapsed() -> float:
    """Seconds since the command began."""
    return time.monotonic() - _BEGAN


def is_styled(stream: TextIO) -> bool:
    """Whether colours make sense there."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def is_live() -> bool:
    """Whether standard error is a terminal on which lines can be redrawn."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def is_verbose() -> bool:
    """Whether the command that runs was given `-v`."""
    context = click.get_current_context(silent=True)
    return bool(context and context.ensure_object(dict).get("verbose"))


def speak_plainly() -> None:
    """A terminal or pipe that does not know a character gets a question mark, and not a crash."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # what is no text stream has none


def be_verbose(verbose: int) -> None:
    """Our own log on standard error, and nobody else's: 0 warnings, 1 what is done, 2 and every call of FFmpeg."""
    import logging

    class Lines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            if not verbose:
                record.exc_info, record.exc_text = None, None
            return f"{elapsed():7.1f} s  {super().format(record)}"

    log = logging.getLogger("reperform")
    handler = logging.StreamHandler()
    handler.setFormatter(Lines("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel({0: logging.CRITICAL, 1: logging.INFO}.get(verbose, logging.DEBUG))


def _count(context: click.Context, _: click.Parameter, value: int) -> None:
    state = context.ensure_object(dict)
    state["verbose"] = state.get("verbose", 0) + value
    if value:
        be_verbose(state["verbose"])


def verbose_option() -> click.Option:
    """`-v`, before the command's name or after it."""
    about = "Say more: -v what is done, -vv every call of FFmpeg."
    return click.Option(["-v", "--verbose"], count=True, help=about, expose_value=False, callback=_count)


def say_error(error: Exception, state: dict[str, Any]) -> None:
    """One message with its way out. With `--json` it is the document on standard output."""
    known = error if isinstance(error, ReperformError) else _as_known(error)
    if state.get("json"):
        click.echo(json.dumps({"version": 1, **known.to_dict()}, indent=2, ensure_ascii=False))
        return
    styled = is_styled(sys.stderr)
    if isinstance(known, Interrupted):
        said = known.fix or known.message
        click.echo(
            f"{click.style('stopped', fg='yellow', bold=True)}: {said[:1].lower()}{said[1:]}", err=True, color=styled
        )
        return
    _say_lines(known, styled=styled)


def _say_lines(known: ReperformError, *, styled: bool) -> None:
    said = [f"{click.style('error', fg='red', bold=True)}: {known.message}"]
    said += [f"  {line}" for line in (known.cause or "").strip().splitlines()]
    said += [f"  → {known.fix}"] if known.fix else []
    click.echo("\n".join(said), err=True, color=styled)


def _as_known(error: Exception) -> ReperformError:
    """What nobody foresaw, in words."""
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return InputError(error.format_message())
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return ReperformError(
            f"{error.strerror or error}{where}", fix="Check the folder, its rights and the free space."
        )
    if isinstance(error, ImportError):
        missing = error.name or str(error)
        return InputError(f"this installation lacks {missing}", fix="Install reperform again with its dependencies.")
    message = f"a fault in reperform: {type(error).__name__}: {error}"
    return ReperformError(message, fix="Run the same with -v, and report what it says; what was finished is kept.")


def _usage(error: click.UsageError) -> InputError:
    path = error.ctx.command_path if error.ctx else "reperform"
    message = error.format_message()
    return InputError(message[:1].lower() + message[1:], fix=f"See `{path} --help`.")
