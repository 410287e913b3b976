"""What a paid result stands for on other media of the same pictures."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.ledger_rows import digests, paid, piece
from reperform.ledger import adopting, queries
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


def _through(view: str, frames: range) -> Piece:
    """Of media that are sent through a view: by all else it is what was paid."""
    plain = piece("b", frames)
    return replace(plain, parameters=f"{plain.parameters} through {view}", viewing=view, unviewed=plain.parameters)


def test_what_is_laid_in_through_a_view_is_paid_through_that_view_alone(ledger: Ledger, tmp_path: Path) -> None:
    """Also where it was laid in without before, by mistake: both stand. Another ledger adopts the view with it."""
    wanted = [piece("b", range(115, 120)), _through("lut", range(115, 120)), _through("other", range(115, 120))]
    assert [bool(_answer(ledger, each)) for each in wanted] == [True, False, False]
    assert ledger.results.stand_for("a", 2, digests(range(112, 130)), viewing="lut")
    assert not ledger.results.stand_for("a", 2, digests(range(112, 130)), viewing="lut")
    assert [bool(_answer(ledger, each)) for each in wanted] == [True, True, False]
    [result] = ledger.results.all()
    with Ledger.open(tmp_path / "y.reperform") as other:
        adopting.adopt(other, adopting.document(ledger, result.attempt_id), origin="x")
        assert [bool(_answer(other, each)) for each in wanted] == [True, True, False]


def test_what_an_earlier_version_noted_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ledger is brought to today's shape with all that stands in it."""
    known = queries.migrations()
    with monkeypatch.context() as patch, closing(Ledger.open(tmp_path / "new.reperform")) as new:
        patch.setattr(queries, "migrations", lambda: known[:3])
        with Ledger.open(tmp_path / "x.reperform") as old:
            paid(old, piece("a", range(10, 30)))
            seen = digests(range(112, 130))
            columns = (seen.frames, seen.picture, seen.voice)
            old._connection.execute(
                "INSERT INTO stand_ins (cue_key, first_frame, frames, picture, voice) VALUES ('a', 2, ?, ?, ?)", columns
            )
            for position in range(seen.frames):
                row = (seen.frame(position), position)
                old._connection.execute("INSERT INTO stand_in_frames VALUES (?, 1, ?)", row)
        shape = "SELECT type, name FROM sqlite_schema ORDER BY name"
        meant = [tuple(row) for row in new._connection.execute(shape)]
    with Ledger.open(tmp_path / "x.reperform") as ledger:
        assert _answer(ledger, piece("b", range(115, 120))) == [("a", 0, 5, 5)]
        assert [tuple(row) for row in ledger._connection.execute(shape)] == meant
        assert ledger._connection.execute("PRAGMA foreign_key_check").fetchall() == []
        [result] = ledger.results.all()
        assert "stands for 18 frames of other media" in [event.what for event in ledger.events("result", result.id)]


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
