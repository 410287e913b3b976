"""The command answers at once, because what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "av", "opentimelineio", "pydantic", "rich", "httpx", "anyio", "PIL")


@pytest.mark.parametrize(
    "statement",
    [
        "import reperform.cli",
        "from reperform.cli import main; main(['--help'])",
        "from reperform.cli import main; main(['--version'])",
        "from reperform.cli import main; main([])",
    ],
    ids=["the command's module", "--help", "--version", "no arguments"],
)
def test_help_imports_nothing_heavy(statement: str) -> None:
    """A rule about imports, which holds on every machine; how long it takes is for the benchmark."""
    program = f"""
import sys
try:
    {statement}
except SystemExit as end:
    assert not end.code
print("heavy:", *(name for name in {HEAVY} if name in sys.modules))
"""
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.splitlines()[-1] == "heavy:"


COMMANDS = ("plan", "run", "select", "conform", "reattach", "cues", "mark", "engines", "doctor", "demo", "completion")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_subcommand_s_help_imports_nothing_heavy(name: str) -> None:
    """Only the module of the command that is asked is imported, and that one imports what it needs when it runs."""
    program = f"""
import sys
from reperform.cli import main
try:
    main([{name!r}, '--help'])
except SystemExit as end:
    assert not end.code
print("heavy:", *(name for name in {HEAVY} if name in sys.modules))
"""
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.splitlines()[-1] == "heavy:"
