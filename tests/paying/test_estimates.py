"""What the engines themselves would charge: asked before paying, without any media, and counted against the ceiling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import burned
from paying.paying_kit import Service, begun_run, priced
from performing.performing_kit import run
from reperform.asking import Bill, Item, bill
from reperform.emulator import Conduct, Emulator
from reperform.engines import get
from reperform.engines.base import JobOrder
from reperform.errors import CostCeiling
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.asked import Asked
from whole.command_kit import call
from whole.cut_kit import RATES, Rushes, clip, save, timeline, track

RATE = RATES["25"]
PRICES = {"sync/react-1": 0.5, "runware/sync:react-1@1": 0.75, "fal/fal-ai/sync-lipsync/react-1": 0.25}
"""US dollars a second, and none of them the published one."""
KEYS = {"sync": "SYNC_API_KEY", "runware": "RUNWARE_API_KEY", "fal": "FAL_KEY", "segmind": "SEGMIND_API_KEY"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(conduct=Conduct(queue_seconds=0.01, run_seconds=0.02, prices=PRICES)) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two marks of five frames each on 160x90."""
    folder = tmp_path_factory.mktemp("estimated")
    film = burned.make_movie(
        folder / "A001.mov", rate=RATE, frames=40, codec="mjpeg", timecode="01:00:00:00", channels=1, size=(160, 90)
    )
    marks = [("RP: angry", 4, 5), ("RP: sad", 30, 5)]
    return save(
        timeline(track(clip(Rushes(film, RATE, 40, 90_000), 0, 40, marks=marks)), rate=RATE), folder / "cut.otio"
    )


@pytest.fixture
def keys(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine, variable in KEYS.items():
        monkeypatch.setenv(variable, emulator.key(engine))


def _plan(cut: Path, emulator: Emulator, engine: str, *more: str) -> Any:
    asked = ("--engine", engine, "--context", "0", "--base-url", emulator.base_url, "--project", cut.parent / "p")
    return call("plan", cut, *asked, *more)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(("engine", "price"), [("sync", 0.5), ("runware", 0.75), ("fal", 0.25)])
def test_a_plan_at_the_engine_s_own_price(cut: Path, emulator: Emulator, engine: str, price: float) -> None:
    """Each job costs what the engine says, and beside it stands the published price; nothing was uploaded."""
    before = len(emulator.requests)
    document = _plan(cut, emulator, engine, "--estimate", "--json").json
    costs = [job["cost"] for shot in document["shots"] for job in shot["jobs"]]
    assert [cost["amount"] for cost in costs] == pytest.approx([price / 5, price / 5], rel=0.02)
    assert all(cost["basis"].startswith(f"{engine}'s own estimate; by its published price $") for cost in costs)
    assert document["totals"]["cost"]["amount"] == pytest.approx(2 * price / 5, rel=0.02)
    asked = {seen.phase for seen in emulator.requests[before:]}
    assert asked <= {"estimate", "submit"}
    assert "by the engines' own estimate" in _plan(cut, emulator, engine, "--estimate").said
    assert not emulator.billed


@pytest.mark.usefixtures("keys")
def test_a_plan_does_not_ask_by_itself(cut: Path, emulator: Emulator) -> None:
    """Without --estimate nothing is sent, whatever keys there are."""
    before = len(emulator.requests)
    assert _plan(cut, emulator, "sync").status == 0
    assert len(emulator.requests) == before


def test_who_cannot_be_asked_is_said(cut: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, and where an engine names no price: the plan stands, and says why."""
    for variable in KEYS.values():
        monkeypatch.delenv(variable, raising=False)
    without = _plan(cut, emulator, "sync", "--estimate")
    assert (without.status, "sync gave no estimate of its own" in without.said) == (0, True)
    monkeypatch.setenv("SEGMIND_API_KEY", emulator.key("segmind"))
    silent = _plan(cut, emulator, "segmind", "--estimate")
    assert (silent.status, "segmind react-1 named no price of its own" in silent.said) == (0, True)


@pytest.mark.usefixtures("keys")
def test_a_ceiling_counts_what_the_engine_itself_says(cut: Path, emulator: Emulator, tmp_path: Path) -> None:
    """By the published price both cues would fit under it, by the engine's own only one does."""
    asked = ("--engine", "sync", "--context", "0", "--jobs", "1", "--base-url", emulator.base_url)
    project = ("--project", tmp_path / "p")
    before = len(emulator.billed)
    ran = call("run", cut, "-o", tmp_path / "out.otio", *project, *asked, "--max-cost", "0.15")
    assert (ran.status, len(emulator.billed) - before) == (3, 1), ran.said
    assert "0.20 USD" in ran.said


class Naming(Service):
    """It names a price, where media were uploaded only."""

    usd = 0.5
    asked_with: list[bool]

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:
        self.asked_with = [*getattr(self, "asked_with", []), addresses is not None]
        return None if addresses is None else self.usd


def test_a_price_that_needs_the_media_is_asked_after_the_upload(
    tmp_path: Path, one_cue: Plan, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once without and then with what was uploaded; it decides before the request leaves, also where no price is published."""
    priced(monkeypatch, None)
    service = Naming(tmp_path / "service")
    stopped = run(one_cue, project, service=service, asked=Asked(run_id=begun_run(project, one_cue, max_cost=0.4)))
    assert (type(stopped.ceiling), service.asked_with, service.billed) == (CostCeiling, [False, True], [])
    assert (
        run(one_cue, project, service=service, asked=Asked(run_id=begun_run(project, one_cue, max_cost=0.6))).problems
        == ()
    )
    with Ledger.open(project) as ledger:
        assert [attempt.estimate_usd for attempt in ledger.claims.attempts()] == [0.5]


def test_nobody_is_asked_where_no_price_decides(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """Without a ceiling the published price is enough."""
    service = Naming(tmp_path / "service")
    run(one_cue, project, service=service, asked=Asked(run_id=begun_run(project, one_cue, max_cost=None)))
    assert not hasattr(service, "asked_with")


def _bill(*own: bool, looked_paid: int = 0) -> Bill:
    can = get("sync").capabilities("react-1")
    items = [(Item(engine="sync", model="react-1", cost_usd=1.0, seconds=6.0, own=each), can) for each in own]
    made = bill(items, base_url=None, looked_paid=looked_paid)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param((True, True), "$2.00 by its own estimate.", id="the engine's word"),
        pytest.param((True, False), "$2.00, 1 of them by its own estimate.", id="for some"),
        pytest.param((False, False), "12.00 s, $2.00.", id="a published price needs no word"),
    ],
)
def test_the_question_says_whose_price_it_is(own: tuple[bool, ...], said: str) -> None:
    """The engine's own where it named one."""
    assert _bill(*own).text.splitlines()[0].endswith(said)


@pytest.mark.parametrize(
    ("looked", "said"),
    [
        (0, "(less where a closer look finds it paid already)."),
        (1, "(less where a closer look finds it paid already, more where the cue that looks paid has changed)."),
        (
            3,
            "(less where a closer look finds it paid already, more where one of the 3 cues that look paid has changed).",
        ),
    ],
)
def test_the_question_says_what_may_change_the_sum(looked: int, said: str) -> None:
    """A plan looks at packets, a run at every frame."""
    assert _bill(True, looked_paid=looked).text.splitlines()[1].endswith(said)
