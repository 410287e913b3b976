"""A run: what it costs agreed to, performed, and written."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import Interrupted
from reperform.model import Plan
from reperform.workflow.consenting import with_consent_required
from reperform.workflow.documents import Outcome, Planned
from reperform.workflow.employing import connector, engine_named
from reperform.workflow.finding import cue_ids
from reperform.workflow.refusing import refuse_unfit
from reperform.workflow.writing import write

if TYPE_CHECKING:
    from reperform.asking import Ask, Bill
    from reperform.errors import AccessRefused, CostCeiling
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import RunRow
    from reperform.performing.listening import Listener
    from reperform.performing.performed import Performed
    from reperform.settings import Settings

__all__ = ["WRITING", "agree_to_pay", "perform_in", "run"]

WRITING = ("for_editor", "takes", "lists", "sound", "partial", "jobs")
"""Settings that a plan does not keep, and a resume needs."""


def run(
    planned: Planned,
    out: Path,
    settings: Settings,
    *,
    listener: Listener,
    another: Collection[str] = (),
    agreed: bool = False,
    ledger: Ledger | None = None,
    stopped: AccessRefused | CostCeiling | None = None,
) -> Outcome:
    """Perform the plan, and write the timeline with its takes to `out`. What it costs was `agreed` to, or the settings do.

    `stopped` is why nothing new is sent: the timeline is written with what there is, and the run is not at its end.
    `ledger` is the project's, where the caller has it open: a second session would take the first for another process.

    Raises:
        AccessRefused: an engine needs a key, and there is none.
        InputError: nothing can be done: `out` is the input, the engine does not perform, every shot has an error.
        Interrupted: stopped; the ledger goes on from here.

    """
    from reperform.asking import is_loopback
    from reperform.ledger.ledger import Ledger

    refuse_unfit(planned, out, settings)
    planned = with_consent_required(planned, settings)
    planned = replace(planned, plan=_as_rehearsal(planned.plan, is_rehearsal=is_loopback(settings.base_url)))
    plan = planned.plan
    if plan.errors and not planned.plan.shots:
        return Outcome(planned=planned, performed=None, saved=None, chosen={}, problems=plan.problems, see="")
    if not plan.shots:
        return write(planned, out, settings, performed=None, ledger=Ledger.existing(planned.project, settings.ledger))
    again = cue_ids(another, plan)
    if not agreed:
        agree_to_pay(planned, settings, another=another, ask=None)
    with nullcontext(ledger) if ledger else Ledger.open(planned.project, settings.ledger) as ledger:
        begun = _begun(planned, out, settings, ledger, again)
        stopped = stopped or _unagreed(planned, settings, again)
        performed = _perform(
            planned, ledger, settings, listener=listener, another=again, run_id=begun.id, stopped=stopped
        )
        over = not (performed.resumable or performed.ceiling or performed.refused)
        if not any(performed.takes.values()) and (performed.problems or performed.failed):
            problems = (*plan.problems, *performed.problems)
            outcome = Outcome(planned=planned, performed=performed, saved=None, chosen={}, problems=problems, see="")
        else:
            outcome = write(planned, out, settings, performed=performed, ledger=ledger)
        if over:
            ledger.runs.end(begun.id)
        return outcome


def agree_to_pay(
    planned: Planned, settings: Settings, *, another: Collection[str] = (), ask: Ask | None
) -> Bill | None:
    """What the run would cost, agreed to before anything is begun. None where it costs nothing, and nothing is asked.

    Raises:
        AccessRefused: an engine needs a key, and there is none.
        SettingsError: it is not agreed to, or the base address is none.

    """
    from reperform.asking import agree, check_base_url

    check_base_url(settings.base_url)
    planned = with_consent_required(planned, settings)
    may_pay = settings.yes or settings.max_cost is not None or ask is not None
    bill = _bill(planned, settings, another, asking=may_pay)
    agree(
        bill,
        yes=settings.yes,
        max_cost=settings.max_cost,
        allow_unknown_cost=settings.allow_unknown_cost,
        ask=ask,
    )
    return bill


def _bill(planned: Planned, settings: Settings, another: Collection[str], *, asking: bool) -> Bill | None:
    """What the run would cost; None where it costs nothing. With `asking`, as the engines themselves say it where they do."""
    from reperform.billing import bill_of, check_keys, jobs_of, looks_paid
    from reperform.estimating import estimates, with_estimates

    plan, engine_of = planned.plan, partial(engine_named, settings=settings)
    jobs = jobs_of(plan, engine_of=engine_of, only=planned.only, another=cue_ids(another, plan))
    asked = partial(
        bill_of,
        engine_of=engine_of,
        base_url=settings.base_url,
        looked_paid=looks_paid(plan, only=planned.only),
    )
    bill = asked([job for _, job in jobs])
    if bill is None:
        return None
    check_keys((item.engine for item in bill.items), engine_of=engine_of)
    if not asking:
        return bill
    return asked(with_estimates(jobs, estimates(jobs, plan, settings)))


def perform_in(
    plan: Plan,
    ledger: Ledger,
    settings: Settings,
    *,
    listener: Listener,
    run_id: str | None = None,
    stopped: AccessRefused | CostCeiling | None = None,
    **more: Any,
) -> Performed:
    """Perform the plan with these settings, until it is done or Ctrl-C. `more` is handed on to `performing.run.perform`.

    `stopped` is why nothing new is sent: what is paid is still fetched and conformed.

    Raises:
        Interrupted: stopped; the ledger goes on from here.

    """
    import anyio

    from reperform.performing.asked import Asked
    from reperform.performing.run import perform

    asked = Asked(
        run_id=run_id,
        base_url=settings.base_url,
        wait_seconds=settings.wait,
        retry_failed=settings.retry_failed,
        resubmit_unknown=settings.resubmit_unknown,
        stopped=stopped,
    )

    async def performing() -> Performed:
        return await perform(
            plan,
            ledger=ledger,
            engine_of=lambda name: engine_named(name, settings, label=plan.settings.label),
            connect=connector(settings),
            listener=listener,
            jobs_at_once=settings.jobs,
            asked=asked,
            **more,
        )

    try:
        return anyio.run(performing)
    except KeyboardInterrupt as error:
        fix = "`reperform resume`, or the same command, goes on from here; what was finished is kept."
        raise Interrupted("stopped", fix=fix) from error


def _perform(
    planned: Planned,
    ledger: Ledger,
    settings: Settings,
    *,
    listener: Listener,
    another: frozenset[str],
    run_id: str,
    stopped: AccessRefused | CostCeiling | None,
) -> Performed:
    return perform_in(
        planned.plan,
        ledger,
        settings,
        run_id=run_id,
        stopped=stopped,
        listener=listener,
        another=another,
        only=planned.only,
        partial_takes=settings.partial,
    )


def _unagreed(planned: Planned, settings: Settings, another: frozenset[str]) -> CostCeiling | None:
    """Why nothing may be paid where nobody was asked, for all of it looked paid: the run may find that something is not."""
    from reperform.asking import is_loopback
    from reperform.billing import bill_of, jobs_of
    from reperform.errors import CostCeiling

    if settings.max_cost is not None or settings.yes or is_loopback(settings.base_url):
        return None
    engine_of = partial(engine_named, settings=settings)
    jobs = jobs_of(planned.plan, engine_of=engine_of, only=planned.only, another=another)
    if bill_of((job for _, job in jobs), engine_of=engine_of, base_url=settings.base_url) is not None:
        return None
    return CostCeiling(
        "this cue looked paid, and a closer look found that it has changed; paying for it was not agreed to.",
        fix="Run again with --yes, or with what it may cost: --max-cost.",
    )


def _begun(planned: Planned, out: Path, settings: Settings, ledger: Ledger, another: frozenset[str]) -> RunRow:
    """The run in the ledger, with all that a resume needs to end it."""
    writing = settings.model_dump(mode="json", include=set(WRITING)) | {
        "only": None if planned.only is None else sorted(planned.only),
        "another": sorted(another),
    }
    return ledger.runs.begin(
        timeline=planned.plan.timeline.path,
        out=out,
        plan=planned.plan.model_dump_json(by_alias=True),
        writing=json.dumps(writing),
        base_url=settings.base_url,
        max_cost_usd=settings.max_cost,
        allow_unknown_cost=settings.allow_unknown_cost,
    )


def _as_rehearsal(plan: Plan, *, is_rehearsal: bool) -> Plan:
    """The plan for the engines' own hosts, or for this machine in their part: a saved one may have been made for the other."""
    return plan.model_copy(update={"settings": plan.settings.model_copy(update={"rehearsal": is_rehearsal})})
