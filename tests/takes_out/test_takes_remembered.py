"""Takes in a cut that an editor sent back without our metadata: what we wrote of them is known again by their files' names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, timeline_of, track
from reperform.model import Shot, Take
from reperform.timeline import records, takes
from reperform.timeline.cut import Cut
from reperform.timeline.recognising import file_name, is_take_clip, original_of, strip_takes, takes_of
from reperform.timeline.remembering import Known, names_shown, remember

OUT = Path("/project/cut_RP.otio")
TC = 86400 * 14


def sent_back(for_: str) -> tuple[Cut, Shot, list[Take]]:
    """A clip with two takes, written, and stripped of metadata and of all references but the active one."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 24)), made)))
    shot = shot_of(cut, made, media_start=TC)
    known = [take_of(shot, number) for number in (1, 2)]
    written = takes.write(cut, shots=[shot], takes={shot.id: known}, chosen={}, for_=for_, out=OUT).timelines[0]
    for item in (written, written.tracks, *written.tracks.find_children()):
        records.erase(item)
    for found in written.tracks.find_clips():
        reference = found.media_reference.clone()
        records.erase(reference)
        found.set_media_references({"DEFAULT_MEDIA": reference}, "DEFAULT_MEDIA")
    return cut_of(written), shot, known


def knowing(shot: Shot, known: list[Take]) -> dict[str, Known]:
    return {take.path.name: Known(take=take, original=shot.source) for take in known}


def test_names_of_media_that_do_not_say_that_they_are_takes() -> None:
    cut, shot, known = sent_back("resolve")
    assert names_shown(cut.timeline) == {"mara.mov", known[0].path.name, known[1].path.name}
    remember(cut, knowing(shot, known))
    assert names_shown(cut.timeline) == {"mara.mov"}


def test_a_track_of_takes_is_one_again() -> None:
    """Its clips are known; the original below is left as it is."""
    cut, shot, known = sent_back("resolve")
    remembered = remember(cut, knowing(shot, known))
    assert remembered.may_hold_takes
    assert [is_take_clip(found) for found in cut.timeline.find_clips()] == [False, True, True]
    bare = strip_takes(cut.timeline)
    assert [item.name for item in bare.tracks] == [""]


@pytest.mark.parametrize("counted", [True, False], ids=["as the cut counts it", "as the file counts"])
def test_a_clip_that_shows_only_a_take_gets_its_original_back_on_the_same_clock(counted: bool) -> None:
    """Where the cut does not say what is available of the take, its timecode does."""
    cut, shot, known = sent_back("otio")
    (found,) = cut.timeline.find_clips()
    if not counted:
        found.media_reference.available_range = None
    before = found.source_range
    remember(cut, knowing(shot, known))
    original = original_of(found)
    assert original is not None
    key, reference = original
    assert (key, reference.target_url, reference.available_range) == ("DEFAULT_MEDIA", "/media/mara.mov", span(TC, 500))
    shown = list(takes_of(found)), found.active_media_reference_key, found.source_range
    assert shown == (["take_002"], "take_002", before)


def test_a_take_whose_original_nobody_knows_stays_alone() -> None:
    cut, _, known = sent_back("otio")
    remember(cut, {take.path.name: Known(take=take) for take in known})
    assert [is_take_clip(found) for found in cut.timeline.find_clips()] == [True]


def test_nothing_is_touched_where_no_take_is_shown() -> None:
    cut, _, _ = sent_back("resolve")
    before = cut.timeline.to_json_string()
    assert remember(cut, {}) is cut
    assert cut.timeline.to_json_string() == before


@pytest.mark.parametrize(
    ("for_", "keys", "lanes"),
    [("otio", ["take_003", "take_002"], []), ("resolve", ["take_001", "take_002"], ["Takes 1", "Takes 2"])],
)
def test_written_again_it_is_what_it_was(for_: str, keys: list[str], lanes: list[str]) -> None:
    """Original under its own key, each take once, in its place; nothing stands twice. A take that stood alone has its number."""
    cut, shot, known = sent_back(for_)
    cut = remember(cut, knowing(shot, known))
    written = takes.write(cut, shots=[shot], takes={shot.id: known}, chosen={}, for_=for_, out=OUT).timelines[0]
    found = written.tracks[0].find_clips()[0]
    urls = {key: file_name(reference) for key, reference in found.media_references().items()}
    assert urls == {"DEFAULT_MEDIA": "mara.mov", **dict(zip(keys, (take.path.name for take in known), strict=True))}
    assert [item.name for item in written.tracks] == ["", *lanes]


def test_the_take_that_answers_the_marks_is_shown_not_the_newest_of_the_media() -> None:
    """Takes come in the order of their preference: one made later, for another use of the same media, does not displace it."""
    made: Any = clip("mara", 100, 48, media=span(0, 500))
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made)
    answering, later = take_of(shot, 1), take_of(shot, 2)
    for order, chosen in (((later, answering), answering.id), ((answering, later), later.id)):
        written = takes.write(cut, shots=[shot], takes={shot.id: order}, chosen={}, for_="otio", out=OUT)
        assert written.chosen == {shot.id: chosen}
