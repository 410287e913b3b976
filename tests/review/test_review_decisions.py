"""Decisions: each at once in the ledger, undoable, and in the timeline after Save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.ledger.ledger import Ledger
from reperform.model import PlanSettings
from reperform.review.serving import Review
from reperform.settings import Settings
from reperform.timeline.index import build
from reperform.timeline.marks import sort_markers
from reperform.timeline.reading import read
from review.review_kit import Visitor, decision, reviewed, takes
from whole.scene import Scene

A, B = "V1@01:00:00:00", "V1@01:00:01:15"
OUT = Path("/project/cut_RP.otio")


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with Ledger.open(tmp_path / "x.reperform") as opened:
        yield opened


@pytest.mark.parametrize(
    ("done", "circled"),
    [
        pytest.param([("take_1", "circle")], "take_1", id="a circle"),
        pytest.param([("take_1", "circle"), ("take_2", "circle")], "take_2", id="only the last circle of a shot"),
        pytest.param([("take_1", "circle"), ("take_1", "uncircle")], None, id="a circle taken off"),
        pytest.param([("take_1", "circle"), ("take_1", "reject")], None, id="what is rejected is not circled"),
        pytest.param([("take_1", "reject"), ("take_1", "circle")], "take_1", id="what is circled is not rejected"),
        pytest.param([("take_1", "circle"), ("take_2", "reject")], "take_1", id="another's rejection changes nothing"),
        pytest.param([("take_1", "circle"), ("original", "circle")], "original", id="the original can be circled"),
    ],
)
def test_one_version_of_a_shot_is_circled(ledger: Ledger, done: list[tuple[str, Any]], circled: str | None) -> None:
    """The last circle of a shot counts, until it is taken off or what it stands on is rejected."""
    for version, action in done:
        ledger.decisions.decide(OUT, shot=A, version=version, action=action)
    verdicts = ledger.decisions.verdicts(OUT)
    found = [version for (_, version), verdict in verdicts.items() if verdict.circled]
    assert ([circled] if circled else []) == found
    assert not any(verdict.circled and verdict.rejected for verdict in verdicts.values())


def test_what_is_undone_can_be_done_again_until_something_new_is_decided(ledger: Ledger) -> None:
    """Undo goes back one by one, redo forward in the same order; a new decision ends that."""
    decisions = ledger.decisions
    ids = [decisions.decide(OUT, shot=A, version=name, action="reject").id for name in ("one", "two", "three")]
    undone = [decisions.undo(OUT), decisions.undo(OUT)]
    assert [ids[2], ids[1]] == [each.id for each in undone if each]
    redone = decisions.redo(OUT)
    assert redone is not None
    assert ids[1] == redone.id
    decisions.decide(OUT, shot=A, version="four", action="reject")
    assert decisions.redo(OUT) is None
    assert ["one", "two", "four"] == [each.version for each in decisions.standing(OUT)]


def test_timelines_of_one_project_are_decided_on_apart(ledger: Ledger) -> None:
    """What is decided of one timeline is not decided of another with the same shots, and not undone with it."""
    ledger.decisions.decide(OUT, shot=A, version="take_1", action="circle")
    other = OUT.with_name("other.otio")
    assert {} == ledger.decisions.verdicts(other)
    assert ledger.decisions.undo(other) is None


def test_a_note_stands_at_its_frame_and_can_be_taken_off(copy: Scene) -> None:
    """A note has the record timecode of its frame, and goes when it is taken off."""
    with reviewed(copy) as review:
        visitor = Visitor(review)
        take = takes(visitor.shot(B))[0]
        notes = decision(visitor.decide(B, take, "note", frame=12, text=" too much "), take)["notes"]
        assert [(12, "01:00:02:02", "too much")] == [(note["frame"], note["timecode"], note["text"]) for note in notes]
        after = visitor.decide(B, take, "unnote", note=notes[0]["id"])
        assert [] == decision(after, take)["notes"]
        undone = visitor.post("/api/undo").json()
        assert (B, "Preview 1 the note taken off, B001") == (undone["shot"], undone["undone"])
        assert 1 == len(decision(visitor.shot(B), take)["notes"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"action": "dance"}, "“dance” is nothing that can be decided", id="no action"),
        pytest.param({"version": "x", "action": "circle"}, "there is no version “x”", id="no version"),
        pytest.param({"shot": "x", "action": "circle"}, "there is no shot “x”", id="no shot"),
        pytest.param({"action": "note", "text": "  "}, "a note needs words", id="an empty note"),
        pytest.param({"action": "note", "text": "x" * 5000}, "a note has at most", id="a book"),
        pytest.param({"action": "note", "text": "x", "frame": 40}, "frame 40 is none of", id="a frame after the shot"),
        pytest.param({"action": "note", "text": "x", "frame": True}, "frame True is none of", id="no number"),
        pytest.param({"action": "unnote", "note": 7}, "there is no such note", id="no note"),
        pytest.param({"action": 3}, "“action” is missing", id="no words"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(visitor: Visitor, asked: dict[str, Any], said: str) -> None:
    """Nothing of it reaches the ledger."""
    answer = visitor.post("/api/decide", **{"shot": A, "version": "original", **asked})
    assert 400 == answer.status_code
    assert answer.json()["message"].startswith(said)
    assert visitor.cut()["saved"]


def test_a_saved_circle_stands_in_the_timeline(copy: Scene) -> None:
    """Read back with OTIO alone, the circled version is active; markers say what was decided; the version before is kept."""
    with reviewed(copy) as review:
        visitor = Visitor(review)
        take = takes(visitor.shot(A))[0]
        visitor.decide(A, "original", "circle")
        visitor.decide(A, take, "note", frame=10, text="angry")
        visitor.decide(B, takes(visitor.shot(B))[0], "circle")
        assert ("original", False) == (visitor.shot(A)["chosen"], visitor.cut()["saved"])
        before = copy.out.read_bytes()
        saved = visitor.post("/api/save").json()
        assert (True, "original") == (visitor.cut()["saved"], visitor.shot(A)["in_cut"])
        assert {"path": str(copy.out), "previous": str(copy.folder / "cut_RP.1.otio"), "left": []} == saved
        assert before == (copy.folder / "cut_RP.1.otio").read_bytes()
    timeline: Any = otio.adapters.read_from_file(str(copy.out))
    a, b = timeline.find_clips()
    assert ("DEFAULT_MEDIA", True) == (a.active_media_reference_key, b.active_media_reference_key.startswith("preview"))
    notes = [(marker.name, marker.comment, marker.color) for marker in a.markers if marker.name.startswith("Review")]
    assert [("Review: circled Original", "", "GREEN"), ("Review: note on Preview 1", "angry", "YELLOW")] == notes
    frames = [marker.marked_range.start_time.value - a.source_range.start_time.value for marker in a.markers]
    assert [0, 10] == frames[1:]


def test_what_a_save_has_marked_asks_for_nothing(copy: Scene) -> None:
    """A note that reads like a direction is no mark, and a second Save puts no marker twice."""
    with reviewed(copy) as review:
        visitor = Visitor(review)
        take = takes(visitor.shot(A))[0]
        visitor.decide(A, take, "note", frame=3, text="RP: angry")
        visitor.post("/api/save")
        visitor.decide(A, take, "circle")
        visitor.post("/api/save")
    marks, _ = sort_markers(build(read(copy.out)), PlanSettings(marker_colors=("RED", "YELLOW", "GREEN")))
    assert ["RP: angry", "RP: sad"] == [mark.text for mark in marks]
    timeline: Any = otio.adapters.read_from_file(str(copy.out))
    assert 3 == len(next(iter(timeline.find_clips())).markers)


def test_a_file_that_someone_else_changed_is_not_written(copy: Scene) -> None:
    """Save says so; once it is read anew, what was decided is saved."""
    with reviewed(copy) as review:
        visitor = Visitor(review)
        visitor.decide(A, "original", "circle")
        copy.out.write_bytes(copy.out.read_bytes() + b"\n")
        theirs = copy.out.read_bytes()
        refused = visitor.post("/api/save")
        assert (409, True) == (refused.status_code, refused.json()["changed"])
        assert theirs == copy.out.read_bytes()
        assert 200 == visitor.post("/api/read").status_code
        assert 200 == visitor.post("/api/save").status_code
        assert "original" == visitor.shot(A)["in_cut"]


def test_what_is_saved_holds_for_the_next_run(copy: Scene) -> None:
    """The project remembers the choice, as of `select`."""
    with reviewed(copy) as review:
        visitor = Visitor(review)
        visitor.decide(A, "original", "circle")
        visitor.post("/api/save")
    with Ledger.open(copy.project) as ledger:
        events = [event.what for event in ledger.events_after() if event.subject == "choice"]
    assert ["chose the original"] == events


def test_a_killed_server_has_lost_nothing(copy: Scene) -> None:
    """What was answered is in the ledger, whatever happens to the server then."""
    command = [sys.executable, "-m", "reperform", "review", str(copy.out), "--no-browser", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        import json

        said = json.loads(server.stdout.readline())
        visitor = Visitor.at(said["base_url"], said["url"])
        take = takes(visitor.shot(A))[0]
        visitor.decide(A, take, "reject")
        os.kill(server.pid, signal.SIGKILL)
    with reviewed(copy) as review:
        assert decision(Visitor(review).shot(A), take)["rejected"]


def test_a_take_that_failed_a_check_cannot_be_circled(copy: Scene) -> None:
    """It would not go into the timeline; the refusal names the check."""
    import sqlite3

    with sqlite3.connect(copy.project / "ledger.sqlite") as connection:
        connection.execute("DROP TRIGGER IF EXISTS take_made")
        connection.execute(
            "UPDATE takes SET document = json_set(document, '$.checks[0].passed', json('false')) WHERE stem LIKE 'A001%'"
        )
    connection.close()
    with Review(copy.out, Settings(project=copy.project)) as review:
        visitor = Visitor(review)
        take = takes(visitor.shot(A))[0]
        answer = visitor.post("/api/decide", shot=A, version=take, action="circle")
        assert 400 == answer.status_code
        assert answer.json()["message"].startswith("Preview 1 cannot be put into the cut: it failed “")
