"""A process that has everything loaded and starts runs as forks of itself, so that they can be killed early and often."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["Forking"]


class Forking:
    """Runs a program that reads a line an order; for each it says the child's process id, and how the child ended."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        )

    def started(self, order: str) -> int:
        """The process id of a run of this order, one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> bool:
        """Waits for the run; whether it was killed."""
        return os.WIFSIGNALED(int(self._line()))

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()
