"""A cue sheet that came back: what differs from the timeline is changed, and all that is wrong with it is said at once."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marked import clip, cut, mark, track
from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.errors import InputError
from reperform.sheets import csv_file
from reperform.sheets.decoding import decoded
from reperform.sheets.rows import COLUMNS, plain_direction
from reperform.timeline.cut import Index
from reperform.timeline.markup.edits import Add, Change, Remove
from reperform.timing import FrameRange
from sheets.sheet_kit import applied, returned, rows, sheet


def scene() -> Index:
    """MARA 0 to 50, BEN 50 to 100, from an hour on at 25 fps."""
    mara = clip("MARA", 100, 50, marks=[mark("RP: MARA", 110, 20, note="angry")])
    ben = clip("BEN", 300, 50, marks=[mark("RP: sad, head", 305)])
    return cut(track(mara, ben), start=90000)


def csv_of(made: Index, **changed: dict[str, str]) -> str:
    """The sheet with other cells, by cue number."""
    text = csv_file.written(sheet(made))
    table = csv_file.parse(text, "cues.csv")
    lines = [",".join(COLUMNS)]
    for number, cells in enumerate(table.rows, 1):
        values = {**cells.values, **changed.get(f"cue_{number}", {})}
        lines.append(",".join(f'"{values[name]}"' for name in COLUMNS))
    return "\r\n".join(lines)


def test_a_sheet_that_nobody_changed_changes_nothing() -> None:
    """Not even the spelling of a mark."""
    made = scene()
    assert () == returned(csv_file.written(sheet(made), bom=True), made).edits


def test_what_was_changed_is_changed_and_the_rest_stays() -> None:
    """Direction and line of one, in and out of the other."""
    made = scene()
    text = csv_of(
        made,
        cue_1={"direction": "surprised, face", "line": "No, I never said that."},
        cue_2={"record_in": "01:00:02:10", "record_out": "01:00:03:00"},
    )
    again, done = applied(made, returned(text, made).edits)
    assert [Change, Change] == [type(edit) for edit in done.done]
    expected = [
        ("MARA", "01:00:00:10", "01:00:01:05", "No, I never said that.", "surprised, face"),
        ("", "01:00:02:10", "01:00:03:00", "", "sad, head"),
    ]
    assert expected == rows(sheet(again), "character", "record_in", "record_out", "line", "direction")


def test_a_row_without_an_id_is_a_new_mark() -> None:
    """On the picture that is seen then; a second time it is there already."""
    made = scene()
    row = "\r\n,MARA,01:00:01:10,01:00:01:20,No.,happy"
    text = "id,character,record_in,record_out,line,direction" + row
    again, done = applied(made, returned(text, made).edits)
    (add,) = done.done
    assert isinstance(add, Add)
    assert (FrameRange(35, 10), "clip") == (add.frames, add.on)
    assert ("MARA", "No.", "happy") == rows(sheet(again), "character", "line", "direction")[1]
    assert () == returned(text, again).edits


def test_what_is_not_on_the_sheet_stays() -> None:
    """And is said."""
    made = scene()
    found = returned("id,line\r\nV1@01:00:00:00#1,No.", made)
    assert ["not on the sheet, and left as they are: V1@01:00:02:00#1"] == [each.message for each in found.problems]
    assert 1 == len(found.edits)


WRONG = {
    "an unknown cue": ("V1@01:00:09:00#1,,,", "row 2: there is no cue V1@01:00:09:00#1 in this timeline"),
    "an unknown word": ("V1@01:00:00:00#1,,,angri", "row 2: direction: “angri” is not known"),
    "no timecode": ("V1@01:00:00:00#1,soon,,angry", "row 2: record_in: “soon” is not a timecode (HH:MM:SS:FF)"),
    "a frame that does not exist": (
        "V1@01:00:00:00#1,01:00:00:30,,angry",
        "row 2: record_in: “01:00:00:30” does not exist at 25 frames a second",
    ),
    "a time of a spreadsheet": ("V1@01:00:00:00#1,,0.0416782,angry", "row 2: record_out: “0.0416782” is not a timecode (HH:MM:SS:FF)"),
    "a time with hundredths": (
        "V1@01:00:00:00#1,01:00:00.40,,angry",
        "row 2: record_in: “01:00:00.40” does not exist at 25 frames a second",
    ),
    "an end before its beginning": (
        "V1@01:00:00:00#1,01:00:01:00,01:00:00:20,angry",
        "row 2: it ends (01:00:00:20) before it begins (01:00:01:00)",
    ),
    "outside of the cut": (",02:00:00:00,,angry", "row 2: 02:00:00:00- lies outside of the cut"),
    "a new row without a place": (",,,angry", "row 2: it has no record_in"),
    "a new row that asks for nothing": (",01:00:00:00,,", "row 2: it asks for nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_row(row: str, said: str) -> None:
    """As a spreadsheet counts rows."""
    found = returned(f"id,record_in,record_out,direction\r\n{row}", scene())
    wrong = [each for each in found.problems if each.severity == "error"]
    assert [said] == [each.message for each in wrong]
    assert all(each.fix for each in wrong)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Every row, and every word of it; the same cue twice, too."""
    lines = [
        "id,direction,record_in",
        "V1@01:00:00:00#1,angri,soon",
        "V1@01:00:00:00#1,sad,",
        "x,happy,",
        ",,",
        ",sda,01:00:00:00",
    ]
    found = returned("\n".join(lines), scene())
    assert ["row 2", "row 2", "row 3", "row 4", "row 6"] == [
        each.message.partition(":")[0] for each in found.problems if each.severity == "error"
    ]


def test_unknown_columns_are_left_alone_and_said() -> None:
    """With the one that may be meant."""
    found = returned("id;Lines;Actor\nV1@01:00:00:00#1;x;y", scene())
    remarks = [each.message for each in found.problems if each.message.startswith("row 1")]
    assert [
        "row 1: the column “Lines” is not known, and is left alone; did you mean line?",
        "row 1: the column “Actor” is not known, and is left alone",
    ] == remarks


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2", "id,id\n1,2", 'id,line\n"open'])
def test_what_is_no_cue_sheet_is_refused(text: str) -> None:
    """With a way out, and never a traceback."""
    with pytest.raises(InputError) as refused:
        csv_file.parse(text, "cues.csv")
    assert refused.value.fix


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("ID;Dialogue;TC In", "V1@01:00:00:00#1;No.;01:00:00:12"),
        ("sep=;\nid;line;record in", "V1@01:00:00:00#1;No.;01:00:00:12"),
        ("Cue ID\tText\tStart", "V1@01:00:00:00#1\tNo.\t01:00:00:12"),
    ],
    ids=["semicolons", "Excel's own first line", "tabs"],
)
def test_what_other_programs_make_of_a_sheet_is_read(head: str, row: str) -> None:
    """Other separators, other names of the columns."""
    (edit,) = returned(f"{head}\n{row}\n", scene()).edits
    assert isinstance(edit, Change)
    assert edit.direction is not None
    assert ("No.", FrameRange.between(12, 30)) == (edit.direction.line, edit.frames)


SAVED = {
    "Excel, semicolons and its own letters": (";", "\r\n", "cp1252", False),
    "Excel, Unicode text": ("\t", "\r\n", "utf-16", False),
    "Excel, UTF-8 with its mark": (",", "\r\n", "utf-8-sig", False),
    "Numbers": (";", "\n", "utf-8", False),
    "LibreOffice, every cell in quotes": (",", "\n", "utf-8", True),
    "an old one, carriage returns": ("\t", "\r", "cp1252", False),
}


@pytest.mark.parametrize(("delimiter", "ending", "encoding", "quoted"), SAVED.values(), ids=SAVED)
@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "with a line"])
def test_a_sheet_is_the_same_whoever_saved_it(
    delimiter: str, ending: str, encoding: str, quoted: bool, changed: bool
) -> None:
    """Columns in another order, one of the person's own among them, a cell of two lines, letters, quotes and separators."""
    made = cut(
        track(
            clip("MARA", 100, 50, marks=[mark("RP: MARA", 110, 20, note="angry; voice: x; line: Nö; nie, 'süß' – no")])
        ),
        start=90000,
    )
    table = csv_file.parse(csv_file.written(sheet(made)), "cues.csv")
    columns = [*reversed(COLUMNS[:5]), "Studio", *COLUMNS[5:]]
    line = "Doch, „immer“;\tja?"
    written = io.StringIO()
    quotes: dict[str, Any] = {"quoting": csv.QUOTE_ALL} if quoted else {}
    writer: Any = csv.writer(written, delimiter=delimiter, lineterminator=ending, **quotes)
    writer.writerow(columns)
    for cells in table.rows:
        own = {**cells.values, "Studio": f"Wien{ending}B"} | ({"line": line} if changed else {})
        writer.writerow([own[name] for name in columns])
    text = decoded(written.getvalue().encode(encoding), "cues.csv").text
    found = returned(text, made)
    assert [] == [each.message for each in found.problems if each.severity != "note"]
    said = [edit.direction.line for edit in found.edits if isinstance(edit, Change) and edit.direction]
    assert said == ([line.replace("\t", " ")] if changed else [])


def test_a_mark_over_a_cut_becomes_one_a_clip_where_they_are_no_longer_alike() -> None:
    """The timeline's mark goes; each clip has its own, with what the sheet says of it."""
    made = cut(track(clip("MARA", 100), clip("BEN", 300)), marks=[mark("RP: angry", 40, 20)])
    text = csv_of(made, cue_2={"direction": "sad"})
    again, done = applied(made, returned(text, made).edits)
    assert [Remove, Add, Add] == [type(edit) for edit in done.done]
    assert [("angry", "MARA"), ("sad", "BEN")] == rows(sheet(again), "direction", "clip")


def test_a_mark_over_a_cut_stays_one_where_both_are_changed_alike() -> None:
    """Its words are changed, and it stands where it stood."""
    made = cut(track(clip("MARA", 100), clip("BEN", 300)), marks=[mark("RP: angry", 40, 20)])
    text = csv_of(made, cue_1={"direction": "sad"}, cue_2={"direction": "sad"})
    again, done = applied(made, returned(text, made).edits)
    assert [Change] == [type(edit) for edit in done.done]
    assert 1 == len(again.markers)


def test_marks_that_repeat_one_another_are_changed_together() -> None:
    """On the picture, and again on its sound."""
    marks = [mark("RP: angry", 110, 20)]
    twin = track(clip("MARA", 100, marks=[mark("RP: angry", 110, 20)]), audio=True)
    made = cut(track(clip("MARA", 100, marks=marks)), twin)
    again, _ = applied(made, returned(csv_of(made, cue_1={"direction": "sad"}), made).edits)
    assert ["sad"] == [row.direction for row in sheet(again).rows]
    assert 2 == len(again.markers)


_TEXT = st.text(max_size=30)
_DIRECTIONS = st.builds(
    Direction,
    emotion=st.sampled_from([None, *EMOTIONS]),
    region=st.sampled_from([None, *REGIONS]),
    sync=st.sampled_from([None, *SYNC_MODES]),
    temperature=st.sampled_from([None, 0.0, 0.5, 1.0]),
    takes=st.sampled_from([None, 1, 4]),
    line=st.none() | _TEXT,
    voice=st.sampled_from([None, "tom-studio"]),
    character=st.none() | _TEXT | st.sampled_from(["MARA", "Head", "=1+1", "-", "RP: sad", "O'Brien, the elder"]),
    note=st.none() | _TEXT,
).map(plain_direction)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_sheet_to_marks_to_sheet_is_the_same_sheet(data: Any) -> None:
    """Marks of any words at any frames, written from a sheet into a bare cut: read back by way of the plan, it is that sheet."""
    pieces = data.draw(st.lists(st.tuples(st.integers(0, 8), st.integers(2, 9), _DIRECTIONS), min_size=1, max_size=4))
    edits, position = [], 0
    for before, length, direction in pieces:
        start = position + before
        if any(value is not None for _, value in direction) and (start % 50) + length <= 50 and start + length <= 150:
            edits.append(Add(frames=FrameRange(start, length), direction=direction))
        position = start + length
    first, done = applied(_bare(), edits)
    assert [] == [each.message for each in done.problems if each.severity == "error"]
    wanted = sheet(first)
    assert len(edits) == len(wanted.rows)
    without_ids = _without_ids(csv_file.written(wanted))
    bare = _bare()
    second, _ = applied(bare, returned(without_ids, bare).edits)
    assert wanted == sheet(second)
    assert () == returned(csv_file.written(wanted), first).edits


def _bare() -> Index:
    clips = [clip(name, 100 * number, 50) for number, name in enumerate(("A", "B", "C"), 1)]
    return cut(track(*clips), start=90000)


def _without_ids(text: str) -> str:
    table = csv_file.parse(text, "cues.csv")
    lines = [",".join(COLUMNS)]
    for cells in table.rows:
        values = {**cells.values, "id": ""}
        lines.append(",".join('"' + csv_file.guarded(values[name]).replace('"', '""') + '"' for name in COLUMNS))
    return "\r\n".join(lines)
