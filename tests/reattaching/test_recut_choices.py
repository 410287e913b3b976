"""What a person chose stays chosen, in the project or in the editor; and what cannot be done is said with a way out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import opentimelineio as otio

from reattaching import editing
from reattaching.recut_kit import Room, exported
from whole.command_kit import call


def test_an_original_that_was_selected_stays_when_its_clip_moves(room: Room) -> None:
    """`select` chose the original of the first shot; its clip goes to the end, and another stands where it stood."""
    first, *second = room.takes()[:3]
    assert call("select", room.folder / "cut_RP.otio", "01:00:00:05", "original").status == 0
    made = exported(room.first_cut(), room.folder)
    editing.move(made, 1, 4)
    for _ in range(2):
        ran = room.reattach(made)
        assert ran.status == 0, ran.said
        assert [shot["chosen"] for shot in ran.json["shots"]][-1] == "original"
        assert set(second) < set(room.takes("new_RP.otio"))
        assert first not in room.takes("new_RP.otio")


def test_a_take_that_was_disabled_in_the_editor_stays_disabled(room: Room) -> None:
    """The tracks of takes came back: what they show is what was chosen, wherever the cut begins now."""
    made = exported(otio.adapters.read_from_file(str(room.folder / "cut_RP.otio")), room.folder)
    next(item for item in made.tracks[1] if isinstance(item, otio.schema.Clip)).enabled = False
    made = exported(made, room.folder)
    ran = room.reattach(made)
    assert ran.json["shots"][0]["chosen"] == "original"
    ran = room.reattach(exported(room.first_cut(), room.folder))
    assert ran.json["shots"][0]["chosen"] == "original"


def test_a_choice_among_takes_goes_to_the_longer_one(room: Room) -> None:
    """Of two takes the first was selected; the clip is made longer than both, and the first, conformed anew, is shown."""
    room.perform("--another", "V1@01:00:00:05")
    assert call("select", room.folder / "cut_RP.otio", "01:00:00:05", "take_001").status == 0
    made = exported(room.first_cut(), room.folder)
    editing.trim(made, 0, 0, -25)
    ran = room.reattach(made)
    shot = ran.json["shots"][0]
    assert [take["made"] for take in shot["takes"]] == [True, True]
    assert shot["chosen"] == shot["takes"][0]["id"]


def test_without_a_project_nothing_can_be_put_back(room: Room, tmp_path: Path) -> None:
    made = exported(room.first_cut(), room.folder)
    otio.adapters.write_to_file(made, str(tmp_path / "alone.otio"))
    ran = call("reattach", tmp_path / "alone.otio", "-o", tmp_path / "out.otio")
    assert ran.status == 2
    assert "nothing has been run in" in ran.said
    assert "--project" in ran.said
    assert not (tmp_path / "out.otio").exists()


def test_media_that_is_away_is_named_and_the_others_get_their_takes(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    made.tracks[0][1].media_reference.target_url = "/nowhere/A001.mov"
    ran = room.reattach(made)
    assert ran.status == 1
    [problem] = [problem for problem in ran.json["problems"] if problem["severity"] == "error"]
    assert problem["where"] == {"track": "V1", "clip": "A001.mov", "timecode": "01:00:00:05"}
    assert problem["message"].startswith("its takes cannot be put back")
    assert len(ran.json["shots"]) == 4
    found = room.reattach(made, "--media-root", str(room.folder))
    assert [shot["state"] for shot in found.json["shots"]] == ["attached"] * 4, found.said


def test_the_input_is_not_touched_and_again_is_the_same(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    room.reattach(made)
    new, first = (room.folder / "new.otio").read_bytes(), room.out.read_bytes()
    ran = call("reattach", room.folder / "new.otio", "-o", room.out, "--json", "--for", "resolve", "--seam", "0")
    assert ran.json["changed"] is False
    assert (new, first) == ((room.folder / "new.otio").read_bytes(), room.out.read_bytes())


def test_a_person_reads_was_is_change_and_take(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    editing.trim(made, 2, 0, -6)
    room.reattach(made)
    ran = call("reattach", room.folder / "new.otio", "-o", room.out, "--for", "resolve", "--seam", "0")
    assert ran.status == 1
    assert "B001.mov" in ran.out
    assert "was never performed: frames 42, 01:00:01:18, 6 frames" in ran.said
    assert "--fill would perform what lacks: 1 job" in ran.said


def test_a_resume_leaves_the_timeline_of_an_interrupted_fill_to_reattach(room: Room) -> None:
    """What was filled in is fetched; a cut that was changed is not written from a part of its takes."""
    room.reattach(exported(room.first_cut(), room.folder))
    written = room.out.read_bytes()
    with closing(sqlite3.connect(room.project / "ledger.sqlite")) as ledger, ledger:
        newest = "SELECT rowid FROM runs ORDER BY rowid DESC LIMIT 1"
        ledger.execute(
            f"UPDATE runs SET ended_at = NULL, writing = json_set(writing, '$.reattach', json('true')) WHERE rowid = ({newest})"
        )
    ran = call("resume", room.folder / "new.otio")
    assert ran.status == 1
    # A narrow terminal folds long paths anywhere.
    assert f"reperformreattach{room.folder / 'new.otio'}" in "".join(ran.err.split())
    assert written == room.out.read_bytes()
