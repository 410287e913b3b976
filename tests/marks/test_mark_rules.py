"""Which markers are marks, and what their text asks for."""

from __future__ import annotations

from typing import Any

import pytest

from marked import clip, cut, find, mark, said, track
from reperform.errors import SettingsError
from reperform.timeline.cues import Found


def on_clip(*marks: Any, **settings: Any) -> Found:
    return find(cut(track(clip("MARA", marks=marks))), **settings)


def directions(found: Found) -> list[dict[str, Any]]:
    return [cue.direction.model_dump(exclude_none=True) for shot in found.shots for cue in shot.cues]


def why(found: Found) -> list[str]:
    return [marker.why for marker in found.ignored]


PREFIXED = {
    "a colon": mark("RP: angry"),
    "a space": mark("RP angry"),
    "any case": mark("rp:angry"),
    "the long word": mark("Reperform: angry"),
    "in the note": mark("Marker 1", note="RP: angry"),
    "as the only text of an editor that leaves the name empty": mark("", note="rp angry"),
    "in a keyword, the direction in the name": mark("angry", keywords=["interview", "RP"]),
    "in a keyword, the direction in the note": mark("Marker 1", note="angry", keywords=["RP"]),
    "in a keyword, with the direction": mark("Marker 1", keywords=["RP: angry"]),
    "in the name and in the note": mark("RP", note="RP: angry"),
    "in the note, the direction in the name": mark("angry", note="RP"),
}


@pytest.mark.parametrize("where", PREFIXED)
def test_a_marker_that_begins_with_the_prefix_is_a_mark(where: str) -> None:
    assert directions(on_clip(PREFIXED[where])) == [{"emotion": "angry"}]


CHARACTERS = {
    "what follows the prefix": (mark("RP: MARA", note="angry"), {"emotion": "angry", "character": "MARA"}),
    "a name in small letters": (mark("RP: Old Man", note="sad"), {"emotion": "sad", "character": "Old Man"}),
    "a direction is none": (mark("RP: angry, head"), {"emotion": "angry", "region": "head"}),
    "a direction in name and note": (mark("RP: angry", note="head"), {"emotion": "angry", "region": "head"}),
    "the first line of a name of several": (mark("RP: MARA\nangry"), {"emotion": "angry", "character": "MARA"}),
    "the first line of a note without a name": (
        mark("", note="RP: MARA\nangry"),
        {"emotion": "angry", "character": "MARA"},
    ),
    "as a key": (mark("RP: angry", note="character: MARA"), {"emotion": "angry", "character": "MARA"}),
    "the same twice": (mark("RP: MARA", note="angry, character: MARA"), {"emotion": "angry", "character": "MARA"}),
}


@pytest.mark.parametrize("case", CHARACTERS)
def test_what_follows_the_prefix_in_the_name_is_the_character_unless_it_is_a_direction(case: str) -> None:
    marker, expected = CHARACTERS[case]
    found = on_clip(marker)
    assert directions(found) == [expected]
    assert found.shots[0].cues[0].character == expected.get("character")


WRONG = {
    "an unknown word": (mark("RP: angry, blue"), ["in the mark “RP: angry, blue”: “blue” is not known"]),
    "an unknown word in the note": (
        mark("RP: MARA", note="furious"),
        ["in the mark “RP: MARA furious”: “furious” is not known"],
    ),
    "an unknown word beside a keyword": (
        mark("furious", keywords=["RP"]),
        ["in the mark “furious”: “furious” is not known"],
    ),
    "a misspelt emotion is no character": (mark("RP: angri"), ["in the mark “RP: angri”: “angri” is not known"]),
    "two emotions": (
        mark("RP: angry", note="sad"),
        ["in the mark “RP: angry sad”: two emotions in one mark: angry and sad"],
    ),
    "two characters": (
        mark("RP: MARA", note="angry, character: BEN"),
        ["in the mark “RP: MARA angry, character: BEN”: two characters in one mark: MARA and BEN"],
    ),
    "all that is wrong": (
        mark("RP: sed; takes: 9"),
        [
            "in the mark “RP: sed; takes: 9”: “sed” is not known",
            "in the mark “RP: sed; takes: 9”: takes is 1, 2, 3 or 4, not “9”",
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_in_a_marker_with_the_prefix_what_is_not_understood_is_an_error(case: str) -> None:
    marker, expected = WRONG[case]
    found = on_clip(marker)
    assert (said(found), found.shots) == (expected, ())


def test_a_capital_name_near_to_an_emotion_is_a_character() -> None:
    assert directions(on_clip(mark("RP: ANGRI", note="sad"))) == [{"emotion": "sad", "character": "ANGRI"}]


def test_a_name_that_may_have_been_meant_as_an_emotion_is_said() -> None:
    found = on_clip(mark("RP: Harry", note="head"))
    assert said(found, "note") == ["“Harry” is taken as the character's name"]


UNPREFIXED = {
    "an emotion": (mark("angry"), {"emotion": "angry"}),
    "an emotion after `dialogue`": (mark("Dialogue: angry, head"), {"emotion": "angry", "region": "head"}),
    "a line": (mark("line: No.", note="voice: Rachel"), {"line": "No.", "voice": "Rachel"}),
    "in the note of a marker with its default name": (mark("Marker 12", note="angry"), {"emotion": "angry"}),
    "in name and note together": (mark("dialogue", note="angry"), {"emotion": "angry"}),
}


@pytest.mark.parametrize("case", UNPREFIXED)
def test_a_marker_without_the_prefix_is_a_mark_if_all_of_it_is_a_direction(case: str) -> None:
    marker, expected = UNPREFIXED[case]
    assert directions(on_clip(marker)) == [expected]


IGNORED = {
    "a word that is none": (
        mark("fix sky"),
        "it does not begin with “RP:”, and is no direction: “fix sky” is not known",
    ),
    "an emotion among other words": (
        mark("angry, fix sky"),
        "it does not begin with “RP:”, and is no direction: “fix sky” is not known",
    ),
    "a note beside it that is no direction": (
        mark("angry", note="really?"),
        "it does not begin with “RP:”, and is no direction: “really?” is not known",
    ),
    "`dialogue` with other words": (
        mark("Dialogue: check ADR"),
        "it does not begin with “RP:”, and is no direction: “check ADR” is not known",
    ),
    "a direction that names no emotion, line or audio": (
        mark("head, 0.8"),
        "it does not begin with “RP:”, and names no emotion, line or audio",
    ),
    "no text": (mark(""), "it does not begin with “RP:”, and names no emotion, line or audio"),
    "letters that only look like the prefix": (
        mark("RPM: angry"),
        "it does not begin with “RP:”, and is no direction: “RPM” is not a key",
    ),
}


@pytest.mark.parametrize("case", IGNORED)
def test_every_other_marker_is_ignored_with_the_reason(case: str) -> None:
    marker, reason = IGNORED[case]
    found = on_clip(marker)
    assert (why(found), found.shots, found.problems) == ([reason], (), ())


def test_an_ignored_marker_says_its_clip_its_place_and_its_text() -> None:
    found = find(cut(track(clip("MARA", 0, 50, marks=[mark("fix sky", 10, note="grey")])), start=90000))
    [ignored] = found.ignored
    assert (ignored.clip, ignored.record_in, ignored.text) == ("MARA", "01:00:00:10", "fix sky\ngrey")


def test_with_a_colour_exactly_the_markers_of_that_colour_are_marks() -> None:
    found = on_clip(
        mark("angry", 0, 10, color="green"), mark("RP: sad", 20, 10, color="BLUE"), marker_colors=("Green",)
    )
    assert directions(found) == [{"emotion": "angry"}]
    assert why(found) == ["its colour is BLUE, not GREEN"]


def test_with_a_pattern_exactly_the_markers_of_such_names_are_marks() -> None:
    found = on_clip(mark("LN 4", 0, 10, note="angry"), mark("RP: sad", 20, 10), marker_name="^LN")
    assert directions(found) == [{"emotion": "angry", "note": "LN 4"}]
    assert why(found) == ["its name does not match ^LN"]


CHOSEN = {
    "text that is no direction is the note": (mark("x", note="she knows"), {"note": "x\nshe knows"}),
    "a direction is taken, line by line": (
        mark("x", note="angry\nplease, slowly"),
        {"emotion": "angry", "note": "x\nplease, slowly"},
    ),
    "beside a note of its own": (mark("x", note="note: a"), {"note": "a\nx"}),
    "a default name says nothing": (mark("Marker 3", note="angry"), {"emotion": "angry"}),
    "the prefix and the character are read": (mark("RP: MARA", note="sad"), {"emotion": "sad", "character": "MARA"}),
    "nothing at all": (mark(""), {}),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_in_a_chosen_marker_text_that_is_no_direction_is_the_note(case: str) -> None:
    marker, expected = CHOSEN[case]
    found = on_clip(marker, marker_colors=("RED",))
    assert (directions(found), said(found)) == ([expected], [])


def test_a_chosen_marker_s_faulty_direction_is_kept_as_the_note_and_said() -> None:
    found = on_clip(mark("emotion: angrier"), marker_colors=("RED",))
    assert directions(found) == [{"note": "emotion: angrier"}]
    assert said(found, "note") == [
        "“emotion: angrier” is no direction and is kept as the note: “angrier” is not a value of emotion"
    ]


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(SettingsError, match="--marker-name “\\(” is not a regular expression"):
        on_clip(mark("RP: sad"), marker_name="(")


@pytest.mark.parametrize("text", ["RP", "RP: MARA", "RP: note: softly", "RP: takes: 2", "RP: sync: loop"])
def test_a_mark_that_asks_for_nothing_is_a_warning(text: str) -> None:
    found = on_clip(mark(text, 0, 10))
    assert (found.shots, said(found, "warning")) == (
        (),
        [f"the mark “{text}” asks for nothing, and no guide clip is under it"],
    )


@pytest.mark.parametrize("text", ["RP: head", "RP: 0.8", "RP: audio: A1", "RP: line: No., voice: R"])
def test_a_region_a_temperature_an_audio_or_a_line_is_something(text: str) -> None:
    assert said(on_clip(mark(text, 0, 10)), "warning") == []


def test_a_mark_that_asks_for_nothing_is_a_cue_over_a_guide_clip() -> None:
    found = find(cut(track(clip("MARA", marks=[mark("RP", 10, 10)])), track(clip("adr"), audio=True, name="ADR")))
    assert (directions(found), found.problems) == ([{}], ())
