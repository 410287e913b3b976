"""Each kind of edit by name: the take is on its frames, nothing is sent, and the change list says what was done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reattaching import editing
from reattaching.recut_kit import RATE, Room, exported
from whole import cut_kit as cut
from whole.command_kit import call

Edit = Callable[[Any], object]
ANGRY, SAD, HAPPY, FAST = 0, 1, 2, 3
"""The clips of the cut, in their order."""


BOTH = "trimmed head by 3 frames", "trimmed tail by 2 frames"


def _edits() -> dict[str, tuple[Edit, int, list[str]]]:
    """The edit, the record frame of the shot after it, and what the list says of that shot."""
    return {
        "nothing": (lambda made: None, 5, []),
        "head trimmed": (lambda made: editing.trim(made, ANGRY, 4, 0), 5, ["trimmed head by 4 frames"]),
        "tail trimmed into the cue": (lambda made: editing.trim(made, ANGRY, 0, 25), 5, ["trimmed tail by 25 frames"]),
        "uncovered within the handles": (lambda made: editing.trim(made, ANGRY, -8, 0), 5, ["extended head by 8 frames"]),
        "uncovered beyond the handles": (lambda made: editing.trim(made, ANGRY, 0, -30), 5, ["extended tail by 30 frames"]),
        "slipped": (lambda made: editing.slip(made, ANGRY, 7), 5, ["slipped by +7 frames"]),
        "slid": (lambda made: editing.slide(made, SAD, 5), 50, ["moved by +5 frames"]),
        "rippled": (lambda made: editing.trim(made, ANGRY, 0, 3), 42, ["moved by −3 frames"]),
        "moved to the end": (lambda made: editing.move(made, 1, 4), 89, ["moved by +84 frames"]),
        "nested": (lambda made: editing.nest(made, 1), 5, ["nested on V1/V1"]),
        "nested and trimmed there": (lambda made: editing.nest(made, 1, 3, 2), 5, [*BOTH, "nested on V1/V1"]),
        "a retime added": (lambda made: editing.retime(made, ANGRY, 2.0), 5, ["retimed from 100 % to 200 %"]),
        "slowed down": (lambda made: editing.retime(made, ANGRY, 0.5), 5, ["retimed from 100 % to 50 %"]),
        "turned around": (lambda made: editing.retime(made, ANGRY, -1.0), 5, ["retimed from 100 % to -100 %"]),
        "another start": (lambda made: editing.start_at(made, 864_017), 5, []),
        "media copied and renamed": (lambda made: editing.relink(made, ANGRY), 5, ["relinked "]),
    }  # fmt: skip


@pytest.mark.parametrize("name", _edits())
def test_a_take_follows(room: Room, name: str) -> None:
    """Each record frame shows what was performed for its frame of the media, else that frame itself."""
    edit, at, said = _edits()[name]
    made = exported(room.first_cut(), room.folder)
    edit(made)
    document = room.reattached(exported(made, room.folder))
    assert_said(document, at, said)


def assert_said(document: dict[str, Any], at: int, said: list[str]) -> dict[str, Any]:
    """What the change list says of the shot at a record frame; of `relinked` only the word."""
    [shot] = [shot for shot in document["shots"] if shot["after"] and shot["after"]["record"]["in_frame"] == at]
    found = [
        f"{change['kind']} {'' if change['kind'] == 'relinked' else change['detail']}" for change in shot["changes"]
    ]
    assert said == found
    assert isinstance(shot, dict)
    return shot


def test_a_split_clip_has_its_take_in_both_halves(room: Room) -> None:
    """One take, two uses; no new file."""
    made = exported(room.first_cut(), room.folder)
    editing.split(made, ANGRY, 15)
    document = room.reattached(made)
    halves = [assert_said(document, 5, ["split ", "trimmed tail by 25 frames"])]
    halves += [shot for shot in document["shots"] if shot["after"]["record"]["in_frame"] == 20]
    assert [[take["id"] for take in half["takes"]] for half in halves] == [[room.takes()[0]]] * 2
    assert "split" in [change["kind"] for change in halves[1]["changes"]]


def test_a_half_in_which_no_cue_is_seen_has_no_take(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    editing.split(made, ANGRY, 25)
    document = room.reattached(made)
    assert [shot["after"]["record"]["in_frame"] for shot in document["shots"]] == [5, 45, 83, 109]


def test_a_duplicate_has_the_take_as_well(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    editing.duplicate(made, 1, 5)
    document = room.reattached(made)
    assert_said(document, 5, [])
    assert_said(document, 129, ["duplicated ", "moved by +124 frames"])


def test_two_clips_of_one_take_joined_show_both_performances(room: Room) -> None:
    """A001 from 10 to 90: the take is conformed anew from both paid results, with what lay between them."""
    made = exported(room.first_cut(), room.folder)
    del made.tracks[0][2]
    editing.trim(made, ANGRY, 0, -40)
    document = room.reattached(made)
    shot = assert_said(document, 5, ["extended tail by 40 frames"])
    assert [take["made"] for take in shot["takes"]] == [True]


def test_what_was_performed_fast_lacks_every_second_frame_at_normal_speed(room: Room) -> None:
    """The retime is taken off: half of the cue was never seen by anybody. Both the frames and one job for them are named."""
    made = exported(room.first_cut(), room.folder)
    editing.retime(made, FAST, 1.0)
    document = room.reattached(made)
    shot = assert_said(document, 109, ["retimed from 200 % to 100 %"])
    assert [(gap["source_in_frame"], gap["source_out_frame"]) for gap in shot["missing"]] == [
        (n, n + 1) for n in range(21, 30, 2)
    ]
    [job] = shot["jobs"]
    assert (job["parts"][0]["in_frame"], job["parts"][0]["frames"]) == (21, 9)
    assert document["status"] == 1


def test_dialogue_that_a_trim_uncovers_is_named_and_filled_when_asked(room: Room) -> None:
    """B001 was marked from cut to cut: six frames more of it are six frames of dialogue. Only these, and a seam, are performed."""
    made = exported(room.first_cut(), room.folder)
    editing.trim(made, HAPPY, 0, -6)
    document = room.reattached(made)
    [gap] = assert_said(document, 83, ["extended tail by 6 frames"])["missing"]
    assert (gap["record_in"], gap["record_out"], gap["source_in_frame"], gap["source_out_frame"], gap["source_timecode"]) == (
        "01:00:04:13", "01:00:04:19", 42, 48, "01:00:01:18",
    )  # fmt: skip
    assert document["fill"]["jobs"] == 1
    before = room.attempts()
    ran = room.reattach(made, "--fill", *room.performer)
    assert (ran.status, ran.json["fill"]) == (0, None), ran.said
    assert room.attempts() == before + 1
    again = room.reattach(made)
    assert again.status == 0, again.said
    assert again.json["shots"][2]["takes"] == [{**take, "made": False} for take in ran.json["shots"][2]["takes"]]
    assert room.attempts() == before + 1


def test_a_clip_that_is_gone_and_one_that_shows_no_cue_are_listed(room: Room) -> None:
    made = exported(room.first_cut(), room.folder)
    del made.tracks[0][3]
    editing.trim(made, SAD, 20, 0)
    document = room.reattached(made)
    gone = [(shot["before"]["shot"], shot["why"]) for shot in document["shots"] if shot["state"] == "gone"]
    assert gone == [
        ("V1@01:00:01:21", "of its media, used at 01:00:00:05 on V1, no performed frame is visible"),
        ("V1@01:00:03:11", "its clip is no longer in the cut"),
    ]


def test_a_mark_that_was_never_performed_is_new(room: Room) -> None:
    """What is asked for there is said, and nothing is done about it; marks that are known change nothing."""
    made = room.first_cut()
    made.tracks[0][2].markers.append(
        cut.mark("RP: neutral", round(made.tracks[0][2].source_range.start_time.value) + 25, 5, RATE)
    )
    ran = room.reattach(made)
    assert ran.status == 0, ran.said
    new = [(shot["after"]["shot"], shot["why"]) for shot in ran.json["shots"] if shot["state"] == "new"]
    assert new == [("V1@01:00:01:21", "RP: neutral")]


def test_a_mark_says_where_the_dialogue_ends_better_than_the_cut_did(room: Room) -> None:
    """The mark of B001 came through and is as long as it was: what is uncovered beside it is no dialogue, and is copied."""
    made = room.first_cut()
    editing.trim(made, HAPPY, 0, -20)
    ran = room.reattach(made)
    assert ran.status == 0, ran.said
    shot = ran.json["shots"][2]
    assert (shot["state"], [take["made"] for take in shot["takes"]]) == ("attached", [True])


def test_a_use_that_nobody_marked_stays_without_a_take(room: Room) -> None:
    """A reaction shows frames of A001 that were performed for another shot. It was no shot, and is none, wherever it goes."""
    made = room.first_cut()
    made.tracks[0].append(cut.clip(room.rushes("A001"), 18, 20))
    cut.save(made, room.folder / "cut.otio")
    room.perform()
    made = exported(made, room.folder)
    for _ in range(2):
        document = room.reattach(made).json
        assert [shot["after"]["record"]["frames"] for shot in document["shots"]] == [40, 38, 26, 20]
        assert not any(take["made"] for shot in document["shots"][:3] for take in shot["takes"])
        editing.move(made, 5, 0)
        editing.trim(made, 0, 1, 0)


def test_a_take_for_another_use_of_the_same_frames_does_not_displace_its_own(room: Room) -> None:
    """A001 from 28 to 80, performed from 40 to 46: it shares frames with both others. In the unchanged cut nothing changes."""
    made = room.first_cut()
    made.tracks[0].append(cut.clip(room.rushes("A001"), 25, 40, marks=[("RP: neutral", 40, 6)]))
    cut.save(made, room.folder / "cut.otio")
    room.perform()
    chosen = room.takes()
    document = room.reattach(exported(made, room.folder)).json
    assert [shot["chosen"] for shot in document["shots"]] == chosen
    assert not any(take["made"] for shot in document["shots"] for take in shot["takes"])


def test_media_that_now_is_a_take_stands_for_its_original(room: Room) -> None:
    """The editor laid the take itself onto the track of picture, and trimmed it."""
    out = otio.adapters.read_from_file(str(room.folder / "cut_RP.otio"))
    made = exported(room.first_cut(), room.folder)
    take = next(item for item in out.tracks[1] if isinstance(item, otio.schema.Clip))
    made.tracks[0][1].set_media_references({"DEFAULT_MEDIA": take.media_reference.clone()}, "DEFAULT_MEDIA")
    made = exported(made, room.folder)
    editing.trim(made, ANGRY, 5, 0)
    ran = room.reattach(made)
    assert ran.status == 0, ran.said
    shot = ran.json["shots"][0]
    assert (shot["after"]["in_frame"], Path(shot["after"]["source"]).name) == (15, "A001.mov")
    assert [take["id"] for take in shot["takes"]] == [room.takes()[0]]


def test_stale_tracks_of_takes_are_cleared(room: Room) -> None:
    """OUT came back with its tracks, and a clip was taken out of V1 alone: its take, left behind over another clip, is gone."""
    made = exported(otio.adapters.read_from_file(str(room.folder / "cut_RP.otio")), room.folder)
    del made.tracks[0][1]
    document = room.reattached(made)
    written = otio.adapters.read_from_file(str(room.out))
    assert [track.name for track in written.tracks] == ["V1", "Takes 1"]
    shown, first = room.takes("new_RP.otio"), room.takes()
    assert shown[:2] == first[1:3]
    assert shown[2] != first[3], "a retimed shot begins at another record timecode: its take is made anew"
    assert [shot["state"] for shot in document["shots"]] == ["attached"] * 3 + ["gone"]


def test_a_take_at_a_new_speed_is_not_made_again_on_other_media(room: Room) -> None:
    """Its result's frames stand elsewhere than they were performed: that is refused by name, and the others are made."""
    made = exported(room.first_cut(), room.folder)
    editing.retime(made, ANGRY, 2.0)
    room.reattached(made)
    online = room.folder / "online"
    online.mkdir()
    for name in ("A001", "B001", "C001"):
        shutil.copy2(room.folder / f"{name}.mov", online)
    ran = call("conform", room.out, "--media-root", online, "-o", room.folder / "online.otio", "--json")
    said = [problem["message"] for problem in ran.json["problems"] if problem["severity"] == "error"]
    assert (1, 1) == (ran.status, len(said)), ran.said
    assert "laid out anew when the shot's speed was changed" in said[0]
