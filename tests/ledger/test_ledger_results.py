"""Paid results: found again by what they are, not by where they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.ledger_rows import digests, paid, piece
from reperform.errors import LedgerError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Covered, Piece


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path)


def _answer(ledger: Ledger, wanted: Piece) -> list[tuple[str, int, int, int]]:
    return [
        (each.result.key, each.cue_start, each.result_start, each.frames) for each in ledger.results.answering(wanted)
    ]


def test_a_result_is_found_by_its_key(ledger: Ledger) -> None:
    """The same cue again is the same result."""
    result = paid(ledger, piece("a"))
    assert ledger.results.answering(piece("a")) == (Covered(result=result, cue_start=0, result_start=0, frames=10),)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(piece("b", range(13, 18)), [("a", 0, 3, 5)], id="inside"),
        pytest.param(piece("b", range(10, 15)), [("a", 0, 0, 5)], id="trimmed at its end"),
        pytest.param(piece("b", range(29, 30)), [("a", 0, 19, 1)], id="one frame"),
        pytest.param(piece("b", range(9, 15)), [], id="a frame before it"),
        pytest.param(piece("b", range(25, 31)), [], id="a frame past it"),
        pytest.param(piece("b", range(13, 18), voice="another voice"), [], id="another voice"),
        pytest.param(piece("b", range(13, 18), take=2), [], id="another take"),
        pytest.param(piece("b", (13, 14, 16, 17)), [], id="a frame left out"),
    ],
)
def test_a_cue_inside_a_result_is_covered(
    ledger: Ledger, wanted: Piece, expected: list[tuple[str, int, int, int]]
) -> None:
    """The same frames with the same voice against them, all of them and in order, are paid already; nothing less is."""
    paid(ledger, piece("a", range(10, 30)))
    assert _answer(ledger, wanted) == expected


def test_only_the_same_parameters_cover(ledger: Ledger) -> None:
    """Another direction, model or engine is another performance."""
    paid(ledger, piece("a", range(10, 30)))
    inside = digests(range(12, 14))
    for engine, model, parameters in (("fake", "one", "q"), ("fake", "two", "p"), ("other", "one", "p")):
        wanted = Piece(key="b", engine=engine, model=model, parameters=parameters, take_number=1, digests=inside)
        assert ledger.results.answering(wanted) == ()


def test_several_results_may_cover_a_cue_together(ledger: Ledger) -> None:
    """A long cue that was performed in overlapping parts, and is trimmed, is still paid."""
    paid(ledger, piece("first", range(100)))
    paid(ledger, piece("second", range(90, 200)))
    assert _answer(ledger, piece("b", range(5, 195))) == [("first", 0, 5, 95), ("second", 85, 0, 105)]
    assert _answer(ledger, piece("c", range(5, 201))) == []


def test_results_that_only_abut_are_not_one_performance(ledger: Ledger) -> None:
    """Two cues side by side do not answer one cue over both: nothing joins them."""
    paid(ledger, piece("first", range(100)))
    paid(ledger, piece("second", range(100, 200)))
    assert _answer(ledger, piece("b", range(50, 150))) == []


def test_frames_that_repeat_are_told_apart_by_their_run(ledger: Ledger) -> None:
    """A still picture in silence: each place that fits is tried."""
    paid(ledger, piece("a", (1, 1, 1, 2, 3)))
    assert _answer(ledger, piece("b", (1, 1, 2))) == [("a", 0, 1, 3)]


def test_a_result_never_goes_away(ledger: Ledger) -> None:
    """Not even by hand."""
    paid(ledger, piece("a"))
    with pytest.raises(LedgerError, match="never deleted"), ledger.transaction():
        ledger._connection.execute("DELETE FROM results")
    assert len(ledger.results.all()) == 1


def test_quick_keys_remember_the_most_takes(ledger: Ledger) -> None:
    """The plan asks how many takes of a cue are paid; fewer never replace more."""
    for takes in (1, 3, 2):
        ledger.results.note_quick_key("quick", takes)
    assert (ledger.results.paid_takes("quick"), ledger.results.paid_takes("other")) == (3, 0)


def test_looking_up_stays_quick_among_thousands(ledger: Ledger) -> None:
    """A lookup asks the index of frames: its plan never scans what is paid."""
    from reperform.ledger import queries

    for name in ("results_with_frame", "results_standing_for_frame", "result_by_key", "claim"):
        plan = ledger._connection.execute(
            f"EXPLAIN QUERY PLAN {queries.load()[name]}",
            dict.fromkeys(
                ("digest", "engine", "model", "parameters", "unviewed", "viewing", "take_number", "key"), "x"
            ),
        ).fetchall()
        assert [row["detail"] for row in plan if row["detail"].startswith("SCAN")] == []
