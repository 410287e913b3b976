"""Numbers of takes are given out once, and a take is known by what it was made of."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from reperform.errors import LedgerError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Performed, TakeRow
from reperform.timing import FrameRange

WHOLE = FrameRange(0, 100)
PERFORMED = (Performed(in_frame=10, frames=5, result_id="r.0", anchor=4),)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path)


def _number(ledger: Ledger, identity: str, covers: FrameRange = WHOLE, stem: str = "A001") -> TakeRow:
    return ledger.takes.number(
        identity,
        stem=stem,
        source_identity="source",
        clock="media",
        covers=covers,
        performed=PERFORMED,
        settings="s",
        file_of=lambda number: f"takes/{stem}_{covers.start:08}_RP{number:03}.mov",
    )


def test_the_same_making_is_the_same_take(ledger: Ledger) -> None:
    """A take that was numbered, and then died, goes on under its number."""
    first = _number(ledger, "one")
    assert _number(ledger, "one") == first
    assert (first.number, first.id, first.performed) == (1, "A001_00000000_RP001", PERFORMED)


def test_numbers_are_never_given_out_twice(tmp_path: Path) -> None:
    """Not after a take that was never made, and not by another run."""
    with Ledger.open(tmp_path) as ledger:
        _number(ledger, "never made")
    with Ledger.open(tmp_path) as ledger:
        assert _number(ledger, "next").number == 2
        with pytest.raises(LedgerError, match="never given out again"), ledger.transaction():
            ledger._connection.execute("DELETE FROM takes")


@pytest.mark.parametrize(
    ("covers", "stem", "number"),
    [
        pytest.param(FrameRange(50, 100), "A001", 2, id="overlapping: reel and timecode must tell them apart"),
        pytest.param(FrameRange(100, 50), "A001", 1, id="elsewhere in the same reel"),
        pytest.param(FrameRange(50, 100), "a001", 2, id="the same name to a file system that ignores case"),
        pytest.param(FrameRange(50, 100), "B002", 1, id="another reel"),
    ],
)
def test_numbers_count_among_takes_that_could_be_confused(
    ledger: Ledger, covers: FrameRange, stem: str, number: int
) -> None:
    """Takes of one reel that overlap in time never share a number; all others begin at 1."""
    _number(ledger, "one")
    assert _number(ledger, "two", covers, stem).number == number


def test_a_file_that_is_there_is_passed_over(ledger: Ledger) -> None:
    """Takes of another project on shared storage are not overwritten."""
    ledger.layout.takes.mkdir()
    (ledger.layout.takes / "A001_00000000_RP001.mov").write_bytes(b"someone's")
    assert _number(ledger, "one").number == 2


def test_threads_get_numbers_of_their_own(ledger: Ledger) -> None:
    """One ledger, many threads."""
    rows: list[TakeRow] = []
    threads = [threading.Thread(target=lambda n=n: rows.append(_number(ledger, f"take {n}"))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.number for row in rows) == list(range(1, 9))


def test_only_finished_takes_are_listed(ledger: Ledger) -> None:
    """A number alone is no take."""
    _number(ledger, "begun")
    made = _number(ledger, "made")
    ledger.takes.finish(made, '{"take": 1}')
    assert [(row.id, row.document) for row in ledger.takes.of_source("source")] == [(made.id, '{"take": 1}')]
    assert [event.what for event in ledger.events("take", made.id)] == ["numbered", "made"]


def test_the_newest_choice_that_overlaps_counts(ledger: Ledger) -> None:
    """A choice is for a range of a source: it holds for a shot that was trimmed, not for another shot of the reel."""
    take = _number(ledger, "one")
    ledger.choices.choose("source", FrameRange(10, 50), None)
    ledger.choices.choose("source", FrameRange(12, 40), take.id)
    ledger.choices.choose("source", FrameRange(200, 50), None)
    chosen = [
        ledger.choices.chosen("source", visible)
        for visible in (FrameRange(20, 5), FrameRange(55, 5), FrameRange(90, 5))
    ]
    assert [each and (each.in_frame, each.take_id) for each in chosen] == [(12, take.id), (10, None), None]


def test_a_choice_for_one_use_of_a_clip_is_not_one_for_another(ledger: Ledger) -> None:
    """Where both are in the cut; a choice whose shot is gone from there goes with the frames."""
    take, frames = _number(ledger, "one"), FrameRange(0, 50)
    ledger.choices.choose("source", frames, take.id, shot="V1@01:00:00:00")
    ledger.choices.choose("source", frames, None, shot="V1@01:00:02:00")
    uses = {"V1@01:00:00:00", "V1@01:00:02:00", "V1@01:00:04:00"}
    found = [ledger.choices.chosen("source", frames, shot=shot, others=uses) for shot in sorted(uses)]
    moved = ledger.choices.chosen("source", frames, shot="V1@01:00:09:00", others={"V1@01:00:09:00"})
    assert [each and each.take_id for each in (*found, moved)] == [take.id, None, None, None]
    assert [each is None for each in (*found, moved)] == [False, False, True, False]


def test_only_a_take_can_be_chosen(ledger: Ledger) -> None:
    """A name that is no take is refused by the database."""
    with pytest.raises(LedgerError, match="FOREIGN KEY"):
        ledger.choices.choose("source", FrameRange(0, 1), "no such take")
