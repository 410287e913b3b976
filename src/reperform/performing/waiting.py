"""Waiting for an engine: the job is out there, and stays there whatever happens to us."""

from __future__ import annotations

import anyio

from reperform.engines.base import Finished, Submitted
from reperform.errors import EngineError, Expired, JobFailed, LedgerError, Rejected
from reperform.ledger.records import Address, AttemptState
from reperform.performing.errand import Errand
from reperform.performing.listening import Stage
from reperform.performing.preparing import said
from reperform.performing.submitting import SUBMITTED

__all__ = ["OUTPUT", "submitted_of", "wait"]

OUTPUT = "output "
"""How the names of results' addresses begin in the ledger; a number follows."""


async def wait(errand: Errand) -> Errand:
    """Until the engine is done.

    Raises:
        EngineError: the job failed, and the attempt with it; or the engine could not be asked, and the attempt goes on later.

    """
    errand.say(Stage.WAITING, errand.job.id)
    submitted = submitted_of(errand)
    try:
        finished = await _waited(errand, submitted)
        if not finished.outputs:
            raise JobFailed(f"{errand.engine.name} says that job {errand.job.id} is done, and returned nothing.")
    except Expired as error:
        raise errand.gone(error) from None
    except Exception as error:
        # Only the engine's own word ends the attempt; a job on this machine ended with its error.
        if isinstance(error, Rejected):
            errand.end(AttemptState.REJECTED, error)
        elif errand.free or isinstance(error, JobFailed):
            errand.end(AttemptState.FAILED, said(error))
        raise
    with errand.ledger.transaction():
        outputs = [
            Address(name=f"{OUTPUT}{output.number}", address=output.address, facts=output.facts)
            for output in finished.outputs
        ]
        errand.ledger.claims.store_addresses(errand.attempt, outputs)
        return errand.moved(AttemptState.FINISHED, cost_usd=finished.cost_usd)


def submitted_of(errand: Errand) -> Submitted:
    """What the engine calls the job, as the ledger has it. Raises LedgerError where it has nothing."""
    if errand.attempt.remote_id is None:
        raise LedgerError(f"attempt {errand.attempt.id} is submitted, and has no id of the engine.")
    known = errand.ledger.claims.addresses(errand.attempt)
    addresses = {name.removeprefix(SUBMITTED): known[name].address for name in known if name.startswith(SUBMITTED)}
    return Submitted(remote_id=errand.attempt.remote_id, addresses=addresses)


async def _waited(errand: Errand, submitted: Submitted) -> Finished:
    """Until it is done; no longer than `--wait` says: what is left behind is gone on with later."""
    with anyio.move_on_after(errand.wait_seconds) as scope:
        return await errand.engine.wait(submitted, errand.progress(Stage.WAITING))
    assert scope.cancelled_caught, "only that comes here"
    raise EngineError(
        f"{errand.engine.name} is still performing job {errand.job.id} after {errand.wait_seconds:g} seconds; it is kept.",
        fix="`reperform resume` goes on with it.",
    )
