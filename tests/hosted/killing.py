"""The real command in a process of its own, started early and often, and killed from outside."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from forking import Forking

__all__ = ["Nursery", "events_in"]

_NURSERY = """
import json, os, sys
from hosted.hosted_kit import hurry
from reperform.cli import main
from reperform.cli import run as _, _progress, _results
from reperform import workflow, asking, billing
from reperform.engines import preview, webhooks
from reperform.performing import run as _run
from reperform.timeline import saving, takes, reading
hurry()
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        out = os.open(order["log"], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(out, 1); os.dup2(out, 2)
        os.environ.update(order["environment"])
        try:
            main(order["arguments"])
        finally:
            os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
_PATIENCE = 60.0


class Nursery(Forking):
    """Everything is loaded once; each run is a fork of it."""

    def __init__(self) -> None:
        super().__init__(_NURSERY)

    def killed(
        self, arguments: Sequence[str | Path], *, log: Path, project: Path, when: Callable[[Path], bool]
    ) -> bool:
        """`reperform ARGUMENTS`, killed as soon as `when(project)` is true; False where it ended before that."""
        environment = {name: os.environ[name] for name in os.environ if name.startswith(("XDG_", "FAL_", "SYNC_"))}
        environment |= {name: value for name, value in os.environ.items() if name.endswith("_API_KEY")}
        order = {"arguments": [str(each) for each in arguments], "log": str(log), "environment": environment}
        child, until = self.started(json.dumps(order)), time.monotonic() + _PATIENCE
        while not when(project) and time.monotonic() < until and _lives(child):
            time.sleep(0.0005)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self.ended()


def _lives(child: int) -> bool:
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return False
    return True


def events_in(project: Path) -> int:
    """How many changes the ledger has seen, read from outside."""
    path = project / "ledger.sqlite"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            return int(ledger.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
