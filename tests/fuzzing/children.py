"""Child processes that try inputs for as long as they live: what one died of is pinned to its input, and another takes its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Child", "Report"]

WORKER = Path(__file__).with_name("worker.py")
SECONDS = 60
"""That one input may take."""
BYTES = 3 << 30
"""Of address space that a child may take: PyAV and NumPy map a good half of it."""
MOST = 20_000
"""Inputs that one child tries: what each leaves behind must not add up to BYTES."""


@dataclass
class Report:
    """What came of the inputs that were tried."""

    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)


class Child:
    """A process that is begun when it is needed. A context manager; for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._tried = 0
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it is closed with the child

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._errors.close()

    def work(self, seed: int, first: int, count: int) -> Report:
        """Tries `count` inputs from number `first`."""
        report, at, end = Report(tried=count), first, first + count
        while at < end:
            at = self._until_it_dies(seed, at, end, report)
        return report

    def _until_it_dies(self, seed: int, first: int, end: int, report: Report) -> int:
        """Gives an order, and returns the number to go on with."""
        process = self._begun()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"seed": seed, "first": first, "count": end - first}) + "\n")
        process.stdin.flush()
        at = first
        for line in process.stdout:
            said = json.loads(line)
            at = said.get("at", at)
            if "wrong" in said:
                report.wrong.append(said)
            if "outcomes" in said:
                report.outcomes.update(said["outcomes"])
                self._tried += end - first
                return end
        report.wrong.append({"wrong": at, "what": f"the process ended with {process.wait()}", "trace": self._trace()})
        self._end()
        return at + 1

    def _begun(self) -> subprocess.Popen[str]:
        if self._tried >= MOST:
            self._end()
        if self._process is None:
            limits = {"folder": str(self._folder), "seconds": SECONDS, "bytes": BYTES}
            self._process = subprocess.Popen(
                [sys.executable, str(WORKER), json.dumps(limits)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env=self._environment(),
            )
        return self._process

    def _trace(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-3000:]

    def _end(self) -> None:
        if self._process is not None:
            with self._process as process:
                process.terminate()
        self._process, self._tried = None, 0
        self._errors.truncate(0)
        self._errors.seek(0)

    def _environment(self) -> dict[str, str]:
        """A home of its own, and no way out to the network that a variable could show."""
        home = self._folder / "home"
        names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
        return {**os.environ, **{name: str(home / name.lower()) for name in names}, "PYTHONPATH": ""}
