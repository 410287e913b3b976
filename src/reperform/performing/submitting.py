"""Upload and submit: the ledger knows that the one request is about to leave before it leaves, and what became of it.

A request that certainly never arrived is repeated. One that may have arrived is repeated, with the same identity, only where
the engine takes the two for one, and within ten minutes; else the engine is asked for it. It is never silently sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import anyio

from reperform.engines.base import JobOrder, Prepared, Submitted
from reperform.errors import (
    AccessRefused,
    InputError,
    JobFailed,
    NotSubmitted,
    RateLimited,
    Rejected,
    ReperformError,
    SubmissionUnknown,
)
from reperform.ledger.records import Address, AttemptState
from reperform.performing.errand import Errand
from reperform.performing.listening import Stage
from reperform.performing.preparing import prepare, said

__all__ = ["SUBMITTED", "UPLOADED", "reconcile", "settle", "submit", "upload"]

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
    except (NotSubmitted, AccessRefused):
        raise
    except (ReperformError, OSError) as error:
        errand.end(AttemptState.FAILED, said(error))
        raise
    with errand.ledger.transaction():
        stored = [Address(name=f"{UPLOADED}{name}", address=address) for name, address in addresses.items()]
        errand.ledger.claims.store_addresses(errand.attempt, stored)
        return errand.moved(AttemptState.UPLOADED)


async def submit(errand: Errand) -> Errand:
    """Send the request of this attempt.

    Raises:
        CostCeiling: it could cost more than allowed; nothing was sent.
        NotSubmitted: it never arrived; the attempt can go on later.
        EngineError: it was refused; the attempt has ended.

    """
    ready = _ready(errand)
    if ready is None:
        return await prepare(errand)
    estimate = await _own_estimate(errand, ready)
    for tries, pause in enumerate(errand.pauses, start=1):
        with errand.ledger.transaction():
            errand.ledger.runs.check(
                errand.attempt if estimate is None else replace(errand.attempt, estimate_usd=estimate)
            )
            errand = errand.moved(AttemptState.SUBMITTING, estimate_usd=estimate)
        errand.say(Stage.SUBMITTING, errand.job.id)
        try:
            return _arrived(errand, await _sent(errand, *ready))
        except NotSubmitted as error:
            errand = errand.moved(AttemptState.UPLOADED)
            if isinstance(error, RateLimited) or tries >= errand.pauses.tries:
                raise
        except Exception as error:
            if not _is_definite(errand, error):
                return await _repeat(errand, error)
            errand.end(AttemptState.REJECTED if isinstance(error, Rejected) else AttemptState.FAILED, said(error))
            raise
        await anyio.sleep(pause)
    raise AssertionError("pauses have no end")


async def _own_estimate(errand: Errand, ready: tuple[Prepared, JobOrder, dict[str, str]]) -> float | None:
    """What the engine itself would charge, where that decides whether the request may leave; None where it does not say."""
    if errand.free or not errand.ledger.runs.counts(errand.attempt):
        return None
    _, order, addresses = ready
    try:
        return await errand.quotes.of(errand.engine, order, addresses=addresses)
    except ReperformError:
        return None  # the published price stands; if the engine has gone, the submit will say so


async def settle(errand: Errand) -> Errand:
    """An attempt that a dead run left while its request was leaving: it may have arrived."""
    if errand.free:
        return errand.moved(AttemptState.UPLOADED)
    error = SubmissionUnknown(
        f"the run that sent job {errand.job.id} to {errand.engine.name} ended before the answer came: it may have arrived."
    )
    return await _repeat(errand, error, at_once=True)


async def reconcile(errand: Errand) -> Errand:
    """An attempt that may have arrived: the engine is asked for it until it is there, or ten minutes have passed.

    Raises:
        SubmissionUnknown: nobody knows; the attempt stays unknown.
        EngineError: the engine could not be asked; it is asked again in the next run.

    """
    errand.say(Stage.SUBMITTING, f"{errand.job.id}: looking for what may have arrived")
    if not errand.engine.reconciles:
        raise _nobody_knows(errand)
    for pause in errand.pauses:
        try:
            found = await errand.engine.reconcile(errand.attempt.id, sent_at=errand.sent_at)
        except SubmissionUnknown as error:
            raise _nobody_knows(errand) from error
        if found is not None:
            return _arrived(errand, found)
        left = errand.pauses.unknown - errand.age
        if left <= 0:
            raise _nobody_knows(errand, looked=True)
        await anyio.sleep(min(pause, left))
    raise AssertionError("pauses have no end")


async def _repeat(errand: Errand, error: Exception, *, at_once: bool = False) -> Errand:
    """What may have arrived, sent again with the same identity where the engine takes the two for one; else it is unknown."""
    ready = _ready(errand)
    may_repeat = ready is not None and errand.engine.deduplicates
    for tries, pause in enumerate(errand.pauses if may_repeat else (), start=1):
        if tries > 1 or not at_once:
            await anyio.sleep(pause)
        if tries > errand.pauses.tries or errand.age > errand.pauses.unknown:
            break
        try:
            assert ready is not None, "there would be no pauses"
            return _arrived(errand, await _sent(errand, *ready))
        except Rejected as refusal:
            return await _refused_now(errand, refusal)
        except RateLimited as limited:
            await anyio.sleep(min(limited.retry_after_seconds or 0.0, errand.pauses.unknown))
        except Exception as again:  # noqa: BLE001 - whatever it is, the first may have arrived
            error = again if isinstance(again, SubmissionUnknown) else error
    return errand.ended(AttemptState.UNKNOWN, said(error))


async def _refused_now(errand: Errand, refusal: Rejected) -> Errand:
    """The repetition was refused: the first may have been taken all the same, which the engine is asked where it can say.

    Raises:
        Rejected: it was not.

    """
    if errand.engine.reconciles:
        try:
            found = await errand.engine.reconcile(errand.attempt.id, sent_at=errand.sent_at)
        except ReperformError:
            return errand.ended(AttemptState.UNKNOWN, refusal)
        if found is not None:
            return _arrived(errand, found)
    errand.end(AttemptState.REJECTED, refusal)
    raise refusal


async def _sent(errand: Errand, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
    # Once it may have left, its answer is waited for, also when the run is being stopped.
    with anyio.CancelScope(shield=True):
        submitted = await errand.engine.submit(prepared, order, addresses)
    return submitted  # noqa: RET504 - a scope may end its block early, for all that mypy knows


def _ready(errand: Errand) -> tuple[Prepared, JobOrder, dict[str, str]] | None:
    """What a submit needs; None where the media or their addresses are gone."""
    prepared = errand.prepared()
    known = errand.ledger.claims.addresses(errand.attempt)
    addresses = {name.removeprefix(UPLOADED): known[name].address for name in known if name.startswith(UPLOADED)}
    return None if prepared is None or not addresses else (prepared, errand.order, addresses)


def _arrived(errand: Errand, submitted: Submitted) -> Errand:
    with errand.ledger.transaction():
        errand.ledger.claims.store_addresses(errand.attempt, _named(submitted.addresses))
        return errand.moved(AttemptState.SUBMITTED, remote_id=submitted.remote_id)


def _is_definite(errand: Errand, error: Exception) -> bool:
    """Whether it is certain that nothing comes of the request."""
    return errand.free or isinstance(error, Rejected | AccessRefused | JobFailed | InputError)


def _nobody_knows(errand: Errand, *, looked: bool = False) -> SubmissionUnknown:
    failure = errand.attempt.failure or {}
    engine = errand.engine.name
    message = failure.get("message") or f"job {errand.job.id} may have arrived at {engine}."
    return SubmissionUnknown(
        f"{message} {engine} was asked for it for ten minutes, and does not show it." if looked else message,
        cause=failure.get("cause"),
        fix=f"It is not sent again by itself. Look for {errand.attempt.id} in your account at {engine}; "
        "--resubmit-unknown sends it anew, and may be billed again.",
    )


def _named(addresses: Mapping[str, str]) -> list[Address]:
    return [Address(name=f"{SUBMITTED}{name}", address=address) for name, address in addresses.items()]
