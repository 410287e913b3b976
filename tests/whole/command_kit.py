"""The real command, called in this process or as a child, and what it left behind."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from reperform.cli import main

__all__ = ["Ran", "call", "child", "files_in", "ledger_rows", "run", "slow"]


def slow(*values: Any) -> ParameterSet:
    """A case of a parametrised test that is run on demand only."""
    return pytest.param(*values, marks=pytest.mark.slow)


@dataclass(frozen=True)
class Ran:
    """How a call of the command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def said(self) -> str:
        """All that a person reads, as one line: tables fold long sentences."""
        return " ".join(f"{self.out}\n{self.err}".split())


def call(*arguments: str | Path) -> Ran:
    """`reperform ARGUMENTS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            assert isinstance(end.code, int)
            return Ran(end.code, out.getvalue(), err.getvalue())
    raise AssertionError("the command ends with a status")


def run(timeline: Path, out: Path, *options: str | Path, status: int = 0) -> dict[str, Any]:
    """`reperform run TIMELINE -o OUT --json`, which ends with this status; its document."""
    ran = call("run", timeline, "-o", out, "--json", *options)
    assert ran.status == status, ran.said
    return ran.json


def child(*arguments: str | Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """`python -m reperform ARGUMENTS` as a process of its own."""
    command = [sys.executable, "-m", "reperform", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(environment or {})}, cwd=cwd, timeout=120
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and date of every file below a folder, but for the ledger and what it locks."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".sqlite" not in path.name and "sessions" not in path.parts
    }


def ledger_rows(project: Path) -> dict[str, int]:
    """How many claims, attempts, results and takes the ledger of a project holds."""
    with contextlib.closing(sqlite3.connect(project / "ledger.sqlite")) as database:
        tables = ("cues", "attempts", "results", "takes")
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
