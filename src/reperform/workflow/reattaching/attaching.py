"""A fitting take, as a file: one that is there, or one conformed anew from what is paid. Nothing is sent."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import TakeRow
from reperform.model import PlanSettings, Problem, Take
from reperform.performing import luts, taking
from reperform.performing.making import Making, picture_identity
from reperform.performing.performed import problem_of, problems_with
from reperform.performing.terms import Terms
from reperform.workflow.reattaching.fitting import Fit
from reperform.workflow.reattaching.pacing import Target

__all__ = ["Attached", "Attacher", "Wanted"]

Wanted = tuple[Sequence[Fit], Target, str]
"""What fits a use, the use, and the identity of its original."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A take in its place."""

    fit: Fit
    take: Take
    new: bool
    """It was conformed just now."""

    @property
    def stands_for(self) -> frozenset[str]:
        """Ids of the takes that it is, or is a longer or shorter one of."""
        return frozenset({self.take.id, *(made.row.id for made in self.fit.made)})


@dataclass(kw_only=True)
class Attacher:
    """Gives uses of clips their takes."""

    ledger: Ledger
    settings: PlanSettings
    problems: list[Problem] = field(default_factory=list)
    _turns: dict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))
    """By take: two uses may need the same."""

    def attach_all(self, wanted: Sequence[Wanted]) -> list[list[Attached]]:
        """The takes of every use, several at a time, in the order of the uses."""
        with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1)) as threads:
            return list(threads.map(lambda each: self.attach(*each), wanted))

    def attach(self, fits: Sequence[Fit], target: Target, identity: str) -> list[Attached]:
        """The takes of a use, in the order of their preference. One that cannot be made is a problem, and stays as it is."""
        found: dict[str, Attached] = {}
        for fit in fits:
            attached = self._attach(fit, target, identity)
            if attached is not None:
                found[attached.take.id] = attached
        return list(found.values())

    def _attach(self, fit: Fit, target: Target, identity: str) -> Attached | None:
        if not fit.answers:
            row = self._as_it_is(fit, target)
            covers = row is not None and row.range.contains(target.shot.media.visible)
            return self._there(fit, row, target) if row is not None and covers else None
        shot = target.shot.model_copy(update={"cues": tuple(cue for cue, _, _ in fit.cues)})
        making = Making(shot=shot, cues=tuple(fit.cues), source=identity, settings=self._settings(fit))
        row = self._standing(making, fit)
        if row is None and not fit.lacking:
            try:
                with self._turns[making.identity]:
                    made = taking.make(making, self.ledger)
            except ReperformError as error:
                self.problems.append(problem_of(shot, error))
            else:
                self.problems += problems_with(made.take, shot, made.warnings)
                return Attached(fit=fit, take=made.take, new=made.new) if made.take.passed else None
        row = row or self._as_it_is(fit, target)
        return None if row is None else self._there(fit, row, target)

    def _settings(self, fit: Fit) -> PlanSettings:
        """Those of now, but for the LUT: what came back is undone by the one that it was sent through, else as before."""
        results = (each.result for _, _, covered in fit.cues for each in covered)
        attempt = next((self.ledger.claims.attempt(result.attempt_id) for result in results), None)
        if attempt is None:
            return self.settings
        sent = Terms.model_validate_json(attempt.settings).settings.input_lut
        lut = sent or luts.first_kept((made.take.viewing for made in fit.made), self.ledger.project)
        return luts.at_home(self.settings.model_copy(update={"input_lut": lut}), self.ledger.project)

    def _there(self, fit: Fit, row: TakeRow, target: Target) -> Attached:
        return Attached(fit=fit, take=taking.read(row, self.ledger, shot_id=target.shot.id), new=False)

    def _standing(self, making: Making, fit: Fit) -> TakeRow | None:
        """A take that shows just this in all that is visible; of several one that was made so, then the oldest."""
        rows = self.ledger.takes.of_source(picture_identity(making.shot, making.source))
        mine = {made.row.id for made in fit.made}
        standing = [row for row in rows if making.shown_by(row) and self._is_good(row)]
        return min(standing, key=lambda row: (row.settings != making.conforming, row.id not in mine), default=None)

    def _as_it_is(self, fit: Fit, target: Target) -> TakeRow | None:
        """The take that holds most of what is visible, on the same clock."""
        visible = target.shot.media.visible
        if target.shot.clock == "record":
            return None
        rows = [made.row for made in fit.made if made.row.clock == "media" and made.row.range.overlaps(visible)]
        rows = [row for row in rows if self._is_good(row)]
        return max(rows, key=lambda row: row.range.intersection(visible).frames, default=None)

    def _is_good(self, row: TakeRow) -> bool:
        document = row.document
        passed = document is not None and Take.model_validate_json(document).passed
        return passed and self.ledger.takes.path(row).exists()
