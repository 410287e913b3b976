"""AAF: which of its references is the media, which of its markers stand where, and speeds that are no constant ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.timeline.adapters.aaf_marks import once_each, place_by_position
from reperform.timeline.adapters.aaf_media import choose_media
from reperform.timeline.reading import read
from reperform.timing import Rate


def time(frames: float, rate: float = 24) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, rate)


def span(start: float, frames: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(start), time(frames))


def mark(name: str, start: int, position: int | None = None) -> otio.schema.Marker:
    metadata = {"AAF": {"Position": position}} if position is not None else {}
    return otio.schema.Marker(name, span(start, 1), metadata=metadata)


def clip_with(**addresses: str) -> otio.schema.Clip:
    references = {
        key: otio.schema.ExternalReference(url) if url else otio.schema.MissingReference()
        for key, url in addresses.items()
    }
    clip = otio.schema.Clip("A001", source_range=span(0, 10))
    clip.set_media_references(references, next(iter(references)))
    return clip


MANAGED = "file:///D%3A/Avid%20MediaFiles/MXF/1/A001.mxf"
CAMERA = "file:///media/A001.mov"


@pytest.mark.parametrize(
    ("addresses", "chosen"),
    [
        pytest.param({"DEFAULT_MEDIA": MANAGED, "A001": CAMERA}, "A001", id="the camera's file before Avid's copy"),
        pytest.param({"DEFAULT_MEDIA": "", "A001": MANAGED}, "A001", id="a file before none"),
        pytest.param({"ATL": "file:///x/title.PICT", "DEFAULT_MEDIA": MANAGED}, "DEFAULT_MEDIA", id="media before a title's file"),
        pytest.param({"DEFAULT_MEDIA": CAMERA, "A001": CAMERA}, "DEFAULT_MEDIA", id="the first of two that are equal"),
    ],
)  # fmt: skip
def test_references_are_forms_of_one_media(addresses: dict[str, str], chosen: str, tmp_path: Path) -> None:
    """One of them plays, always the same one; the others stay under their keys."""
    clip = clip_with(**addresses)
    choose_media(clip, tmp_path)
    assert (chosen, set(addresses)) == (clip.active_media_reference_key, set(clip.media_references()))


def test_a_file_that_is_here_is_the_media(tmp_path: Path) -> None:
    """Although the camera's own would be better, if it were here."""
    copy = tmp_path / "Avid MediaFiles" / "A001.mxf"
    copy.parent.mkdir()
    copy.write_bytes(b"x")
    clip = clip_with(DEFAULT_MEDIA=CAMERA, copy=copy.as_uri())
    choose_media(clip, tmp_path)
    assert "copy" == clip.active_media_reference_key


def test_a_marker_attached_twice_is_one() -> None:
    """The same words at the same time in the same colour."""
    clip = clip_with(DEFAULT_MEDIA=CAMERA)
    clip.markers.extend([mark("RP: sad", 3), mark("RP: sad", 3), mark("RP: sad", 4)])
    once_each(clip)
    assert [3, 4] == [one.marked_range.start_time.value for one in clip.markers]


def test_a_marker_stands_where_the_composition_says() -> None:
    """One that the adapter attached to a clip that is not there stands on the timeline then, in record timecode."""
    clip = otio.schema.Clip("A001", source_range=span(1000, 50))
    clip.markers.extend([mark("kept", 1010, position=30), mark("stray", 990, position=70)])
    timeline = otio.schema.Timeline(global_start_time=time(86400))
    timeline.tracks.append(otio.schema.Track(children=[otio.schema.Gap(source_range=span(0, 20)), clip]))
    place_by_position(timeline)
    found = [(one.name, one.marked_range.start_time.value) for one in (*clip.markers, *timeline.tracks.markers)]
    # The clip begins on frame 20, so that position 30 is 10 into it; 86400 + 70 is where the other one stands.
    assert [("kept", 1010), ("stray", 86470)] == found


def keyframes(**curves: list[list[float]]) -> dict[str, Any]:
    return {"AAF": {"Parameters": {name: {"keyframe_values": points} for name, points in curves.items()}}}


@pytest.mark.parametrize(
    ("speed", "metadata", "constant"),
    [
        pytest.param(0.5, keyframes(PARAM_SPEED_OFFSET_MAP_U=[[0, 0], [4, 2]]), True, id="a line from the first frame"),
        pytest.param(2, keyframes(PARAM_OFFSET_MAP_U=[[0, 0], [4, 2]]), False, id="a line at another speed"),
        pytest.param(0.5, keyframes(PARAM_SPEED_OFFSET_MAP_U=[[0, 3], [4, 5]]), False, id="a line from elsewhere"),
        pytest.param(0.5, keyframes(PARAM_OFFSET_MAP_U=[[0, 0], [2, 2], [4, 2]]), False, id="a curve"),
        pytest.param(1, keyframes(PARAM_SPEED_MAP_U=[[0, 1], [4, 2]]), False, id="a speed that changes"),
        pytest.param(2, {}, True, id="a speed alone"),
    ],
)
def test_only_a_straight_line_is_a_constant_speed(speed: float, metadata: dict[str, Any], constant: bool) -> None:
    """The adapter takes the speed that stands beside a curve for that of the clip."""
    from reperform.timeline.adapters.aaf import _refuse_curves

    clip = clip_with(DEFAULT_MEDIA=CAMERA)
    clip.effects.append(otio.schema.LinearTimeWarp("Motion Control", time_scalar=speed, metadata=metadata))
    _refuse_curves(clip)
    assert constant == isinstance(clip.effects[0], otio.schema.LinearTimeWarp)


@pytest.fixture(scope="module")
def muted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips, written by the adapter; the second one then muted as Media Composer mutes a clip: by a selector."""
    aaf2 = pytest.importorskip("aaf2", reason="needs reperform[aaf]")
    pytest.importorskip("otio_aaf_adapter", reason="needs reperform[aaf]")
    path = tmp_path_factory.mktemp("aaf") / "cut.aaf"
    timeline = otio.schema.Timeline("cut", global_start_time=time(86400))
    media = otio.schema.ExternalReference(CAMERA, span(0, 200))
    clips = [
        otio.schema.Clip(name, media.clone(), span(10 * number, 50), metadata={"AAF": {"SourceID": ""}})
        for number, name in enumerate("abc")
    ]
    timeline.tracks.append(otio.schema.Track("V1", children=clips, kind="Video"))
    otio.adapters.write_to_file(timeline, str(path), use_empty_mob_ids=True)
    with aaf2.open(str(path), "rw") as file:
        composition = next(file.content.toplevel())
        sequence = next(slot.segment for slot in composition.slots if slot.segment.media_kind == "Picture")
        first, second, third = list(sequence.components)
        selector = file.create.Selector(media_kind="Picture", length=50)
        selector["Selected"].value = file.create.Filler("Picture", 50)
        selector["Alternates"].value = [second.copy()]
        sequence["Components"].value = [first.copy(), selector, third.copy()]
    return path


def test_a_muted_clip_is_disabled_and_its_track_is_not(muted: Path) -> None:
    """A selector whose choice is filler; the adapter would disable the whole track with it."""
    timeline = read(muted).timeline
    (track,) = [found for found in timeline.tracks if found.kind == "Video"]
    assert (True, [True, False, True]) == (track.enabled, [clip.enabled for clip in track])


def test_what_an_aaf_says_of_itself(muted: Path) -> None:
    """Its dialect, its format, and its frames."""
    cut = read(muted)
    assert ("avid", "aaf", Rate(24)) == (cut.dialect.name, cut.written_as, cut.rate)
    assert [0, 10, 20] == [clip.source_range.start_time.value for clip in cut.timeline.tracks.find_clips()]
