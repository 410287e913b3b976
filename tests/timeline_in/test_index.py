"""The index says where everything in a cut stands, in record time and in media time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.timeline.cut import Index
from reperform.timeline.index import build, by_address, item_at, picture_at
from reperform.timeline.reading import read
from shared import SHARED, needs
from timeline_in.cutting import add_marks, clip, dissolve, gap, in_frames, index_of, movie, span, stack, timeline, track


def _places(index: Index) -> list[tuple[str, str, int, int]]:
    return [(clip.name, clip.track.label, clip.record.start, clip.record.frames) for clip in index.clips]


def test_items_follow_one_another_and_gaps_take_time(tmp_path: Path) -> None:
    index = index_of(timeline(track(clip("a", 100, 10), gap(5), clip("b", 7, 20))), tmp_path)
    assert _places(index) == [("a", "V1", 0, 10), ("b", "V1", 15, 20)]
    assert [(clip.source_start, clip.source_end) for clip in index.clips] == [
        (Fraction(100, 24), Fraction(110, 24)),
        (Fraction(7, 24), Fraction(27, 24)),
    ]
    assert index.frames == 35


def test_tracks_are_labelled_bottom_up_by_kind(tmp_path: Path) -> None:
    index = index_of(
        timeline(
            track(clip("a")),
            track(clip("sub"), kind="Subtitle"),
            track(clip("b")),
            track(clip("c"), kind="Audio"),
            track(clip("d"), kind="Audio"),
        ),
        tmp_path,
    )
    assert [(place.label, place.kind, place.address) for place in index.tracks] == [
        ("V1", "video", (0,)),
        ("V2", "video", (2,)),
        ("A1", "audio", (3,)),
        ("A2", "audio", (4,)),
    ]


def test_rates_mix_without_loss(tmp_path: Path) -> None:
    made = track(*(clip(f"{n}", 0, 1, rate=29.97) for n in range(1000)), clip("end", 0, 25, rate=25))
    end = index_of(timeline(made, start=0, rate=24), tmp_path).clips[-1]
    assert (end.record_start, end.record_end) == (Fraction(1001, 30), Fraction(1001, 30) + 1)
    assert (end.record.start, end.record.end) == (800, 825)


def test_a_fractional_source_time_stays_exact(tmp_path: Path) -> None:
    (placed,) = index_of(timeline(track(clip("a", 91046.625, 74, rate=25))), tmp_path).clips
    assert placed.source_start == Fraction(91046625, 25000)


def test_a_transition_takes_no_time_and_uses_media_on_both_sides(tmp_path: Path) -> None:
    index = index_of(timeline(track(clip("a", 0, 10), dissolve(2, 3), clip("b", 50, 10))), tmp_path)
    before, after = index.clips
    assert (before.record.end, after.record.start) == (10, 10)
    assert (in_frames(before.head_transition), in_frames(before.tail_transition)) == (0, 3)
    assert (in_frames(after.head_transition), in_frames(after.tail_transition)) == (2, 0)


@pytest.mark.parametrize("who", ["clip", "track", "stack", "timeline"])
def test_what_is_disabled_or_stands_in_something_disabled_is_not_enabled(tmp_path: Path, who: str) -> None:
    inner = clip("a")
    nested = stack(track(inner))
    outer = track(nested)
    made = timeline(outer)
    {"clip": inner, "track": outer, "stack": nested, "timeline": made.tracks}[who].enabled = False
    (placed,) = index_of(made, tmp_path).clips
    assert not placed.enabled


def test_a_nested_stack_is_walked_and_its_source_range_cuts_what_is_in_it(tmp_path: Path) -> None:
    inner = stack(track(clip("a", 100, 10), clip("b", 200, 10)), track(clip("c", 300, 20)), trim=span(4, 10))
    index = index_of(timeline(track(gap(24), inner, clip("after"))), tmp_path)
    assert _places(index) == [
        ("a", "V1/V1", 24, 6),
        ("b", "V1/V1", 30, 4),
        ("c", "V1/V2", 24, 10),
        ("after", "V1", 34, 24),
    ]
    assert [in_frames(clip.source_start) for clip in index.clips] == [104, 200, 304, 0]
    assert [in_frames(clip.source_end) for clip in index.clips] == [110, 204, 314, 24]
    assert by_address(index)[0, 1, 1, 0].name == "c"


def test_what_nesting_trims_away_is_no_clip_and_its_marker_says_so(tmp_path: Path) -> None:
    inner = stack(track(clip("gone", 0, 10, marks=((2, 3),)), clip("seen", 0, 10, marks=((2, 3),))), trim=span(10, 10))
    index = index_of(timeline(track(inner)), tmp_path)
    assert [placed.name for placed in index.clips] == ["seen"]
    assert [(mark.trimmed_away, mark.record_start) for mark in index.markers] == [
        (True, None),
        (False, Fraction(2, 24)),
    ]


def test_a_track_in_a_track_and_a_clip_in_a_stack_have_places(tmp_path: Path) -> None:
    index = index_of(timeline(track(track(clip("deep")), stack(clip("loose")))), tmp_path)
    assert _places(index) == [("deep", "V1/V1", 0, 24), ("loose", "V1/V1", 24, 24)]
    assert [item_at(index.cut.timeline, placed.address).name for placed in index.clips] == ["deep", "loose"]


def test_the_timelines_own_source_range_moves_its_start(tmp_path: Path) -> None:
    made = timeline(track(clip("a", 0, 10, marks=((7, 2),)), clip("b", 0, 10)))
    made.tracks.source_range = span(6, 8)
    index = index_of(made, tmp_path)
    assert _places(index) == [("a", "V1", 0, 4), ("b", "V1", 4, 4)]
    assert (index.frames, index.markers[0].record_start) == (8, Fraction(1, 24))


def test_sound_of_a_compound_on_an_audio_track_is_heard_and_its_picture_not_seen(tmp_path: Path) -> None:
    inner = stack(track(clip("picture")), track(clip("sound"), kind="Audio"))
    index = index_of(timeline(track(inner, kind="Audio")), tmp_path)
    assert [(placed.name, placed.track.label, placed.enabled) for placed in index.clips] == [
        ("picture", "A1/V1", False),
        ("sound", "A1/A1", True),
    ]


def _warp(kind: str) -> Any:
    return {
        "2x": otio.schema.LinearTimeWarp(time_scalar=2.0),
        "float32": otio.schema.LinearTimeWarp(time_scalar=-0.699999988079071),
        "1x": otio.schema.LinearTimeWarp(time_scalar=1.0),
        "freeze": otio.schema.FreezeFrame(),
        "ramp": otio.schema.TimeEffect(effect_name="TimeWarp"),
        "look": otio.schema.Effect(effect_name="Transform"),
    }[kind]


@pytest.mark.parametrize(
    ("effects", "speed"),
    [
        ((), Fraction(1)),
        (("look",), Fraction(1)),
        (("1x",), Fraction(1)),
        (("2x",), Fraction(2)),
        (("float32",), Fraction(-7, 10)),
        (("2x", "float32"), Fraction(-7, 5)),
        (("freeze",), Fraction(0)),
        (("ramp",), None),
        (("2x", "ramp"), None),
    ],
)
def test_the_speed_is_the_product_of_the_time_effects(
    tmp_path: Path, effects: tuple[str, ...], speed: Fraction | None
) -> None:
    made = clip("a")
    made.effects.extend([_warp(kind) for kind in effects])
    (placed,) = index_of(timeline(track(made)), tmp_path).clips
    assert placed.speed == speed


def test_a_disabled_time_effect_is_no_retime(tmp_path: Path) -> None:
    made = clip("a", speed=2.0)
    made.effects[0].enabled = False
    (placed,) = index_of(timeline(track(made)), tmp_path).clips
    assert placed.speed == 1


@pytest.mark.parametrize(
    ("speed", "source"), [(2.0, (20, 40)), (0.5, (20, 25)), (-1.0, (20, 30)), (0.0, (20, 20))], ids=str
)
def test_a_retimed_clip_keeps_its_length_and_shows_its_part_of_the_media(
    tmp_path: Path, speed: float, source: tuple[int, int]
) -> None:
    (placed,) = index_of(timeline(track(clip("a", 20, 10, speed=speed))), tmp_path).clips
    assert placed.record.frames == 10
    assert (in_frames(placed.source_start), in_frames(placed.source_end)) == source


def test_a_constant_retime_around_a_clip_is_exact(tmp_path: Path) -> None:
    inner = stack(track(clip("a", 0, 20), clip("b", 100, 20, speed=0.5)), trim=span(10, 15))
    inner.effects.append(_warp("2x"))
    index = index_of(timeline(track(inner)), tmp_path)
    assert [(in_frames(placed.record_start), in_frames(placed.record_end), placed.speed) for placed in index.clips] == [
        (0, 5, Fraction(2)),
        (5, 15, Fraction(1)),
    ]
    assert [(in_frames(placed.source_start), in_frames(placed.source_end)) for placed in index.clips] == [
        (10, 20),
        (100, 110),
    ]


def test_what_is_nested_backward_is_seen_backward(tmp_path: Path) -> None:
    inner = stack(track(clip("a", 0, 10), clip("b", 100, 10)), trim=span(5, 10))
    inner.effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.0))
    index = index_of(timeline(track(inner)), tmp_path)
    assert [
        (placed.name, in_frames(placed.record_start), in_frames(placed.source_start)) for placed in index.clips
    ] == [
        ("a", 5, 5),
        ("b", 0, 100),
    ]


@pytest.mark.parametrize("kind", ["freeze", "ramp"])
def test_inside_a_freeze_or_a_ramp_the_speed_is_unknown(tmp_path: Path, kind: str) -> None:
    inner = stack(track(clip("a")))
    inner.effects.append(_warp(kind))
    (placed,) = index_of(timeline(track(inner)), tmp_path).clips
    assert placed.speed is None


@pytest.mark.parametrize(
    ("reference", "name", "moving"),
    [
        pytest.param(movie("/m/a.mov"), "a", True, id="movie"),
        pytest.param(movie("/m/a.PNG"), "a", False, id="still by its ending"),
        pytest.param(movie("/m/a.bin", 0, 1), "a", False, id="still by its length"),
        pytest.param(otio.schema.GeneratorReference("x", "Solid Color"), "a", False, id="generator"),
        pytest.param(otio.schema.MissingReference("x", span(0, 9)), "a", True, id="offline"),
        pytest.param(otio.schema.MissingReference("x.png"), "a", False, id="offline still"),
        pytest.param(otio.schema.MissingReference(), "Adjustment Clip", False, id="adjustment clip"),
        pytest.param(
            otio.schema.ImageSequenceReference("/m/", "a.", ".exr", 1, 1, 24, available_range=span(0, 9)),
            "a",
            True,
            id="image sequence",
        ),
    ],
)
def test_stills_and_generators_do_not_move(tmp_path: Path, reference: Any, name: str, moving: bool) -> None:
    made = clip(name, media=reference)
    (placed,) = index_of(timeline(track(made)), tmp_path).clips
    assert placed.moving is moving


def test_a_clip_without_media_or_with_a_missing_active_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    made = clip("a")
    otio.adapters.write_to_file(timeline(track(made)), str(path))
    path.write_text(
        path.read_text().replace('"active_media_reference_key": "DEFAULT_MEDIA"', '"active_media_reference_key": "x"')
    )
    assert [(placed.name, placed.moving) for placed in build(read(path)).clips] == [("a", True)]


def _record(index: Index) -> list[tuple[str, Any, Any, bool]]:
    frames = [(mark.record_start, mark.record_end) for mark in index.markers]
    return [
        (mark.on, in_frames(start), in_frames(end), mark.trimmed_away)
        for mark, (start, end) in zip(index.markers, frames, strict=True)
    ]


def test_markers_on_clips_are_placed_in_record_time_and_cut_to_what_is_visible(tmp_path: Path) -> None:
    made = clip("a", 100, 20, marks=((105, 3), (95, 8), (115, 50), (100, 0), (50, 10), (120, 5), (110, 0)))
    index = index_of(timeline(track(gap(24), made)), tmp_path)
    assert _record(index) == [
        ("clip", 29, 32, False),
        ("clip", 24, 27, False),
        ("clip", 39, 44, False),
        ("clip", 24, 24, False),
        ("clip", -26, -16, True),
        ("clip", 44, 49, True),
        ("clip", 34, 34, False),
    ]
    assert all(mark.clip is index.clips[0] for mark in index.markers)


def test_markers_on_gaps_tracks_and_stacks_are_placed_in_record_time(tmp_path: Path) -> None:
    hole = add_marks(gap(10), ((3, 2),))
    nested = add_marks(stack(track(clip("a", 0, 20)), trim=span(5, 10)), ((7, 1),))
    lane = add_marks(track(clip("x", 0, 24), hole, nested), ((30, 1),))
    made = timeline(lane)
    add_marks(made.tracks, ((40, 2),))
    assert _record(index_of(made, tmp_path)) == [
        ("gap", 27, 29, False),
        ("stack", 36, 37, False),
        ("track", 30, 31, False),
        ("stack", 40, 42, False),
    ]


def test_timeline_markers_at_or_past_the_start_timecode_are_record_timecode(tmp_path: Path) -> None:
    made = timeline(track(clip("a", 0, 48)), start=86400)
    add_marks(made.tracks, ((86400, 1), (86410, 2), (10, 2), (86448, 1)))
    assert _record(index_of(made, tmp_path)) == [
        ("stack", 0, 1, False),
        ("stack", 10, 12, False),
        ("stack", 10, 12, False),
        ("stack", 48, 49, True),
    ]


def test_a_marker_a_hair_before_its_clip_is_at_its_first_frame(tmp_path: Path) -> None:
    made = clip("a", 100.0, 20, marks=((99.996, 1), (100, 1)))
    index = index_of(timeline(track(made), start=0), tmp_path)
    assert [mark[1] for mark in _record(index)] == [0, 0]


@needs("timelines")
def test_the_dissolve_of_a_real_export_uses_media_on_both_sides() -> None:
    index = build(read(SHARED / "timelines/resolve/dissolve_and_generator.otio"))
    picture = [clip for clip in index.clips if clip.track.kind == "video"]
    assert [(clip.name, clip.record.start, clip.record.frames, clip.moving) for clip in picture] == [
        ("cut_src.mp4", 0, 96, True),
        ("Solid Color", 96, 96, False),
        ("Solid Color", 192, 48, False),
    ]
    assert [(clip.head_transition, clip.tail_transition) for clip in picture] == [
        (0, Fraction(1, 2)),
        (Fraction(1, 2), 0),
        (0, 0),
    ]


@needs("timelines")
def test_the_stills_and_disabled_clips_of_a_real_export_are_told() -> None:
    index = build(read(SHARED / "timelines/resolve/effects.otio"))
    assert index.frames == 1125
    assert sum(not clip.enabled for clip in index.clips) == 6
    moving = [clip.name for clip in index.clips if clip.track.kind == "video" and clip.moving]
    assert moving == [f"sq0100_sh00{n}_layout_v00{v}.mp4" for n, v in (("10", 4), ("20", 5), ("30", 4), ("50", 4))]


@needs("timelines")
def test_the_transition_example_of_opentimelineio() -> None:
    index = build(read(SHARED / "timelines/otio-core/transition.otio"))
    assert [(clip.name, clip.record.start, clip.record.frames) for clip in index.clips] == [
        ("Clip-001", 0, 3),
        ("Clip-002", 3, 6),
        ("Clip-003", 9, 4),
        ("Clip-004", 13, 6),
    ]
    assert [(in_frames(clip.head_transition), in_frames(clip.tail_transition)) for clip in index.clips] == [
        (0, 0),
        (0, 3),
        (2, 0),
        (0, 0),
    ]
    assert index.clips[3].source_start == Fraction(100, 24)


def _seen(index: Index, start: int, end: int) -> list[tuple[str, Any, Any]]:
    found = picture_at(index).topmost(Fraction(start, 24), Fraction(end, 24))
    return [(clip.name, in_frames(first), in_frames(last)) for clip, first, last in found]


def test_the_topmost_moving_enabled_picture_is_what_is_seen(tmp_path: Path) -> None:
    hidden = clip("hidden", 0, 60)
    hidden.enabled = False
    index = index_of(
        timeline(
            track(clip("low", 0, 100)),
            track(gap(20), clip("high", 0, 20)),
            track(gap(10), clip("still", 0, 40, media=movie("/m/x.png"))),
            track(hidden),
            track(clip("sound", 0, 100), kind="Audio"),
        ),
        tmp_path,
    )
    assert _seen(index, 0, 100) == [("low", 0, 20), ("high", 20, 40), ("low", 40, 100)]
    assert _seen(index, 15, 25) == [("low", 15, 20), ("high", 20, 25)]
    assert _seen(index, 20, 20) == [("high", 20, 20)]
    assert _seen(index, 100, 200) == []
    finder = picture_at(index)
    low, high = (next(clip for clip in index.clips if clip.name == name) for name in ("low", "high"))
    assert [clip.name for clip in finder.above(low, Fraction(0), Fraction(5, 24))] == []
    assert [clip.name for clip in finder.above(low, Fraction(0), Fraction(12, 24))] == ["still"]
    assert [clip.name for clip in finder.above(high, Fraction(0), Fraction(4))] == ["still"]


def test_the_picture_inside_a_compound_is_seen_at_the_compounds_height(tmp_path: Path) -> None:
    inner = stack(track(clip("under", 0, 10)), track(gap(5), clip("over", 0, 5)))
    index = index_of(timeline(track(clip("base", 0, 30)), track(inner)), tmp_path)
    assert _seen(index, 0, 30) == [("under", 0, 5), ("over", 5, 10), ("base", 10, 30)]


def test_a_take_on_a_track_of_its_own_stands_for_what_is_under_it(tmp_path: Path) -> None:
    take = movie("/takes/a.mov")
    take.metadata["reperform"] = {"take": "t1"}
    index = index_of(timeline(track(clip("original")), track(clip("take", media=take), name="Takes 1")), tmp_path)
    assert _seen(index, 0, 24) == [("original", 0, 24)]


def test_an_address_that_leads_nowhere_is_an_index_error(tmp_path: Path) -> None:
    index = index_of(timeline(track(clip("a"))), tmp_path)
    with pytest.raises(IndexError):
        item_at(index.cut.timeline, (0, 0, 1))


def test_a_length_of_a_hair_off_a_frame_ends_on_the_frame(tmp_path: Path) -> None:
    made = otio.schema.Clip("a", movie(), span(0, 24.00000001))
    (placed,) = index_of(timeline(track(made), start=0), tmp_path).clips
    assert placed.record.frames == 24
