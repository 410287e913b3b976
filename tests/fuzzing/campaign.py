"""Many inputs, tried in child processes side by side: what crashes, hangs or eats memory ends a child, and the next goes on after it.

`python campaign.py --cases 100000 --seed 1 --progress FILE` goes on where FILE says that it was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzzing.reels import make_reels

__all__ = ["Campaign", "Report"]

WORKER = Path(__file__).with_name("worker.py")
SECONDS = 60
"""That one input may take."""
BYTES = 3 << 30
"""Of address space that a child may take: PyAV and NumPy map a good half of it."""


@dataclass
class Report:
    """What came of the inputs that were tried."""

    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Campaign:
    """Inputs `first` to `first` + `cases` of a seed, in batches."""

    seed: int
    cases: int
    folder: Path
    """Of the reels."""
    first: int = 0
    batch: int = 500
    workers: int = 2
    until: float | None = None
    """When, by the monotonic clock, no more batches are begun."""
    progress: Path | None = None
    """Where it is kept which batches are done. None: nowhere."""

    def run(self) -> Report:
        make_reels(self.folder)
        report, done = self._kept()
        starts = [start for start in range(self.first, self.first + self.cases, self.batch) if start not in done]
        with ThreadPoolExecutor(self.workers) as pool:
            for start, found in pool.map(self._batch, starts):
                if found is None:
                    continue
                done.append(start)
                report.tried += found.tried
                report.outcomes.update(found.outcomes)
                report.wrong += found.wrong
                for each in found.wrong:
                    print(f"#{each['wrong']}: {each['what']}", file=sys.stderr, flush=True)
                self._keep(report, done)
        return report

    def _batch(self, start: int) -> tuple[int, Report | None]:
        if self.until is not None and time.monotonic() > self.until:
            return start, None
        report = Report()
        at, end = start, min(start + self.batch, self.first + self.cases)
        while at < end:
            at = self._child(at, end - at, report)
        report.tried = end - start
        return start, report

    def _child(self, first: int, count: int, report: Report) -> int:
        """Tries inputs in one child, and returns the number to go on with."""
        order = {
            "seed": self.seed,
            "first": first,
            "count": count,
            "folder": str(self.folder),
            "seconds": SECONDS,
            "bytes": BYTES,
        }
        command = [sys.executable, str(WORKER), json.dumps(order)]
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=self._environment())
            errors.seek(0)
            trace = errors.read()[-3000:]
        at = first
        for line in done.stdout.splitlines():
            said = json.loads(line)
            at = said.get("at", at)
            if "wrong" in said:
                report.wrong.append(said)
            if "outcomes" in said:
                report.outcomes.update(said["outcomes"])
                return first + count
        report.wrong.append({"wrong": at, "what": f"the process ended with {done.returncode}", "trace": trace})
        return at + 1

    def _environment(self) -> dict[str, str]:
        """A home of its own, and no way out to the network that a variable could show."""
        home = self.folder / "home"
        names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
        return {**os.environ, **{name: str(home / name.lower()) for name in names}, "PYTHONPATH": ""}

    def _kept(self) -> tuple[Report, list[int]]:
        if self.progress is None or not self.progress.exists():
            return Report(), []
        kept = json.loads(self.progress.read_text())
        return Report(kept["tried"], Counter(kept["outcomes"]), kept["wrong"]), kept["done"]

    def _keep(self, report: Report, done: list[int]) -> None:
        if self.progress is not None:
            kept = {"tried": report.tried, "outcomes": report.outcomes, "wrong": report.wrong, "done": done}
            self.progress.write_text(json.dumps(kept))


def main() -> int:
    """From the shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--progress", type=Path)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "reperform-fuzzing")
    given = parser.parse_args()
    begun = time.monotonic()
    report = Campaign(
        seed=given.seed,
        cases=given.cases,
        folder=given.folder,
        first=given.first,
        batch=given.batch,
        workers=given.workers,
        until=begun + given.minutes * 60 if given.minutes else None,
        progress=given.progress,
    ).run()
    seconds = time.monotonic() - begun
    for name, count in report.outcomes.most_common():
        print(f"{count:8} {name}")
    for each in report.wrong:
        print(f"\n#{each['wrong']}: {each['what']}\n{each['trace']}")
    print(f"\n{report.tried} tried, {len(report.wrong)} wrong, {seconds:.0f} s in this call")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
