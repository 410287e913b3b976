"""CMX3600 EDLs and the ALE beside one: rates found or asked for, locators, speeds, dissolves, and errors that name their line."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from adapters_in.foreign_cuts import NOWHERE, clips, edit_list, edit_list_index, index_of, marks
from reperform.errors import TimelineError
from reperform.timeline.adapters import edl
from reperform.timeline.adapters.ale import parse_ale
from reperform.timeline.dialects.edl import EdlDialect
from reperform.timing import Rate

FILM = Rate(24)
PAL = Rate(25)
NTSC = Rate(30000, 1001)

ONE = "001  A001     V     C        01:00:10:00 01:00:12:00 10:00:00:00 10:00:02:00"
TWO = "002  A002     V     C        02:00:00:00 02:00:01:12 10:00:02:00 10:00:03:12"


def test_events_stand_where_they_say() -> None:
    """The cut starts at its first record timecode; sources count in their own."""
    index = edit_list_index(ONE, "* FROM CLIP NAME:  MARA 1", TWO, rate=PAL)
    # 1:00:10:00 at 25 is 3610 × 25; 2:00:00:00 is 7200 × 25.
    expected = [("V1", "MARA 1", 0, 50, 90250.0), ("V1", "A002", 50, 37, 180000.0)]
    assert (900000, expected) == (index.cut.start_frame, clips(index))


def test_a_locator_counts_in_record_timecode() -> None:
    """10:00:01:05 is 30 frames after the start of the cut, and so 30 into its clip, whose source is an hour in."""
    index = edit_list_index(ONE, "* LOC: 10:00:01:05 RED     RP: angry, head", rate=PAL)
    (mark,) = index.markers
    assert ([("RP: angry, head", 30)], "RED", "clip") == (marks(index), mark.marker.color, mark.on)


def test_a_locator_outside_of_its_event_belongs_to_what_is_seen_there() -> None:
    """It is kept on the timeline, in record timecode."""
    index = edit_list_index(ONE, "* LOC: 10:00:02:10 GREEN   RP: sad", TWO, rate=PAL)
    assert [("RP: sad", 60)] == marks(index)


@pytest.mark.parametrize(
    ("lines", "rate", "why"),
    [
        pytest.param(["FCM: DROP FRAME", ONE], NTSC, "drops frames", id="drop-frame is 29.97"),
        pytest.param(["* FPS: 23.976", ONE], Rate(24000, 1001), "comment", id="a comment says it"),
        # Seven frames of the cut: from 20 to 2 of the next second are seven at 25 only, 25 + 2 - 20.
        pytest.param(
            ["001  A  V  C  01:00:10:20 01:00:11:02 10:00:00:00 10:00:00:07"],
            PAL,
            "only rate",
            id="its timecodes add up at one only",
        ),
    ],
)  # fmt: skip
def test_the_rate_is_found(lines: list[str], rate: Rate, why: str) -> None:
    """Where something says it, it need not be asked for; the plan says what."""
    made = edl.read(edit_list(*lines), "cut.edl", path=NOWHERE)
    index = index_of(made, EdlDialect())
    assert (rate, True) == (index.cut.rate, why in made.remarks[0].message)


def test_an_unknown_rate_is_asked_for() -> None:
    """A list whose timecodes fit several rates is refused, naming them: a second of it would be another frame at each."""
    only = "001  A  V  C  01:00:00:20 01:00:01:21 10:00:00:20 10:00:01:21"
    with pytest.raises(TimelineError, match=r"23\.976 or 24 or 25 or 29\.97 or 30 or 50 or 59\.94 or 60") as caught:
        edl.read(edit_list(only), "cut.edl", path=NOWHERE)
    assert "--rate" in (caught.value.fix or "")


@pytest.mark.parametrize(
    ("lines", "rate", "message"),
    [
        pytest.param([ONE, TWO.replace("01:12", "01:24")], FILM, "line 3: .*does not exist", id="a frame that is none"),
        pytest.param(
            [ONE, TWO.replace("10:00:03:12", "10:00:03:10")], PAL, "line 3: .*37 frames .*35", id="lengths that differ"
        ),
        pytest.param(
            ["001  A  V  C  01:00:10:12 01:00:11:10 10:00:00:00 10:00:00:23"],
            FILM,
            "at 25",
            id="lengths of another rate",
        ),
        pytest.param(["001  A001  V  C  01:00:10:00 01:00:12:00"], PAL, "line 2", id="too few timecodes"),
        pytest.param([ONE.replace(" C ", " Q ")], PAL, "line 2.*no kind of edit", id="an unknown kind"),
        pytest.param([TWO.replace(" C ", " D ")], PAL, "line 2.*how many frames", id="a dissolve without a length"),
        pytest.param(
            [ONE.replace("01:00:12:00", "01:00:08:00")], PAL, "ends before it begins", id="an end before its beginning"
        ),
        pytest.param([], PAL, "without a single event", id="nothing in it"),
    ],
)
def test_what_is_wrong_names_its_line(lines: list[str], rate: Rate, message: str) -> None:
    """A list is text: whoever reads the message can look at the line."""
    with pytest.raises(TimelineError) as caught:
        edl.read(edit_list(*lines), "cut.edl", path=NOWHERE, rate=rate)
    said = f"{caught.value.message} {caught.value.fix}"
    assert re.search(message, said), said
    assert caught.value.fix


def test_a_wrong_colour_decision_is_only_a_comment() -> None:
    """OTIO's adapter refuses the whole list for it, and for a list that begins with a transition."""
    index = edit_list_index(
        "001  BL  V  D  024  00:00:00:00 00:00:01:00 10:00:00:00 10:00:01:00", "* ASC_SOP (bad)", rate=PAL
    )
    assert [("V1", "BL", 0, 25, 0.0)] == clips(index)


@pytest.mark.parametrize(
    ("line", "m2", "speed"),
    [
        pytest.param("01:00:10:00 01:00:14:00", "M2   A001       050.0       01:00:10:00", Fraction(2), id="double"),
        pytest.param("01:00:10:00 01:00:11:00", "M2   A001       012.5       01:00:10:00", Fraction(1, 2), id="half"),
        pytest.param("01:00:10:00 01:00:10:01", "M2   A001       000.0       01:00:10:00", Fraction(0), id="frozen"),
        pytest.param("01:00:10:00 01:00:12:00", "M2   A001       -025.0      01:00:10:00", None, id="backward"),
        pytest.param("01:00:10:00 01:00:13:00", "M2   A001       050.0       01:00:10:00", None, id="not as long as it says"),
        pytest.param("01:00:10:00 01:00:12:00", "M2   OTHER      050.0       01:00:10:00", Fraction(1), id="of another reel"),
    ],
)  # fmt: skip
def test_speeds(line: str, m2: str, speed: Fraction | None) -> None:
    """M2 gives frames a second; the length in the cut stays, and what does not add up is a speed that nobody knows."""
    event = ONE.replace("01:00:10:00 01:00:12:00", line)
    (found,) = edit_list_index(event, m2, rate=PAL).clips
    assert (speed, 50) == (found.speed, found.record.frames)


def test_a_speed_is_counted_in_whole_frames_a_second() -> None:
    """M2 of 048.0 at 23.976 is 200 %, not 200.2."""
    event = ONE.replace("01:00:12:00", "01:00:14:00")
    (found,) = edit_list_index(event, "M2   A001   048.0   01:00:10:00", rate=Rate(24000, 1001)).clips
    assert Fraction(2) == found.speed


def test_a_dissolve_has_two_lines() -> None:
    """The first line, of no length, is what it comes from; the second clip starts with the dissolve, and is called by TO."""
    index = edit_list_index(
        ONE,
        "002  A001     V     C        01:00:12:00 01:00:12:00 10:00:02:00 10:00:02:00",
        "002  A002     V     D    025 02:00:00:00 02:00:02:00 10:00:02:00 10:00:04:00",
        "* FROM CLIP NAME: MARA 1",
        "* TO CLIP NAME: TOM 2",
        rate=PAL,
    )
    first, second = index.clips
    assert [("V1", "A001", 0, 50, 90250.0), ("V1", "TOM 2", 50, 50, 180000.0)] == clips(index)
    assert (Fraction(1), Fraction(0)) == (first.tail_transition, second.head_transition)


def test_drop_frame_timecode_is_counted() -> None:
    """01:00:00;00 is frame 107892; the source of the same list drops too."""
    event = "001  A001  V  C  01:00:00;00 01:00:02;00 01:00:00;00 01:00:02;00"
    made = edl.read(edit_list("FCM: DROP FRAME", event), "cut.edl", path=NOWHERE)
    assert (True, 107892) == (made.drop_frame, made.root.global_start_time.value)
    assert [("V1", "A001", 0, 60, 107892.0)] == clips(index_of(made, EdlDialect()))


@pytest.mark.parametrize(
    ("channels", "tracks"),
    [
        ("V", ["V1"]), ("B", ["V1", "A1"]), ("AA/V", ["V1", "A1", "A2"]), ("A2/V", ["V1", "A2"]), ("AA", ["A1", "A2"]), ("V2", ["V2"]),
    ],
)  # fmt: skip
def test_channels_are_tracks(channels: str, tracks: list[str]) -> None:
    """One event may be on several."""
    index = edit_list_index(ONE.replace(" V ", f" {channels} "), rate=PAL)
    assert tracks == [track.name for track in index.tracks]


def test_lists_of_old_macs_are_read() -> None:
    """Lines that end in a carriage return only."""
    made = edl.read(edit_list(ONE, TWO).replace(b"\n", b"\r"), "cut.edl", path=NOWHERE, rate=PAL)
    assert 2 == len(index_of(made, EdlDialect()).clips)


@pytest.mark.parametrize(
    ("comment", "address"),
    [
        pytest.param("* FROM CLIP: S:\\\\media\\\\A001.mov", "S:\\\\media\\\\A001.mov", id="a path"),
        pytest.param("* SOURCE FILE: A001_C002.mxf", "A001_C002.mxf", id="a file's name"),
        pytest.param("* FROM CLIP NAME: A001.mov", "A001.mov", id="a clip named for its file"),
        pytest.param("* FROM CLIP NAME: scene 1.2", None, id="a clip's name"),
    ],
)
def test_a_file_is_named_where_the_list_names_one(comment: str, address: str | None) -> None:
    """A reel is no file, and a clip's name is one only with an ending."""
    (found,) = edit_list_index(ONE, comment, rate=PAL).clips
    assert address == getattr(found.clip.media_reference, "target_url", None)


ALE = b"""Heading
FIELD_DELIM\tTABS
VIDEO_FORMAT\t1080
FPS\t23.976

Column
Name\tTape\tStart\tEnd\tSource File Path

Data
MARA 1\tA001\t01:00:00:00\t01:10:00:00\t/Volumes/Media/A001_C001.mov
TOM 2\tA002\t02:00:00:00\t02:10:00:00\t/Volumes/Media/A002_C007.mov
"""


def test_the_ale_beside_a_list_knows_its_rate_and_its_reels(tmp_path: Path) -> None:
    """By reel and timecode; the file's range is known then, too."""
    (tmp_path / "cut.ale").write_bytes(ALE)
    made = edl.read(edit_list(ONE, TWO), "cut.edl", path=tmp_path / "cut.edl")
    index = index_of(made, EdlDialect())
    found = [clip.clip.media_reference for clip in index.clips]
    addresses = ["/Volumes/Media/A001_C001.mov", "/Volumes/Media/A002_C007.mov"]
    assert (Rate(24000, 1001), addresses) == (index.cut.rate, [one.target_url for one in found])
    # Ten minutes of 24 numbers a second from 01:00:00:00.
    assert (86400, 14400) == (found[0].available_range.start_time.value, found[0].available_range.duration.value)


def test_an_ale_without_columns_is_none() -> None:
    """So nothing is read from it."""
    with pytest.raises(ValueError, match="no columns"):
        parse_ale(b"Heading\nFPS\t25\n", "x.ale")
