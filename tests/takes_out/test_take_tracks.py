"""Takes on tracks of their own: where these stand, and what goes with a take."""

from __future__ import annotations

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.timeline import records
from takes_out.written_kit import TC, keys, lanes, one_clip, two_in_a_dissolve, written


def test_resolve_gets_bare_paths_the_original_active_and_tracks_above() -> None:
    """For Resolve nothing depends on which reference it reads: the choice is a clip on the top track."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1), take_of(shot, 2)]}, for_="resolve").timelines[0]
    after = result.tracks[0][1]
    top = result.tracks[2][1]
    assert after.active_media_reference_key == "DEFAULT_MEDIA"
    assert after.media_references()["take_001"].target_url == "/project/takes/mara V1_88_RP001.mov"
    assert lanes(result) == {
        "[Takes 1]": ["gap 24", "[mara V1_88_RP001.mov]"],
        "Takes 2": ["gap 24", "mara V1_88_RP002.mov"],
    }
    assert dict(result.tracks[1].metadata["Resolve_OTIO"]) == {"Locked": False}
    assert (top.name, top.media_reference.name) == ("mara V1_88_RP002.mov", "mara V1_88_RP002.mov")
    assert top.source_range == made.source_range
    assert top.media_reference.target_url == "/project/takes/mara V1_88_RP002.mov"


def test_a_take_on_a_track_counts_as_its_own_file_does() -> None:
    """A timeline that counts from zero gets a take with a timecode as the file has it: editors read the file."""
    made = clip("mara", 100, 48, media=span(0, 500))
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=TC, in_frame=100)
    top = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0].tracks[1][0]
    assert (top.source_range, top.media_reference.available_range) == (span(TC + 100, 48), span(TC + 88, 72))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param(48, ["mara", "title", "mara V1_88_RP001.mov", "mix"], id="a title elsewhere"),
        pytest.param(47, ["mara", "mara V1_88_RP001.mov", "title", "mix"], id="a title over its last frame"),
    ],
)
def test_tracks_of_takes_stand_above_all_picture_but_below_what_covers_their_shots(
    title: int, expected: list[str]
) -> None:
    """A take hides no title or cutaway that lay over its shot; audio tracks stay behind all picture."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    sound = clip("mix", 0, 48, media=span(0, 100))
    above = track(otio.schema.Gap(source_range=span(0, title)), clip("title", 0, 20, media=span(0, 100)))
    cut = cut_of(timeline_of(track(made), above, track(sound, kind="Audio")))
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    assert [item.find_clips()[0].name for item in result.tracks] == expected


def test_a_transition_is_repeated_against_a_gap() -> None:
    """A take on a track dissolves as its clip does, into what lies below it."""
    cut, first, second = two_in_a_dissolve()
    left, right = shot_of(cut, first, media_start=TC), shot_of(cut, second, media_start=TC)
    left_only = written(cut, [left], {left.id: [take_of(left, 1)]}, styles=["tracks"]).timelines[0]
    right_only = written(cut, [right], {right.id: [take_of(right, 1)]}, styles=["tracks"]).timelines[0]
    assert lanes(left_only) == {"Takes 1": ["mara V1_88_RP001.mov", "dissolve", "gap 6"]}
    assert lanes(right_only) == {"Takes 1": ["gap 48", "dissolve", "tom V1_188_RP001.mov"]}
    assert left_only.tracks[1][1].is_equivalent_to(cut.timeline.tracks[0][1])


def test_two_takes_share_the_transition_between_them() -> None:
    """Where both sides of a dissolve have a chosen take, they dissolve into each other on one track."""
    cut, first, second = two_in_a_dissolve()
    shots = [shot_of(cut, first, media_start=TC), shot_of(cut, second, media_start=TC)]
    made = {shot.id: [take_of(shot, 1)] for shot in shots}
    result = written(cut, shots, made, styles=["tracks"]).timelines[0]
    assert lanes(result) == {"Takes 1": ["mara V1_88_RP001.mov", "dissolve", "tom V1_188_RP001.mov"]}


def test_a_take_too_short_for_a_transition_stands_without_it() -> None:
    """A transition is not repeated where the take has no handle for it; a note says so."""
    cut, first, _ = two_in_a_dissolve()
    shot = shot_of(cut, first, media_start=TC)
    take = take_of(shot, 1).model_copy(update={"frames": 12 + 48})
    result = written(cut, [shot], {shot.id: [take]}, styles=["tracks"])
    assert lanes(result.timelines[0]) == {"Takes 1": ["mara V1_88_RP001.mov"]}
    assert [note.message for note in result.notes] == [
        "mara V1_88_RP001.mov is too short for the transition beside it, and stands without it"
    ]


def test_the_chosen_takes_are_on_top_of_all_others() -> None:
    """Tracks are filled so that every chosen take lies above every other one, whatever its number."""
    first = clip("mara", TC + 100, 48, media=span(TC, 500))
    second = clip("tom", TC + 200, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(first, second)))
    left, right = shot_of(cut, first, media_start=TC), shot_of(cut, second, media_start=TC)
    three = [take_of(left, number) for number in (1, 2, 3)]
    result = written(
        cut,
        [left, right],
        {left.id: three, right.id: [take_of(right, 1)]},
        chosen={left.id: three[0].id},
        styles=["tracks"],
    )
    assert lanes(result.timelines[0]) == {
        "[Takes 1]": ["[mara V1_88_RP002.mov]"],
        "[Takes 2]": ["[mara V1_88_RP003.mov]"],
        "Takes 3": ["mara V1_88_RP001.mov", "tom V1_188_RP001.mov"],
    }


def test_chosen_takes_that_overlap_keep_the_order_of_their_pictures() -> None:
    """What lay above in the cut lies above among the takes."""
    below = clip("wide", TC + 100, 48, media=span(TC, 500))
    above = clip("close", TC + 200, 24, media=span(TC, 500))
    cut = cut_of(timeline_of(track(below), track(above)))
    shots = [shot_of(cut, item, media_start=TC) for item in (above, below)]
    result = written(cut, shots, {shot.id: [take_of(shot, 1)] for shot in shots}, styles=["tracks"]).timelines[0]
    assert lanes(result) == {"Takes 1": ["wide V1_88_RP001.mov"], "Takes 2": ["close V2_188_RP001.mov"]}


def test_a_take_on_a_track_keeps_effects_but_no_retime_mark_or_link() -> None:
    """The copy looks as its clip does; marks stay with the original, and a link group gets no third member."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500), metadata={"Resolve_OTIO": {"Link Group ID": 3, "Flag": "x"}})
    made.effects.append(otio.schema.Effect(effect_name="Transform", metadata={"zoom": 1.5}))
    made.effects.append(otio.schema.LinearTimeWarp(time_scalar=1.0))
    made.markers.append(otio.schema.Marker(name="RP: angry", marked_range=span(TC + 110, 10)))
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, for_="resolve").timelines[0]
    top = result.tracks[1][0]
    assert [effect.effect_name for effect in top.effects] == ["Transform"]
    assert len(top.markers) == 0
    assert records.plain(top.metadata["Resolve_OTIO"]) == {"Flag": "x"}
    assert len(result.tracks[0][0].markers) == 1
    assert len(result.tracks[0][0].effects) == 2


def test_takes_of_a_nested_stack_stay_inside_it() -> None:
    """A take of a clip in a compound clip is put into that compound clip, as much of it as the take holds."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    inner = otio.schema.Stack(name="compound", source_range=span(10, 30))
    inner.append(track(otio.schema.Gap(source_range=span(0, 5)), made))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 100)), inner)))
    shot = shot_of(cut, made, media_start=TC, in_frame=105)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["references", "tracks"]).timelines[0]
    nested = result.tracks[0][1]
    assert len(result.tracks) == 1
    assert [item.name for item in nested] == ["", "Takes 1"]
    assert nested[1][0].duration() == time(5)
    assert nested[1][1].source_range == span(TC + 100, 47)


def test_a_take_that_holds_part_of_a_clip_stands_on_a_track_with_that_part() -> None:
    """A clip that was lengthened beyond its take keeps its original; the take lies over the part that it holds."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    short = take_of(shot, 1).model_copy(update={"in_frame": 110, "start_frame": TC + 110, "frames": 20})
    result = written(cut, [shot], {shot.id: [short]}).timelines[0]
    assert keys(result.tracks[0][1]) == ["DEFAULT_MEDIA"]
    assert lanes(result) == {"Takes 1": ["gap 34", short.path.name]}
    assert result.tracks[1][1].source_range == span(TC + 110, 20)


def test_a_retimed_shot_has_its_take_on_a_track_without_the_effect() -> None:
    """The picture as seen was performed: the take plays at 1×, the original below keeps its retime."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    made.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 24)), made)))
    shot = shot_of(cut, made, media_start=TC, retimed=True)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0]
    below, top = result.tracks[0][1], result.tracks[1][1]
    assert keys(below) == ["DEFAULT_MEDIA"]
    assert len(below.effects) == 1
    assert len(top.effects) == 0
    assert top.source_range == span(86424, 48)
    assert top.media_reference.available_range == span(86424, 48)
