"""Marks: on the right frames, in words the command reads, changed and removed without touching anybody else's."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from resolve.fake_resolve import exporting, model
from resolve.inside_kit import Came, Inside
from resolve.scene_kit import FIRST, Scene, World
from whole.command_kit import call

ANGRY = {"emotion": "angry"}


def marked(inside: Inside, world: World, button: str = "mark", **values: Any) -> Came:
    """The panel, answered once, and closed."""
    answer = {"title": "Mark Dialogue", "button": button, "values": values}
    return inside.choose("mark", world, answer, {"title": "Mark Dialogue", "button": "cancel"})


def spans(world: World) -> list[list[tuple[int, int]]]:
    """Where our marks are on each clip, from its first visible frame, and how long."""
    found = []
    for shot in world.shots:
        ours = [
            (int(frame) - shot["left"], one["duration"]) for frame, one in shot["markers"].items() if one["customData"]
        ]
        found.append(sorted(ours))
    return found


def test_the_clip_under_the_playhead_is_marked_whole(cut: Scene, inside_alone: Inside) -> None:
    """Titles and disabled clips above it are passed over; everything else in the project stays."""
    world = cut.world()
    world.timeline["playhead"] = FIRST + 55
    came = marked(inside_alone, world, **ANGRY)
    after = copy.deepcopy(came.world)
    after.shots[1]["markers"].clear()
    assert ([[], [(0, 40)], []], [], world.snapshot()) == (spans(came.world), came.misused, after.snapshot()), came.text


def test_selected_clips_come_before_the_playhead(cut: Scene, inside_alone: Inside) -> None:
    """Each of them gets the mark."""
    world = cut.world()
    world.timeline["selected"] = [shot["id"] for shot in world.shots[1:]]
    assert [[], [(0, 40)], [(0, 30)]] == spans(marked(inside_alone, world, **ANGRY).world)


def test_between_the_points_each_clip_gets_its_part(cut: Scene, inside_alone: Inside) -> None:
    """In and out points count from the timeline's first frame, both inclusive."""
    came = marked(inside_alone, cut.world(), range="in and out", **ANGRY)
    assert [[(4, 36)], [(0, 31)], []] == spans(came.world)


def test_one_frame_under_the_playhead_means_the_guide(cut: Scene, inside_alone: Inside) -> None:
    """A marker of one frame, where the playhead is."""
    assert [[(20, 1)], [], []] == spans(marked(inside_alone, cut.world(), range="under the playhead", **ANGRY).world)


def test_a_frame_with_a_marker_is_passed_over_and_said(cut: Scene, inside_alone: Inside) -> None:
    """One marker a frame: the mark begins a frame later and ends where it would have."""
    world = cut.world()
    world.shots[0]["markers"]["12"] = {"color": "Blue", "duration": 1, "note": "", "name": "mine", "customData": ""}
    came = marked(inside_alone, world, **ANGRY)
    assert ([(1, 39)], True) == (spans(came.world)[0], "it begins 1 later" in came.text)


def test_a_clip_full_of_markers_is_said(cut: Scene, inside_alone: Inside) -> None:
    """Nobody's marker is moved or taken."""
    world = cut.world()
    mine = {"color": "Blue", "duration": 1, "note": "", "name": "mine", "customData": ""}
    world.shots[0]["markers"] = {str(frame): dict(mine) for frame in range(12, 52)}
    came = marked(inside_alone, world, **ANGRY)
    assert (world.snapshot(), True) == (came.world.snapshot(), "Every frame there has a marker already" in came.text)


@pytest.mark.parametrize("change", [{"speed": "2"}, {"compound": True}], ids=["retimed", "compound"])
def test_where_a_clip_counts_otherwise_the_timeline_is_marked(
    change: dict[str, Any], cut: Scene, inside_alone: Inside
) -> None:
    """A marker over the clip, in record time, means the picture below it."""
    world = cut.world()
    if "speed" in change:
        world.shots[0].update(change)
    else:
        world.media_named("A001.mov")["properties"].update({"Type": "Compound", "File Path": ""})
    came = marked(inside_alone, world, **ANGRY)
    ours = {frame: one["duration"] for frame, one in came.world.timeline["markers"].items() if one["customData"]}
    assert ({"0": 40}, [[], [], []]) == (ours, spans(came.world)), came.text


def test_a_locked_track_is_said(cut: Scene, inside_alone: Inside) -> None:
    """Resolve would only say False."""
    world = cut.world()
    world.timeline["tracks"]["video"][0]["locked"] = True
    came = marked(inside_alone, world, **ANGRY)
    assert (world.snapshot(), True) == (came.world.snapshot(), "The track is locked: V1 “A001.mov”." in came.text)


def test_a_page_without_a_playhead_is_said(cut: Scene, inside_alone: Inside) -> None:
    """On the Media page nobody knows what is under it."""
    world = cut.world()
    world.data["page"] = "media"
    came = inside_alone.choose("mark", world, {"title": "no playhead", "button": "cancel"})
    assert ("This page shows no playhead: go to the Edit page." in came.text, world.snapshot()) == (
        True,
        came.world.snapshot(),
    )


def test_a_mark_is_changed_and_keeps_its_identity(cut: Scene, inside_alone: Inside) -> None:
    """Its place, length and id stay; its words and its data are new."""
    first = marked(inside_alone, cut.world(), **ANGRY).world
    second = marked(inside_alone, first, "change", emotion="sad", character="MARA").world
    (before,), (after,) = (ours(world) for world in (first, second))
    assert (before["customData"]["id"], before["duration"]) == (after["customData"]["id"], after["duration"])
    assert ("RP: MARA", "sad", "sad") == (after["name"], after["note"], after["customData"]["fields"]["emotion"])


def test_a_mark_is_removed_by_its_data_alone(cut: Scene, inside_alone: Inside) -> None:
    """A person's markers of the same colour and words stay."""
    world = cut.world()
    world.shots[0]["markers"]["30"] = {"color": "Red", "duration": 1, "note": "angry", "name": "RP", "customData": ""}
    there = marked(inside_alone, world, **ANGRY).world
    gone = marked(inside_alone, there, "remove")
    assert (world.snapshot(), []) == (gone.world.snapshot(), gone.misused)


def ours(world: World) -> list[dict[str, Any]]:
    """Our markers of the first clip, their data read."""
    found = [dict(one) for one in world.shots[0]["markers"].values() if one["customData"]]
    return [dict(one, customData=json.loads(one["customData"])) for one in found]


def test_the_command_reads_the_marks_where_they_were_set(cut: Scene, inside_alone: Inside, tmp_path: Path) -> None:
    """An export of the marked timeline is planned: each cue has its frames and its direction, and no status marker is one."""
    world = cut.world()
    world.timeline["selected"] = [world.shots[1]["id"]]
    world = marked(inside_alone, world, emotion="sad", region="head", character="TOM").world
    world.timeline["selected"] = []
    world = marked(inside_alone, world, range="in and out", emotion="angry", note="she knows").world
    status = {"color": "Mint", "duration": 1, "note": "It plays A. “Reperform - Takes” has them all."}
    world.shots[0]["markers"]["13"] = dict(status, name="Takes by Reperform: 2", customData="")
    del world.shots[1]["markers"]["11"]
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(exporting.document(world.project, world.timeline)), "utf-8")
    plan = call("plan", path, "--json", "--project", tmp_path / "p").json
    cues = [
        (cue["character"], cue["in_frame"], cue["frames"], cue["direction"]["emotion"], cue["direction"]["note"])
        for shot in plan["shots"]
        for cue in shot["cues"]
    ]
    assert [(None, 16, 36, "angry", "she knows"), ("TOM", 10, 40, "sad", None)] == cues, plan["problems"]


def test_a_mark_under_a_take_counts_in_the_original(cut: Scene, inside_alone: Inside) -> None:
    """While a take of ours is seen, the mark goes where it would on the original, and the take is seen again."""
    world = cut.world()
    take = model.add_media(
        world.data, world.project, dict(copy.deepcopy(world.media_named("A001.mov")), name="T.mov"), ""
    )
    take["properties"]["File Path"] = str(cut.folder / "T.mov")
    shot = world.shots[0]
    shot.update(
        takes={"selected": 2, "list": [_take(shot["media"], 12), _take(take["id"], 5)]}, media=take["id"], left=5
    )
    place = inside_alone.folder / "Videos" / "Reperform" / "The Letter"
    place.mkdir(parents=True)
    (place / "takes.json").write_text(json.dumps({str(cut.folder / "T.mov"): {"id": "T"}}), "utf-8")
    came = marked(inside_alone, world, **ANGRY)
    after = came.world.shots[0]
    frames = [frame for frame, one in after["markers"].items() if one["customData"]]
    assert (["12"], 2, 5) == (frames, after["takes"]["selected"], after["left"]), came.text


def _take(media: str, start: int) -> dict[str, Any]:
    return {"media": media, "start": start, "end": start + 40}
