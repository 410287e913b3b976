"""What the menu writes, the command reads: directions, names of marks, timecode, versions in words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from reperform_menu import directions, marks
from reperform_menu.host import Host
from reperform_menu.refusals import Refusal
from reperform_menu.timecodes import Clock, rate_of

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, AudioReference, Direction
from reperform.grammar import parse_mark
from resolve.fake_resolve.resolve import connect
from resolve.scene_kit import Scene

FORMS: dict[str, tuple[dict[str, Any], Direction]] = {
    "an emotion and a region": ({"emotion": "sad", "region": "head"}, Direction(emotion="sad", region="head")),
    "a temperature with a comma": ({"temperature": "0,8"}, Direction(temperature=0.8)),
    "a file with odd signs": (
        {"voice": "file", "audio": '/v/a "b", @ 2; #3.wav', "sync": "remap"},
        Direction(audio=AudioReference(path='/v/a "b", @ 2; #3.wav'), sync="remap"),
    ),
    "a Windows path": (
        {"voice": "file", "audio": "D:\\ADR\\mara 012.wav"},
        Direction(audio=AudioReference(path="D:\\ADR\\mara 012.wav")),
    ),
    "a track": ({"voice": "A3"}, Direction(audio=AudioReference(track="A3"))),
    "a line that is spoken": (
        {"voice": "line", "line": 'No, I "never" said # that', "speaks": "Ada, old"},
        Direction(line='No, I "never" said # that', voice="Ada, old"),
    ),
    "takes and a note": (
        {"emotion": "happy", "takes": 3, "note": "she knows, now"},
        Direction(emotion="happy", takes=3, note="she knows, now"),
    ),
    "what another voice needs is left out": ({"emotion": "angry", "audio": "x.wav", "line": "y"}, Direction(emotion="angry")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_command_reads_what_a_form_writes(form: str) -> None:
    """A form's text is exactly the direction that was chosen in it."""
    fields, direction = FORMS[form]
    parsed = parse_mark(directions.text_of(dict(directions.EMPTY, **fields)))
    assert ((), direction) == (parsed.problems, parsed.direction)


def test_the_form_offers_the_words_that_the_command_knows() -> None:
    """Neither knows one that the other does not."""
    assert (set(EMOTIONS), set(REGIONS), set(SYNC_MODES)) == (
        set(directions.EMOTIONS),
        set(directions.REGIONS),
        set(directions.SYNC_MODES),
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "The mark asks for nothing."),
        ({"temperature": "hot"}, "The temperature is a number from 0 to 1, not “hot”."),
        ({"voice": "file"}, "The voice is to come from a file, and none is named."),
        ({"voice": "line"}, "A line is to be spoken, and it is empty."),
        ({"emotion": "sad", "takes": 9}, "There are 1 to 4 takes, not 9."),
    ],
    ids=["nothing", "a temperature in words", "no file", "no line", "too many takes"],
)
def test_a_form_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    """What the command would refuse is not written."""
    with pytest.raises(Refusal) as refused:
        directions.text_of(dict(directions.EMPTY, **fields))
    assert (why, True) == (refused.value.message, bool(refused.value.fix))


@pytest.mark.parametrize(
    ("rate", "drops", "text", "frame"),
    [
        ("24", False, "01:00:00:00", 86400),
        ("23.976", False, "14:22:10:12", 1241532),
        ("29.97 DF", True, "00:01:00;02", 1800),
        ("29.97", True, "00:10:00;00", 17982),
        ("59.94", True, "01:00:00;00", 215784),
        ("50", False, "00:00:01:49", 99),
    ],
)
def test_timecode_is_counted_as_resolve_counts_it(rate: str, drops: bool, text: str, frame: int) -> None:
    """To frames and back, drop-frame too."""
    clock = Clock(rate_of(rate), drops)
    assert (frame, text) == (clock.frame(text), clock.text(frame))


@pytest.mark.parametrize(
    ("said", "rate"),
    [("23.976", Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)), ("25", 25), (24.0, 24), ("59.94 DF", Fraction(60000, 1001))],
)  # fmt: skip
def test_rates_are_exact(said: Any, rate: Fraction) -> None:
    """Resolve says 23.976, and means 24000/1001."""
    assert rate == rate_of(said)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (
            "18.5",
            "Your Resolve is 18.5.0: in and out points of the timeline need 19.1; put the playhead on the clip instead.",
        ),
        ("19.1", ""),
    ],
)
def test_an_older_resolve_is_told_what_to_do_instead(version: str, words: str, cut: Scene) -> None:
    """What needs which version, in one sentence."""
    _, resolve = connect(cut.world(version).data)
    host = Host(resolve)  # type: ignore[arg-type]  # a fake is no Protocol's child
    assert words == host.lacks("in and out points of the timeline")


@pytest.mark.parametrize(("version", "studio"), [("21.1", True), ("19.0", False)], ids=["asked", "by its name"])
def test_the_edition_is_known(version: str, studio: bool, cut: Scene) -> None:
    """By `IsStudio` where there is that, else by the product's name."""
    _, resolve = connect(cut.world(version, studio=studio).data)
    assert studio is Host(resolve).is_studio  # type: ignore[arg-type]  # a fake is no Protocol's child


def test_a_status_marker_is_no_mark_of_dialogue() -> None:
    """Neither its prefix nor its words make the command perform it."""
    name = marks.status_name(2)
    assert not name.lower().startswith(("rp", "reperform", "dialogue"))
    assert parse_mark(name).direction is None
