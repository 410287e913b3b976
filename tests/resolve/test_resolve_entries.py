"""What each entry does in the project: marks, takes, the timeline with takes, the self-test."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reperform_menu import folders

from resolve.conftest import Recorded
from resolve.fake_resolve.model import Data
from resolve.inside_kit import Inside, without_ours
from resolve.scene_kit import FIRST, VERSIONS, Scene, World

# A note in the ledger may outlive the script that started it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:subprocess:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

MARK = {"title": "To mark", "button": "mark", "values": {"emotion": "angry"}}
DONE = {"title": "", "button": "cancel"}

Arrange = Callable[[World], object]
MARKED: dict[str, tuple[str, Arrange, dict[int, Any]]] = {
    "selected clips": ("21.0.4", lambda at: _select(at, 0, 2), {0: (12, 40), 2: (30, 30)}),
    "a selection with its sound and a transition": (
        "21.0.4", lambda at: _select_all(at), {0: (12, 40), 1: (10, 40), 2: (30, 30)},
    ),
    "what lies between the in and out points": ("19.1", lambda at: None, {0: (16, 36), 1: (10, 31)}),
    "the clip under the playhead": ("20.0", lambda at: None, {0: (12, 40)}),
    "the clip below a title": ("20.0", lambda at: _title(at), {0: (12, 40)}),
    "the playhead in a version that has no points": ("18.5", lambda at: None, {0: (12, 40)}),
}  # fmt: skip


@pytest.mark.parametrize("what", MARKED)
def test_what_is_meant_is_what_is_marked(what: str, cut: Scene, inside_alone: Inside) -> None:
    """Selected clips, else the clip under the playhead, or what is seen between in and out; nothing else is changed."""
    version, arrange, expected = MARKED[what]
    world = cut.world(version)
    arrange(world)
    how = {"range": "between the in and out points"} if "points" in what and version == "19.1" else {}
    came = inside_alone.choose("mark", world, dict(MARK, values=dict({"emotion": "angry"}, **how)), DONE)
    marks = {number: _ours(shot) for number, shot in enumerate(came.world.shots)}
    spans = {number: (found[0][0], found[0][1]["duration"]) for number, found in marks.items() if found}
    assert (expected, []) == (spans, came.misused), came.text
    assert without_ours(world) == without_ours(came.world)


def test_a_mark_carries_the_direction_and_our_data(cut: Scene, inside_alone: Inside) -> None:
    """The note is a direction as anybody could type it; what tells the mark from others stands in its custom data."""
    values = {"emotion": "angry", "region": "head", "takes": 2, "character": "MARA", "note": "she knows"}
    came = inside_alone.choose("mark", _playhead_only(cut), dict(MARK, values=values), DONE)
    frame, mark = _ours(came.world.shots[0])[0]
    data = json.loads(mark["customData"])
    told = (frame, mark["name"], mark["note"], data["kind"], data["fields"]["takes"])
    assert (12, "RP: MARA", 'angry\nhead\ntakes: 2\nnote: "she knows"', "cue", 2) == told


@pytest.fixture
def performed(recorded: Recorded, inside: Inside) -> World:
    """The cut with takes in its clips, the playhead on the first."""
    return inside.choose("perform", recorded.marked).world


TAKE, ORIGINAL = "A001_01020304_RP001_PREVIEW.mov", "A001.mov"


@pytest.mark.parametrize(
    ("answers", "plays", "takes"),
    [
        pytest.param([("select", 0)], [ORIGINAL], 2, id="the original is selected"),
        pytest.param([("remove", 1)], [ORIGINAL], 0, id="the take that is seen is removed"),
    ],
)
def test_takes_are_switched_and_removed(
    answers: list[tuple[str, int]], plays: list[str], takes: int, performed: World, inside: Inside
) -> None:
    """One press selects, compares or removes; where the clip stands, how long it is and all the rest stays as it was."""
    presses = [{"title": "Takes", "button": button, "values": {"take": row}} for button, row in answers]
    came = inside.choose("takes", performed, *presses, {"title": "", "button": "close"})
    shot = came.world.shots[0]
    held = shot["takes"] or {"list": []}
    assert (plays, takes, []) == ([came.world.shown(0)[0]], len(held["list"]), came.misused), came.text
    assert without_ours(performed) == without_ours(came.world)


def test_takes_away_from_any_clip_are_said(cut: Scene, inside_alone: Inside) -> None:
    """Where there is no clip, that is the answer."""
    world = cut.world()
    world.timeline["playhead"] = FIRST + 500
    assert "No clip is under the playhead." in inside_alone.choose("takes", world).text


@pytest.mark.parametrize(
    "goes", [pytest.param(True, marks=pytest.mark.slow), False], ids=["and is opened", "and is not opened"]
)
def test_the_timeline_with_takes_stands_beside_the_old_one(goes: bool, performed: World, inside: Inside) -> None:
    """The result is a timeline of its own in our bin, its takes on tracks above; the old one is as it was."""
    answer = {"title": "Timeline with takes", "button": "import", "values": {"go": goes}}
    came = inside.choose("import", performed, answer)
    made = next(one for one in came.world.project["timelines"].values() if one["name"] == "Cut 7 takes")
    tracks = [track["name"] for track in made["tracks"]["video"]]
    folder = came.world.bin_named("Reperform")
    assert folder is not None
    assert (True, True, goes) == (
        len(tracks) > 2,
        made["media"] in folder["clips"],
        came.world.project["timeline"] == made["id"],
    )
    assert _but_for(performed, made) == _but_for(came.world, made), came.text


def test_a_taken_name_gets_a_number(performed: World, inside: Inside) -> None:
    """Resolve imports nothing under a name that is taken: another is found."""
    answer = {"title": "Timeline with takes", "button": "import", "values": {"name": "Stringout"}}
    came = inside.choose("import", performed, answer)
    assert "Stringout 2" in [one["name"] for one in came.world.project["timelines"].values()], came.text


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_self_test_leaves_nothing_but_its_receipt(version: str, recorded: Recorded, inside: Inside) -> None:
    """Every trial goes through on a Resolve that behaves, the person's project is back as it was, and the receipt says what was found."""
    world = World(copy.deepcopy(recorded.marked.data))
    world.data["version"] = version
    _media_for_the_self_test(recorded)
    came = inside.choose("self-test", world)
    receipt = json.loads(next(Path(folders.state()).glob("receipts/*.json")).read_text("utf-8"))
    failed = {name: trial["error"] for name, trial in receipt["trials"].items() if "error" in trial}
    assert ({}, [], []) == (failed, receipt["left_behind"], came.misused), came.text
    assert world.snapshot() == came.world.snapshot()


def _media_for_the_self_test(recorded: Recorded) -> None:
    """What `reperform demo` would make, from the media that are here."""
    folder = Path(folders.state()) / "self-test"
    (folder / "media").mkdir(parents=True)
    (folder / "demo.reperform" / "takes").mkdir(parents=True)
    (folder / "the_letter_RP.otio").write_text("{}", "utf-8")
    media = {Path(one["path"]).name: one["path"] for one in recorded.ran.world.project["media"].values() if one["path"]}
    shutil.copy(media["A001.mov"], folder / "media" / "A001C003.mov")
    shutil.copy(media["B002.mov"], folder / "media" / "B002C007.mov")
    shutil.copy(media[TAKE], folder / "demo.reperform" / "takes" / "A001C003_RP001.mov")


def _ours(shot: Data) -> list[tuple[int, Data]]:
    marks = ((int(frame), one) for frame, one in shot["markers"].items() if '"cue"' in one["customData"])
    return sorted(marks, key=lambda each: each[0])


def _playhead_only(cut: Scene) -> World:
    world = cut.world()
    world.timeline["in_out"] = {}
    return world


def _select(at: World, *numbers: int) -> None:
    at.timeline["selected"] = [at.shots[number]["id"] for number in numbers]


def _select_all(at: World) -> None:
    kinds = at.timeline["tracks"]
    at.timeline["selected"] = [one["id"] for kind in ("audio", "video") for one in kinds[kind][0]["items"]]


def _title(at: World) -> None:
    title = at.timeline["tracks"]["video"][1]["items"][0]
    title.update(enabled=True, start=FIRST + 10, duration=30)


def _but_for(world: World, made: Data) -> Data:
    """Without a timeline that was made, and whichever is current."""
    after = without_ours(world)
    for project in after["projects"].values():
        project["timelines"].pop(made["id"], None)
        project["media"].pop(made["media"], None)
        project.pop("timeline")
    return after
