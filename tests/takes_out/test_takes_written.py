"""Writing takes onto clips, onto tracks, and as timelines of their own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.errors import PlanError, SettingsError
from reperform.model import Shot, Take
from reperform.timeline import records, takes
from reperform.timeline.cut import Cut
from reperform.timeline.recognising import original_of, strip_takes, takes_of
from reperform.timeline.takes import Written

OUT = Path("/project/cut_RP.otio")
TC = 86400 * 14


def one_clip() -> tuple[Cut, otio.schema.Clip]:
    """One clip of 48 frames, 100 frames into a file that starts at 14:00:00:00, with a gap of 24 before it."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    gap = otio.schema.Gap(source_range=span(0, 24))
    return cut_of(timeline_of(track(gap, made))), made


def written(
    cut: Cut,
    shots: list[Shot],
    made: dict[str, list[Take]],
    *,
    chosen: dict[str, str | None] | None = None,
    for_: str = "otio",
    styles: list[str] | None = None,
    sound: Any = None,
    out: Path = OUT,
) -> Written:
    return takes.write(
        cut, shots=shots, takes=made, chosen=chosen or {}, for_=for_, styles=styles, sound=sound, out=out
    )


def again(cut: Cut, timeline: otio.schema.Timeline) -> Cut:
    """The timeline as it is read after it was saved."""
    return cut_of(otio.schema.Timeline.from_json_string(timeline.to_json_string()), cut.media_folder)


def keys(found: otio.schema.Clip) -> list[str]:
    return sorted(found.media_references())


def lanes(timeline: otio.schema.Timeline) -> dict[str, list[str]]:
    """Every track of takes: what stands on it, a disabled item in brackets."""
    found = {}
    for item in timeline.tracks:
        if "takes" in records.ours(item):
            names = [_said(child) for child in item]
            found[f"{item.name}" if item.enabled else f"[{item.name}]"] = names
    return found


def _said(child: Any) -> str:
    if isinstance(child, otio.schema.Transition):
        return "dissolve"
    if isinstance(child, otio.schema.Gap):
        return f"gap {child.duration().value:g}"
    return child.name if child.enabled else f"[{child.name}]"


def test_references_stand_beside_the_original_and_the_chosen_one_is_active() -> None:
    """In the style `references` the original keeps its key, and the source range stays what it was."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1), take_of(shot, 2)]}).timelines[0]
    after = result.tracks[0][1]
    take = after.media_reference
    assert keys(after) == ["DEFAULT_MEDIA", "take_001", "take_002"]
    assert after.active_media_reference_key == "take_002"
    assert after.source_range == made.source_range
    assert take.available_range == span(TC + 88, 72)
    assert take.target_url == "takes/mara%20V1_88_RP002.mov"
    assert take.name == "mara V1_88_RP002.mov"
    assert original_of(after) is not None
    assert after.media_references()["DEFAULT_MEDIA"].is_equivalent_to(made.media_reference)


def test_the_input_is_not_touched() -> None:
    """Writing works on a copy: the cut that was read stays as it was."""
    cut, made = one_clip()
    before = cut.timeline.to_json_string()
    shot = shot_of(cut, made, media_start=TC)
    written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["references", "tracks", "timelines"])
    assert cut.timeline.to_json_string() == before


@pytest.mark.parametrize(
    ("media", "start", "file_start"),
    [
        pytest.param(span(TC, 500), TC + 100, TC, id="the timeline counts from the file's timecode"),
        pytest.param(span(0, 500), 100, TC, id="the timeline counts from zero, the file does not"),
        pytest.param(span(0, 500), 100, None, id="neither has a timecode"),
        pytest.param(None, TC + 100, TC, id="no available range, timecode"),
        pytest.param(None, 100, None, id="no available range, from zero"),
    ],
)
def test_a_take_is_on_the_clock_of_its_clip(
    media: otio.opentime.TimeRange | None, start: int, file_start: int | None
) -> None:
    """Whichever space a timeline counts in, the source range lies in the take and shows the same frames."""
    made = clip("mara", start, 48, media=media)
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=file_start, in_frame=100)
    after = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0].tracks[0][0]
    assert after.media_reference.available_range == span(start - 12, 72)
    assert after.source_range == span(start, 48)


def test_a_take_spells_the_rate_as_its_clip_does() -> None:
    """23.976 stays 23.976 beside 23.976: OTIO's own arithmetic then finds the source range inside the take."""
    made = clip("mara", 86400, 48, rate=23.976, media=span(86300, 500, 23.976))
    cut = cut_of(timeline_of(track(made), rate=23.976))
    shot = shot_of(cut, made, media_start=86300)
    take = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0].tracks[0][0].media_reference
    assert shot.media.rate == Fraction(24000, 1001)
    assert take.available_range == span(86388, 72, 23.976)


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


def dissolve() -> otio.schema.Transition:
    return otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(6), out_offset=time(6), metadata={"curve": "linear"}
    )


def two_in_a_dissolve() -> tuple[Cut, otio.schema.Clip, otio.schema.Clip]:
    first = clip("mara", TC + 100, 48, media=span(TC, 500))
    second = clip("tom", TC + 200, 48, media=span(TC, 500))
    return cut_of(timeline_of(track(first, dissolve(), second))), first, second


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


def test_a_clip_without_a_source_range_keeps_its_length() -> None:
    """A take with handles is longer than what the clip showed: the clip is given that range, and loses it again."""
    made = clip("mara", 0, 1, media=span(TC + 100, 48))
    made.source_range = None
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0]
    assert result.tracks[0][0].source_range == span(TC + 100, 48)
    assert strip_takes(result).is_equivalent_to(cut.timeline)


@pytest.mark.parametrize("for_", ["otio", "resolve"])
def test_one_timeline_a_take(for_: str) -> None:
    """In the style `timelines` the n-th one shows every shot's take n, its last where there are fewer."""
    first = clip("mara", TC + 100, 48, media=span(TC, 500))
    second = clip("tom", TC + 200, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(first, second)))
    left, right = shot_of(cut, first, media_start=TC), shot_of(cut, second, media_start=TC)
    made = {left.id: [take_of(left, 1), take_of(left, 2)], right.id: [take_of(right, 1)]}
    result = written(cut, [left, right], made, for_=for_, styles=["timelines"])
    shown = []
    for timeline in result.timelines:
        clips = timeline.tracks[0] if for_ == "otio" else timeline.tracks[1]
        shown.append([item.media_reference.name for item in clips])
    assert shown == [
        ["mara V1_88_RP001.mov", "tom V1_188_RP001.mov"],
        ["mara V1_88_RP002.mov", "tom V1_188_RP001.mov"],
    ]
    assert [timeline.name for timeline in result.timelines] == ["Reel 1 take 1", "Reel 1 take 2"]
    assert all(strip_takes(timeline).is_equivalent_to(cut.timeline) for timeline in result.timelines)


RULE: list[Any] = [
    pytest.param([(1, "performed"), (2, "performed")], None, 2, "performed", id="the newest performed take"),
    pytest.param([(1, "performed"), (2, "preview")], None, 1, "performed", id="a preview displaces no performed take"),
    pytest.param([(1, "preview"), (2, "preview")], None, 2, "preview", id="the newest preview where none is performed"),
    pytest.param([(1, "performed"), (2, "failed")], None, 1, "performed", id="not one that failed a check"),
    pytest.param([(1, "failed")], None, None, "failed", id="none where all failed"),
    pytest.param([], None, None, "waiting", id="none where none is there"),
    pytest.param([(1, "performed"), (2, "performed")], 1, 1, "performed", id="what a person chose"),
    pytest.param([(1, "performed"), (2, "preview")], 2, 2, "preview", id="a preview where a person chose it"),
    pytest.param([(1, "performed"), (2, "failed")], 2, 1, "performed", id="the rule where the choice failed a check"),
    pytest.param([(1, "performed")], "original", "original", "original", id="the original where a person chose it"),
]


@pytest.mark.parametrize(("made", "wanted", "expected", "status"), RULE)
def test_which_take_is_chosen(
    made: list[tuple[int, str]], wanted: int | str | None, expected: int | str | None, status: str
) -> None:
    """A person's choice, else the newest performed take, else the newest preview; failing takes are never put in."""
    cut, item = one_clip()
    shot = shot_of(cut, item, media_start=TC)
    known = [take_of(shot, n, preview=kind == "preview", passed=kind != "failed") for n, kind in made]
    choice = f"{shot.id}/{wanted}" if isinstance(wanted, int) else wanted
    result = written(cut, [shot], {shot.id: known}, chosen={shot.id: choice})
    after = result.timelines[0].tracks[0][1]
    expected_id = f"{shot.id}/{expected}" if isinstance(expected, int) else expected
    assert (result.chosen[shot.id], records.ours(after)["status"]) == (expected_id, status)
    assert len(takes_of(after)) == sum(kind != "failed" for _, kind in made)
    assert [note.severity for note in result.notes] == (["warning"] if wanted == 2 and made[1][1] == "failed" else [])


def with_sound(*, audio_frames: int = 48) -> tuple[Cut, otio.schema.Clip, otio.schema.Clip]:
    picture = clip("mara", TC + 100, 48, media=span(TC, 500))
    sound = clip("mara", TC + 100, audio_frames, media=span(TC, 500))
    return cut_of(timeline_of(track(picture), track(sound, kind="Audio"))), picture, sound


@pytest.mark.parametrize(
    ("voice_in_cut", "sound", "active"),
    [
        pytest.param(True, None, "DEFAULT_MEDIA", id="the voice sounds on a track: the original stays"),
        pytest.param(False, None, "take_001", id="the voice is a file: the take sounds"),
        pytest.param(True, "take", "take_001", id="--sound take"),
        pytest.param(False, "keep", "DEFAULT_MEDIA", id="--sound keep"),
    ],
)
def test_what_sounds(voice_in_cut: bool, sound: str | None, active: str) -> None:
    """Linked sound gets the take under the picture's key; it plays where the voice is nowhere else in the cut."""
    cut, picture, audio = with_sound()
    shot = shot_of(cut, picture, media_start=TC, linked=(audio,), voice_in_cut=voice_in_cut)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, sound=sound).timelines[0]
    after = result.tracks[1][0]
    assert (keys(after), after.active_media_reference_key) == (["DEFAULT_MEDIA", "take_001"], active)
    assert after.media_references()["take_001"].available_range == span(TC + 88, 72)
    assert strip_takes(result).is_equivalent_to(cut.timeline)


def test_sound_of_another_file_is_laid_by_record_time() -> None:
    """A sound recorder's file has another clock: the take's start is counted in it from where both lie in the cut."""
    picture = clip("mara", TC + 100, 48, media=span(TC, 500))
    audio = clip("boom", 7000, 44, media=span(6000, 5000))
    gap = otio.schema.Gap(source_range=span(0, 2))
    cut = cut_of(timeline_of(track(picture), track(gap, audio, kind="Audio")))
    shot = shot_of(cut, picture, media_start=TC, linked=(audio,), voice_in_cut=False)
    after = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0].tracks[1][1]
    assert after.media_reference.available_range == span(7000 - 2 - 12, 72)
    assert after.source_range == audio.source_range


def test_sound_that_reaches_beyond_the_take_keeps_its_original() -> None:
    """A long overlap under the next shot is not cut off: a note says that the original plays."""
    cut, picture, audio = with_sound(audio_frames=100)
    shot = shot_of(cut, picture, media_start=TC, linked=(audio,), voice_in_cut=False)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]})
    assert keys(result.timelines[0].tracks[1][0]) == ["DEFAULT_MEDIA"]
    assert [note.message for note in result.notes] == [
        "the sound “mara” keeps its original: it is retimed, or reaches beyond what the take holds"
    ]


def test_each_reference_says_where_it_comes_from() -> None:
    """Keys, cues, direction, engine, cost, checks, consent and the original's identity travel with the take."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    take = take_of(shot, 1)
    after = written(cut, [shot], {shot.id: [take]}).timelines[0].tracks[0][1]
    said = records.ours(after.media_reference)
    assert {name: said[name] for name in ("version", "take", "number", "shot", "preview", "engine", "model")} == {
        "version": 1,
        "take": take.id,
        "number": 1,
        "shot": shot.id,
        "preview": False,
        "engine": "sync",
        "model": "react-1",
    }
    assert said["keys"] == ["k" * 64]
    assert said["cues"][0]["direction"] == {"emotion": "angry", "temperature": 0.8}
    assert said["cost"]["amount"] == 0.125
    assert said["checks"] == [{"name": "frame count", "passed": True, "detail": "as sent"}]
    assert said["consent"] == ["MARA: signed"]
    assert said["source"] == {"identity": "f" * 64, "name": "mara.mov"}


def test_a_new_take_is_added_beside_those_the_timeline_holds() -> None:
    """A timeline of ours that is read again keeps its takes under their keys, also those that are not known any more."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["references", "tracks"]).timelines[0]
    second = again(cut, first)
    shot_again = shot_of(second, second.timeline.tracks[0][1], media_start=TC)
    result = written(second, [shot_again], {shot.id: [take_of(shot, 5)]}, styles=["references", "tracks"]).timelines[0]
    assert {key: item.name for key, item in takes_of(result.tracks[0][1]).items()} == {
        "take_001": "mara V1_88_RP001.mov",
        "take_002": "mara V1_88_RP005.mov",
    }
    assert lanes(result) == {
        "[Takes 1]": ["gap 24", "[mara V1_88_RP001.mov]"],
        "Takes 2": ["gap 24", "mara V1_88_RP005.mov"],
    }


def test_takes_are_known_by_their_files_where_an_editor_dropped_our_metadata() -> None:
    """An export of what we wrote, without metadata: nothing is there twice, and no take becomes an original."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, for_="resolve").timelines[0]
    for found in (first, *first.tracks, *first.find_clips()):
        found.metadata.clear()
    for found in first.find_clips():
        found.media_reference.metadata.clear()
        found.set_media_references({"DEFAULT_MEDIA": found.media_reference}, "DEFAULT_MEDIA")
    second = again(cut, first)
    shot_again = shot_of(second, second.timeline.tracks[0][1], media_start=TC)
    result = written(second, [shot_again], {shot.id: [take_of(shot, 1)]}, for_="resolve").timelines[0]
    assert keys(result.tracks[0][1]) == ["DEFAULT_MEDIA", "take_001"]
    assert [item.name for item in result.tracks] == ["", "Takes 1"]
    assert [_said(child) for child in result.tracks[1]] == ["gap 24", "mara V1_88_RP001.mov"]


def test_the_original_comes_back_where_an_editor_kept_only_the_take() -> None:
    """An editor that reads the active reference alone exports the take as the clip's media: the original is put back."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0]
    exported = first.tracks[0][1]
    exported.media_reference.metadata.clear()
    exported.metadata.clear()
    exported.set_media_references({"DEFAULT_MEDIA": exported.media_reference}, "DEFAULT_MEDIA")
    second = again(cut, first)
    result = written(second, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0].tracks[0][1]
    original = result.media_references()["DEFAULT_MEDIA"]
    assert keys(result) == ["DEFAULT_MEDIA", "take_001"]
    assert (original.target_url, original.available_range) == ("/media/mara.mov", span(TC, 500))


def test_a_persons_choice_in_the_timeline_is_kept() -> None:
    """What `select` wrote into a timeline holds when that timeline is the input of the next run."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    both = [take_of(shot, 1), take_of(shot, 2)]
    first = written(cut, [shot], {shot.id: both}, chosen={shot.id: both[0].id}).timelines[0]
    second = again(cut, first)
    result = written(second, [shot], {shot.id: both})
    assert result.chosen == {shot.id: both[0].id}


def test_what_someone_put_on_a_take_stays_on_it() -> None:
    """Marks and effects on a clip of a track of takes survive the next writing, and so do marks on that track."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    first.tracks[1][1].markers.append(otio.schema.Marker(name="better", marked_range=span(TC + 110, 1)))
    first.tracks[1][1].effects.append(otio.schema.Effect(effect_name="Grade"))
    first.tracks[1].markers.append(otio.schema.Marker(name="mine", marked_range=span(0, 1)))
    second = again(cut, first)
    result = written(second, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    assert result.is_equivalent_to(first)


def test_a_clip_that_someone_put_on_a_track_of_takes_stays() -> None:
    """Only what is ours is taken off a track of takes."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    first.tracks[1].append(clip("insert", 5, 10, media=span(0, 50)))
    first.tracks[1].append(otio.schema.Stack(name="compound", source_range=span(0, 10)))
    second = again(cut, first)
    result = written(second, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    assert [[_said(child) for child in item] for item in result.tracks] == [
        ["gap 24", "mara"],
        ["gap 24", "gap 48", "insert", "compound"],
        ["gap 24", "mara V1_88_RP001.mov"],
    ]


def test_a_take_whose_clip_is_gone_stays_where_it_is() -> None:
    """A clip that was deleted from the cut leaves its take on its track."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["tracks"]).timelines[0]
    first.tracks[0][1] = otio.schema.Gap(source_range=span(0, 48))
    result = written(again(cut, first), [], {}, styles=["tracks"]).timelines[0]
    assert lanes(result) == {"Takes 1": ["gap 24", "mara V1_88_RP001.mov"]}


def test_a_take_that_says_too_little_stays_as_it_is() -> None:
    """Takes of a later version, which this one cannot read, stay on their clip and on their track."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, styles=["references", "tracks"]).timelines[0]
    for found in first.find_clips():
        for reference in takes_of(found).values():
            reference.metadata["reperform"]["version"] = 2
    result = written(again(cut, first), [], {}, styles=["references", "tracks"]).timelines[0]
    after = result.tracks[0][1].media_references()
    assert after["take_001"].is_equivalent_to(first.tracks[0][1].media_references()["take_001"])
    assert lanes(result) == {"Takes 1": ["gap 24", "mara V1_88_RP001.mov"]}


def test_a_clip_that_was_cut_in_two_keeps_its_takes_on_both_sides() -> None:
    """An editor's razor leaves two clips with the same takes: each shows the same frames of them as of its original."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0]
    right = first.tracks[0][1].clone()
    first.tracks[0][1].source_range = span(TC + 100, 20)
    right.source_range = span(TC + 120, 28)
    first.tracks[0].append(right)
    result = written(again(cut, first), [], {}).timelines[0]
    starts = [item.media_reference.available_range.start_time.value for item in result.find_clips()]
    assert starts == [TC + 88, TC + 88]


def test_keys_of_others_are_not_taken() -> None:
    """A reference of someone else that is called take_001 keeps its name and its place."""
    cut, made = one_clip()
    proxy = otio.schema.ExternalReference(target_url="/media/proxy.mov", available_range=span(TC, 500))
    made.set_media_references({"DEFAULT_MEDIA": made.media_reference, "take_001": proxy}, "DEFAULT_MEDIA")
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [shot], {shot.id: [take_of(shot, 1)]}).timelines[0].tracks[0][1]
    assert keys(result) == ["DEFAULT_MEDIA", "take_001", "take_002"]
    assert result.media_references()["take_001"].is_equivalent_to(proxy)


def test_relative_media_are_found_from_the_new_place() -> None:
    """A timeline that is written into another folder addresses the same files from there."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500), url="media/mara%201.mov")
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=TC)
    near = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, out=Path("/project/out/cut.otio")).timelines[0]
    far = written(cut, [shot], {shot.id: [take_of(shot, 1)]}, out=Path("/a/b/c/d/cut.otio")).timelines[0]
    assert [item.target_url for _, item in sorted(near.tracks[0][0].media_references().items())] == [
        "../media/mara%201.mov",
        "../takes/mara%20V1_88_RP001.mov",
    ]
    assert [item.target_url for _, item in sorted(far.tracks[0][0].media_references().items())] == [
        "file:///project/media/mara%201.mov",
        "file:///project/takes/mara%20V1_88_RP001.mov",
    ]


def test_a_plan_of_another_cut_is_refused() -> None:
    """A shot whose address leads nowhere is named, with its timecode."""
    cut, made = one_clip()
    shot = shot_of(cut, made, media_start=TC).model_copy(update={"address": (0, 7)})
    with pytest.raises(PlanError, match=r"V1 “mara” at 01:00:01:00 is not in this timeline"):
        written(cut, [shot], {})


@pytest.mark.parametrize(
    ("for_", "styles", "message"),
    [
        pytest.param("lightworks", None, "--for lightworks is not known", id="an unknown editor"),
        pytest.param("otio", ["auditions"], "--takes auditions is not known", id="an unknown style"),
        pytest.param("otio", [], "--takes needs a style", id="no style"),
    ],
)
def test_unknown_words_are_refused(for_: str, styles: list[str] | None, message: str) -> None:
    """The error says which word is not known, and what is."""
    cut, _ = one_clip()
    with pytest.raises(SettingsError, match=message):
        written(cut, [], {}, for_=for_, styles=styles)


def test_a_cut_without_marks_is_written_as_it_is() -> None:
    """No marks at all is no error: the timeline is the same."""
    cut, _ = one_clip()
    assert written(cut, [], {}).timelines[0].is_equivalent_to(cut.timeline)


@pytest.mark.parametrize("for_", ["otio", "resolve"])
def test_how_to_see_names_the_file(for_: str) -> None:
    """The last line of a run says what to open."""
    assert str(OUT) in takes.how_to_see(for_, OUT)
