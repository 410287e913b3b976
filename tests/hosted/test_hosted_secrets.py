"""Keys and signed addresses stand nowhere, and an engine's answer leads them nowhere."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hosted.hosted_kit import ENGINES, PATHS, Hosting, Way
from hosted.test_fault_matrix import BY_ENGINE

REACTS = [way for way in PATHS if "react" in way.model]


def secrets_in(hosting: Hosting, *texts: str, ledger: bool = True) -> list[str]:
    """Where one was found: in a text, or in any file of the cut, of the project or of the user's folders."""
    secrets = [each.encode() for each in hosting.emulator.secrets() if each]
    assert secrets
    found = [f"text {number}" for number, text in enumerate(texts) for each in secrets if each in text.encode()]
    homes = {value for name, value in os.environ.items() if name.startswith("XDG_")}
    files = [path for folder in {str(hosting.folder), *homes} for path in Path(folder).rglob("*") if path.is_file()]
    for path in files:
        if ledger or "ledger.sqlite" not in path.name:
            found += [str(path) for each in secrets if each in path.read_bytes()]
    return found


@pytest.mark.parametrize("way", PATHS, ids=lambda way: way.name)
def test_nothing_that_is_secret_is_written(way: Way, hosting: Hosting) -> None:
    """Neither said with -vv, nor in the work, the project, the timeline, or the ledger once the result is kept."""
    hosting.write(marks=[("RP: angry", 3, 6)])
    ran = hosting.run(way, "-vv")
    assert ran.status == 0, ran.said
    assert len(ran.err.splitlines()) > 5
    assert (secrets_in(hosting, ran.out, ran.err), hosting.emulator.leaks) == ([], [])


@pytest.mark.parametrize("way", REACTS, ids=lambda way: way.engine)
@pytest.mark.parametrize(
    ("phase", "kind"), [("submit", "400"), ("upload", "401"), ("poll", "failed"), ("download", "expired")]
)
def test_errors_say_nothing_that_is_secret(way: Way, phase: str, kind: str, hosting: Hosting) -> None:
    """What an engine refuses, and what fails; the ledger still has addresses then."""
    hosting.write(marks=[("RP: angry", 3, 6)])
    hosting.emulator.fault(way.engine, phase, kind, times=None)
    ran = hosting.run(way, "-vv")
    assert ran.status in (1, 2, 4), ran.said
    assert secrets_in(hosting, ran.out, ran.err, ledger=False) == []


@pytest.mark.parametrize("way", REACTS, ids=lambda way: way.engine)
def test_a_crash_says_nothing_that_is_secret(way: Way, hosting: Hosting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole traceback is said with -vv."""
    from reperform.engines import get

    async def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(type(get(way.engine)), "fetch", broken)
    hosting.write(marks=[("RP: angry", 3, 6)])
    ran = hosting.run(way, "-vv")
    assert (ran.status, "a mistake of ours" in ran.err, "Traceback" in ran.err) == (1, True, True), ran.said
    assert secrets_in(hosting, ran.out, ran.err, ledger=False) == []
    monkeypatch.undo()


HOSTILE = [
    (engine, phase, kind)
    for engine in ENGINES
    for phase, kind in (
        ("submit", "stranger_address"), ("poll", "private_address"), ("result", "private_address"),
        ("upload", "stranger_address"), ("poll", "redirect"), ("download", "redirect"),
    )
]  # fmt: skip


EVERY_OTHER = [
    pytest.param(*each, id="-".join(each), marks=[pytest.mark.slow] if (number + number // 6) % 2 else [])
    for number, each in enumerate(HOSTILE)
]


@pytest.mark.parametrize(("engine", "phase", "kind"), EVERY_OTHER)
def test_an_answer_leads_no_key_astray(engine: str, phase: str, kind: str, hosting: Hosting) -> None:
    """Addresses on another host or a private network, and redirects: no key goes there, nothing private is asked, at once."""
    way, emulator = BY_ENGINE[engine], hosting.emulator
    hosting.write(marks=[("RP: angry", 3, 6)])
    emulator.fault(engine, phase, kind, times=None)
    begun = time.monotonic()
    ran = hosting.run(way, "--wait", "3")
    assert time.monotonic() - begun < 12
    assert emulator.leaks == []
    assert secrets_in(hosting, ran.out, ran.err, ledger=False) == []
    emulator.clear_faults()
    again = hosting.run(way) if ran.status else ran
    if again.status:
        billed = {"failed": 0, "expired": 1, "unknown": 1}[hosting.states()[-1]]
        assert (hosting.bills(), "--re" in again.said) == (billed, True)
        return
    assert (hosting.bills(), emulator.leaks) == (1, [])
