"""The only module that starts FFmpeg.

Children get a list of arguments, never a shell; each input names its demuxer and may use files and pipes only, so that
nothing is fetched from a network whatever a file says. At most as many run at once as there are cores.
"""

from __future__ import annotations

import functools
import logging
import os
import shlex
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, cast

from reperform.errors import FFmpegFailed
from reperform.media.ffmpeg_finding import NAME_ANOTHER, find

__all__ = ["features", "run", "stream", "version"]


_PROTOCOLS = ["-protocol_whitelist", "file,pipe"]
_QUIET = ["-nostdin", "-hide_banner", "-v", "error", "-y"]
_BLOCK = 1 << 18
_KEPT_LINES = 12
_log = logging.getLogger(__name__)
_slots = threading.BoundedSemaphore(os.cpu_count() or 1)
_this_thread = threading.local()


@functools.lru_cache(maxsize=8)
def version(executable: Path) -> str:
    """What this FFmpeg calls itself, such as `9.0.2-static`.

    Raises:
        FFmpegFailed: it does not start, or is not an FFmpeg.

    """
    try:
        text = subprocess.run(
            [executable, "-version"], capture_output=True, stdin=subprocess.DEVNULL, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise FFmpegFailed(f"{executable} does not start", cause=str(error), fix=NAME_ANOTHER) from error
    words = text.decode(errors="replace").split()
    if words[:2] != ["ffmpeg", "version"] or len(words) < 3:
        raise FFmpegFailed(f"{executable} is not FFmpeg", fix=NAME_ANOTHER)
    return words[2]


@functools.lru_cache(maxsize=8)
def features(executable: Path, kind: Literal["encoders", "filters"]) -> frozenset[str]:
    """Names of what this FFmpeg can do.

    Raises:
        FFmpegFailed: it does not start.

    """
    command = [str(executable), "-hide_banner", f"-{kind}"]
    try:
        listing = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise FFmpegFailed(f"{executable} does not start", cause=str(error), fix=NAME_ANOTHER) from error
    lines = (line.split() for line in listing.decode(errors="replace").splitlines())
    return frozenset(words[1] for words in lines if len(words) > 1)


def run(
    arguments: Sequence[str] | Any,
    *,
    input: Iterable[bytes] | None = None,  # noqa: A002
    executable: Path | None = None,
) -> bytes:
    """Runs FFmpeg to its end; what it wrote to `pipe:1`.

    `arguments` is a list, or a graph of ffmpeg-python. Every input needs its `-f`. `input` feeds `pipe:0`, block by
    block, from a thread of its own; an error raised by it stops FFmpeg and is raised here.

    Raises:
        FFmpegMissing: there is no FFmpeg.
        FFmpegFailed: it ended with an error; `cause` holds the end of what it said.
        ValueError: an input does not name its demuxer.

    """
    return b"".join(stream(arguments, input=input, executable=executable))


def stream(
    arguments: Sequence[str] | Any,
    *,
    input: Iterable[bytes] | None = None,  # noqa: A002
    executable: Path | None = None,
) -> Iterator[bytes]:
    """Like `run`, but gives what FFmpeg writes to `pipe:1` as it comes. Closing the iterator ends FFmpeg."""
    command = [str(find(executable)), *_QUIET, *_guarded(_listed(arguments))]
    _log.debug("%s", _Shown(command))
    with _slot():
        yield from _running(command, input)


def _running(command: list[str], blocks: Iterable[bytes] | None) -> Iterator[bytes]:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if blocks is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    errors: list[BaseException] = []
    helpers = [threading.Thread(target=_listen, args=(child, said), daemon=True)]
    if blocks is not None:
        helpers.append(threading.Thread(target=_feed, args=(child, blocks, errors), daemon=True))
    try:
        for helper in helpers:
            helper.start()
        yield from iter(lambda: cast("Any", child.stdout).read(_BLOCK), b"")
        child.wait()
    finally:
        _end(child)
        for helper in helpers:
            # What is fed may hold the media open; a killed child ends its feeder at the next block.
            if helper.ident is not None:
                helper.join(timeout=5)
    if errors:
        raise errors[0]
    if child.returncode:
        cause = "\n".join(said) or f"it ended with status {child.returncode} and said nothing"
        raise FFmpegFailed(f"FFmpeg failed: {said[-1] if said else cause}", cause=cause)


def _feed(child: subprocess.Popen[bytes], blocks: Iterable[bytes], errors: list[BaseException]) -> None:
    """Writes every block to FFmpeg, until it has had enough: that it closes its end early is no error here."""
    _this_thread.depth = 1
    pipe = cast("Any", child.stdin)
    try:
        for block in blocks:
            if not _written(pipe, block):
                break
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
        errors.append(error)
        child.kill()
    finally:
        if close := getattr(blocks, "close", None):
            with suppress(Exception):
                close()
        with suppress(OSError):
            pipe.close()


def _written(pipe: Any, block: bytes) -> bool:
    view = memoryview(block).cast("B")
    try:
        while view:
            view = view[pipe.write(view) :]
    except OSError:
        return False
    return True


def _listen(child: subprocess.Popen[bytes], said: deque[str]) -> None:
    with cast("Any", child.stderr) as lines:
        for line in lines:
            if text := line.decode(errors="replace").strip():
                said.append(text[:500])


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


class _Shown:
    """A command as a person would type it; made only where somebody reads it."""

    def __init__(self, command: list[str]) -> None:
        self.command = command

    def __str__(self) -> str:
        return shlex.join([Path(self.command[0]).stem, *self.command[1:]])


@contextmanager
def _slot() -> Iterator[None]:
    """One of the children that may run at once. What feeds or follows a child counts with it, or both would wait for ever."""
    depth = getattr(_this_thread, "depth", 0)
    if depth:
        yield
        return
    with _slots:
        _this_thread.depth = depth + 1
        try:
            yield
        finally:
            _this_thread.depth = depth


def _listed(arguments: Sequence[str] | Any) -> list[str]:
    if isinstance(arguments, Sequence):
        return [str(argument) for argument in arguments]
    import ffmpeg as graphs

    return [str(argument) for argument in graphs.get_args(arguments)]


def _guarded(arguments: list[str]) -> list[str]:
    """The arguments with the list of protocols before every input."""
    guarded: list[str] = []
    has_format = False
    for argument in arguments:
        if argument == "-f":
            has_format = True
        if argument == "-i":
            if not has_format:
                raise ValueError("an input of FFmpeg needs its -f: nothing is opened by guessing")
            guarded += _PROTOCOLS
            has_format = False
        guarded.append(argument)
    return guarded
