"""SIGKILL while `reattach --fill` performs and writes: what is billed is billed once, and the cut that comes of it is whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import opentimelineio as otio
import pytest

from hosted.conftest import emulator, hosting, hurried, media, running
from hosted.hosted_kit import PATHS, RATE, Hosting
from hosted.killing import Nursery
from whole import cut_kit as cut
from whole.command_kit import Ran, call, slow

__all__ = ["emulator", "hosting", "hurried", "media", "running"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")

OUT = "new_RP.otio"
MOMENTS = {
    "before it is sent": "SELECT count(*) > 1 FROM attempts WHERE state <> 'planned'",
    "as it is sent": "SELECT count(*) FROM attempts WHERE state = 'submitting'",
    "between submit and result": "SELECT count(*) FROM attempts WHERE state IN ('submitted', 'finished')",
    "when the result is kept": "SELECT count(*) > 1 FROM results",
    "when its take is numbered": "SELECT count(*) > 1 FROM takes",
    "when its take is made": "SELECT count(*) > 1 FROM takes WHERE document IS NOT NULL",
    "when the cut is written": f"SELECT count(*) FROM outputs WHERE path LIKE '%{OUT}'",
}
"""What the ledger says at each."""
OFTEN = ("between submit and result", "when its take is made")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


@pytest.fixture
def longer(hosting: Hosting) -> Path:
    """Twelve frames from cut to cut, paid for; the cut shows four more now."""
    hosting.write(first=4, frames=12, marks=[("RP: angry", 4, 12)])
    assert hosting.run(PATHS[0]).status == 0
    assert hosting.bills() == 1
    return hosting.write(first=4, frames=16, marks=[], name="longer.otio")


def says(question: str) -> Callable[[Path], bool]:
    """Whether the ledger answers yes, asked from outside."""

    def asked(project: Path) -> bool:
        try:
            with closing(sqlite3.connect(f"file:{project}/ledger.sqlite?mode=ro", uri=True)) as ledger:
                return bool(ledger.execute(question).fetchone()[0])
        except sqlite3.OperationalError:
            return False

    return asked


def order(hosting: Hosting, longer: Path) -> tuple[str | Path, ...]:
    out = hosting.folder / OUT
    return ("reattach", longer, "-o", out, "--json", "--fill", "--yes", "--base-url", hosting.emulator.base_url)


def prove(hosting: Hosting, ran: Ran) -> None:
    """One more bill than before; every frame is performed, in a take that stands in the cut."""
    assert (ran.status, hosting.bills()) == (0, 2), ran.said
    [shot] = ran.json["shots"]
    assert (shot["state"], shot["missing"], ran.json["fill"]) == ("attached", [], None)
    assert sorted(set(hosting.states()) - {"cancelled"}) == ["fetched"]
    played = cut.play(hosting.folder / OUT, rate=RATE, frames=16)
    assert [shown and shown.number for shown in played] == list(range(4, 20))
    assert {shown and shown.file for shown in played} == {Path(shot["takes"][-1]["path"]).name}


@pytest.mark.parametrize(
    "by_resume", [pytest.param(True, id="then resumed"), pytest.param(False, id="then asked again")]
)
@pytest.mark.parametrize("moment", [moment if moment in OFTEN else slow(moment) for moment in MOMENTS])
def test_killed(hosting: Hosting, nursery: Nursery, longer: Path, moment: str, by_resume: bool) -> None:
    """Whoever goes on: nothing is paid twice, no half-written cut is left, and the same command ends it."""
    log, wanted = hosting.folder / "log", order(hosting, longer)
    was_killed = nursery.killed(wanted, log=log, project=hosting.project, when=says(MOMENTS[moment]))
    out = hosting.folder / OUT
    if out.exists():
        otio.adapters.read_from_file(str(out))
    if by_resume:
        resumed = call("resume", longer, "--json", "--yes")
        # A resume performs and fetches; the cut is written by `reattach` alone, and it says so.
        assert resumed.status == 0 or f"reperform reattach {longer} -o {out}" in resumed.said, resumed.said
        assert hosting.bills() == 2
    prove(hosting, call(*wanted))
    before = out.read_bytes()
    prove(hosting, call(*wanted))
    assert out.read_bytes() == before
    if not was_killed:
        pytest.skip("it had ended before it could be killed")
