"""`cues` and `mark` from the shell, on the sample cut, before it is run and after."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from marking.markable import without_markers
from reperform.sheets.rows import COLUMNS
from sample_scene import Ran
from whole.command_kit import call

CUT = "the_letter.otio"
OUT = "the_letter_RP.otio"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_sheet_before_anything_was_run(scene: Path) -> None:
    """Every cue, planned; nothing is written and no project is made."""
    before = sorted(scene.iterdir())
    ran = call("cues", scene / CUT, "--csv")
    rows = table(ran.out)
    assert (0, 11, list(COLUMNS)) == (ran.status, len(rows), list(rows[0]))
    assert {"planned"} == {row["status"] for row in rows}
    first = rows[0]
    assert ("MARA", "01:00:00:00", "01:00:02:12", "A001C003.mov", "14:22:11:00", "14:22:13:12", "angry", "V1@01:00:00:00#1") == tuple(
        first[name] for name in ("character", "record_in", "record_out", "source", "source_in", "source_out", "direction", "id")
    )  # fmt: skip
    assert before == sorted(scene.iterdir())


def test_a_sheet_of_out_says_what_stands(typed: tuple[Path, dict[str, Ran]]) -> None:
    """Takes by name, and what a person chose; of the timeline that was run it says the same of takes."""
    rows = call("cues", typed[0] / "demo" / OUT, "--json").json["cues"]
    status = {row["clip"]: (row["status"], row["take"]) for row in rows}
    assert ("original", "original") == status["Mara asks"]
    assert ("preview", "B002C007_14254018_RP001_PREVIEW.mov") == status["Tom denies it"]
    before = call("cues", typed[0] / "demo" / CUT, "--json").json["cues"]
    assert [row["status"] for row in rows] == [row["status"] for row in before]


def test_cues_without_their_media_are_on_the_sheet(scene: Path, tmp_path: Path) -> None:
    """With the timecodes of the timeline, and why they cannot be performed."""
    alone = tmp_path / "alone" / CUT
    alone.parent.mkdir()
    alone.write_bytes((scene / CUT).read_bytes())
    ran = call("cues", alone, "--csv")
    row = table(ran.out)[0]
    assert (0, "problem", "14:22:11:00", "") == (ran.status, row["status"], row["source_in"], row["id"])
    assert "there is no such file" in row["problem"]


def test_a_page_has_a_picture_a_cue(scene: Path, tmp_path: Path) -> None:
    """In one file, of its own."""
    page = tmp_path / "cues.html"
    ran = call("cues", scene / CUT, "-o", page, "--only", "Mara asks", "--only", "Tom denies it")
    text = page.read_text(encoding="utf-8")
    assert (0, 2) == (ran.status, text.count('src="data:image/jpeg;base64,'))
    assert "Wrote" in ran.out


def test_an_edited_sheet_goes_back_into_the_marks(scene: Path) -> None:
    """First listed, then written; all but the marks is as it was, and the new sheet is the edited one."""
    sheet = scene / "cues.csv"
    assert 0 == call("cues", scene / CUT, "-o", sheet, "--bom").status
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfreel,cue,")
    text = sheet.read_text(encoding="utf-8-sig").replace(",angry,,planned", ',"sad, head",,planned', 1)
    sheet.write_text(text.replace("01:00:02:22", "01:00:03:00", 1), encoding="utf-8")
    listed = call("mark", scene / CUT, "--from-sheet", sheet)
    assert (0, True) == (listed.status, "Nothing was written: give OUT with -o." in listed.out)
    assert "was: angry" in listed.said
    ran = call("mark", scene / CUT, "--from-sheet", sheet, "-o", scene / "marked.otio", "--json")
    assert [("changed", "V1@01:00:00:00#1"), ("changed", "V1@01:00:02:12#1")] == [
        (each["change"], each["id"]) for each in ran.json["changes"]
    ]
    again = table(call("cues", scene / "marked.otio", "--csv").out)
    wanted = table(sheet.read_text(encoding="utf-8"))
    kept = ("character", "record_in", "record_out", "line", "direction", "note", "id")
    assert [[row[name] for name in kept] for row in wanted] == [[row[name] for name in kept] for row in again]
    assert without_markers(scene / CUT).is_equivalent_to(without_markers(scene / "marked.otio"))


def test_what_is_wrong_with_a_sheet_changes_nothing(scene: Path) -> None:
    """All of it with its rows, exit 2."""
    (scene / "cues.csv").write_text("id,direction\nV1@01:00:00:00#1,angri\nx,sad\n")
    ran = call("mark", scene / CUT, "--from-sheet", scene / "cues.csv", "-o", scene / "marked.otio")
    assert (2, False) == (ran.status, (scene / "marked.otio").exists())
    assert "row 2" in ran.err
    assert "row 3" in ran.err


def test_marks_are_added_changed_and_removed(scene: Path) -> None:
    """Each by its name; the input stays."""
    before = (scene / CUT).read_bytes()
    one, two, three = (scene / name for name in ("1.otio", "2.otio", "3.otio"))
    added = call(
        "mark", "add", scene / CUT, "-o", one, "--at", "01:00:02:13-01:00:02:20", "--character", "TOM", "angry, head"
    )
    assert (0, True) == (added.status, "1 added" in added.out), added.err
    changed = call("mark", "change", one, "01:00:02:15", "sad", "--clear", "region", "-o", two)
    assert (0, True) == (changed.status, "1 changed" in changed.out), changed.err
    marks = call("mark", "list", two, "--json").json["marks"]
    assert {"emotion": "sad", "character": "TOM"} == next(
        m["direction"] for m in marks if m["record_in"] == "01:00:02:13"
    )
    removed = call("mark", "remove", two, "V1@01:00:02:12#1", "-o", three)
    assert (0, True) == (removed.status, "1 removed" in removed.out), removed.err
    assert call("mark", scene / CUT).out == call("mark", three).out
    assert before == (scene / CUT).read_bytes()


def test_subtitles_become_cues(scene: Path) -> None:
    """With the words that are spoken, the character and what is asked for all of them."""
    (scene / "x.srt").write_bytes("1\n00:00:02,545 --> 00:00:02,900\nNé.\n".encode("cp1252"))
    words = ("--from-subtitles", scene / "x.srt", "--character", "TOM", "--direction", "voice: tom-studio")
    ran = call("mark", scene / CUT, *words, "-o", scene / "s.otio")
    assert (0, True) == (ran.status, "read as Windows-1252" in ran.err)
    row = next(row for row in table(call("cues", scene / "s.otio", "--csv").out) if row["line"] == "Né.")
    assert ("01:00:02:13", "TOM", "voice: tom-studio") == (row["record_in"], row["character"], row["direction"])


WRONG = {
    "no such mark": (["mark", "remove", CUT, "nobody"], "“nobody” is no mark"),
    "several marks": (["mark", "remove", CUT, "MARA"], "means"),
    "no direction": (["mark", "add", CUT, "--at", "01:00:00:00"], "would ask for nothing"),
    "a misspelt direction": (["mark", "add", CUT, "--at", "01:00:00:00", "angri"], "did you mean angry"),
    "outside of the cut": (["mark", "add", CUT, "--at", "02:00:00:00", "sad"], "lies outside of the cut"),
    "no timecode": (["mark", "add", CUT, "--at", "soon", "sad"], "Write record timecode"),
    "no such track": (["mark", "add", CUT, "--at", "01:00:00:00", "--track", "V9", "sad"], "there is no track V9"),
    "onto the input": (["mark", "add", CUT, "--at", "01:00:00:00", "sad", "-o", CUT], "never written"),
    "another format": (["mark", "add", CUT, "--at", "01:00:00:00", "sad", "-o", "x.xml"], "Write to x.otio"),
    "no such sheet": (["mark", CUT, "--from-sheet", "no.csv"], "cannot be read"),
    "no subtitles": (["mark", CUT, "--from-subtitles", CUT], "holds no subtitles"),
    "no key": (["mark", "change", CUT, "Mara asks", "--clear", "x"], "there is no such key"),
    "a sheet onto the timeline": (["cues", CUT, "--csv", "-o", CUT], "never written"),
    "a sheet of no kind": (["cues", CUT, "-o", "cues.xyz"], "does not say in which form"),
    "an odd number of words": (["select", CUT, "a"], "each CLIP needs a TAKE"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_call_is_told_what_to_do(
    sample: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """Exit 2, one error with a way out, nothing written."""
    monkeypatch.chdir(sample)
    before = sorted(sample.iterdir())
    ran = call(*words)
    assert (2, 1) == (ran.status, ran.err.count("error:")), ran.said
    assert said in ran.said
    assert "→" in ran.err
    assert before == sorted(sample.iterdir())


def test_several_takes_are_chosen_at_once(typed: tuple[Path, dict[str, Ran]], tmp_path: Path) -> None:
    """All of them or none: pairs, a range, everything."""
    out = tmp_path / OUT
    out.write_bytes((typed[0] / "demo" / OUT).read_bytes())
    ran = call("select", out, "all", "original", "01:00:00:00-01:00:05:00", "1")
    assert 0 == ran.status, ran.err
    plays = {line.split(" “")[0]: line.rpartition("now plays ")[2] for line in ran.out.splitlines()}
    assert 8 == len(plays)
    assert 2 == sum("preview_001" in each for each in plays.values())
    before = out.read_bytes()
    assert 2 == call("select", out, "Mara asks", "1", "Tom denies it", "9").status
    assert before == out.read_bytes()


def test_status_of_some_only(typed: tuple[Path, dict[str, Ran]]) -> None:
    """By clip, character, record timecode, state; a word that means nothing is told what there is."""
    demo = typed[0] / "demo"
    whole = call("status", demo / OUT, "--json").json["attempts"]
    for word in ("Mara asks", "01:00:00:10", "01:00:00:00-01:00:00:05", "V1@01:00:00:00"):
        some = call("status", demo / OUT, "--only", word, "--json").json["attempts"]
        assert {"Mara asks"} == {each["clip"] for each in some}
    assert len(whole) == len(call("status", demo / OUT, "--only", "fetched", "--json").json["attempts"])
    wrong = call("status", demo / OUT, "--only", "nobody")
    assert (2, True) == (wrong.status, "There are:" in wrong.err)


def test_json_of_the_sheet_is_one_document(scene: Path) -> None:
    ran = call("cues", scene / CUT, "--json")
    assert "" == ran.err
    assert {"version", "timeline", "cues", "totals"} == json.loads(ran.out).keys()
