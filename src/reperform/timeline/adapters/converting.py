"""Another format becomes OpenTimelineIO's JSON, in a process of its own.

AAF is binary, written by many programs, and its reader follows references without end: only a process can be ended when it
hangs, and only a process has its own limit of memory. So every format is read in one; that costs a third of a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reperform.errors import TimelineError
from reperform.timeline.adapters import Format
from reperform.timing import Rate

__all__ = ["MOST_MEMORY", "MOST_SECONDS", "Converted", "convert"]

MOST_SECONDS = 120
MOST_MEMORY = 6 << 30
"""Bytes of address space, which is more than is used."""

_AGAIN = "Export the timeline again; if that fails too, export it as OpenTimelineIO (.otio), or a part of it."


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A timeline of another format."""

    content: bytes
    """OpenTimelineIO's JSON."""
    drop_frame: bool | None
    """What the file says of its timecode; None where it says nothing."""
    remarks: tuple[dict[str, Any], ...]
    """As `making.Remark`."""


def convert(path: Path, kind: Format, *, rate: Rate | None = None, seconds: int = MOST_SECONDS) -> Converted:
    """The timeline in a file of that format. `rate` is for formats that do not say theirs.

    Raises:
        TimelineError: it cannot be read, takes too long or too much, or its reader is not installed.

    """
    size = path.stat().st_size
    if size > kind.largest:
        raise TimelineError(
            f"“{path.name}” has {size:,} bytes; {kind.largest:,} are the most that is read of {kind.name}",
            fix="Export a part of the cut, a reel for example.",
        )
    with TemporaryDirectory(prefix="reperform-") as folder:
        answer = Path(folder) / "answer"
        order = {
            "kind": kind.kind,
            "path": str(path.absolute()),
            "rate": str(rate) if rate is not None else None,
            "answer": str(answer),
            "memory": MOST_MEMORY,
            "seconds": seconds,
        }
        _run(order, path, kind, seconds)
        said, _, content = answer.read_bytes().partition(b"\n") if answer.is_file() else (b"{}", b"", b"")
    return _understood(json.loads(said), content, path, kind)


def _run(order: dict[str, Any], path: Path, kind: Format, seconds: int) -> None:
    command = [sys.executable, "-P", "-m", f"{__package__}.child", json.dumps(order)]
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_paths())},
        )
    except subprocess.TimeoutExpired as error:
        message = f"reading “{path.name}” as {kind.name} took more than {seconds} seconds, and was given up"
        raise TimelineError(message, fix=_AGAIN) from error
    except OSError as error:
        raise TimelineError(f"“{path.name}” cannot be read: no process could be started", cause=str(error)) from error


def _paths() -> list[str]:
    """What this process imports from, so that the other finds the same; never the working folder."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return list(dict.fromkeys(entry for entry in (*given, *sys.path) if entry and Path(entry).is_absolute()))


def _understood(said: dict[str, Any], content: bytes, path: Path, kind: Format) -> Converted:
    if error := said.get("error"):
        raise TimelineError(error["message"], cause=error["cause"], fix=error["fix"])
    if "missing" in said:
        raise _not_installed(path, kind, said["missing"])
    if not content:
        cause = said.get("failed") or "its reader ended without a word: it took too much memory, or crashed"
        raise TimelineError(f"“{path.name}” cannot be read as {kind.name}", cause=cause, fix=_AGAIN)
    return Converted(content=content, drop_frame=said["drop_frame"], remarks=tuple(said["remarks"]))


def _not_installed(path: Path, kind: Format, cause: str) -> TimelineError:
    extra = kind.extra or "adapters"
    return TimelineError(
        f"“{path.name}” is {kind.name}, and the part of reperform that reads {kind.name} is not installed",
        cause=cause,
        fix=f'Install it: pip install "reperform[{extra}]".',
    )
