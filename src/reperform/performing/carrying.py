"""Taking an attempt from wherever it is to its end."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace

import anyio

from reperform.errors import RateLimited
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import NOTHING_SENT, UNFINISHED, AttemptState
from reperform.performing.errand import Errand
from reperform.performing.fetching import fetch
from reperform.performing.listening import Stage
from reperform.performing.preparing import prepare
from reperform.performing.submitting import reconcile, settle, submit, upload
from reperform.performing.throttle import Turn
from reperform.performing.waiting import wait

__all__ = ["STEPS", "carry", "sweep", "tidy"]

STEPS: dict[AttemptState, Callable[[Errand], Awaitable[Errand]]] = {
    AttemptState.PLANNED: prepare,
    AttemptState.PREPARED: upload,
    AttemptState.UPLOADED: submit,
    AttemptState.SUBMITTING: settle,
    AttemptState.UNKNOWN: reconcile,
    AttemptState.SUBMITTED: wait,
    AttemptState.FINISHED: fetch,
}
"""What is done for an attempt in each state that is not its end. A step that finds its media gone makes it again."""


async def carry(errand: Errand, turn: Turn, *, may_begin: Callable[[], None] = lambda: None) -> Errand:
    """The errand with its result kept. It may begin in any state: a run that died left it there.

    `may_begin` is called before each step while nothing has been sent; what it raises ends the way here.

    Raises:
        ReperformError: a step failed; the ledger says whether the attempt has ended or can go on.

    """
    refused_since: float | None = None
    try:
        while step := STEPS.get(errand.attempt.state):
            await _take_turn(errand, turn)
            if errand.attempt.state in NOTHING_SENT:
                may_begin()
            try:
                errand = await step(errand)
            except RateLimited as error:
                refused_since = refused_since or anyio.current_time()
                errand = replace(errand, attempt=errand.ledger.claims.attempt(errand.attempt.id))
                if errand.attempt.state not in NOTHING_SENT or _is_enough(errand, refused_since):
                    raise
                turn.limited(error.retry_after_seconds)
                errand.say(Stage.SUBMITTING, f"{errand.engine.name} takes no more for now")
            else:
                if errand.attempt.state is AttemptState.SUBMITTED:
                    turn.throttle.accepted()
        return errand
    finally:
        turn.end()
        tidy(errand.ledger, errand.attempt.id)


async def _take_turn(errand: Errand, turn: Turn) -> None:
    """Media are made while others perform; the request waits for its turn; what has left is not asked to wait."""
    match errand.attempt.state:
        case AttemptState.PLANNED | AttemptState.PREPARED:
            await turn.get_ready()
            await anyio.sleep(turn.throttle.held_seconds if errand.attempt.state is AttemptState.PREPARED else 0)
        case AttemptState.UPLOADED:
            await turn.begin()
        case AttemptState.FINISHED:
            turn.end()
        case _:
            turn.join()


def _is_enough(errand: Errand, since: float) -> bool:
    return anyio.current_time() - since > errand.pauses.limited


def sweep(ledger: Ledger) -> None:
    """Remove the work of attempts that have ended: a killed run could not."""
    if ledger.layout.work.is_dir():
        for folder in ledger.layout.work.iterdir():
            tidy(ledger, folder.name)


def tidy(ledger: Ledger, attempt_id: str) -> None:
    """Remove the attempt's work folder, unless its result may still come: what comes is compared with what was sent."""
    attempt = ledger.claims.known(attempt_id)
    if attempt is not None and attempt.state not in UNFINISHED | {AttemptState.UNKNOWN}:
        shutil.rmtree(ledger.layout.work / attempt_id, ignore_errors=True)
