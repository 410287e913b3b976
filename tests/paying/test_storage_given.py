"""Where the user says that a ledger lies is where every step looks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reperform.errors import TimelineError
from reperform.ledger.ledger import Ledger
from reperform.settings import Settings
from reperform.workflow import load_plan, make_plan, select
from whole.command_kit import call
from whole.cut_kit import RATES, gap, save, timeline, track

RATE = RATES["25"]


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    return save(timeline(track(gap(25, RATE)), rate=RATE), tmp_path / "cut.otio")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """How the ledger was looked for, in order."""
    found: list[Any] = []

    def existing(_: Path, storage: Any = None) -> None:
        found.append(storage)

    monkeypatch.setattr(Ledger, "existing", existing)
    return found


def test_planning(cut: Path, looked: list[Any]) -> None:
    """For takes in the cut, and for what is paid."""
    make_plan(cut, Settings(ledger="shared"))
    assert looked == ["shared", "shared"]


def test_a_saved_plan(cut: Path, looked: list[Any]) -> None:
    """For takes in the cut."""
    plan = cut.with_suffix(".json")
    plan.write_text(make_plan(cut, Settings()).plan.model_dump_json(by_alias=True))
    looked.clear()
    load_plan(plan, storage="shared")
    assert looked == ["shared"]


def test_choosing(cut: Path, looked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """From the library, and from the shell with what the environment says."""
    with pytest.raises(TimelineError):
        select(cut, "x", "original", storage="shared")
    monkeypatch.setenv("REPERFORM_LEDGER", "local")
    call("select", cut, "x", "original")
    assert looked == ["shared", "local"]
