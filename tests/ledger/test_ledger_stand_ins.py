"""What a paid result stands for on other media of the same pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.ledger_rows import digests, paid, piece
from reperform.ledger import adopting
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Piece


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Frames 10 to 30 are paid; other media show 12 to 30 of them as its frames 112 to 130."""
    ledger = Ledger.open(tmp_path / "x.reperform")
    paid(ledger, piece("a", range(10, 30)))
    assert ledger.results.stand_for("a", 2, digests(range(112, 130)))
    return ledger


def _answer(ledger: Ledger, wanted: Piece) -> list[tuple[str, int, int, int]]:
    return [
        (each.result.key, each.cue_start, each.result_start, each.frames) for each in ledger.results.answering(wanted)
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(piece("b", range(112, 130)), [("a", 0, 2, 18)], id="all of it"),
        pytest.param(piece("b", range(115, 120)), [("a", 0, 5, 5)], id="inside"),
        pytest.param(piece("b", range(15, 20)), [("a", 0, 5, 5)], id="the media it was paid on"),
        pytest.param(piece("b", range(111, 120)), [], id="a frame before it"),
        pytest.param(piece("b", range(125, 131)), [], id="a frame past it"),
        pytest.param(piece("b", range(115, 120), voice="another voice"), [], id="another voice"),
        pytest.param(piece("b", range(115, 120), take=2), [], id="another take"),
    ],
)
def test_frames_of_other_media_are_answered(
    ledger: Ledger, wanted: Piece, expected: list[tuple[str, int, int, int]]
) -> None:
    """By the frames of the result that were performed for the same pictures, under the same parameters, and no others."""
    assert _answer(ledger, wanted) == expected


def test_noting_it_again_changes_nothing(ledger: Ledger) -> None:
    """A conform that is repeated says nothing new; the event stands once."""
    assert not ledger.results.stand_for("a", 2, digests(range(112, 130)))
    [result] = ledger.results.all()
    said = [event.what for event in ledger.events("result", result.id)]
    assert said.count("stands for 18 frames of other media") == 1


def test_another_ledger_adopts_it_with_the_result(ledger: Ledger, tmp_path: Path) -> None:
    """Also where it knows the result already; a document of an earlier version, without stand-ins, is read as well."""
    [result] = ledger.results.all()
    document = adopting.document(ledger, result.attempt_id)
    with Ledger.open(tmp_path / "y.reperform") as other:
        earlier = {name: value for name, value in document.items() if name != "stand_ins"}
        adopting.adopt(other, earlier, origin="x")
        assert _answer(other, piece("b", range(115, 120))) == []
        adopting.adopt(other, document, origin="x")
        assert _answer(other, piece("b", range(115, 120))) == [("a", 0, 5, 5)]


def test_the_other_machines_of_a_shared_project_learn_it(ledger: Ledger, tmp_path: Path) -> None:
    """Although they have adopted the result before; what they know is not told twice."""
    [result] = ledger.results.all()
    document = adopting.document(ledger, result.attempt_id)
    with Ledger.open(tmp_path / "shared.reperform", "shared") as other:
        beside = other.layout.results / result.attempt_id / "attempt.json"
        beside.parent.mkdir(parents=True)
        learned = []
        for published in ({**document, "stand_ins": []}, document, document):
            beside.write_text(json.dumps(published))
            news = list(other.shares.published())
            for each in news:
                adopting.adopt(other, each, origin="another machine")
            learned.append((len(news), _answer(other, piece("b", range(115, 120)))))
    assert learned == [(1, []), (1, [("a", 0, 5, 5)]), (0, [("a", 0, 5, 5)])]
