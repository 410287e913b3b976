"""Upload and submit: the ledger knows that the one request is about to leave before it leaves."""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from reperform.errors import (
    AccessRefused,
    InputError,
    JobFailed,
    NotSubmitted,
    Rejected,
    ReperformError,
    SubmissionUnknown,
)
from reperform.ledger.records import Address, AttemptState
from reperform.performing.errand import Errand
from reperform.performing.listening import Stage
from reperform.performing.preparing import prepare, said

__all__ = ["UPLOADED", "settle", "submit", "upload"]

UPLOADED = "upload "
"""How the names of uploads' addresses begin in the ledger."""

SUBMITTED = "submitted "
"""How the names of addresses begin that came back from the submit."""


async def upload(errand: Errand) -> Errand:
    """Make the media reachable for the engine.

    Raises:
        EngineError: it could not be. The attempt has failed, unless the engine is only out of reach: then it goes on later.

    """
    prepared = errand.prepared()
    if prepared is None:
        return await prepare(errand)
    errand.say(Stage.UPLOADING, errand.job.id)
    try:
        addresses = await errand.engine.upload(prepared, errand.order, errand.progress(Stage.UPLOADING))
    except NotSubmitted:
        raise
    except (ReperformError, OSError) as error:
        errand.ledger.claims.end(errand.attempt, AttemptState.FAILED, said(error))
        raise
    with errand.ledger.transaction():
        stored = [Address(name=f"{UPLOADED}{name}", address=address) for name, address in addresses.items()]
        errand.ledger.claims.store_addresses(errand.attempt, stored)
        return errand.moved(AttemptState.UPLOADED)


async def submit(errand: Errand) -> Errand:
    """Send the request of this attempt, once.

    Raises:
        NotSubmitted: it never arrived; the attempt can go on later.
        SubmissionUnknown: it may have arrived; the attempt stays unknown.
        EngineError: it was refused; the attempt has ended.

    """
    prepared = errand.prepared()
    addresses = {
        name.removeprefix(UPLOADED): address.address
        for name, address in errand.ledger.claims.addresses(errand.attempt).items()
        if name.startswith(UPLOADED)
    }
    if prepared is None or not addresses:
        return await prepare(errand)
    order = errand.order
    errand = errand.moved(AttemptState.SUBMITTING)
    errand.say(Stage.SUBMITTING, errand.job.id)
    try:
        # Once it may have left, its answer is waited for, also when the run is being stopped.
        with anyio.CancelScope(shield=True):
            submitted = await errand.engine.submit(prepared, order, addresses)
    except Exception as error:
        _ended(errand, error)
        raise
    with errand.ledger.transaction():
        errand.ledger.claims.store_addresses(errand.attempt, _named(submitted.addresses))
        return errand.moved(AttemptState.SUBMITTED, remote_id=submitted.remote_id)


async def settle(errand: Errand) -> Errand:
    """An attempt that a dead run left while its request was leaving.

    Raises:
        SubmissionUnknown: nobody knows whether it arrived, and the attempt stays unknown.

    """
    if errand.free:
        return errand.moved(AttemptState.UPLOADED)
    error = SubmissionUnknown(
        f"the run that sent job {errand.job.id} to {errand.engine.name} ended before the answer came: it may have arrived.",
        fix=f"Look for {errand.attempt.id} in your account at {errand.engine.name}.",
    )
    errand.ledger.claims.end(errand.attempt, AttemptState.UNKNOWN, error)
    raise error


def _ended(errand: Errand, error: Exception) -> None:
    """The ledger's word on a submit that did not succeed: only what is certain counts as failed."""
    if isinstance(error, NotSubmitted):
        errand.moved(AttemptState.UPLOADED)
    elif isinstance(error, Rejected):
        errand.ledger.claims.end(errand.attempt, AttemptState.REJECTED, error)
    elif errand.free or isinstance(error, AccessRefused | JobFailed | InputError):
        errand.ledger.claims.end(errand.attempt, AttemptState.FAILED, said(error))
    else:
        errand.ledger.claims.end(errand.attempt, AttemptState.UNKNOWN, said(error))


def _named(addresses: Mapping[str, str]) -> list[Address]:
    return [Address(name=f"{SUBMITTED}{name}", address=address) for name, address in addresses.items()]
