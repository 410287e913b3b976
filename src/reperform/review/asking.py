"""Asking for a cue again with another direction: first what it would cost; it is sent after a clear yes, and once."""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reperform.direction import Direction
from reperform.errors import CostCeiling, InputError, PlanError, ReperformError, SettingsError
from reperform.performing.listening import Stage
from reperform.review.cutting import problem_json

if TYPE_CHECKING:
    from reperform.asking import Bill
    from reperform.ledger.records import RunRow
    from reperform.review.board import Board
    from reperform.review.watching import Hub
    from reperform.settings import Settings
    from reperform.workflow.documents import Outcome, Planned

__all__ = ["Asking"]

_OFFERS = 16
_CENT = 0.005
"""US dollars by which the engine's own estimate may miss what was agreed to."""
_DOING: Mapping[Stage, tuple[str, float]] = {
    Stage.LOOKING: ("looking what is paid", 0.03),
    Stage.PREPARING: ("media prepared", 0.1),
    Stage.UPLOADING: ("uploading", 0.2),
    Stage.SUBMITTING: ("being sent", 0.3),
    Stage.WAITING: ("being performed", 0.4),
    Stage.ELSEWHERE: ("another process is at it", 0.4),
    Stage.FETCHING: ("coming back", 0.8),
    Stage.CONFORMING: ("being conformed", 0.9),
}


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """What was asked for, and is not agreed to yet."""

    shot: str
    planned: Planned
    settings: Settings
    another: tuple[str, ...]
    """The cue, where one take more of a direction that is paid for is meant."""


class Asking:
    """What the pages ask for. One performance goes on at a time."""

    def __init__(self, board: Board, hub: Hub) -> None:
        self._board, self._hub = board, hub
        self._lock = threading.Lock()
        self._offers: OrderedDict[str, _Offer] = OrderedDict()
        self.thread: threading.Thread | None = None
        """Of the performance that goes on, or went on last."""

    def ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What it would cost, in money and words; sends nothing. Without an `id` it cannot be agreed to, and `problems` say why.

        Raises:
            InputError: it is no direction, or the engine is not known or not allowed.
            AccessRefused: the engine needs a key, and there is none.

        """
        from reperform.workflow import agree_to_pay, refuse_unfit
        from reperform.workflow.directed import with_direction
        from reperform.workflow.plans import planned_again

        shot = self._board.shot(str(asked.get("shot") or ""))
        run = self._run()
        direction, engine, model = _direction(asked)
        before = planned_again(run.plan, self._board.project, only=None, storage=self._board.settings.ledger)
        settings = _settings(self._board.settings, run, before, engine=engine, model=model)
        cue = str(asked.get("cue") or "")
        if not any(each.id == cue for each in (shot.document.cues if shot.document else ())):
            raise InputError(f"there is no cue “{cue}” in {shot.placed.name}", fix="Read the page anew.")
        planned = with_direction(before, cue, direction, settings)
        refuse_unfit(planned, self._board.out, settings)
        paid = any(each.id == cue and each.paid for one in planned.plan.shots for each in one.cues)
        another = (cue,) if paid else ()
        errors = [problem_json(each) for each in planned.plan.problems if each.severity == "error"]
        said = [problem_json(each) for each in planned.plan.problems if each.severity == "warning"]
        if errors:
            return {"id": None, "cost": None, "currency": "USD", "words": "", "problems": [*errors, *said]}
        bill = agree_to_pay(planned, settings.model_copy(update={"yes": False}), another=another, ask=lambda _: True)
        cost = 0.0 if bill is None else None if bill.unknown else bill.cost_usd
        ceiling = self._board.settings.max_cost
        if ceiling is not None and bill is not None and bill.cost_usd > ceiling:
            raise CostCeiling(
                f"this would cost {bill.cost_usd:.2f} USD; your settings allow {ceiling:.2f} USD.",
                fix="Start the review with a higher --max-cost.",
            )
        if bill is not None and not bill.unknown:
            allowed = bill.cost_usd + _CENT
            settings = settings.model_copy(update={"max_cost": allowed if ceiling is None else min(ceiling, allowed)})
        offer = _Offer(shot=shot.id, planned=planned, settings=settings, another=another)
        words = _words(bill, planned, is_another=paid)
        return {"id": self._keep(offer), "cost": cost, "currency": "USD", "words": words, "problems": said}

    def agree(self, offer_id: str) -> dict[str, Any]:
        """Yes: it is performed. An offer can be agreed to once.

        Raises:
            InputError: there is no such offer, or something else goes on.

        """
        with self._lock:
            if offer_id not in self._offers:
                raise InputError(
                    "this was agreed to already, or asked for too long ago", fix="Ask again for its price."
                )
            if self.thread is not None and self.thread.is_alive():
                raise InputError("another cue is being performed", fix="Wait until it is done.")
            self._run()
            offer = self._offers.pop(offer_id)
            self.thread = threading.Thread(target=self._perform, args=(offer,), name="review performs", daemon=True)
            self.thread.start()
        return {"id": offer_id, "shot": offer.shot}

    def withdraw(self, offer_id: str) -> None:
        """No."""
        with self._lock:
            self._offers.pop(offer_id, None)

    @property
    def is_going_on(self) -> bool:
        """Whether something that was asked for is being performed."""
        return self.thread is not None and self.thread.is_alive()

    def _run(self) -> RunRow:
        """The run that is asked anew.

        Raises:
            PlanError: the project knows none; it, or another, is not at its end.

        """
        ledger, out = self._board.ledger, self._board.out
        runs = [run for run in ledger.runs.at(out) if run.out == str(out)]
        if not runs:
            raise PlanError(
                f"the project does not know the run that wrote {out.name}",
                fix="Change the mark in the timeline, and run it again.",
            )
        if any(run.ended_at is None for run in runs):
            going = self._board.is_running
            raise PlanError(
                "a run of this timeline goes on" if going else "an earlier run of this timeline is not at its end",
                fix="Wait until it is done." if going else f"End it first: reperform resume {runs[0].timeline}",
            )
        return runs[0]

    def _keep(self, offer: _Offer) -> str:
        offer_id = secrets.token_urlsafe(12)
        with self._lock:
            self._offers[offer_id] = offer
            while len(self._offers) > _OFFERS:
                self._offers.popitem(last=False)
        return offer_id

    def _perform(self, offer: _Offer) -> None:
        from reperform.workflow import run

        try:
            outcome = run(
                offer.planned,
                self._board.out,
                offer.settings,
                listener=self._told,
                another=offer.another,
                agreed=True,
            )
        except ReperformError as error:
            self._ended(offer, [{"severity": "error", "where": {}, "message": error.message, "fix": error.fix}])
        except Exception as error:  # noqa: BLE001 - the page is told, and the server goes on
            message = f"this went wrong: {type(error).__name__}: {error}"
            fix = "`reperform resume` goes on from the ledger."
            self._ended(offer, [{"severity": "error", "where": {}, "message": message, "fix": fix}])
        else:
            self._ended(offer, _went_wrong(outcome))

    def _ended(self, offer: _Offer, problems: list[dict[str, Any]]) -> None:
        self._board.more_problems[:] = problems
        self._board.touch()
        self._hub.tell({"kind": "asked", "shot": offer.shot, "problems": problems})
        self._hub.tell({"kind": "cut"})

    def _told(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        if stage in _DOING:
            word, reached = _DOING[stage]
            said = {"state": "performing", "state_word": f"{word}: {detail}" if detail else word}
            self._hub.tell({"kind": "progress", "id": shot_id, "progress": reached + 0.1 * (fraction or 0), **said})


def _direction(asked: Mapping[str, Any]) -> tuple[Direction, str | None, str | None]:
    """The direction that is asked for, and who is to perform it; None for whom the run had."""
    given = asked.get("direction")
    if not isinstance(given, dict):
        raise InputError("“direction” is missing")
    try:
        direction = Direction.model_validate({name: value for name, value in given.items() if value not in (None, "")})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", fix="Correct the direction.") from error
    engine, model = (str(asked[name]) if asked.get(name) else None for name in ("engine", "model"))
    if engine is not None:
        direction = direction.model_copy(update={"engine": None, "model": None})
    return direction, engine, model


def _settings(settings: Settings, run: RunRow, before: Planned, *, engine: str | None, model: str | None) -> Settings:
    """As the run was called, by whom is asked now; what it may cost is said anew."""
    writing = json.loads(run.writing)
    kept = {name: value for name, value in writing.items() if name in type(settings).model_fields}
    who = {"engine": engine or before.plan.engine, "model": model or (None if engine else before.plan.model)}
    more = {"base_url": settings.base_url or run.base_url, "retry_failed": True}
    try:
        return type(settings).model_validate(settings.model_dump() | kept | who | more)
    except ValidationError as error:
        raise SettingsError(f"the run cannot be called again: {error.errors()[0]['msg']}") from error


def _words(bill: Bill | None, planned: Planned, *, is_another: bool) -> str:
    first = "This very direction was performed already: this asks for one take more. " if is_another else ""
    if bill is None:
        return f"{first}Nothing has to be paid; {planned.plan.engine} performs it."
    return f"{first}{bill.text}"


def _went_wrong(outcome: Outcome) -> list[dict[str, Any]]:
    performed = outcome.performed
    found = [problem_json(each) for each in (performed.problems if performed else ())]
    stopped = (performed.ceiling or performed.refused) if performed else None
    if stopped is not None:
        found.append({"severity": "error", "where": {}, "message": stopped.message, "fix": stopped.fix})
    return found
