"""Runs in processes of their own, that can be killed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from forking import Forking
from reperform.model import Plan

__all__ = ["Nursery", "wait_for_event"]

_NURSERY = """
import os, sys
from pathlib import Path
from paying.paying_kit import KINDS
from performing.performing_kit import run
from reperform.model import Plan
from reperform.engines import preview
from reperform.performing import run as _
for line in sys.stdin:
    plan, project, service, kind = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if not child:
        os.environ["XDG_STATE_HOME"] = str(Path(project).parent / "state")
        try:
            run(Plan.model_validate_json(Path(plan).read_text()), Path(project), service=KINDS[kind](Path(service)))
        finally:
            os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery(Forking):
    """Each run is a fork of it."""

    def __init__(self) -> None:
        super().__init__(_NURSERY)

    def start(self, plan: Plan, folder: Path, kind: str = "service") -> int:
        """A run of the plan in folder/cut.reperform, for a service of that kind; its process id."""
        (folder / "plan.json").write_text(plan.model_dump_json())
        names = (folder / "plan.json", folder / "cut.reperform", folder / "service")
        return self.started("\t".join([*map(str, names), kind]))


def wait_for_event(project: Path, number: int) -> None:
    """Until the ledger has so many events; a watcher from outside, that only reads."""
    path = project / "ledger.sqlite"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                while time.monotonic() < until:
                    (seen,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
                    if seen >= number:
                        return
        except sqlite3.OperationalError:
            time.sleep(0.001)
    raise AssertionError(f"no event {number}")
