"""Subtitles: read as programs of all kinds write them, and each a mark with its line where it is shown."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marked import clip, cut, gap, mark, track
from reperform.direction import Direction
from reperform.errors import InputError
from reperform.sheets.decoding import decoded
from reperform.sheets.spoken import Spoken, Wish, marks_of
from reperform.sheets.subtitles import parse
from reperform.timeline.cut import Index
from reperform.timeline.markup.edits import Add
from reperform.timing import FrameRange
from sheets.sheet_kit import applied, asked, rows, sheet

SRT = """1
00:00:00,400 --> 00:00:01,600
<i>No,</i> I never
said that.

2
00:00:02,080 --> 00:00:03,000
- Tom &amp; I
"""

VTT = """WEBVTT - a film

STYLE
::cue { color: red }

NOTE 00:00:01.000 --> 00:00:02.000
is no subtitle

intro
00:00.400 --> 00:01.600 align:start position:10%
<v.loud Mara>No, <c.yellow>I never</c> <00:00:01.000>said that.</v>

00:02.080 --> 00:03.000
TOM: Tom &amp; I
"""


def scene(start: int = 0, rate: Fraction = Fraction(25)) -> Index:
    """MARA, then BEN, 50 frames each."""
    return cut(track(clip("MARA", 100, rate=float(rate)), clip("BEN", 300, rate=float(rate))), start=start, rate=rate)


def spoken(text: str, made: Index, **wish: object) -> Spoken:
    return marks_of(parse(text, "x.srt").cues, made, asked(made), Wish(**wish))  # type: ignore[arg-type]  # as given


def at(*times: tuple[str, str, str]) -> str:
    return "\n\n".join(f"{number}\n{first} --> {last}\n{text}" for number, (first, last, text) in enumerate(times, 1))


@pytest.mark.parametrize(
    ("text", "characters"), [(SRT, (None, None)), (VTT, ("Mara", "TOM"))], ids=["SubRip", "WebVTT"]
)
def test_times_words_and_speakers_are_read(text: str, characters: tuple[str | None, str | None]) -> None:
    """Without tags, entities and dashes; WebVTT's blocks of other things are passed over."""
    first, second = parse(text, "x").cues
    assert (Fraction(2, 5), Fraction(8, 5), "No, I never said that.") == (first.start, first.end, first.text)
    assert (Fraction(52, 25), Fraction(3), "Tom & I") == (second.start, second.end, second.text)
    assert characters == (first.character, second.character)


WORDS = {
    "styling of ASS": (r"{\an8}{\i1}No.{\i0}\NNever.", "No. Never."),
    "colours": ('<font color="#ff0000">No.</font>', "No."),
    "a sound before the words": ("[door slams] No.", "No."),
    "a sound alone": ("[door slams]", ""),
    "a sound in brackets of the other kind": ("- (sighs)", ""),
    "music": ("♪ la la la ♪", ""),
    "less than": ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
    "a non-breaking space": ("No,&nbsp;never.", "No, never."),
    "a speaker in capitals": ("- MARA O'HARA: No.", "No."),
    "no speaker": ("Wait: no.", "Wait: no."),
    "right to left": ("\u202bלא\u202c", "\u202bלא\u202c"),
}


@pytest.mark.parametrize(("raw", "said"), WORDS.values(), ids=WORDS)
def test_words_are_what_is_spoken(raw: str, said: str) -> None:
    """Styling, sounds and speakers are not."""
    (found,) = parse(f"1\n00:00:01,000 --> 00:00:02,000\n{raw}\n", "x").cues
    assert said == found.text


TIMES = {
    "a dot": "00:00:01.000 --> 00:00:02.000",
    "places": "00:00:01,000 --> 00:00:02,000 X1:100 X2:200 Y1:1 Y2:2",
    "short numbers": "0:0:1,0 --> 0:0:2,0",
    "a short arrow": "00:00:01,000 -> 00:00:02,000",
}


@pytest.mark.parametrize("timing", TIMES.values(), ids=TIMES)
def test_times_are_read_in_every_spelling(timing: str) -> None:
    """One second to two."""
    (found,) = parse(f"\ufeff\r\n1\r\n{timing}\r\nNo.\r\n\r\n\r\n", "x").cues
    assert [1, 2] == [found.start, found.end]


def test_what_cannot_be_read_is_said_with_its_line() -> None:
    """And the others are read."""
    text = at(
        ("00:00:01,000", "soon", "a"), ("00:00:03,000", "00:00:02,000", "b"), ("00:99:00,000", "00:99:01,000", "c")
    )
    found = parse(f"{text}\n\n4\n00:00:05,000 --> 00:00:06,000\nd", "x")
    assert ["d"] == [each.text for each in found.cues]
    assert ["line 2", "line 6", "line 10"] == [each.partition(":")[0] for each in found.wrong]


@pytest.mark.parametrize("text", ["", "no subtitles", "WEBVTT\n\nNOTE nothing"])
def test_a_file_without_subtitles_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="holds no subtitles"):
        parse(text, "x")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_are_found_out(encoding: str) -> None:
    """By mark, by what it can only be, and else said to be guessed."""
    text = SRT.replace("never", "né Åsa über")
    found = decoded(text.encode(encoding), "x.srt")
    assert (text, encoding not in ("utf-8", "utf-8-sig", "utf-16")) == (found.text, found.guessed)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InputError, match="is no text"):
        decoded(bytes(range(256)) * 4, "x.srt")


def test_each_subtitle_is_a_mark_with_its_line() -> None:
    """On the nearest frames of the cut, on the clip that is seen; by way of the plan a row of the sheet."""
    made = scene()
    found = spoken(SRT, made, character="MARA", direction=Direction(voice="mara-studio"))
    again, done = applied(made, found.edits)
    assert ["clip", "clip"] == [edit.on for edit in done.done if isinstance(edit, Add)]
    expected = [
        ("MARA", "00:00:00:10", "00:00:01:15", "No, I never said that.", "voice: mara-studio", "MARA"),
        ("MARA", "00:00:02:02", "00:00:03:00", "Tom & I", "voice: mara-studio", "BEN"),
    ]
    assert expected == rows(sheet(again), "character", "record_in", "record_out", "line", "direction", "clip")


def test_the_same_subtitles_again_add_nothing() -> None:
    """What is there already is said."""
    made, _ = applied(scene(), spoken(SRT, scene()).edits)
    again = spoken(SRT, made)
    assert ((), 2) == (again.edits, len(again.problems))


CLOCKS = {
    "from the first frame": (90000, {}, ("00:00:00,400", "00:00:01,000"), FrameRange(10, 15)),
    "record timecode, found out": (90000, {}, ("01:00:00,400", "01:00:01,000"), FrameRange(10, 15)),
    "a clock that is said": (90000, {"starts": "10:00:00:00"}, ("10:00:00,400", "10:00:01,000"), FrameRange(10, 15)),
    "an offset": (0, {"offset": Fraction(1, 5)}, ("00:00:00,400", "00:00:01,000"), FrameRange(15, 15)),
    "an offset backward": (0, {"offset": Fraction(-2, 5)}, ("00:00:00,400", "00:00:01,000"), FrameRange(0, 15)),
}


@pytest.mark.parametrize(("start", "wish", "times", "expected"), CLOCKS.values(), ids=CLOCKS)
def test_whatever_their_clock_says(
    start: int, wish: dict[str, object], times: tuple[str, str], expected: FrameRange
) -> None:
    """An hour of timecode is an hour of subtitles."""
    (edit,) = spoken(at((*times, "No.")), scene(start), **wish).edits
    assert expected == edit.frames


@settings(max_examples=50, deadline=None)
@given(frame=st.integers(0, 90), rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)]))
def test_rounded_milliseconds_are_their_frame(frame: int, rate: Fraction) -> None:
    """At every rate, also where a millisecond lies before the frame."""
    times = [
        f"00:00:{int(at_ms // 1000):02},{int(at_ms % 1000):03}"
        for at_ms in (round(each / rate * 1000) for each in (frame, frame + 7))
    ]
    (edit,) = spoken(at((times[0], times[1], "No.")), scene(rate=rate)).edits
    assert FrameRange(frame, 7) == edit.frames


def test_overlapping_ones_end_where_the_next_begins() -> None:
    """Those that begin together are one mark; the same again, as layers of styled subtitles are, is one."""
    text = at(
        ("00:00:00,400", "00:00:01,200", "a"),
        ("00:00:00,800", "00:00:01,600", "b"),
        ("00:00:02,400", "00:00:03,000", "c"),
        ("00:00:02,400", "00:00:03,200", "d"),
        ("00:00:03,400", "00:00:03,800", "e"),
        ("00:00:03,400", "00:00:03,800", "e"),
    )
    found = spoken(text, scene())
    expected = [
        ("a", FrameRange(10, 10)),
        ("b", FrameRange(20, 20)),
        ("c d", FrameRange(60, 20)),
        ("e", FrameRange(85, 10)),
    ]
    assert expected == [(edit.direction.line, edit.frames) for edit in found.edits]
    ends, together = (each.message for each in found.problems)
    assert "subtitle 2: it overlaps the one before, which ends where it begins" == ends
    assert "subtitle 4: it begins with the one before: they are one mark" == together


def test_one_over_a_cut_stands_on_the_timeline() -> None:
    """As dialogue does that goes on over the next picture: a cue on each clip, and that is said."""
    made = scene()
    again, done = applied(made, spoken(at(("00:00:01,600", "00:00:02,400", "No.")), made).edits)
    assert ["it lies across a cut: it stands on the timeline, and is a cue on each clip"] == [
        each.message.partition(": ")[2] for each in done.problems
    ]
    assert [("MARA", "No."), ("BEN", "No.")] == rows(sheet(again), "clip", "line")


def test_what_has_no_picture_is_said_and_the_others_are_set() -> None:
    """Over black, outside of the cut, without a word."""
    made = cut(track(clip("MARA", 100), gap(50)))
    text = at(
        ("00:00:00,400", "00:00:01,000", "a"),
        ("00:00:02,400", "00:00:03,000", "b"),
        ("00:00:09,000", "00:00:10,000", "c"),
        ("00:00:01,200", "00:00:01,600", "[sighs]"),
    )
    found = spoken(text, made)
    _, done = applied(made, found.edits)
    assert ["a"] == [edit.direction.line for edit in done.done if isinstance(edit, Add)]
    assert ["row 2: no moving picture is there"] == [each.message for each in done.problems]
    assert [
        "1 of 4 subtitles hold no speech, and are left out",
        "subtitle 3: it lies outside of the cut, and is left out",
    ] == [each.message for each in found.problems]


def test_subtitles_beside_marks_that_are_there(tmp_path: Path) -> None:
    """They are added; the marks stay as they are."""
    made = cut(track(clip("MARA", 100, marks=[mark("RP: angry", 140, 5)])))
    again, _ = applied(made, spoken(at(("00:00:00,400", "00:00:01,000", "No.")), made).edits)
    assert [("", "No."), ("angry", "")] == rows(sheet(again), "direction", "line")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_no_text_makes_it_stumble(text: str, timed: bool) -> None:
    """Whatever stands in the file, it is read or refused."""
    try:
        found = parse(f"1\n00:00:01,000 --> 00:00:02,000\n{text}" if timed else text, "x")
    except InputError:
        return
    assert all(each.start < each.end for each in found.cues)
