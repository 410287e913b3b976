"""The quick look at remarks that are no marks, against the grammar itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.grammar import parse_mark, unknown_words

WORDS = st.sampled_from(
    [
        "angry",
        "head",
        "cut",
        "off",
        "cut_off",
        "loop",
        "remap",
        "line",
        "audio",
        "VFX",
        "12",
        "0.8",
        "don't",
        "fix",
        "sky",
    ]
)
MARKS = st.sampled_from(
    [" ", ", ", "; ", "\n", ": ", "=", "-", "_", " # ", '"', "“", "'", "’", "\r\n", "\u2028", "/", ""]
)
TEXTS = st.lists(st.one_of(WORDS, MARKS), max_size=8).map("".join) | st.text(max_size=30)


@given(TEXTS)
def test_what_is_certainly_unknown_is_what_the_grammar_says_is_unknown(text: str) -> None:
    """The same words in the same sentence; in doubt it says nothing."""
    unknown = unknown_words(text)
    if unknown is not None:
        assert parse_mark(text, explain=False).problems[0].message == f"“{unknown}” is not known"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("VFX 12", "VFX 12"),
        ("fix sky, angry", "fix sky"),
        ("  don't use this take\nangry", "don't use this take"),
        ("angry sky", None),
        ("angry, sky", None),
        ("cut_off", None),
        ("fix: sky", None),
        ("“fix sky”", None),
        ("", None),
    ],
    ids=["a remark", "up to the comma", "up to the line's end", "a known word first", "a known word alone",
         "a word of two parts", "a key", "quotes", "nothing"],
)  # fmt: skip
def test_a_remark_is_known_at_a_glance_not_to_be_a_direction(text: str, unknown: str | None) -> None:
    """Plain words only; all else is left to the grammar."""
    assert unknown_words(text) == unknown
