"""A sheet as CSV and as a page: whatever names and lines hold, no cell is a formula and no word is markup."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marked import clip, cut, mark, track
from reperform.sheets import csv_file
from reperform.sheets.making import reel_of
from reperform.sheets.page import page
from reperform.sheets.rows import COLUMNS, Row, Sheet, plain
from sheets.sheet_kit import sheet

_TEXT = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "'=1", "''-2", "@x", " +3", "\t=4", "'tis", 'say "no", now', "－5", "a\r\nb"]
)


def of(*rows: Row, title: str = "scene 7", reel: str = "R1") -> Sheet:
    return Sheet(title=title, reel=reel, rate=Fraction(24000, 1001), start="01:00:00:00", rows=rows)


@given(_TEXT)
def test_a_guarded_cell_is_no_formula_and_comes_back(text: str) -> None:
    """Reversibly, and without touching apostrophes that are the text's own."""
    guarded = csv_file.guarded(text)
    assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", guarded)
    assert text == csv_file.unguarded(guarded)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TEXT, _TEXT), max_size=4), st.booleans())
def test_a_sheet_as_csv_is_read_as_it_was(words: list[tuple[str, str]], bom: bool) -> None:
    """RFC 4180: every row ends in CRLF and has every column."""
    made = of(
        *(
            Row(reel="R1", cue=number, line=plain(line), clip=plain(name), id=f"c{number}")
            for number, (line, name) in enumerate(words, 1)
        )
    )
    text = csv_file.written(made, bom=bom)
    assert {len(COLUMNS)} == {len(line) for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))}
    table = csv_file.parse(text, "cues.csv")
    assert [(row.line, row.clip, row.id) for row in made.rows] == [
        (cells.values["line"], cells.values["clip"], cells.values["id"]) for cells in table.rows
    ]


def test_the_columns_stay_as_they_are() -> None:
    """Others read them by name."""
    assert (
        "reel", "cue", "character", "record_in", "record_out", "seconds", "source", "source_in", "source_out", "line", "direction",
        "note", "status", "take", "cost_usd", "estimate_usd", "track", "clip", "problem", "id",
    ) == COLUMNS  # fmt: skip


class _Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words = ""
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def seen(text: str) -> _Seen:
    found = _Seen()
    found.feed(text)
    return found


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title></style><script>1</script>",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "{{7*7}}",
    "]]><!--",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_words_on_a_page(name: str) -> None:
    """In every place that holds somebody else's words."""
    row = Row(
        reel=name, cue=1, character=name, line=name, direction=name, note=name, source=name, take=name, track=name, clip=name,
        problem=name, status=name, record_in=name, record_out=name, source_in=name, source_out=name, seconds=1.0,
    )  # fmt: skip
    plain_page, hostile = (
        seen(page(of(Row(**{**row.__dict__, **_words("x")})), {})),
        seen(page(of(row, title=name, reel=name), {})),
    )
    assert plain_page.elements == hostile.elements
    assert plain_page.attributes == hostile.attributes
    assert name in hostile.words


def _words(text: str) -> dict[str, str]:
    texts = (
        "reel",
        "character",
        "line",
        "direction",
        "note",
        "source",
        "take",
        "track",
        "clip",
        "problem",
        "status",
        "id",
    )
    return dict.fromkeys((*texts, "record_in", "record_out", "source_in", "source_out"), text)


def test_a_page_needs_nothing_but_itself() -> None:
    """No script, no address; a table with headings for rows and columns, a title, a language, pictures with words."""
    text = page(of(Row(reel="R1", cue=1, clip="Mara")), {0: "data:image/jpeg;base64,AAAA"})
    found = seen(text)
    assert not {"script", "link", "iframe"} & set(found.elements)
    assert not re.search(r"https?:|url\(|@import", text)
    assert 'alt="Cue 1: Mara"' in text
    assert (8, 7, 1) == (text.count("scope="), text.count('scope="col"'), text.count('scope="row"'))
    assert {"lang", "content", "alt", "scope"} <= found.attributes
    for rule in ("size: landscape", "table-header-group", "break-inside: avoid", "color-scheme: light"):
        assert rule in text


@pytest.mark.parametrize(
    ("name", "reel"),
    [
        ("Reel 3 v12", "R3"),
        ("film_R03_conform", "R3"),
        ("film r12", "R12"),
        ("The Letter", "The Letter"),
        ("Rough cut 4", "Rough cut 4"),
        ("", "cut"),
    ],
)
def test_the_reel_is_in_the_name_of_the_cut(name: str, reel: str) -> None:
    """Else it is the name."""
    made = cut(track(clip("A"))).cut
    made.timeline.name = name
    from dataclasses import replace

    assert reel == reel_of(replace(made, name=name))


def test_a_mark_that_cannot_be_performed_is_on_the_sheet() -> None:
    """With what is wrong."""
    made = sheet(cut(track(clip("MARA", marks=[mark("RP: angri", 0, 10)]), clip("BEN", marks=[mark("RP: sad")]))))
    assert [("problem", True), ("planned", False)] == [(row.status, "angri" in row.problem) for row in made.rows]


def test_a_retimed_cue_has_the_source_s_timecode() -> None:
    """Of the frames that it shows: twice as fast, so twice as many."""
    made = sheet(cut(track(clip("MARA", 100, 50, speed=2, marks=[mark("RP: sad", 110, 10)]))))
    (row,) = made.rows
    assert ("00:00:00:10", "00:00:00:20") == (row.record_in, row.record_out)
    assert ("00:00:04:20", "00:00:05:14") == (row.source_in, row.source_out)
