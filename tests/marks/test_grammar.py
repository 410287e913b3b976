"""The grammar of a mark's text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, AudioReference, Direction
from reperform.grammar import LONGEST, Misread, format_direction, parse_mark


def asked(text: str) -> dict[str, Any]:
    """What a text asks for; an empty direction is empty. Fails where it is not understood."""
    parsed = parse_mark(text)
    assert parsed.problems == ()
    assert parsed.direction is not None
    return parsed.direction.model_dump(exclude_none=True)


def wrong(text: str) -> list[tuple[str, str]]:
    parsed = parse_mark(text)
    assert parsed.direction is None
    return [(problem.message, problem.fix) for problem in parsed.problems]


DESIGN = {
    "angry": {"emotion": "angry"},
    "sad, head, 0.8": {"emotion": "sad", "region": "head", "temperature": 0.8},
    "surprised; region: face; takes: 2": {"emotion": "surprised", "region": "face", "takes": 2},
    "emotion: angry": {"emotion": "angry"},
    "line: No, I never said that.": {"line": "No, I never said that."},
    "audio: adr/mara_012.wav @ 2.5-6.0": {"audio": {"path": "adr/mara_012.wav", "start": "2.5", "end": "6.0"}},
    "audio: A3": {"audio": {"track": "A3"}},
    "note: she already knows  # and this is a comment": {"note": "she already knows"},
}


@pytest.mark.parametrize("text", DESIGN)
def test_every_example_of_the_design_is_understood(text: str) -> None:
    assert asked(text) == DESIGN[text]


FRIENDLY = {
    "words in any case": ("ANGRY, Head", {"emotion": "angry", "region": "head"}),
    "commas, semicolons and new lines separate": (
        "sad; face,\ntakes: 3\r\nsync: loop",
        {"emotion": "sad", "region": "face", "takes": 3, "sync": "loop"},
    ),
    "key=value": ("emotion=sad, takes=2", {"emotion": "sad", "takes": 2}),
    "mode means region": ("mode: lips", {"region": "lips"}),
    "a sync mode with a space or a hyphen": ("sync: cut off", {"sync": "cut_off"}),
    "a sync mode as a word": ("angry, bounce", {"emotion": "angry", "sync": "bounce"}),
    "a temperature without its zero": (".5", {"temperature": 0.5}),
    "a temperature as a key": ("temperature: 1", {"temperature": 1.0}),
    "empty items count for nothing": ("angry,, ;\n\n", {"emotion": "angry"}),
    "nothing": ("", {}),
    "only a comment": ("# to do", {}),
    "a comment after a word": ("angry # or sad?", {"emotion": "angry"}),
    "a number sign before a digit is no comment": ("line: We are #1.", {"line": "We are #1."}),
    "the same key twice with one value": ("angry, emotion: angry", {"emotion": "angry"}),
    "speaker by pixels": ("speaker: 640 360", {"speaker": (640, 360)}),
    "speaker by pixels with a comma": ("speaker: 640, 360, sad", {"emotion": "sad", "speaker": (640, 360)}),
    "speaker by pixels with ×": ("speaker: 640×360", {"speaker": (640, 360)}),
    "speaker auto": ("speaker: Auto", {"speaker": "auto"}),
    "occlusion on": ("occlusion: on", {"occlusion": True}),
    "occlusion off": ("occlusion: OFF", {"occlusion": False}),
    "engine and model": ("engine: sync, model: sync-3", {"engine": "sync", "model": "sync-3"}),
    "boxes, consent, character, voice": (
        "boxes: b.json; consent: signed 2024; character: MARA; voice: Rachel",
        {"voice": "Rachel", "boxes": "b.json", "character": "MARA", "consent": "signed 2024"},
    ),
}


@pytest.mark.parametrize("case", FRIENDLY)
def test_a_direction_is_friendly_text(case: str) -> None:
    text, expected = FRIENDLY[case]
    assert asked(text) == expected


QUOTED = {
    'line: "No, I never said that."': {"line": "No, I never said that."},
    "line: “No, I never said that.”  # firmly": {"line": "No, I never said that."},
    "line: ‘I can’t’": {"line": "I can’t"},
    "line: 'tis nothing": {"line": "'tis nothing"},
    'line: "No," she said, "never."': {"line": '"No," she said, "never."'},
    "angry, line: Go; now, # not later": {"emotion": "angry", "line": "Go; now,"},
    'note: "softly, then, loud"; sad': {"note": "softly, then, loud", "emotion": "sad"},
    'note: she said "no, never", sad': {"note": 'she said "no, never"', "emotion": "sad"},
    'note: "say ""no"""': {"note": 'say "no"'},
    "note: don't, sad": {"note": "don't", "emotion": "sad"},
    'note: "#3"': {"note": "#3"},
    "„angry“, »head«": {"emotion": "angry", "region": "head"},
}


@pytest.mark.parametrize("text", QUOTED)
def test_quotes_are_optional_and_of_any_kind(text: str) -> None:
    assert asked(text) == QUOTED[text]


AUDIO = {
    "a.wav": {"path": "a.wav"},
    "a.wav @ 2.5": {"path": "a.wav", "start": "2.5"},
    "a.wav @ -6": {"path": "a.wav", "end": "6"},
    "a.wav@2.5-6.0": {"path": "a.wav", "start": "2.5", "end": "6.0"},
    "a.wav @ 2.5 – 6 s": {"path": "a.wav", "start": "2.5", "end": "6"},
    "a.wav @ 10:00:02:12-10:00:04:00": {"path": "a.wav", "start": "10:00:02:12", "end": "10:00:04:00"},
    "a.wav @ 10:00:02;12-10:00:04;00": {"path": "a.wav", "start": "10:00:02;12", "end": "10:00:04;00"},
    '"a, b @ 3.wav" @ 1-2': {"path": "a, b @ 3.wav", "start": "1", "end": "2"},
    "mara @ home.wav": {"path": "mara @ home.wav"},
    "a3": {"track": "A3"},
    "V1/A2": {"track": "V1/A2"},
    '"A3"': {"path": "A3"},
    r"D:\adr\mara.wav": {"path": r"D:\adr\mara.wav"},
}


@pytest.mark.parametrize("value", AUDIO)
def test_audio_names_a_file_with_an_optional_range_or_a_track(value: str) -> None:
    assert asked(f"audio: {value}, angry") == {"emotion": "angry", "audio": AUDIO[value]}


WRONG = {
    "an unknown word": ("angri", [("“angri” is not known", "did you mean angry?")]),
    "an unknown key": ("emtion: sad", [("“emtion” is not a key", "did you mean emotion: or region:?")]),
    "an unknown emotion": ("emotion: sed", [("“sed” is not a value of emotion", "did you mean sad?")]),
    "two emotions": (
        "angry, sad",
        [("two emotions in one mark: angry and sad", "keep one, or make two marks, one after the other")],
    ),
    "a key twice": ("takes: 2, takes: 3", [("“takes” stands twice, as 2 and as 3", "keep one of them")]),
    "region and mode that differ": (
        "lips, mode: head",
        [("“region” stands twice, as lips and as head", "keep one of them")],
    ),
    "a temperature above 1": ("1.5", [("temperature is a number from 0 to 1, not “1.5”", "write it as 0.8")]),
    "five takes": ("takes: 5", [("takes is 1, 2, 3 or 4, not “5”", "write it as takes: 2")]),
    "a key without its value": ("line:", [("“line” has no value", "write a value after “line:”, or take it out")]),
    "words without commas": ("sad head", [("“sad head” is several words", "put commas between them: sad, head")]),
    "a range on a track": ("audio: A3 @ 1-2", [("a track has no range of its own: “A3 @ 1-2”", "write audio: A3")]),
    "a range that is none": (
        "audio: a.wav @ soon",
        [("“soon” is not a range", "write it in seconds, @ 2.5-6.0, or in timecode")],
    ),
    "a speaker without pixels": (
        "speaker: left",
        [("speaker is auto or two numbers, not “left”", "write the pixels of the face, such as speaker: 640 360")],
    ),
    "an occlusion that is no switch": (
        "occlusion: some",
        [("occlusion is on or off, not “some”", "write occlusion: on")],
    ),
    "every mistake at once": (
        "angri; takes: 7; sync: loup",
        [
            ("“angri” is not known", "did you mean angry?"),
            ("takes is 1, 2, 3 or 4, not “7”", "write it as takes: 2"),
            ("“loup” is not a value of sync", "did you mean loop?"),
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_understood_is_an_error_with_a_way_out(case: str) -> None:
    text, expected = WRONG[case]
    assert wrong(text) == expected


def test_a_word_near_to_nothing_is_answered_with_all_there_are() -> None:
    [(_, fix)] = wrong("blue")
    assert fix.startswith("words and keys are happy, angry, sad,")


def test_a_note_that_breaks_at_a_comma_is_told_of_quotes() -> None:
    [(message, fix)] = wrong("note: softly, please")
    assert (message, fix.endswith("a note that holds a comma needs quotes")) == ("“please” is not known", True)


def test_without_explanation_the_first_problem_is_enough() -> None:
    parsed = parse_mark("blue, green", explain=False)
    assert parsed.problems == (Misread(text="blue", message="“blue” is not known", fix=""),)


def test_a_text_beyond_all_measure_is_refused_before_it_is_read() -> None:
    [(message, _)] = wrong("angry, " * LONGEST)
    assert message == f"the text has {7 * LONGEST} characters; a direction has at most {LONGEST}"


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20).filter(str.strip)
_TIME = st.sampled_from(["0", "2.5", "6", "01:00:00:00", "10:00:02;12", "1.001"])
_FILE = st.builds(AudioReference, path=_TEXT, start=st.none() | _TIME, end=st.none() | _TIME)
_TRACK = st.builds(AudioReference, track=st.sampled_from(["A1", "A12", "V1/A2"]))
_DIRECTION = st.builds(
    Direction,
    emotion=st.none() | st.sampled_from(EMOTIONS),
    region=st.none() | st.sampled_from(REGIONS),
    temperature=st.none() | st.floats(0, 1).map(abs),
    sync=st.none() | st.sampled_from(SYNC_MODES),
    takes=st.none() | st.integers(1, 4),
    audio=st.none() | _FILE | _TRACK,
    speaker=st.none() | st.just("auto") | st.tuples(st.integers(0, 9999), st.integers(0, 9999)),
    occlusion=st.none() | st.booleans(),
    **{key: st.none() | _TEXT for key in ("line", "voice", "engine", "model", "boxes", "character", "note", "consent")},
)


@given(_DIRECTION)
def test_a_direction_that_is_written_is_read_back_as_it_was(direction: Direction) -> None:
    assert parse_mark(format_direction(direction)).direction == direction


@given(
    st.text()
    | st.lists(st.sampled_from(["line:", '"', "“", "'", "@", "#", ";", ",", "=", "a3", " ", "\n", "1"])).map("".join)
)
def test_no_text_raises(text: str) -> None:
    parsed = parse_mark(text)
    assert (parsed.direction is None) == bool(parsed.problems)


@pytest.mark.parametrize("piece", ["“", "'", ":'", '"', ' "', "line:'", "#", "a:b,", "[ "])
def test_hostile_text_takes_no_time(piece: str) -> None:
    parse_mark(piece * (LONGEST // len(piece)))
