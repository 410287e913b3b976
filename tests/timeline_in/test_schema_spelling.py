"""How schemas are spelled is told from the bytes, wherever the blocks of them meet."""

from __future__ import annotations

import pytest

from reperform.timeline.spelling import Spelling

TEXT = b'{"OTIO_SCHEMA": "Clip.2", "a": {"OTIO_SCHEMA":"RationalTime.1"}, "b": [{"OTIO_SCHEMA": "V2d.1"}]}'


def seen(*blocks: bytes) -> Spelling:
    made = Spelling()
    for block in blocks:
        made.feed(block)
    return made


@pytest.mark.parametrize("at", range(0, len(TEXT) + 1, 7))
def test_all_are_seen_once_wherever_two_blocks_meet(at: int) -> None:
    """With a space before the name or without."""
    found = seen(TEXT[:at], TEXT[at:])
    assert (3, True, True, False) == (
        found.schemas,
        found.has("RationalTime."),
        found.has("V2d."),
        found.has("TimeRange."),
    )


def test_blocks_may_be_shorter_than_a_schema() -> None:
    """A byte at a time, too."""
    assert 3 == seen(*(TEXT[at : at + 1] for at in range(len(TEXT)))).schemas


@pytest.mark.parametrize(
    ("name", "is_other"),
    [("RationalTime.1", False), ("RationalTime.2", True), ("Rational Time.1", True), ("RationalTime.01", True)],
)
def test_only_the_very_name_is_the_schema(name: str, is_other: bool) -> None:
    """What looks like it without figures and spaces is another."""
    found = seen(f'{{"OTIO_SCHEMA": "{name}"}}'.encode())
    assert (True, is_other) == (found.has("RationalTime."), found.has_other("RationalTime.", "1"))


@pytest.mark.parametrize("at", range(28))
def test_a_letter_that_is_an_escape_is_odd(at: int) -> None:
    """No editor spells a schema so; a picture of a face in a name is none."""
    text = b'{"OTIO_SCHEMA": "Cl\\u0069p.2"}'
    assert seen(text[:at], text[at:]).is_odd
    assert not seen(b'{"name": "\\ud83d\\ude00"}').is_odd


def test_more_names_than_any_editor_has_are_odd() -> None:
    """Each of them would have to be looked at, again and again."""
    names = [b'{"OTIO_SCHEMA": "Own%d.1"}' % number for number in range(1500)]
    assert not seen(*names[:900]).is_odd
    assert seen(*names).is_odd
