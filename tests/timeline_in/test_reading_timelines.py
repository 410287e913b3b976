"""Timelines are read whatever their ending and their root."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import TimelineError
from reperform.timeline.clock import settle_drop_frame
from reperform.timeline.index import build
from reperform.timeline.reading import read
from shared import SHARED, needs
from timeline_in.cutting import clip, cut_of, gap, movie, span, stack, timeline, track


def _text(item: Any) -> str:
    return str(otio.adapters.write_to_string(item, "otio_json"))


@pytest.mark.parametrize("ending", ["otio", "json", "txt", "", "xml"])
def test_the_content_decides_not_the_ending(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"cut.{ending}"
    path.write_text(_text(timeline(track(clip("a")), name="reel 1")), encoding="utf-8-sig")
    cut = read(path)
    assert (cut.name, cut.rate, cut.dialect.name, cut.media_folder) == ("reel 1", Fraction(24), "otio", tmp_path)


def test_an_archive_is_read_without_unpacking_its_media(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.otio", _text(timeline(track(clip("a")))))
        archive.writestr("version.txt", "1.0.0")
        archive.writestr("media/a.mov", "picture")
    cut = read(path, unpack_into=tmp_path / "unpacked")
    assert cut.media_folder == tmp_path / "unpacked"
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["cut.otioz"]


def test_a_folder_is_read_as_otiod(tmp_path: Path) -> None:
    folder = tmp_path / "cut.otiod"
    folder.mkdir()
    (folder / "content.otio").write_text(_text(timeline(track(clip("a")))))
    assert read(folder).media_folder == folder


@pytest.mark.parametrize(
    "root",
    [
        pytest.param(clip("alone", 10, 20), id="clip"),
        pytest.param(track(clip("alone", 10, 20)), id="track"),
        pytest.param(stack(track(clip("alone", 10, 20))), id="stack of tracks"),
        pytest.param(stack(clip("alone", 10, 20)), id="stack of clips"),
    ],
)
def test_a_root_that_is_no_timeline_is_wrapped_in_one(tmp_path: Path, root: Any) -> None:
    path = tmp_path / "root.otio"
    path.write_text(_text(root))
    index = build(read(path))
    assert [(placed.name, placed.track.label, placed.record.frames) for placed in index.clips] == [("alone", "V1", 20)]


def _collection(folder: Path, *names: str) -> Path:
    path = folder / "all.otio"
    timelines = [timeline(track(clip("a")), name=name) for name in names]
    path.write_text(_text(otio.schema.SerializableCollection("bin", children=timelines)))
    return path


def test_a_collection_needs_a_name_and_says_which_there_are(tmp_path: Path) -> None:
    path = _collection(tmp_path, "reel 1", "reel 2")
    with pytest.raises(TimelineError) as caught:
        read(path)
    assert caught.value.message == "“all.otio” holds 2 timelines: “reel 1”, “reel 2”"
    assert caught.value.fix == "Choose one with --timeline NAME, or export it on its own."
    assert read(path, timeline_name="reel 2").name == "reel 2"


@pytest.mark.parametrize(
    ("names", "wanted", "message"),
    [
        (("a", "b"), "c", "“all.otio” holds no timeline called “c”, but “a”, “b”"),
        (("a", "a"), "a", "“all.otio” holds 2 timelines called “a”"),
        ((), None, "“all.otio” is a collection without a timeline in it"),
    ],
)
def test_a_name_that_chooses_no_single_timeline_is_an_error(
    tmp_path: Path, names: tuple[str, ...], wanted: str | None, message: str
) -> None:
    with pytest.raises(TimelineError) as caught:
        read(_collection(tmp_path, *names), timeline_name=wanted)
    assert caught.value.message == message


def test_the_only_timeline_of_a_collection_needs_no_name(tmp_path: Path) -> None:
    assert read(_collection(tmp_path, "reel 1")).name == "reel 1"


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.976024627685547, Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (25, 25),
    ],
)
def test_the_rate_of_the_start_timecode_is_the_timelines(tmp_path: Path, written: float, exact: Fraction) -> None:
    made = timeline(track(clip("a", rate=60)), start=86400, rate=written)
    cut = cut_of(made, tmp_path)
    assert (cut.rate, cut.start_frame) == (exact, 86400)


def test_without_start_timecode_the_rate_is_that_of_most_lengths_of_the_picture(tmp_path: Path) -> None:
    picture = track(gap(3, 30), clip("a", rate=15), clip("b", rate=30))
    sound = track(*(clip(str(n), 0, 48000, rate=48000) for n in range(5)), kind="Audio")
    assert cut_of(timeline(picture, sound), tmp_path).rate == 30


def test_a_start_timecode_that_is_no_time_is_as_none(tmp_path: Path) -> None:
    made = json.loads(_text(timeline(track(clip("a", rate=25)), start=0)))
    made["global_start_time"] = {"OTIO_SCHEMA": "RationalTime.1", "rate": 0.0, "value": 10.0}
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(made))
    assert (read(path).rate, read(path).start_frame) == (Fraction(25), 0)


@pytest.mark.parametrize(
    ("start", "rate", "asked", "drop", "why"),
    [
        pytest.param(539460, 29.97, None, True, "its start is a whole minute as 05:00:00;00", id="whole as drop-frame"),
        pytest.param(540000, 29.97, None, False, "its start is a whole minute as 05:00:00:00", id="whole as non-drop"),
        pytest.param(540000, 29.97, True, True, "asked for", id="asked"),
        pytest.param(86400, 24, None, False, None, id="a rate without drop-frame"),
    ],
)
def test_drop_frame_is_the_reading_in_which_the_start_is_a_whole_minute(
    tmp_path: Path, start: int, rate: float, asked: bool | None, drop: bool, why: str | None
) -> None:
    cut = cut_of(timeline(track(clip("a")), start=start, rate=rate), tmp_path, drop_frame=asked)
    assert (cut.drop_frame, cut.drop_frame_why) == (drop, why)
    assert settle_drop_frame(cut, not drop) is cut


@pytest.mark.parametrize(("flag", "drop"), [(True, True), (False, False), (None, False)])
def test_where_the_start_does_not_say_it_the_media_decides(tmp_path: Path, flag: bool | None, drop: bool) -> None:
    cut = cut_of(timeline(track(clip("a")), start=0, rate=29.97), tmp_path)
    settled = settle_drop_frame(cut, flag)
    assert (cut.drop_frame, settled.drop_frame) == (False, drop)
    assert settled.timecode(1800) == ("00:01:00;02" if drop else "00:01:00:00")


def test_drop_frame_at_a_rate_without_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="no drop-frame timecode"):
        cut_of(timeline(track(clip("a")), start=0, rate=25), tmp_path, drop_frame=True)


@pytest.mark.parametrize("name", ["premiere_example", "screening_example"])
@needs("timelines/otio-core")
def test_a_file_of_a_newer_opentimelineio_is_refused_with_the_way_out(name: str) -> None:
    with pytest.raises(TimelineError) as caught:
        read(SHARED / f"timelines/otio-core/{name}.Marker3.otio")
    assert "was written by a newer OpenTimelineIO: its Marker.3 is unknown" in caught.value.message
    assert "OTIO_CORE:0.18.0" in (caught.value.fix or "")


@pytest.mark.parametrize(
    ("path", "rate", "start", "dialect", "clips"),
    [
        ("resolve/effects.otio", 24, 86400, "resolve", 37),
        ("resolve/dissolve_and_generator.otio", 24, 86400, "resolve", 4),
        ("otio-core/nested_example.otio", 24, 0, "otio", 7),
        ("otio-core/transition.otio", 24, 0, "otio", 4),
        ("premiere/premiere_example.otio", 30, 0, "otio", 13),
    ],
)
@needs("timelines")
def test_real_timelines_are_read(path: str, rate: int, start: int, dialect: str, clips: int) -> None:
    index = build(read(SHARED / "timelines" / path))
    cut = index.cut
    assert (cut.rate, cut.start_frame, cut.dialect.name, len(index.clips)) == (Fraction(rate), start, dialect, clips)


def test_the_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(
        _text(timeline(track(clip("a", media=movie(), marks=((1, 2),)), otio.schema.Gap(source_range=span(0, 2)))))
    )
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    build(read(path))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
