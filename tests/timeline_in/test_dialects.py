"""Each editor counts its markers in its own time, and puts their words in its own place."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.timeline.cut import Index
from reperform.timeline.dialects import OtioDialect, ResolveDialect
from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.index import build
from reperform.timeline.reading import read
from shared import SHARED, needs
from timeline_in.cutting import clip, gap, index_of, movie, span, timeline, track


def _offsets(index: Index) -> list[Fraction | None]:
    return [None if mark.record_start is None else mark.record_start * index.cut.rate for mark in index.markers]


@pytest.mark.parametrize(
    ("name", "offset", "length"),
    [
        ("img_seq_embedded_tc", Fraction(37), 74),
        ("img_seq_with_handles", Fraction(19), 39),
        ("movie_with_handles", Fraction(85), 171),
        ("qt_embedded_tc", Fraction(22), 44),
        ("qt_retimed_speed", Fraction(85), 171),
        # The marker's number is written at another rate than the clip's: 25 at 24 frames a second.
        ("qt_review", Fraction(25, 24) * 25, 50),
        ("img_seq_2x_speed_resolve", Fraction(9, 2), 11),
        ("img_seq_reverse_speed_no_tc", Fraction(20), 41),
    ],
)
@needs("timelines")
def test_the_marks_of_real_resolve_clips_stand_where_the_user_set_them_mid_clip(
    tmp_path: Path, name: str, offset: Fraction, length: int
) -> None:
    path = tmp_path / "clip.otio"
    shutil.copyfile(SHARED / f"timelines/ayon-resolve-clips/{name}.json", path)
    index = build(read(path))
    (placed,) = index.clips
    (marker,) = index.markers
    assert index.cut.dialect.name == "resolve"
    assert (placed.record.frames, _offsets(index), marker.uncertain) == (length, [offset], None)
    text = index.cut.dialect.marker_text(marker.marker)
    assert text.name.lower() == "ayondata"
    assert '"resolve_sub_products"' in text.note


def _resolve(made: Any) -> Any:
    made.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    return made


def test_backward_clips_of_resolve_count_from_the_medias_end_with_timecode_or_without(tmp_path: Path) -> None:
    media = movie(start=86400, frames=100)
    backward = clip("a", 86420, 41, media=media, marks=((59, 1), (86400 + 59, 1)), speed=-1.0)
    index = index_of(_resolve(timeline(track(backward))), tmp_path)
    assert _offsets(index) == [20, 20]


def test_a_mark_on_a_retimed_resolve_clip_that_fits_no_rule_is_a_guess_or_nowhere(tmp_path: Path) -> None:
    ramp = clip("a", 100, 20, marks=((105, 1), (500, 1)))
    ramp.effects.append(otio.schema.TimeEffect())
    first, second = index_of(_resolve(timeline(track(ramp))), tmp_path).markers
    assert (first.record_start, bool(first.uncertain)) == (Fraction(5, 24), True)
    assert (second.record_start, bool(second.uncertain)) == (None, True)


@pytest.mark.parametrize(
    ("metadata", "comment", "text"),
    [
        ({}, "angry", MarkerText("RP", "angry")),
        ({"Resolve_OTIO": {"Note": "angry", "Keywords": ["RP", "x"]}}, "", MarkerText("RP", "angry", ("RP", "x"))),
        ({"fcp_xml": {"comment": "angry"}}, "", MarkerText("RP", "angry")),
        ({"fcp_xml": {"comment": "head"}}, "angry", MarkerText("RP", "angry\nhead")),
        ({"Resolve_OTIO": {"Note": ""}}, "", MarkerText("RP", "")),
    ],
    ids=["comment", "Resolve's note", "FCP7 XML's comment", "two places", "an empty note"],
)
def test_the_words_are_read_from_wherever_an_editor_put_them(
    metadata: dict[str, Any], comment: str, text: MarkerText
) -> None:
    marker = otio.schema.Marker(name="RP", marked_range=span(0, 1), metadata=metadata)
    marker.comment = comment
    assert OtioDialect().marker_text(marker) == text
    if "fcp_xml" not in metadata:
        assert ResolveDialect().marker_text(marker) == text


def test_media_that_is_offline_in_resolve_still_says_where_it_was() -> None:
    reference = otio.schema.MissingReference("a.mov")
    reference.metadata["Resolve_OTIO"] = {"Media Url": "D:\\media\\a.mov"}
    assert ResolveDialect().media_path(reference) == "D:\\media\\a.mov"
    assert ResolveDialect().media_path(otio.schema.MissingReference("a.mov")) is None


def _unknown(*marks: float, start: float | None = None) -> Any:
    """Clips of 30 frames from 01:00:00:00 + 200 in media that starts at 01:00:00:00; one mark on each."""
    clips = [
        clip(str(number), 86600, 30, media=movie(start=86400), marks=((mark, 2),)) for number, mark in enumerate(marks)
    ]
    return timeline(track(gap(50), *clips), start=start)


@pytest.mark.parametrize(
    ("made", "dialect", "offsets"),
    [
        pytest.param(_unknown(86610, 86620), "otio", [60, 100], id="media time"),
        pytest.param(_unknown(10, 20), "generic", [60, 100], id="from the clip's start"),
        pytest.param(_unknown(210, 220), "generic", [60, 100], id="from the media's start"),
        pytest.param(_unknown(3060, 3100, start=3000), "generic", [60, 100], id="record timecode"),
        pytest.param(_unknown(86610, 86620, 86630), "otio", [60, 100, 140], id="one trimmed away"),
        pytest.param(_unknown(86610, 5, 6), "generic", [None, 85, 116], id="most of them decide"),
    ],
)
def test_marks_of_an_unknown_editor_are_counted_in_the_space_that_fits_most_of_them(
    tmp_path: Path, made: Any, dialect: str, offsets: list[int | None]
) -> None:
    index = index_of(made, tmp_path)
    assert index.cut.dialect.name == dialect
    found = [
        None if mark.trimmed_away and dialect == "generic" else offset
        for mark, offset in zip(index.markers, _offsets(index), strict=True)
    ]
    assert found == offsets
    assert all(bool(mark.uncertain) == (dialect == "generic") for mark in index.markers)
