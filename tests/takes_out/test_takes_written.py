"""Writing takes onto clips, their sound, and as timelines of their own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, timeline_of, track
from reperform.errors import PlanError, SettingsError
from reperform.timeline import records, takes
from reperform.timeline.recognising import original_of, strip_takes, takes_of
from takes_out.written_kit import OUT, TC, keys, one_clip, with_sound, written


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


def test_keys_of_others_are_not_taken() -> None:
    """A reference of someone else that is called take_001 keeps its name and its place."""
    cut, made = one_clip()
    proxy = otio.schema.ExternalReference(target_url="/media/proxy.mov", available_range=span(TC, 500))
    made.set_media_references({"DEFAULT_MEDIA": made.media_reference.clone(), "take_001": proxy}, "DEFAULT_MEDIA")
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
