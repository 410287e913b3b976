"""What editors and pipelines really exported: planned as it is, and performed with stand-ins for its media."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from real.real_kit import QUICK, failed, film, said
from reperform.timeline.recognising import strip_takes
from reperform.timeline.records import plain
from shared import SHARED, needs
from whole import cut_kit as cut
from whole.command_kit import call, run

EFFECTS = "timelines/resolve/effects.otio"
DISSOLVE = "timelines/resolve/dissolve_and_generator.otio"
NESTED = "timelines/otio-core/nested_example.otio"
TRANSITION = "timelines/otio-core/transition.otio"
PREMIERE = "timelines/premiere/premiere_example.otio"
AYON = "timelines/ayon-resolve-clips/"
R24, R30 = Fraction(24), Fraction(30)


def opened(path: str) -> otio.schema.Timeline:
    return otio.adapters.read_from_file(str(SHARED / path), "otio_json")


def add_mark(item: Any, text: str, start: float, frames: int, rate: float) -> None:
    begins = otio.opentime.RationalTime(start, rate)
    span = otio.opentime.TimeRange(begins, otio.opentime.RationalTime(frames, rate))
    item.markers.append(otio.schema.Marker(name=text, marked_range=span, color="RED"))


def numbers_are_right(document: dict[str, Any]) -> list[tuple[int, int]]:
    """Range of every take, each once, its pictures read."""
    takes = {take["path"]: (take["in_frame"], take["frames"]) for take in document["takes"]}
    for path, (first, frames) in takes.items():
        assert cut.numbers(Path(path)) == tuple(range(first, first + frames))
    return sorted(takes.values())


def foreign(made: otio.schema.Timeline) -> list[Any]:
    """All metadata in it that is not ours, and what markers say, in order."""
    items = [made, made.tracks, *made.tracks.find_children()]
    held = [held for item in items for held in (item, *getattr(item, "effects", ()), *getattr(item, "markers", ()))]
    return [{key: plain(value) for key, value in item.metadata.items() if key != "reperform"} for item in held]


def assert_nothing_lost(before: otio.schema.Timeline, out: Path, *, same_addresses: bool = True) -> None:
    """Without our takes it is the timeline that was given; with them, too, nobody's metadata is gone."""
    after = otio.adapters.read_from_file(str(out))
    bare = strip_takes(after)
    assert foreign(bare) == foreign(before)
    if same_addresses:
        assert bare.is_equivalent_to(before)


def offline_effects(folder: Path, marks: Sequence[tuple[int, str, int]]) -> tuple[otio.schema.Timeline, Path]:
    made = opened(EFFECTS)
    for number, text, start in marks:
        add_mark(made.tracks[4][number], text, start, 12, 24)
    return made, cut.save(made, folder / "effects.otio")


@needs(EFFECTS)
@pytest.mark.parametrize("option", ["--marker-color", "--marker-name"])
def test_offline_media_of_a_resolve_export_are_named_each_with_its_place_and_a_way_out(
    tmp_path: Path, option: str
) -> None:
    _, path = offline_effects(tmp_path, [(0, "angry please", 24), (3, "sad", 10)])
    ran = call("plan", path, "--json", option, "RED" if option == "--marker-color" else ".*")
    problems = ran.json["problems"]
    assert (ran.status, ran.err, ran.json["shots"]) == (2, "", [])
    assert [(problem["where"]["track"], problem["where"]["timecode"]) for problem in problems] == [
        ("V5", "01:00:01:00"),
        ("V5", "01:00:43:05"),
    ]
    assert all("is not here" in problem["message"] and "--media-root" in problem["fix"] for problem in problems)


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=needs(path)) for path in (EFFECTS, DISSOLVE, NESTED, TRANSITION, PREMIERE)]
)
def test_a_timeline_without_marks_is_written_as_it_is(tmp_path: Path, path: str) -> None:
    """No mark at all is no error; markers for other things are listed."""
    document = run(SHARED / path, tmp_path / "out.otio", "--project", tmp_path / "x.reperform", "--for", "otio")
    written = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    assert written.is_equivalent_to(opened(path))
    assert len(document["ignored_markers"]) == (4 if path == PREMIERE else 0)


@pytest.mark.parametrize("name", ["premiere_example", "screening_example"])
@needs("timelines/otio-core/premiere_example.Marker3.otio")
def test_a_newer_opentimelineio_is_refused_in_a_sentence(name: str) -> None:
    ran = call("plan", SHARED / f"timelines/otio-core/{name}.Marker3.otio")
    assert (ran.status, ran.out) == (2, "")
    assert "written by a newer OpenTimelineIO: its Marker.3 is unknown" in ran.said
    assert "Traceback" not in ran.said


MARKED_AT = {
    "img_seq_2x_speed_resolve": "00:00:00:04",
    "img_seq_embedded_tc": "00:00:01:12",
    "img_seq_reverse_speed_no_tc": "00:00:00:20",
    "img_seq_with_handles": "00:00:00:19",
    "movie_with_handles": "00:00:03:10",
    "qt_embedded_tc": "00:00:00:22",
    "qt_retimed_speed": "00:00:03:10",
    "qt_review": "00:00:01:01",
}
"""Each marker was set in the middle of its clip."""


@needs(AYON + "qt_review.json")
@pytest.mark.parametrize("name", MARKED_AT)
def test_a_real_clip_marker_is_placed_where_it_was_set(name: str) -> None:
    """A single clip is a timeline too. Resolve counts from the timecode, through a retime, or backward from the end."""
    ran = call("plan", SHARED / f"{AYON}{name}.json", "--json", "--marker-name", ".*")
    assert ran.status == 2
    assert [problem["where"]["timecode"] for problem in ran.json["problems"]] == [MARKED_AT[name]]
    assert all(problem["fix"] for problem in ran.json["problems"])


@needs(AYON + "qt_embedded_tc.json")
@pytest.mark.parametrize(
    ("name", "media", "facts", "cue", "covers"),
    [
        pytest.param(
            "movie_with_handles", "simple_editorial_setup.mp4", {"frames": 220}, (85, 10), (0, 183), id="from zero"
        ),
        pytest.param(
            "qt_embedded_tc",
            "qt_embedded_tc.mov",
            {"frames": 100, "rate": R24, "timecode": "01:00:00:00", "start": 86400},
            (51, 11),
            (18, 67),
            id="24 in a cut of 25, from 01:00:00:00",
        ),
        pytest.param("qt_review", "movie.mp4", {"frames": 80}, (26, 11), (0, 62), id="the clip is called otherwise"),
    ],
)
def test_a_real_clip_is_performed_on_media_that_moved(
    tmp_path: Path, name: str, media: str, facts: dict[str, Any], cue: tuple[int, int], covers: tuple[int, int]
) -> None:
    clip = opened(f"{AYON}{name}.json")
    clip.markers[0].marked_range = otio.opentime.TimeRange(
        clip.markers[0].marked_range.start_time,
        otio.opentime.RationalTime(10, clip.markers[0].marked_range.duration.rate),
    )
    path = tmp_path / "clip.otio"
    otio.adapters.write_to_file(clip, str(path))
    film(tmp_path, media, **facts)
    options = ("--marker-name", ".*", "--direction", "angry", "--media-root", tmp_path)
    (shot,) = call("plan", path, "--json", *options).json["shots"]
    assert [(one["in_frame"], one["frames"]) for one in shot["cues"]] == [cue]
    document = run(path, tmp_path / "out.otio", *options, *QUICK)
    assert (failed(document), numbers_are_right(document)) == ([], [covers])


@needs(EFFECTS)
def test_a_real_resolve_export_is_performed_and_comes_back_whole(tmp_path: Path) -> None:
    """Nineteen tracks, disabled clips, stills, sound that is offline: two shots get takes on a track above all picture."""
    made, path = offline_effects(tmp_path, [(3, "RP: happy", 86)])
    add_mark(made.tracks, "RP: surprised", 86400 + 840, 12, 24)
    cut.save(made, path)
    media = tmp_path / "moved" / "deep"
    media.mkdir(parents=True)
    for name, frames in (("sh0030", 211), ("sh0050", 98)):
        film(media, f"sq0100_{name}_layout_v004.mp4", rate=R24, frames=frames)
    out = tmp_path / "out.otio"
    document = run(path, out, "--media-root", tmp_path / "moved", "--handles", "0", *QUICK)
    assert (failed(document), said(document)) == ([], [])
    assert numbers_are_right(document) == [(0, 98), (0, 211)]
    assert_nothing_lost(made, out)
    tracks = otio.adapters.read_from_file(str(out)).tracks
    assert [track.name for track in tracks[7:10]] == ["Video 8", "Takes 1", "Audio 1"]
    assert [clip.range_in_parent().start_time.value for clip in tracks[8].find_clips()] == [816, 1027]


@needs(DISSOLVE)
def test_a_take_in_a_real_dissolve_has_the_frames_for_it(tmp_path: Path) -> None:
    """A mark on the generator beside it is an error of its own, and stops nothing else."""
    made = opened(DISSOLVE)
    add_mark(made.tracks[0][0], "RP: angry", 90, 20, 24)
    add_mark(made.tracks[0][2], "RP: sad", 10, 20, 24)
    path, out = cut.save(made, tmp_path / "cut.otio"), tmp_path / "out.otio"
    film(tmp_path, "cut_src.mp4", rate=R24, frames=192)
    document = run(path, out, "--media-root", tmp_path, "--handles", "2", *QUICK, status=1)
    assert said(document) == ["no moving picture is under the mark “RP: sad”"]
    assert (failed(document), numbers_are_right(document)) == ([], [(22, 112)])
    assert_nothing_lost(made, out)
    lane = otio.adapters.read_from_file(str(out)).tracks[1]
    assert [type(item).__name__ for item in lane] == ["Clip", "Transition", "Gap"]


@needs(NESTED)
def test_clips_in_stacks_and_tracks_in_tracks_are_performed(tmp_path: Path) -> None:
    """One inside a stack at 85 % is performed as seen; one in a frozen track is refused with its place, and the others go on."""
    made = opened(NESTED)
    film(tmp_path, "media.mov", rate=R24, frames=480)
    for clip in made.tracks.find_clips():
        reference = otio.schema.ExternalReference(target_url="media.mov", available_range=cut.span(0, 480, R24))
        clip.media_reference = reference
        if clip.name not in ("Normal Clip 1", "Normal Clip 4"):
            add_mark(clip, "RP: angry", clip.source_range.start_time.value, 4, 24)
    path, out = cut.save(made, tmp_path / "cut.otio"), tmp_path / "out.otio"
    document = run(path, out, "--handles", "0", *QUICK, status=1)
    refused = ["Clip Inside A Track is retimed, and it stands inside “Nested Track”, which is frozen"]
    assert said(document) == refused
    assert failed(document) == []
    [slow] = [take for take in document["takes"] if take["shot_id"] == "V1/V1@00:00:12:14"]
    assert cut.numbers(Path(slow["path"])) == tuple(429 + frame * 47 // 55 for frame in range(29))
    others = {"takes": [take for take in document["takes"] if take is not slow]}
    assert numbers_are_right(others) == [(101, 33), (179, 63), (373, 31)]
    assert_nothing_lost(made, out)


@needs(TRANSITION)
@pytest.mark.parametrize("editor", ["otio", "resolve"])
def test_a_dissolve_between_two_marked_clips(tmp_path: Path, editor: str) -> None:
    """Their takes hold its frames without handles. One clip has no source range, one counts its media from 1."""
    made = opened(TRANSITION)
    for name, frames in (("titles", 8), ("wind-up", 9), ("punchline", 10), ("credits", 120)):
        film(tmp_path, f"{name}.mov", rate=R24, frames=frames)
    for clip in made.tracks.find_clips():
        add_mark(clip, "RP: angry", (clip.source_range or clip.available_range()).start_time.value, 2, 24)
    path, out = cut.save(made, tmp_path / "cut.otio"), tmp_path / "out.otio"
    document = run(path, out, "--for", editor, "--media-root", tmp_path, "--handles", "0", *QUICK)
    assert (failed(document), said(document)) == ([], [])
    assert numbers_are_right(document) == [(0, 6), (2, 7), (3, 3), (100, 6)]
    assert_nothing_lost(made, out, same_addresses=editor == "otio")


PREMIERE_MEDIA = {
    "sc01_sh010_anim.mov": (100, None),
    "sc01_master_layerA_sh030_temp.mov": (400, "00:00:03:09"),
}


@needs(PREMIERE)
def test_a_premiere_timeline_with_one_clip_at_half_the_rate(tmp_path: Path) -> None:
    """Unnamed tracks, a title over all, nested sequences, `file://localhost/D%3a/` addresses, and a source range that counts 15
    a second in media of 30."""
    made = opened(PREMIERE)
    for clip in made.tracks.find_clips():
        if clip.parent().kind == "Video" and clip.name in PREMIERE_MEDIA:
            start = clip.source_range.start_time
            add_mark(clip, "RP: angry", start.value + 10, 10, start.rate)
    path, out = cut.save(made, tmp_path / "cut.otio"), tmp_path / "out.otio"
    for name, (frames, timecode) in PREMIERE_MEDIA.items():
        film(tmp_path, name, rate=R30, frames=frames, timecode=timecode)
    document = run(path, out, "--media-root", tmp_path, "--handles", "0", *QUICK)
    cues = {
        (shot["id"], cue["in_frame"], cue["frames"])
        for shot in call("plan", path, "--json", "--media-root", tmp_path).json["shots"]
        for cue in shot["cues"]
    }
    assert cues == {
        ("V1@00:00:17:26", 20, 20),
        ("V2@00:00:00:13", 10, 10),
        ("V4@00:00:31:26", 44, 10),
        ("V4@00:00:38:24", 28, 10),
    }
    assert (failed(document), said(document)) == ([], [])
    covered = [(0, 100), (0, 100), (6, 94), (34, 221)]
    assert numbers_are_right(document) == covered
    assert_nothing_lost(made, out)
