"""Runs: what a call of `run` may cost, what it has cost, and all that a resume needs to end it."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import CostCeiling, SettingsError
from reperform.ledger.records import Attempt, RunRow

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Runs"]

_CENT = 1e-6
"""Sums of floats may miss a ceiling by less than this."""


class Runs:
    """Every call of `run` on this project."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(
        self,
        *,
        timeline: Path,
        out: Path,
        plan: str,
        writing: str,
        base_url: str | None,
        max_cost_usd: float | None,
        allow_unknown_cost: bool,
    ) -> RunRow:
        """A new run, or the one of the same cut to the same place that has not come to its end: they share the ceiling.

        `plan` and `writing` are JSON. A ceiling that is given anew replaces the old one.
        """
        values = {
            "plan": plan,
            "writing": writing,
            "max_cost_usd": max_cost_usd,
            "allow_unknown_cost": int(allow_unknown_cost),
        }
        place = {"timeline": str(timeline.absolute()), "out": str(out.absolute()), "base_url": base_url}
        with self._ledger.transaction():
            same = [run for run in self.open() if (run.timeline, run.out, run.base_url) == tuple(place.values())]
            if same:
                return _run(self._ledger.change("go_on_with_run", id=same[-1].id, **values)[0])
            return _run(self._ledger.change("begin_run", id=str(uuid.uuid4()), **place, **values)[0])

    def open(self) -> tuple[RunRow, ...]:
        """Those that have not come to their end, oldest first."""
        return tuple(_run(row) for row in self._ledger.rows("open_runs"))

    def of_timeline(self, timeline: Path) -> tuple[RunRow, ...]:
        """The last runs of this timeline, ended or not, the newest first."""
        return tuple(_run(row) for row in self._ledger.rows("runs_of_timeline", timeline=str(timeline.absolute())))

    def at(self, path: Path) -> tuple[RunRow, ...]:
        """Every run of this timeline, and every one that wrote it, the newest first."""
        return tuple(_run(row) for row in self._ledger.rows("runs_at", path=str(path.absolute())))

    def last(self) -> tuple[RunRow, ...]:
        """Of each timeline its last run, ended or not, the newest first."""
        return tuple(_run(row) for row in self._ledger.rows("last_runs"))

    def get(self, run_id: str) -> RunRow | None:
        """One run; None where there is none of that id."""
        row = self._ledger.row("run", id=run_id)
        return None if row is None else _run(row)

    def allow(self, run_id: str, max_cost_usd: float | None, *, allow_unknown_cost: bool) -> RunRow:
        """The run, with a ceiling that is said anew (None: as it was)."""
        run = self.get(run_id)
        assert run is not None, "only runs that are there are gone on with"
        values = {"max_cost_usd": max_cost_usd, "allow_unknown_cost": int(allow_unknown_cost)}
        return _run(self._ledger.change("go_on_with_run", id=run_id, plan=run.plan, writing=run.writing, **values)[0])

    def end(self, run_id: str) -> None:
        """Nothing is left to go on with."""
        self._ledger.change("end_run", id=run_id)

    def spent(self, run_id: str, *, but_for: str = "") -> float:
        """US dollars: finished attempts as the engines stated it, those in flight or unknown as estimated."""
        row = self._ledger.row("spent", run_id=run_id, but_for=but_for)
        assert row is not None, "a sum is always one row"
        return float(row["usd"])

    def counts(self, attempt: Attempt) -> bool:
        """Whether it matters what this attempt would cost: its run has a ceiling, or may use no unknown price."""
        run = self.get(attempt.run_id) if attempt.run_id else None
        if run is None:
            return False
        return run.max_cost_usd is not None or (attempt.estimate_usd is None and not run.allow_unknown_cost)

    def check(self, attempt: Attempt) -> None:
        """Whether this attempt may be paid for. Called in the transaction that lets its request leave.

        Raises:
            CostCeiling: with it the run could cost more than allowed.
            SettingsError: nobody knows what it costs, and that was not allowed.

        """
        run = self.get(attempt.run_id) if attempt.run_id else None
        if run is None:
            return
        if attempt.estimate_usd is None:
            if run.allow_unknown_cost:
                return
            raise SettingsError(
                f"nobody knows what {attempt.engine} {attempt.model} costs.",
                fix="Allow that with --allow-unknown-cost.",
            )
        spent = self.spent(run.id, but_for=attempt.id)
        if run.max_cost_usd is not None and spent + attempt.estimate_usd > run.max_cost_usd + _CENT:
            raise CostCeiling(
                f"with this request ({attempt.estimate_usd:.2f} USD) the run could cost "
                f"{spent + attempt.estimate_usd:.2f} USD; {run.max_cost_usd:.2f} USD are allowed.",
                fix="What is paid is kept. Go on with a higher --max-cost.",
            )


def _run(row: sqlite3.Row) -> RunRow:
    values = dict(row)
    return RunRow(**{**values, "allow_unknown_cost": bool(values["allow_unknown_cost"])})
