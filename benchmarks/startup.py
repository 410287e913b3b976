"""How long the command takes to say what it can do, beside an interpreter that does nothing.

python -m benchmarks.startup
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

TIMES = 10
BOUND = 0.25
"""Seconds, on a machine that has nothing else to do."""

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "reperform --version": ["-m", "reperform", "--version"],
    "reperform plan --help": ["-m", "reperform", "plan", "--help"],
    "reperform --help": ["-m", "reperform", "--help"],
}


def main() -> int:
    measured = 0.0
    for name, arguments in COMMANDS.items():
        measured = median(_seconds(arguments) for _ in range(TIMES))
        print(f"{name:<26}{measured * 1000:>6.0f} ms", flush=True)
    print(f"{'':<26}the bound is {BOUND * 1000:.0f} ms: {'kept' if measured <= BOUND else 'BROKEN'}")
    return 0 if measured <= BOUND else 1


def _seconds(arguments: list[str]) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
