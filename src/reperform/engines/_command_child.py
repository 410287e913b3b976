"""A program of the user's, run with a list of arguments and never a shell, and ended with all that it started."""

from __future__ import annotations

import codecs
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import Process

from reperform.engines import nearest
from reperform.errors import JobFailed, SettingsError

__all__ = ["PLACES", "filled", "run", "split"]

PLACES = ("video", "audio", "segments", "direction", "output")
"""What may stand in braces in a command."""

_KEPT_LINES = 20
_LONGEST_LINE = 500
_GRACE = 2.0
"""Seconds between the request to end and the end."""
_PLACE = re.compile(r"\{([A-Za-z_]+)\}")
_HOW = "For example --command 'python my_model.py {video} {audio} {output}'."


def split(command: str | None) -> tuple[str, ...]:
    """The command's words, with their places still in braces. Quotes hold words together; on Windows `\\` is no escape.

    Raises:
        SettingsError: there is no command, it cannot be understood, or its program is not there.

    """
    if not command or not command.strip():
        raise SettingsError("The engine “command” has no command to run.", fix=_HOW)
    words = _words(command)
    named = [place for word in words for place in _PLACE.findall(word)]
    for place in named:
        if place not in PLACES:
            near = nearest(place, PLACES)
            fix = f"Did you mean {{{near[0]}}}?" if near else f"There are: {', '.join(f'{{{one}}}' for one in PLACES)}."
            raise SettingsError(f"A command is given no {{{place}}}.", fix=fix)
    for place in ("video", "output"):
        if place not in named:
            raise SettingsError(f"The command does not say where {{{place}}} goes.", fix=_HOW)
    return (_program(words[0]), *words[1:])


def _words(command: str) -> list[str]:
    reader = shlex.shlex(command, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.commenters = True, ""
    if sys.platform == "win32":
        reader.escape = ""
    try:
        return list(reader)
    except ValueError as error:
        raise SettingsError("The command's quotes are not closed.", fix=_HOW) from error


def _program(name: str) -> str:
    found = shutil.which(str(Path(name).expanduser())) if name else None
    if found is None:
        raise SettingsError(f"The command's program “{name}” is not there, or is no program.", fix=_HOW)
    if Path(found).suffix.lower() in (".bat", ".cmd"):  # Windows gives those, and their arguments, to a shell
        raise SettingsError(
            f"“{name}” is a batch file, which a shell would read.", fix="Name the program that it starts."
        )
    return found


def filled(words: Sequence[str], places: Mapping[str, Path | None]) -> list[str]:
    """The words with the paths in their places. A path is never read for places or quotes; None leaves nothing."""
    return [_PLACE.sub(lambda found: str(places[found[1]] or ""), word) for word in words]


async def run(arguments: Sequence[str], *, seconds: float, say: Callable[[str], None]) -> None:
    """Runs it to its end; each line that it says is given to `say`. It and all that it started are ended with us.

    Raises:
        JobFailed: it did not start, took too long, or ended with an error; `cause` is the end of what it said.

    """
    said: deque[str] = deque(maxlen=_KEPT_LINES)

    def heard(line: str) -> None:
        said.append(line)
        say(line)

    try:
        child = await _started(arguments)
    except OSError as error:
        raise JobFailed("The command did not start.", cause=str(error), billed=False) from error
    try:
        with anyio.move_on_after(seconds):
            await _followed(child, heard)
    finally:
        in_time = child.returncode is not None
        with anyio.CancelScope(shield=True):
            await _end(child)
    if not in_time:
        fix = "Raise `command_seconds`, or find out what it waits for."
        said_last = "\n".join(said) or None
        raise JobFailed(f"The command took longer than {seconds:g} seconds.", cause=said_last, fix=fix, billed=False)
    if child.returncode:
        raise JobFailed(f"The command {_ended(child.returncode)}.", cause="\n".join(said) or None, billed=False)


async def _started(arguments: Sequence[str]) -> Process:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    return await anyio.open_process(
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )


async def _followed(child: Process, heard: Callable[[str], None]) -> None:
    """Until it has ended. What it left running may hold its output open: that is not waited for long."""
    async with anyio.create_task_group() as group:
        group.start_soon(_listen, child, heard)
        await child.wait()
        group.cancel_scope.deadline = anyio.current_time() + _GRACE


async def _listen(child: Process, heard: Callable[[str], None]) -> None:
    """Lines as they come. A progress bar's are ended by a carriage return."""
    assert child.stdout is not None
    decoder, kept = codecs.getincrementaldecoder("utf-8")("replace"), ""
    async for block in child.stdout:
        *lines, kept = re.split(r"[\r\n]+", kept + decoder.decode(block))
        for line in lines:
            _give(line, heard)
        kept = kept[-_LONGEST_LINE:]
    _give(kept, heard)


def _give(line: str, heard: Callable[[str], None]) -> None:
    shown = "".join(sign for sign in _ESCAPES.sub("", line) if sign.isprintable()).strip()
    if shown:
        heard(shown[:_LONGEST_LINE])


_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")


async def _end(child: Process) -> None:
    """It, and what it started: its whole process group; on Windows, its tree."""
    if child.returncode is None or await _is_held(child):
        await _stop(child)
    with suppress(OSError, ProcessLookupError):
        await child.aclose()


async def _is_held(child: Process) -> bool:
    """Whether something that it started still holds its output open."""
    assert child.stdout is not None
    try:
        with anyio.move_on_after(0.05):
            while True:
                await child.stdout.receive()
    except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
        return False
    return True


async def _stop(child: Process) -> None:
    if sys.platform == "win32":
        taskkill = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
        with suppress(OSError):
            await anyio.run_process([str(taskkill), "/T", "/F", "/PID", str(child.pid)], check=False)
        return
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, sent)
        except (ProcessLookupError, PermissionError):
            return
        if sent is signal.SIGTERM:
            with anyio.move_on_after(_GRACE):
                await child.wait()
                while not await _is_gone(child.pid):
                    await anyio.sleep(0.05)
                return


async def _is_gone(group: int) -> bool:
    if sys.platform != "win32":
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
    return False


def _ended(status: int) -> str:
    if status < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
