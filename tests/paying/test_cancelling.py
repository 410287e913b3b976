"""Stopping what can be stopped: an engine that lets go of a job, and one that does not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import anyio
import pytest

from paying.paying_kit import Cancelling, Service
from performing.performing_kit import engines, run
from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.cancelling import cancel
from reperform.performing.roster import Roster


@pytest.mark.parametrize(
    ("kind", "state", "billed_later"),
    [
        pytest.param(Cancelling, "cancelled", 2, id="it lets go: the next run begins anew"),
        pytest.param(Service, "submitted", 1, id="it does not: the job is kept, and fetched later"),
    ],
)
def test_a_job_that_was_sent(
    tmp_path: Path, one_cue: Plan, project: Path, kind: type[Service], state: str, billed_later: int
) -> None:
    """Only the engine's own word ends what was sent."""
    service = kind(tmp_path / "service", failing=[("wait", ReperformError("no route"))])
    run(one_cue, project, service=service)

    async def cancelling(ledger: Ledger) -> str:
        async with Roster(engines(service=service)) as roster:
            ((attempt, _),) = await cancel(ledger, roster, ledger.claims.unfinished())
        return attempt.state.value

    with Ledger.open(project) as ledger:
        assert anyio.run(partial(cancelling, ledger)) == state
    assert run(one_cue, project, service=service).problems == ()
    assert len(service.billed) == billed_later
