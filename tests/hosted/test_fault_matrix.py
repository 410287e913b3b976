"""Every fault, in every phase, at every engine: a right state, one bill, and no result lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from hosted.hosted_kit import ENGINES, PATHS, Hosting, impatient
from reperform.emulator.faults import OF_JOBS, OF_REQUESTS, OF_RESULTS

ANGRY = ("RP: angry", 3, 6)

BY_ENGINE = {way.engine: way for way in reversed(PATHS) if "react" in way.model}
VALUES = {"slow": "0.3", "clock_skew": "3600", "short": "1", "long": "1", "rate": "30", "raster": "120"}
REQUEST_PHASES = ("upload", "submit", "poll", "result", "download")
FINISHED = {"fetched"}
ENDED = {"rejected", "failed", "unknown", "expired"}
LEAVES = {"planned", "prepared", "uploaded", "submitted", "finished"}
"""Where an attempt may stand between two runs: the next goes on from there."""


@dataclass(frozen=True)
class Case:
    engine: str
    phase: str
    kind: str
    lasting: bool = False
    """Until the faults are cleared; else once."""

    @property
    def name(self) -> str:
        return f"{self.engine}: {self.kind} at {self.phase}{', lasting' if self.lasting else ''}"

    @property
    def value(self) -> str | None:
        return "0.05" if self.kind.startswith("429") else VALUES.get(self.kind)


def cases() -> list[Case]:
    """All there are; those of `cancel` and jobs that are stuck have proofs of their own."""
    requests = [*product(ENGINES, REQUEST_PHASES, OF_REQUESTS)]
    jobs = product(ENGINES, ("submit", "poll"), [kind for kind in OF_JOBS if kind != "stuck"])
    results = product(ENGINES, ("result",), OF_RESULTS)
    lost = [*product(("sync", "runware", "fal"), ("reconcile",), OF_REQUESTS)]
    lasting = [Case(*each, lasting=True) for each in (*requests, *lost)]
    return [*(Case(*each) for each in (*requests, *jobs, *results, *lost)), *lasting]


def prove(case: Case, hosting: Hosting) -> str:
    """Runs the cut with the fault, then plainly, then with all that a person may ask for. How the plain run left it."""
    way, emulator = BY_ENGINE[case.engine], hosting.emulator
    hosting.write(marks=[ANGRY])
    if case.phase == "reconcile":
        emulator.fault(case.engine, "submit", "drop_after")
    emulator.fault(case.engine, case.phase, case.kind, None if case.lasting else 1, value=case.value)
    first = hosting.run(way)
    between = hosting.states()
    assert set(between) <= FINISHED | ENDED | LEAVES
    assert first.status in (0, 1, 2, 4), first.said
    assert first.status or between[-1] == "fetched"
    assert hosting.bills() <= 1
    emulator.clear_faults()
    plain = first if first.status == 0 else hosting.run(way)
    if hosting.states()[-1] in ("submitted", "finished"):  # it cannot be found, which is believed an hour later
        assert (case.kind, "reperform resume" in plain.said) == ("expired", True), plain.said
        with impatient():
            plain = hosting.run(way)
    left, billed = hosting.states()[-1], hosting.bills()
    assert billed <= 1
    if plain.status == 0:
        assert (left, billed) == ("fetched", 1)
    elif case.kind in OF_RESULTS or (case.kind, case.lasting) == ("short_file", True):  # paid, kept, and said to be bad
        assert (left, billed, "--another" in plain.said) == ("fetched", 1, True)
        return "fetched 1, and said to be bad"
    else:
        assert left in ENDED, plain.said
        assert not billed or may_be_lost(case, left), plain.said
        says_the_way_out(plain.said, left)
        asked = hosting.run(way, "--retry-failed", "--resubmit-unknown")
        assert asked.status == 0, asked.said
        plain = asked
        assert hosting.bills() == billed + 1
    hosting.prove_takes(plain.json)
    assert emulator.leaks == []
    return f"{left} {billed}"


def may_be_lost(case: Case, left: str) -> bool:
    """Whether a result that was paid may end so: the engine says that it is gone, or can tell nobody what arrived."""
    return (left == "expired" and case.kind == "expired") or (left == "unknown" and case.engine == "segmind")


def says_the_way_out(said: str, state: str) -> None:
    assert ("--resubmit-unknown" if state == "unknown" else "--retry-failed") in said


FETCHED = "fetched 1"
SAMPLE = {
    "sync": {
        "submit": {"drop_after": FETCHED, "500_after": FETCHED, "html": FETCHED, "410": "rejected 0",
                   "failed_temporary": FETCHED},
        "upload": {"406": FETCHED, "private_address": FETCHED},
        "poll": {"429_array": FETCHED, "expired": "expired 1", "content_block": "rejected 0"},
        "download": {"truncated": FETCHED},
        "reconcile": {"503": FETCHED},
    },
    "runware": {
        "submit": {"drop_after": FETCHED, "429_single": FETCHED, "410": "failed 0"},
        "upload": {"garbage": FETCHED},
        "poll": {"failed": "failed 0"},
        "result": {"rate": "fetched 1, and said to be bad"},
        "download": {"401": FETCHED, "short_file": FETCHED, "expired": "expired 1"},
    },
    "segmind": {
        "submit": {"drop_after": "unknown 1", "drop_before": "unknown 0", "429": FETCHED},
        "upload": {"402": FETCHED},
        "poll": {"expired": "expired 1", "500": FETCHED},
        "result": {"short": FETCHED, "black": "fetched 1, and said to be bad"},
        "download": {"garbage_after": FETCHED},
    },
    "fal": {
        "submit": {"drop_after": FETCHED, "502": "unknown 0", "other_json": FETCHED},
        "poll": {"402": FETCHED, "failed_temporary": FETCHED},
        "result": {"504": FETCHED, "private_address": FETCHED},
        "download": {"403": FETCHED},
        "reconcile": {"other_json": FETCHED},
    },
}  # fmt: skip
"""How each is left by the run with the fault and a plain one after it, and what had been billed by then."""
CHOSEN = [
    (Case(engine, phase, kind), outcome)
    for engine, phases in SAMPLE.items()
    for phase, kinds in phases.items()
    for kind, outcome in kinds.items()
]
CHOSEN += [
    (Case(*each, lasting=True), FETCHED)
    for each in (
        ("sync", "poll", "other_json"), ("sync", "poll", "404"), ("runware", "submit", "other_json"),
        ("segmind", "result", "404"), ("segmind", "download", "403"), ("fal", "result", "404"),
    )
]  # fmt: skip


EVERY_OTHER = [
    pytest.param(*each, id=each[0].name, marks=[pytest.mark.slow] if number % 2 else [])
    for number, each in enumerate(CHOSEN)
]


@pytest.mark.parametrize(("case", "outcome"), EVERY_OTHER)
def test_a_fault_is_paid_once_and_loses_nothing(case: Case, outcome: str, hosting: Hosting) -> None:
    """What can be known is known, and what is paid is fetched; what is not says how to go on, and that goes on."""
    assert prove(case, hosting) == outcome


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_fault_everywhere(case: Case, hosting: Hosting) -> None:
    """All of them: at most one bill before anybody asks for another, and a way on from everywhere."""
    prove(case, hosting)


@pytest.mark.parametrize("engine", ["segmind", "fal"])
def test_resume_speaks_of_the_unknown_and_sends_it_anew_when_told(engine: str, hosting: Hosting) -> None:
    """It never takes its own session for another process, and ends the run once the request is sent anew."""
    hosting.write(marks=[ANGRY])
    hosting.emulator.fault(engine, "submit", "drop_before")
    assert hosting.run(BY_ENGINE[engine]).status != 0
    plain = hosting.resume()
    assert (plain.status, hosting.bills(), "another reperform" in plain.said) == (1, 0, False)
    assert "--resubmit-unknown" in plain.said
    told = hosting.resume("--resubmit-unknown")
    assert (told.status, hosting.states(), hosting.bills()) == (0, ["unknown", "fetched"], 1), told.said
