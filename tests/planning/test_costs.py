"""What is billed, by what unit, and what is not known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from planning.builders import cue, planned, shot
from reperform.model import Cost
from reperform.planning import costs


@pytest.mark.parametrize(
    ("target", "amount", "unit", "counted"),
    [
        ("sync/react-1", 0.481, "output frame at 25 fps", "72 frames × 0.167 USD a second of 25 frames"),
        ("sync/sync-3", 0.3831, "output frame at 25 fps", "72 frames × 0.133 USD a second of 25 frames"),
        ("runware/react-1", 0.4406, "second of audio", "3.003 seconds × 0.1467 USD a second of audio"),
        ("runware/sync-3", 0.3994, "second of output", "3.003 seconds × 0.133 USD a second of output"),
        ("fal", 0.5005, "second of output", "3.003 seconds × 0.1667 USD a second of output"),
        ("segmind", None, "request", "price unknown"),
        ("command", 0.0, "nothing", "it runs on this machine"),
    ],
)
def test_72_frames_at_23_976(target: str, amount: float | None, unit: str, counted: str) -> None:
    """Sync bills frames as twenty-fifths of a second, the others seconds; the basis says which, with its date."""
    cost = (
        planned(shot(cue(100, 60, emotion="sad" if target in ("fal", "segmind") else None)), target=target)
        .shots[0]
        .jobs[0]
        .cost
    )
    assert (cost.amount, cost.unit) == (amount, unit)
    assert cost.basis.startswith(counted)


def test_sync_bills_frames_and_not_seconds() -> None:
    """At 50 frames a second the same second costs twice as much as at 25."""
    slow, fast = (planned(shot(cue(100, 60), rate=Fraction(rate))).shots[0].jobs[0].cost.amount for rate in (25, 50))
    assert slow == fast == 0.481


def test_several_results_cost_several_times() -> None:
    """Runware bills each result of a task."""
    (job,) = planned(shot(cue(100, 60, takes=3)), target="runware/react-1").shots[0].jobs
    assert job.cost.amount == 1.3217
    assert job.cost.basis.startswith("3.003 seconds × 3 results × 0.1467 USD")


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], Cost(amount=0.0, basis="0 jobs")),
        ([0.25, 0.5], Cost(amount=0.75, basis="2 jobs")),
        ([0.1, 0.2], Cost(amount=0.3, basis="2 jobs")),
        ([0.25, None], Cost(amount=None, basis="$0.25 and 1 job of unknown price")),
        ([None, None], Cost(amount=None, basis="2 jobs of unknown price")),
    ],
    ids=["nothing", "known", "exactly", "partly known", "unknown"],
)
def test_totals(amounts: list[float | None], expected: Cost) -> None:
    """One unknown price makes the sum unknown, and the part that is known is said."""
    assert costs.total(Cost(amount=amount) for amount in amounts) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0.0, "$0.00"), (0.0001, "$0.01"), (0.481, "$0.48"), (1234.5, "$1,234.50"), (None, "unknown")],
)
def test_dollars(amount: float | None, expected: str) -> None:
    """Cents as people read them; what is not nothing never reads as nothing."""
    assert costs.dollars(amount) == expected
