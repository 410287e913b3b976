"""Writing into a timeline that holds takes: all that is there stays, and is known again."""

from __future__ import annotations

import opentimelineio as otio

from fake_takes import clip, shot_of, span, take_of
from reperform.timeline.recognising import takes_of
from takes_out.written_kit import TC, _said, again, keys, lanes, one_clip, written


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
        found.set_media_references({"DEFAULT_MEDIA": found.media_reference.clone()}, "DEFAULT_MEDIA")
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
    exported.set_media_references({"DEFAULT_MEDIA": exported.media_reference.clone()}, "DEFAULT_MEDIA")
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
