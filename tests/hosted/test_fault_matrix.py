"""Every fault, in every phase, at every engine: a right state, one bill, and no result lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hosted.hosted_kit import ENGINES, PATHS, Hosting
from reperform.emulator.faults import OF_JOBS, OF_REQUESTS, OF_RESULTS

BY_ENGINE = {way.engine: way for way in reversed(PATHS) if "react" in way.model}
VALUES = {"slow": "0.3", "clock_skew": "3600", "short": "1", "long": "1", "rate": "30", "raster": "120"}
REQUEST_PHASES = ("upload", "submit", "poll", "result", "download")
FINISHED = {"fetched"}
ENDED = {"rejected", "failed", "unknown", "expired"}
LEAVES = {"planned", "prepared", "uploaded", "submitted", "finished"}
"""Where an attempt may stand between two runs: the next goes on from there."""
ADRIFT = {"drop_after", "garbage_after", "other_json", "html", "truncated", "redirect", "garbage", "drop_before",
          "500", "502", "503", "504", "500_after", "502_after", "503_after", "504_after", "outcome_unknown"}  # fmt: skip
"""After these at the submit nobody knows, if the engine cannot be asked."""


@dataclass(frozen=True)
class Case:
    engine: str
    phase: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.engine}: {self.kind} at {self.phase}"

    @property
    def value(self) -> str | None:
        return "0.05" if self.kind.startswith("429") else VALUES.get(self.kind)


def cases() -> list[Case]:
    """All there are."""
    requests = product(ENGINES, REQUEST_PHASES, OF_REQUESTS)
    jobs = product(ENGINES, ("submit", "poll"), [kind for kind in OF_JOBS if kind != "stuck"])
    results = product(ENGINES, ("result",), OF_RESULTS)
    lost = product(("sync", "runware", "fal"), ("reconcile",), OF_REQUESTS)
    return [Case(*each) for each in (*requests, *jobs, *results, *lost)]


def prove(case: Case, hosting: Hosting) -> str:
    """Runs the cut with the fault, then plainly, then with all that a person may ask for. How the plain run left it."""
    way, emulator = BY_ENGINE[case.engine], hosting.emulator
    hosting.write(marks=[("RP: angry", 3, 6)])
    if case.phase == "reconcile":
        emulator.fault(case.engine, "submit", "drop_after")
    emulator.fault(case.engine, case.phase, case.kind, value=case.value)
    first = hosting.run(way)
    between = hosting.states()
    assert set(between) <= FINISHED | ENDED | LEAVES
    assert first.status in (0, 1, 2, 4), first.said
    assert first.status or between[-1] == "fetched"
    assert hosting.bills() <= 1
    emulator.clear_faults()
    plain = first if first.status == 0 else hosting.run(way)
    left, billed = hosting.states()[-1], hosting.bills()
    assert billed <= 1
    if plain.status == 0:
        assert (left, billed) == ("fetched", 1)
    elif case.kind in ("black", "frozen"):  # paid, kept, and said to be bad
        assert (left, billed, "--another" in plain.said) == ("fetched", 1, True)
        return "kept, and said to be bad"
    else:
        assert left in ENDED, plain.said
        says_the_way_out(plain.said, left)
        asked = hosting.run(way, "--retry-failed", "--resubmit-unknown")
        assert asked.status == 0, asked.said
        plain = asked
        assert hosting.bills() == billed + 1
    hosting.prove_takes(plain.json)
    assert emulator.leaks == []
    return f"{'/'.join(between)}>{left} {billed}"


def says_the_way_out(said: str, state: str) -> None:
    assert ("--resubmit-unknown" if state == "unknown" else "--retry-failed") in said
