"""Names of takes: from a template that anyone may have written, safe wherever they land."""

from __future__ import annotations

import pytest

from reperform.errors import SettingsError
from reperform.performing import naming

FACTS: dict[str, str | int] = {
    "stem": "A001C003",
    "timecode": "14221009",
    "number": 7,
    "clip": "Mara: “No?”/2",
    "reel": "",
}


@pytest.mark.parametrize(
    ("template", "preview", "expected"),
    [
        (naming.TEMPLATE, False, "A001C003_14221009_RP007.mov"),
        (naming.TEMPLATE, True, "A001C003_14221009_RP007_PREVIEW.mov"),
        ("{clip} v{number:02}", False, "Mara_ “No_”_2 v07.mov"),
        ("../../{stem}/{number}", False, "_.._A001C003_7.mov"),
        ("{reel}{number}", False, "7.mov"),
    ],
)
def test_a_name_is_made_of_its_facts(template: str, preview: bool, expected: str) -> None:
    """Facts are filled in; what a file system refuses becomes an underscore, so no name leaves its folder."""
    assert naming.file_name(template, FACTS, preview=preview) == expected


def test_a_long_fact_is_cut_and_the_number_stays() -> None:
    """A clip's name may be of any length."""
    name = naming.file_name("{clip}{number}", {**FACTS, "clip": "片" * 300}, preview=False)
    assert name == "片" * 60 + "7.mov"


def test_a_name_that_is_too_long_is_refused() -> None:
    """Rather than cut, for the number tells takes apart."""
    with pytest.raises(SettingsError, match="too long"):
        naming.file_name("{stem}" * 60 + "{number}", FACTS, preview=False)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        pytest.param("{stem}", "same name", id="no number"),
        pytest.param("{stm}_{number}", "not a template", id="an unknown field"),
        pytest.param("{number.__class__}", "not a template", id="an attribute"),
        pytest.param("{number!r}", "not a template", id="a conversion"),
        pytest.param("{number:>40000000}", "not a template", id="a width that fills the memory"),
        pytest.param("{number}{", "not a template", id="a brace left open"),
    ],
)
def test_what_is_no_template_is_refused(template: str, said: str) -> None:
    """A template comes with a timeline's folder: it is only ever filled in, never evaluated."""
    with pytest.raises(SettingsError, match=said):
        naming.check_template(template)


@pytest.mark.parametrize(
    ("original", "own", "expected"), [("A001R1", True, "A001R1_RP007"), ("A001R1", False, "A001R1"), (None, True, None)]
)
def test_reels(original: str | None, own: bool, expected: str | None) -> None:
    """A take has a reel of its own, or the original's; none where that has none."""
    assert naming.reel_name(original, 7, own=own) == expected
