"""What a run may cost: checked in the transaction that lets a request leave, and shared with its resumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paying.paying_kit import Service, begun_run, priced
from performing.performing_kit import cue, plan_of, run, shot
from reperform.asking import Bill, Item, agree, bill, check_base_url, is_loopback
from reperform.engines import get
from reperform.errors import CostCeiling, JobFailed, SettingsError
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.asked import Asked

EACH = 0.25
"""What the service bills for a result."""


@pytest.fixture
def three(tmp_path: Path, film: Any) -> Plan:
    shots = [shot(film.source, cue(12 + 5 * n, 4, voice=film.voice), record_in=100 * n) for n in range(3)]
    return plan_of(tmp_path, *shots)


@pytest.fixture
def estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of the service are planned at what they cost."""
    priced(monkeypatch, EACH)


@pytest.mark.usefixtures("estimated")
def test_nothing_leaves_that_could_cost_more(tmp_path: Path, three: Plan, project: Path) -> None:
    """What is paid is kept and made into takes; the same run with the same ceiling pays no more, with a higher one the rest."""
    service = Service(tmp_path / "service")
    for ceiling, billed in ((0.6, 2), (0.6, 2), (0.75, 3)):
        asked = Asked(run_id=begun_run(project, three, max_cost=ceiling))
        performed = run(three, project, service=service, asked=asked, jobs_at_once=2)
        assert (len(service.billed), isinstance(performed.ceiling, CostCeiling)) == (billed, billed < 3)
        assert sum(bool(takes) for takes in performed.takes.values()) == billed
    with Ledger.open(project) as ledger:
        (begun,) = ledger.runs.open()
        assert (begun.max_cost_usd, ledger.runs.spent(begun.id)) == (0.75, 0.75)


@pytest.mark.usefixtures("estimated")
def test_what_counts_against_it(tmp_path: Path, three: Plan, project: Path) -> None:
    """In flight and unknown at their estimate, a failure that is not billed at nothing, a finished one as billed."""
    service = Service(
        tmp_path / "service", failing=[("answer", TimeoutError()), ("wait", JobFailed("x", billed=False))]
    )
    run_id = begun_run(project, three, max_cost=None)
    run(three, project, service=service, asked=Asked(run_id=run_id), jobs_at_once=1)
    with Ledger.open(project) as ledger:
        states = sorted(attempt.state.value for attempt in ledger.claims.attempts())
        assert (states, ledger.runs.spent(run_id)) == (["failed", "fetched", "unknown"], 2 * EACH)


def test_an_unknown_price_needs_a_word(tmp_path: Path, three: Plan, project: Path, monkeypatch: Any) -> None:
    """Nobody knows what it costs: it is not sent unless that was allowed."""
    priced(monkeypatch, None)
    service = Service(tmp_path / "service")
    for allowed, billed in ((False, 0), (True, 3)):
        asked = Asked(run_id=begun_run(project, three, max_cost=1.0, unknown=allowed))
        run(three, project, service=service, asked=asked)
        assert len(service.billed) == billed


def _bill(cost: float | None = 1.5) -> Bill | None:
    can = get("sync").capabilities("react-1")
    return bill([(Item(engine="sync", model="react-1", cost_usd=cost, seconds=9.0), can)], base_url=None)


@pytest.mark.parametrize(
    ("settings", "answer", "refusal"),
    [
        pytest.param({}, None, "no one to be asked", id="nobody there"),
        pytest.param({"yes": True}, None, None, id="--yes"),
        pytest.param({"max_cost": 1.0}, None, None, id="--max-cost"),
        pytest.param({}, True, None, id="a person agrees"),
        pytest.param({"max_cost": 1.0}, False, "not agreed", id="a person does not"),
    ],
)
def test_asking(settings: dict[str, Any], answer: bool | None, refusal: str | None) -> None:
    """On a terminal a person is asked; elsewhere it was allowed before, or nothing is sent."""
    given = {"yes": False, "max_cost": None, "allow_unknown_cost": False} | settings
    ask = None if answer is None else lambda _: answer
    if refusal is None:
        agree(_bill(), ask=ask, **given)
    else:
        with pytest.raises(SettingsError, match=refusal):
            agree(_bill(), ask=ask, **given)


def test_a_price_nobody_knows_is_refused_first() -> None:
    """`--yes` does not cover it."""
    with pytest.raises(SettingsError, match="nobody knows"):
        agree(_bill(None), yes=True, max_cost=None, allow_unknown_cost=False, ask=lambda _: True)


def test_the_question_says_what_where_and_how_much() -> None:
    """The sum, the hosts, and what becomes of uploads."""
    asked = _bill()
    assert asked is not None
    assert asked.text == (
        "sync react-1: 1 request, 9.00 s, $1.50.\n"
        "Together: $1.50 (less where a closer look finds it paid already).\nUploads go to api.sync.so.\n"
        "Sync keeps what is uploaded at addresses that last seven days."
    )


@pytest.mark.parametrize(
    ("address", "loopback", "refused"),
    [
        ("http://127.0.0.1:8080", True, False),
        ("http://localhost:1", True, False),
        ("http://[::1]:1", True, False),
        ("https://proxy.example", False, False),
        ("http://proxy.example", False, True),
        ("https://user:key@proxy.example", False, True),
        ("https://proxy.example/v2", False, True),
        ("ftp://127.0.0.1", True, True),
        ("http://127.0.0.1.example", False, True),
    ],
)
def test_base_addresses(address: str, loopback: bool, refused: bool) -> None:
    """An origin, encrypted unless it is this machine; only for this machine nothing is asked."""
    assert is_loopback(address) is loopback
    if refused:
        with pytest.raises(SettingsError):
            check_base_url(address)
    else:
        check_base_url(address)
