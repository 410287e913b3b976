"""How far each shot is, in the ledger's words made plain; what was spent; whether anything goes on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reperform.ledger.records import UNFINISHED, Attempt, AttemptState
from reperform.ledger.sessions import any_live

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.review.versions import Version

__all__ = ["Progress", "Standing", "State"]

State = Literal["planned", "performing", "done", "failed"]

_DOING: Mapping[AttemptState, tuple[str, float]] = {
    AttemptState.PLANNED: ("about to begin", 0.05),
    AttemptState.PREPARED: ("media prepared", 0.15),
    AttemptState.UPLOADED: ("uploaded", 0.3),
    AttemptState.SUBMITTING: ("being sent", 0.35),
    AttemptState.SUBMITTED: ("being performed", 0.5),
    AttemptState.FINISHED: ("coming back", 0.85),
    AttemptState.FETCHED: ("being conformed", 0.9),
}
_CAME_TO: Mapping[AttemptState, str] = {
    AttemptState.REJECTED: "refused by the engine",
    AttemptState.FAILED: "failed",
    AttemptState.UNKNOWN: "nobody knows whether it arrived",
    AttemptState.EXPIRED: "performed, but its result is gone",
    AttemptState.CANCELLED: "cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far one shot is."""

    state: State
    word: str
    fraction: float | None = None
    """Of what is being done, from 0 to 1. None where nothing is."""


class Standing:
    """The attempts of the runs that make one timeline."""

    def __init__(self, ledger: Ledger, out: Path) -> None:
        self._ledger = ledger
        self._out = out
        self._shots: dict[str, str] = {}
        self._by_shot: Mapping[str, Sequence[Attempt]] = {}
        self._live: Mapping[str, bool] = {}
        self.is_running = False
        """Whether a run of this timeline goes on, in this process or another."""
        self.spent = 0.0
        """US dollars, of all runs that wrote this timeline."""
        self.estimated = 0.0
        """US dollars that all their requests were thought to cost."""
        self.refresh()

    def refresh(self) -> None:
        """Reads what happened since."""
        runs = [run for run in self._ledger.runs.at(self._out) if run.out == str(self._out)]
        ids = {run.id for run in runs}
        attempts = [each for each in self._ledger.claims.attempts() if each.run_id in ids]
        by_shot: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in attempts:
            by_shot[self._shot(attempt)].append(attempt)
        sessions = {each.session_id for each in attempts if each.state in UNFINISHED | {AttemptState.FETCHED}}
        self._by_shot = by_shot
        self._live = {session: self._ledger.is_live(session) for session in sessions}
        is_open = any(run.ended_at is None for run in runs)
        self.is_running = is_open and any_live(self._ledger.layout.work)
        self.estimated = sum(each.estimate_usd or 0.0 for each in attempts)
        self.spent = sum(self._ledger.runs.spent(run.id) for run in runs)

    def progress(self, shot: str, versions: Sequence[Version]) -> Progress:
        """How far a shot is, of which there are these versions."""
        attempts = self._by_shot.get(shot, ())
        takes = [each for each in versions if each.kind != "original"]
        going = [each for each in attempts if self._goes_on(each, takes)]
        if going:
            word, fraction = min((_DOING[each.state] for each in going), key=lambda step: step[1])
            return Progress(state="performing", word=word, fraction=fraction)
        if any(take.passed for take in takes):
            only_previews = all(take.kind == "preview" for take in takes)
            return Progress(state="done", word="previewed" if only_previews else "performed")
        if takes:
            return Progress(state="failed", word="no take passed its checks")
        last = attempts[-1] if attempts else None
        if last is not None and last.state in _CAME_TO:
            said = (last.failure or {}).get("message")
            return Progress(state="failed", word=f"{_CAME_TO[last.state]}: {said}" if said else _CAME_TO[last.state])
        if last is not None and last.state in UNFINISHED:
            return Progress(state="planned", word="stopped; `reperform resume` goes on with it")
        return Progress(state="planned", word="waiting" if self.is_running else "not performed yet")

    def _goes_on(self, attempt: Attempt, takes: Sequence[Version]) -> bool:
        if not self._live.get(attempt.session_id, False):
            return False
        if attempt.state in UNFINISHED:
            return True
        made_since = any(take.made_at >= attempt.created_at[:19] for take in takes)
        return attempt.state is AttemptState.FETCHED and self.is_running and not made_since

    def _shot(self, attempt: Attempt) -> str:
        """The id of its shot; read out of its document once."""
        known = self._shots.get(attempt.id)
        if known is None:
            known = self._shots[attempt.id] = str(json.loads(attempt.shot).get("id", ""))
        return known
