"""`clean` on a terminal: what would go is listed with its size, and goes only when a person says so."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from reperform.ledger.ledger import Ledger
from whole.command_kit import call


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a killed run left half-written."""
    project = tmp_path / "cut.reperform"
    Ledger.open(project).close()
    path = project / "takes" / ".A001_RP001.abc.part.mov"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 200_000)
    os.utime(path, (0, 0))
    return path


@pytest.mark.parametrize(
    ("answer", "goes"), [pytest.param("y\n", True, id="yes"), pytest.param("\n", False, id="nothing said")]
)
def test_it_asks(left: Path, monkeypatch: pytest.MonkeyPatch, answer: str, goes: bool) -> None:
    """The list comes first, on standard output; the question on standard error, and no is its default."""
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    ran = call("clean", "--project", left.parents[1])
    assert (ran.status, left.exists()) == (0, not goes)
    assert ran.out.startswith(f"      0.2 MB  {left}  (half-written)\n")
    assert "Remove them?" in ran.err
    assert ("Removed 0.2 MB." in ran.out) == goes
