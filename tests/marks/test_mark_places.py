"""Where marks are, and which frames they become."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marked import Library, clip, cut, find, gap, mark, movie, ranges, said, time, title, track


def test_a_marker_longer_than_one_frame_is_the_cue() -> None:
    made = cut(track(clip("MARA", 100, 50, marks=[mark("RP: angry", 110, 20)])))
    assert ranges(find(made)) == {"V1@00:00:00:00#1": (110, 20)}


def test_a_marker_of_one_frame_is_the_whole_visible_clip() -> None:
    made = cut(track(gap(25), clip("MARA", 100, 50, marks=[mark("RP: angry", 110)])))
    assert ranges(find(made)) == {"V1@00:00:01:00#1": (100, 50)}


def test_a_marker_of_one_frame_is_the_guide_s_dialogue_under_it_as_far_as_the_clip_is_visible() -> None:
    guide = track(gap(30), clip("adr 1", 0, 15), clip("adr 2", 0, 40), audio=True, name="MARA guide")
    made = cut(track(clip("MARA", 100, 60, marks=[mark("RP", 135), mark("RP", 147)]), clip("BEN")), guide)
    assert ranges(find(made)) == {"V1@00:00:00:00#1": (130, 15), "V1@00:00:00:00#2": (145, 15)}


@pytest.mark.parametrize(
    ("frames", "rate", "expected"), [(1, 25, 50), (0, 25, 50), (1, 24, 50), (2, 25, 2), (2000, 48000, 2)]
)
def test_a_frame_is_one_of_the_marker_s_own_or_of_the_timeline_s(frames: int, rate: int, expected: int) -> None:
    marker = otio.schema.Marker(name="RP: sad", marked_range=otio.opentime.TimeRange(time(4, 25), time(frames, rate)))
    found = find(cut(track(clip("MARA", marks=[marker]))))
    assert [cue.frames for shot in found.shots for cue in shot.cues] == [expected]


def test_the_cue_is_in_frames_of_the_media_from_floor_to_ceiling() -> None:
    library = Library({"MARA": movie("MARA", rate=Fraction(24000, 1001), frames=500)})
    found = find(cut(track(clip("MARA", 0, 50, marks=[mark("RP: sad", 10, 10)]))), media=library)
    # 0.4 s to 0.8 s at 23.976: frames 9.59 to 19.18.
    assert ranges(found) == {"V1@00:00:00:00#1": (9, 11)}


def test_the_source_s_timecode_does_not_move_the_cue() -> None:
    library = Library({"MARA": movie("MARA", start_frame=90000)})
    found = find(cut(track(clip("MARA", 90100, 50, marks=[mark("RP: sad", 90110, 10)]))), media=library)
    assert ranges(found) == {"V1@00:00:00:00#1": (110, 10)}
    assert found.shots[0].media.start == "01:00:04:00"


def test_a_mark_that_was_trimmed_away_is_a_note_and_no_cue() -> None:
    found = find(cut(track(clip("MARA", 100, 50, marks=[mark("fix", 110), mark("RP: angry", 20, 10)]))))
    assert (found.shots, said(found), said(found, "note")) == (
        (),
        [],
        ["the mark “RP: angry” lies outside the visible range of its clip: it has been trimmed away"],
    )


def test_a_mark_that_reaches_beyond_its_clip_ends_with_it() -> None:
    found = find(cut(track(clip("MARA", 100, 50, marks=[mark("RP: angry", 140, 30)]))))
    assert ranges(found) == {"V1@00:00:00:00#1": (140, 10)}


def test_marks_on_disabled_picture_are_ignored() -> None:
    off = clip("MARA", marks=[mark("RP: angry")], enabled=False)
    found = find(cut(track(off), track(clip("BEN", marks=[mark("RP: sad")]), enabled=False)))
    assert [ignored.why for ignored in found.ignored] == ["its clip is disabled", "its track is disabled"]
    assert (found.shots, found.problems) == ((), ())


def test_a_mark_on_a_disabled_audio_clip_is_ignored() -> None:
    off = clip("MARA", 0, 50, marks=[mark("RP: angry")], enabled=False)
    found = find(cut(track(clip("MARA")), track(off, audio=True)))
    assert ([ignored.why for ignored in found.ignored], found.shots) == (["its clip is disabled"], ())


def test_marks_whose_time_is_a_guess_are_said_once() -> None:
    marks = [mark("RP: sad", at, 5) for at in (10, 20, 30)]
    found = find(cut(track(clip("MARA", 100, 50, marks=marks))))
    [message] = said(found, "warning")
    assert message.startswith("the mark “RP: sad” and 2 more: the file does not say in which time its marks count")
    assert [cue.in_frame for shot in found.shots for cue in shot.cues] == [110, 120, 130]


UNDER = {
    "on the stack": lambda marker: cut(track(clip("MARA", 100)), marks=[marker]),
    "on a track": lambda marker: cut(track(clip("MARA", 100), marks=[marker])),
    "on a gap above": lambda marker: cut(track(clip("MARA", 100)), track(gap(50, marks=[marker]))),
    "on a title above": lambda marker: cut(track(clip("MARA", 100)), track(title("THE END", marks=[marker]))),
    "on an audio clip": lambda marker: cut(
        track(clip("MARA", 100)), track(clip("MARA", 0, 50, marks=[marker]), audio=True)
    ),
    "on a clip of a muted audio track": lambda marker: cut(
        track(clip("MARA", 100)), track(clip("wild", 0, 50, marks=[marker]), audio=True, enabled=False)
    ),
}


@pytest.mark.parametrize("where", UNDER)
def test_a_mark_elsewhere_belongs_to_the_picture_under_it_in_record_time(where: str) -> None:
    found = find(UNDER[where](mark("RP: angry", 10, 20)))
    assert (ranges(found), said(found)) == ({"V1@00:00:00:00#1": (110, 20)}, [])


def test_the_topmost_moving_picture_is_taken_and_what_lay_above_is_said() -> None:
    made = cut(
        track(clip("BEN", 100)), track(clip("MARA", 200)), track(title("NAME")), marks=[mark("RP: angry", 10, 20)]
    )
    found = find(made)
    assert ranges(found) == {"V2@00:00:00:00#1": (210, 20)}
    assert said(found, "note") == ["the mark “RP: angry” is taken for this clip; NAME (V3) lies above it"]


def test_stack_marks_at_or_past_the_start_timecode_are_record_timecode() -> None:
    made = cut(track(clip("MARA", 100)), marks=[mark("RP: angry", 90010, 20)], start=90000)
    assert ranges(find(made)) == {"V1@01:00:00:00#1": (110, 20)}


def take(name: str, *marks: otio.schema.Marker) -> otio.schema.Clip:
    made = clip(name, 100, 50, marks=marks)
    made.media_reference.metadata["reperform"] = {"take": "RP001"}
    return made


def test_a_mark_on_our_take_or_over_it_stands_for_the_original() -> None:
    takes = track(take("MARA take 1", mark("RP: angry", 110, 20)), name="Takes 1")
    found = find(cut(track(clip("MARA", 100)), takes, marks=[mark("RP: angry", 10, 20)]))
    assert ([shot.clip for shot in found.shots], ranges(found), found.problems) == (
        ["MARA"],
        {"V1@00:00:00:00#1": (110, 20)},
        (),
    )


def test_a_take_without_its_original_below_is_the_shot_itself() -> None:
    found = find(cut(track(take("MARA take 1", mark("RP: angry", 110, 20)))))
    assert [shot.clip for shot in found.shots] == ["MARA take 1"]


def test_a_mark_on_a_gap_beside_a_dissolve_belongs_to_the_picture_under_it() -> None:
    dissolve = otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=time(5), out_offset=time(5))
    made = cut(track(clip("MARA", 100)), track(gap(50, marks=[mark("RP: sad", 20, 10)]), dissolve, clip("BEN", 50)))
    assert [shot.clip for shot in find(made).shots] == ["MARA"]


def test_a_clip_in_a_nested_stack_is_cut_by_what_it_is_nested_in() -> None:
    inner = otio.schema.Stack(
        children=[track(clip("MARA", 100, 50, marks=[mark("RP: angry", 110, 30)]))],
        source_range=otio.opentime.TimeRange(time(20), time(25)),
    )
    found = find(cut(track(gap(10), inner)))
    [shot] = found.shots
    assert (shot.address, shot.track, shot.id) == ((0, 1, 0, 0), "V1/V1", "V1/V1@00:00:00:10")
    assert (shot.media.in_frame, shot.media.frames) == (120, 25)
    assert ranges(found) == {"V1/V1@00:00:00:10#1": (120, 20)}


def test_a_mark_across_a_cut_is_one_cue_for_each_clip_with_a_warning() -> None:
    found = find(cut(track(clip("MARA", 100), clip("BEN", 300)), marks=[mark("RP: angry", 40, 20)]))
    assert ranges(found) == {"V1@00:00:00:00#1": (140, 10), "V1@00:00:02:00#1": (300, 10)}
    assert said(found, "warning") == [
        "the mark “RP: angry” lies across a cut: it becomes 2 cues, on MARA (V1), BEN (V1)"
    ]


def test_a_mark_over_black_is_an_error() -> None:
    found = find(cut(track(clip("MARA"), gap(50)), marks=[mark("RP: angry", 60, 20)]))
    assert said(found) == ["no moving picture is under the mark “RP: angry”"]


def test_equal_marks_at_equal_times_are_one() -> None:
    marks = [mark("RP: angry", 110, 20), mark("RP: Angry", 110, 20)]
    twin = track(clip("MARA", 100, marks=[mark("rp angry", 110, 20)]), audio=True)
    found = find(cut(track(clip("MARA", 100, marks=marks)), twin))
    assert (ranges(found), found.problems) == ({"V1@00:00:00:00#1": (110, 20)}, ())


OVERLAPPING = {
    "at other times": [mark("RP: angry", 0, 20), mark("RP: angry", 10, 20)],
    "with another direction": [mark("RP: angry", 0, 20), mark("RP: sad", 0, 20)],
    "two for the whole clip": [mark("RP: angry", 0), mark("RP: sad", 10)],
}


@pytest.mark.parametrize("case", OVERLAPPING)
def test_overlapping_cues_that_differ_are_an_error_that_names_both(case: str) -> None:
    found = find(cut(track(clip("MARA", marks=OVERLAPPING[case]))))
    [message] = said(found)
    assert found.shots == ()
    assert message.startswith("two cues overlap: “RP: angry” (00:00:00:00 to ")


def test_cues_that_meet_inside_a_frame_of_the_media_do_not_overlap() -> None:
    library = Library({"MARA": movie("MARA", rate=24, frames=500)})
    marks = [mark("RP: sad", 0, 10), mark("RP: angry", 10, 10)]
    found = find(cut(track(clip("MARA", 0, 50, marks=marks))), media=library)
    # They meet at frame 9.6: it belongs to the first.
    assert ranges(found) == {"V1@00:00:00:00#1": (0, 10), "V1@00:00:00:00#2": (10, 10)}


def test_a_retimed_shot_counts_in_record_frames() -> None:
    found = find(cut(track(gap(25), clip("MARA", 0, 50, speed=0.5, marks=[mark("RP: angry", 10, 20)]))))
    [shot] = found.shots
    assert (shot.clock, shot.media.in_frame, shot.media.frames) == ("record", 25, 50)
    assert [(cue.in_frame, cue.frames) for cue in shot.cues] == [(35, 20)]


def test_a_retime_that_cannot_be_mapped_is_an_error_that_names_the_clip_and_the_effect() -> None:
    made = clip("MARA", 0, 50, marks=[mark("RP: angry", 10, 20)])
    made.effects.append(otio.schema.TimeEffect(name="Twixtor"))
    found = find(cut(track(gap(25), made)))
    [message] = said(found)
    assert message.startswith("MARA is retimed, and its time effect “Twixtor” does not say")
    [problem] = found.problems
    assert (problem.where.track, problem.where.clip, problem.where.timecode) == ("V1", "MARA", "00:00:01:10")
    assert problem.fix


def test_a_clip_without_media_is_an_error_on_it_and_the_others_go_on() -> None:
    made = cut(track(clip("MARA", marks=[mark("RP: angry")]), clip("BEN", marks=[mark("RP: sad")])), start=90000)
    found = find(made, media=Library(offline=("MARA",)))
    [problem] = found.problems
    assert (problem.severity, problem.message, problem.fix) == ("error", "the media of MARA is offline", "Relink it.")
    assert (problem.where.track, problem.where.clip, problem.where.timecode) == ("V1", "MARA", "01:00:00:00")
    assert [shot.clip for shot in found.shots] == ["BEN"]


def test_all_problems_are_reported_together() -> None:
    first = clip("MARA", marks=[mark("RP: angri", 0, 5), mark("RP: sad", 10, 10), mark("RP: happy", 15, 10)])
    second = clip("BEN", marks=[mark("RP: sad")])
    second.effects.append(otio.schema.TimeEffect(name="Twixtor"))
    found = find(cut(track(first, second, clip("EVE", marks=[mark("RP: angry")]))))
    assert [message.partition(":")[0] for message in said(found)] == [
        "in the mark “RP",
        "two cues overlap",
        "BEN is retimed, and its time effect “Twixtor” does not say in a way that is known which frames are seen",
    ]
    assert [shot.clip for shot in found.shots] == ["EVE"]


def test_only_the_media_of_marked_clips_is_opened() -> None:
    library = Library()
    find(
        cut(track(clip("MARA", marks=[mark("RP: angry")]), clip("BEN"), clip("EVE", marks=[mark("fix")]))),
        media=library,
    )
    assert set(library.opened) == {"MARA"}


def test_handles_grow_by_what_a_transition_needs_and_end_with_the_media() -> None:
    dissolve = otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=time(10), out_offset=time(8))
    made = cut(track(clip("BEN", 100), dissolve, clip("MARA", 15, 980, marks=[mark("RP: angry")])))
    [shot] = find(made, handle_frames=4).shots
    assert (shot.media.head, shot.media.tail) == (14, 4)
    [shot] = find(made, handle_frames=12).shots
    assert (shot.media.head, shot.media.tail) == (15, 5)


def test_a_shot_says_where_it_is() -> None:
    [shot] = find(cut(track(gap(96), clip("MARA", 100, 132, marks=[mark("RP: sad")])), start=90000)).shots
    assert (shot.id, shot.track, shot.index, shot.address) == ("V1@01:00:03:21", "V1", 1, (0, 1))
    assert shot.record.model_dump() == {"in": "01:00:03:21", "out": "01:00:09:03", "in_frame": 96, "frames": 132}
    assert shot.cues[0].record_in == "01:00:03:21"


def test_cues_are_numbered_in_their_order_and_say_where_they_begin() -> None:
    marks = [mark("RP: sad", 30, 10), mark("RP: angry", 5, 10)]
    [shot] = find(cut(track(clip("MARA", marks=marks)), start=90000)).shots
    assert [(cue.id, cue.record_in, cue.marker) for cue in shot.cues] == [
        ("V1@01:00:00:00#1", "01:00:00:05", "RP: angry"),
        ("V1@01:00:00:00#2", "01:00:01:05", "RP: sad"),
    ]


def test_where_the_timeline_leaves_drop_frame_open_the_media_decides() -> None:
    rate = Fraction(30000, 1001)
    library = Library({"MARA": movie("MARA", rate=rate, start_frame=0, drop_frame=True)})
    made = cut(track(clip("MARA", 0, 50, rate=30000 / 1001, marks=[mark("RP: sad")])), rate=rate, start=5)
    assert find(made, media=library).shots[0].id == "V1@00:00:00:05"


_RATES = st.sampled_from([Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50)])


@given(
    rate=_RATES,
    start=st.integers(0, 200),
    frames=st.integers(1, 100),
    marks=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40), st.sampled_from(["sad", "angry"])), max_size=5),
)
def test_cues_lie_in_the_visible_range_and_never_overlap(
    rate: Fraction, start: int, frames: int, marks: list[tuple[int, int, str]]
) -> None:
    library = Library({"MARA": movie("MARA", rate=rate, frames=5000)})
    made = [mark(f"RP: {word}", start + at, length) for at, length, word in marks]
    found = find(cut(track(clip("MARA", start, frames, marks=made))), media=library)
    for shot in found.shots:
        assert all(cue.frames > 0 and shot.media.visible.contains(cue.range) for cue in shot.cues)
        ends = [cue.range.end for cue in shot.cues]
        assert all(cue.in_frame >= end for cue, end in zip(shot.cues[1:], ends, strict=False))
    assert not found.shots or not said(found)
