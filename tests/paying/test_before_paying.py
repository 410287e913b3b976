"""What is looked at, and asked, before a run pays: the engine's own price, what only looks paid, what cannot be run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reperform import asking
from reperform.asking import Bill
from reperform.cli import run as run_command
from reperform.emulator import Conduct, Emulator
from reperform.ledger.results import Results
from whole.command_kit import Ran, call
from whole.cut_kit import one_mark


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    prices = {"sync/react-1": 0.5}
    with Emulator(conduct=Conduct(queue_seconds=0.01, run_seconds=0.02, prices=prices)) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One mark of five frames on 160x90."""
    folder = tmp_path_factory.mktemp("before")
    return one_mark(folder)


@pytest.fixture
def far(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The emulated services, taken for services out there: what would be asked of those is asked."""
    monkeypatch.setattr(asking, "is_loopback", lambda _: False)
    monkeypatch.setattr(asking, "check_base_url", lambda _: None)
    monkeypatch.setenv("SYNC_API_KEY", emulator.key("sync"))
    return emulator


def _run(cut: Path, folder: Path, far: Emulator, *more: str) -> Ran:
    where = (cut, "-o", folder / "out.otio", "--project", folder / "p.reperform")
    return call("run", *where, "--engine", "sync", "--context", "0", "--base-url", far.base_url, *more)


def test_the_question_holds_the_engine_s_own_price(
    cut: Path, tmp_path: Path, far: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five frames at the half dollar a second that it names, and not at the published price; a no ends it."""
    asked: list[Bill] = []

    def decline(bill: Bill) -> bool:
        asked.append(bill)
        return False

    monkeypatch.setattr(run_command, "asker", lambda: decline)
    ran = _run(cut, tmp_path, far)
    assert (ran.status, far.billed, (tmp_path / "p.reperform").exists()) == (2, [], False)
    assert asked[0].text.splitlines()[0] == "sync react-1: 1 request, 0.20 s, $0.10 by its own estimate."


def test_what_only_looked_paid_is_not_paid_without_a_word(
    cut: Path, tmp_path: Path, far: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all looks paid nothing is asked, and so nothing may be paid when a closer look finds other."""
    monkeypatch.setattr(Results, "paid_takes", lambda *_: 1)
    call("run", cut, "-o", tmp_path / "first.otio", "--project", tmp_path / "p.reperform")
    ran = _run(cut, tmp_path, far)
    assert (ran.status, far.billed) == (3, []), ran.said
    assert "--max-cost" in ran.said
    assert (_run(cut, tmp_path, far, "--yes").status, len(far.billed)) == (0, 1)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param((), "has no command to run", id="none"),
        pytest.param(("--command", "python model.py 'x {video} {output}"), "quotes are not closed", id="open quotes"),
        pytest.param(("--command", "python {video}"), "does not say where {output} goes", id="no output"),
        pytest.param(("--command", "no-such-program {video} {output}"), "no-such-program", id="no such program"),
    ],
)
def test_a_command_that_cannot_be_run_is_refused_at_once(
    cut: Path, tmp_path: Path, command: tuple[str, ...], said: str
) -> None:
    """Before anything is made, and once: not for each shot."""
    where = ("-o", tmp_path / "out.otio", "--project", tmp_path / "p.reperform")
    ran = call("run", cut, *where, "--engine", "command", *command)
    assert (ran.status, said in ran.said, (tmp_path / "p.reperform").exists()) == (2, True, False), ran.said
