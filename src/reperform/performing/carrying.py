"""Taking an attempt from wherever it is to its end."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import UNFINISHED, AttemptState
from reperform.performing.errand import Errand
from reperform.performing.fetching import fetch
from reperform.performing.preparing import prepare
from reperform.performing.submitting import settle, submit, upload
from reperform.performing.waiting import wait

__all__ = ["STEPS", "carry", "sweep", "tidy"]

STEPS: dict[AttemptState, Callable[[Errand], Awaitable[Errand]]] = {
    AttemptState.PLANNED: prepare,
    AttemptState.PREPARED: upload,
    AttemptState.UPLOADED: submit,
    AttemptState.SUBMITTING: settle,
    AttemptState.SUBMITTED: wait,
    AttemptState.FINISHED: fetch,
}
"""What is done for an attempt in each state that is not its end. A step that finds its media gone makes it again."""


async def carry(errand: Errand) -> Errand:
    """The errand with its result kept. It may begin in any state: a run that died left it there.

    Raises:
        ReperformError: a step failed; the ledger says whether the attempt has ended or can go on.

    """
    try:
        while step := STEPS.get(errand.attempt.state):
            errand = await step(errand)
        return errand
    finally:
        tidy(errand.ledger, errand.attempt.id)


def sweep(ledger: Ledger) -> None:
    """Remove the work of attempts that have ended: a killed run could not."""
    if ledger.layout.work.is_dir():
        for folder in ledger.layout.work.iterdir():
            tidy(ledger, folder.name)


def tidy(ledger: Ledger, attempt_id: str) -> None:
    """Remove the attempt's work folder, unless something has still to be done for it."""
    attempt = ledger.claims.known(attempt_id)
    if attempt is not None and attempt.state not in UNFINISHED:
        shutil.rmtree(ledger.layout.work / attempt_id, ignore_errors=True)
