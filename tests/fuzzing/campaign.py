"""Many inputs, tried in child processes side by side: what crashes, hangs or eats memory ends a child, and the next goes on after it.

`python campaign.py --cases 100000 --seed 1 --progress FILE` goes on where FILE says that it was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzzing.children import Child, Report
from fuzzing.reels import make_reels

__all__ = ["Campaign", "Report"]


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
        with ExitStack() as stack:
            children = SimpleQueue[Child]()
            for _ in range(self.workers):
                children.put(stack.enter_context(Child(self.folder)))
            pool = stack.enter_context(ThreadPoolExecutor(self.workers))
            for each in as_completed([pool.submit(self._batch, start, children) for start in starts]):
                start, found = each.result()
                if found is not None:
                    self._add(found, report)
                    done.append(start)
                    self._keep(report, done)
        return report

    def _batch(self, start: int, children: SimpleQueue[Child]) -> tuple[int, Report | None]:
        if self.until is not None and time.monotonic() > self.until:
            return start, None
        child = children.get()
        try:
            return start, child.work(self.seed, start, min(self.batch, self.first + self.cases - start))
        finally:
            children.put(child)

    def _add(self, found: Report, report: Report) -> None:
        report.tried += found.tried
        report.outcomes.update(found.outcomes)
        report.wrong += found.wrong
        for each in found.wrong:
            print(f"#{each['wrong']}: {each['what']}", file=sys.stderr, flush=True)

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
