"""What another project of this machine, or another machine on this project, has paid for is not paid again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from paying.paying_kit import Service
from performing.performing_kit import cue, plan_of, run, shot
from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.neighbours import known_projects
from reperform.ledger.storage import layout_of
from reperform.model import Plan

SHOT = "V1@01:00:00:00"


@contextmanager
def _machine(name: str, tmp_path: Path) -> Iterator[None]:
    """Another user's state folder, as on another machine."""
    earlier = os.environ["XDG_STATE_HOME"]
    os.environ["XDG_STATE_HOME"] = str(tmp_path / name)
    try:
        yield
    finally:
        os.environ["XDG_STATE_HOME"] = earlier


def test_another_project_reuses_it(tmp_path: Path, film: Any, one_cue: Plan, project: Path) -> None:
    """Also where the cue only lies inside what was paid; result and take lie in the new project, which needs the old no more."""
    service = Service(tmp_path / "service")
    run(one_cue, project, service=service)
    for name, wanted in (("same", one_cue.shots[0].cues[0]), ("inside", cue(13, 6, voice=film.voice, emotion="angry"))):
        other = tmp_path / f"{name}.reperform"
        performed = run(plan_of(tmp_path, shot(film.source, wanted)), other, service=service)
        assert (performed.problems, len(performed.takes[SHOT]), performed.cost_usd) == ((), 1, 0)
        with Ledger.open(other) as ledger:
            (attempt,) = ledger.claims.attempts()
            (result,) = ledger.results.all()
        assert attempt.origin in {str(project), str(tmp_path / "same.reperform")}
        assert (other / result.file).exists()
    assert len(service.billed) == 1
    assert set(known_projects()) == {project, tmp_path / "same.reperform", tmp_path / "inside.reperform"}


def test_a_project_that_is_gone_or_broken_is_passed_over(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """It is paid for here, then."""
    service = Service(tmp_path / "service")
    run(one_cue, project, service=service)
    (project / "ledger.sqlite").write_bytes(b"no ledger")
    assert run(one_cue, tmp_path / "other.reperform", service=service).problems == ()
    assert len(service.billed) == 2


@pytest.fixture
def shared(project: Path) -> Path:
    """A project whose ledgers lie in the state folders of their users."""
    Ledger.open(project, "shared").close()
    return project


def test_where_a_shared_project_keeps_its_ledger(shared: Path) -> None:
    """Not on the share; how it was begun is found again by its claims."""
    layout = layout_of(shared)
    assert [path.name for path in shared.iterdir()] == ["claims"]
    assert str(layout.ledger).startswith(os.environ["XDG_STATE_HOME"])
    assert layout.ledger.exists()


def test_another_machine_has_paid(tmp_path: Path, one_cue: Plan, shared: Path) -> None:
    """Its result is adopted when its file has appeared, and becomes a take here."""
    service = Service(tmp_path / "service")
    with _machine("one", tmp_path):
        run(one_cue, shared, service=service)
    with _machine("two", tmp_path):
        performed = run(one_cue, shared, service=service)
        with Ledger.open(shared) as ledger:
            assert [(attempt.origin) for attempt in ledger.claims.attempts()] == ["another machine"]
    assert (performed.problems, len(performed.takes[SHOT]), len(service.billed)) == ((), 1, 1)


def test_another_machine_is_at_it(tmp_path: Path, one_cue: Plan, shared: Path) -> None:
    """It is not paid here meanwhile: who has it is said. When it is done there, it is used here."""
    service = Service(tmp_path / "service", failing=[("wait", ReperformError("no route"))])
    with _machine("one", tmp_path):
        run(one_cue, shared, service=service)
    with _machine("two", tmp_path):
        (problem,) = run(one_cue, shared, service=service).problems
        assert ("is performing this cue" in problem.message, "claims" in (problem.fix or "")) == (True, True)
    with _machine("one", tmp_path):
        assert run(one_cue, shared, service=service).problems == ()
    with _machine("two", tmp_path):
        assert run(one_cue, shared, service=service).problems == ()
    assert len(service.billed) == 1


def test_a_rehearsal_pays_for_nothing_but_rehearsals(tmp_path: Path, one_cue: Plan, project: Path) -> None:
    """What an emulator on this machine returned never stands for the real service's result, nor the other way round."""
    service = Service(tmp_path / "service")
    rehearsal = one_cue.model_copy(update={"settings": one_cue.settings.model_copy(update={"rehearsal": True})})
    for plan, billed in ((rehearsal, 1), (rehearsal, 1), (one_cue, 2), (one_cue, 2)):
        assert run(plan, project, service=service).problems == ()
        assert len(service.billed) == billed
