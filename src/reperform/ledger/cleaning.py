"""What of a project can be made again or belongs to nobody: never a result, a take, the ledger, or what a run still needs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import UNFINISHED, AttemptState
from reperform.ledger.sessions import any_live

__all__ = ["Removable", "removable", "remove"]

_YOUNG_SECONDS = 3600
"""A half-written file that is younger may be someone's who is writing it."""


@dataclass(frozen=True, kw_only=True)
class Removable:
    """A file or folder that nobody needs."""

    path: Path
    bytes: int
    why: str


def removable(ledger: Ledger) -> tuple[Removable, ...]:
    """Work of attempts that have ended, and what killed runs left half-written; while another run goes on, none of its own."""
    return (*_work(ledger), *_half_written(ledger))


def remove(found: Sequence[Removable]) -> None:
    """Away with them; what cannot be removed stays."""
    for each in found:
        if each.path.is_dir():
            shutil.rmtree(each.path, ignore_errors=True)
        else:
            with suppress(OSError):
                each.path.unlink(missing_ok=True)


def _work(ledger: Ledger) -> Iterator[Removable]:
    folder = ledger.layout.work
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        attempt = ledger.claims.known(path.name)
        if attempt is None or attempt.state in UNFINISHED | {AttemptState.UNKNOWN}:
            continue
        if not ledger.is_live(attempt.session_id):
            yield Removable(path=path, bytes=_size(path), why=f"work of an attempt that is {attempt.state}")


def _half_written(ledger: Ledger) -> Iterator[Removable]:
    if any_live(ledger.layout.work):
        return
    for path in sorted(ledger.project.rglob(".*.part*")):
        if path.is_relative_to(ledger.layout.unpacked):
            continue
        with suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > _YOUNG_SECONDS:
                yield Removable(path=path, bytes=path.stat().st_size, why="half-written")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
