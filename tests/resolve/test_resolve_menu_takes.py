"""The takes of a clip: listed with what they are, chosen, compared, removed; the sound goes with them; brought as a timeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resolve.conftest import Recorded
from resolve.inside_kit import Came, Inside
from resolve.scene_kit import FIRST, Scene, World

PREVIEW = "A001_01020304_RP001_PREVIEW"
SPOKEN = "B002_02000000_RP001_PREVIEW"


@pytest.fixture
def performed(recorded: Recorded, inside: Inside) -> World:
    """Both clips have a take, which they play."""
    inside.plant("select", document="", status=0)
    return inside.choose("perform", recorded.marked).world


def pressed(inside: Inside, world: World, button: str, **values: Any) -> Came:
    """The panel, answered once, and closed."""
    once = {"title": "Reperform - Takes", "button": button, "values": values}
    return inside.choose("takes", world, once, {"title": "Reperform - Takes", "button": "close"})


def sounds(world: World) -> dict[str, list[tuple[int, str, bool]]]:
    """What is on each audio track: where, which media, whether it is heard."""
    names = {one["id"]: one["name"] for one in world.project["media"].values()}
    return {
        track["name"]: [(item["start"] - FIRST, names[item["media"]], item["enabled"]) for item in track["items"]]
        for track in world.timeline["tracks"]["audio"]
    }


def test_each_take_is_listed_with_what_it_is(performed: World, inside: Inside) -> None:
    """File, direction, engine, cost, checks; what is seen has a sign."""
    came = inside.choose("takes", performed, {"title": "Takes", "button": "close"})
    shown = came.panel.shown[0]
    assert '["", "A001.mov", "the original", "", "", ""]' in shown
    assert f'["▶", "{PREVIEW}.mov", "RP, angry", "preview", "free", "passed ' in shown
    assert performed.snapshot() == came.world.snapshot()


def test_comparing_goes_to_the_original_and_back(performed: World, inside: Inside) -> None:
    """The same button, twice; what is chosen in the end is told to the command, so that the next run keeps it."""
    once = pressed(inside, performed, "compare")
    back = pressed(inside, once.world, "compare")
    shown = [one.shown(0) for one in (performed, once.world, back.world)]
    told = [words[2:4] for words in inside.asked() if words[0] == "select"]
    assert [(f"{PREVIEW}.mov", 12), ("A001.mov", 12), (f"{PREVIEW}.mov", 12)] == shown
    assert [["V1@01:00:00:00", "original"], ["V1@01:00:00:00", f"{PREVIEW}.mov"]] == told


def test_only_the_last_choice_is_told_to_the_command(performed: World, inside: Inside) -> None:
    """Going back and forth is nobody's business; nothing overtakes what was chosen in the end."""
    twice = [{"title": "Reperform - Takes", "button": "compare"}] * 2
    inside.choose("takes", performed, *twice, {"title": "Reperform - Takes", "button": "close"})
    told = [words[2:4] for words in inside.asked() if words[0] == "select"]
    assert [["V1@01:00:00:00", f"{PREVIEW}.mov"]] == told


def test_what_was_chosen_here_is_kept_by_the_next_run(performed: World, inside: Inside) -> None:
    """A person's choice of the original is no surprise to the next “Perform Marked”."""
    original = pressed(inside, performed, "select", take=0)
    document = json.loads((inside.store / "run.json").read_text("utf-8"))
    document["chosen"]["V1@01:00:00:00"] = "original"
    inside.plant("run", document=json.dumps(document))
    again = inside.choose("perform", original.world)
    assert (("A001.mov", 12), []) == (again.world.shown(0), again.misused)
    assert "somebody has chosen" not in again.text


def test_a_take_that_is_seen_is_removed_and_the_original_comes_back(performed: World, inside: Inside) -> None:
    """With the last take of ours goes its status marker; file and clip in the bin stay."""
    came = pressed(inside, performed, "remove", take=1)
    shot = came.world.shots[0]
    ours = [one["name"] for one in shot["markers"].values() if '"status"' in one["customData"]]
    assert (("A001.mov", 12), None, []) == (came.world.shown(0), shot["takes"], ours), came.text
    assert came.world.media_named(f"{PREVIEW}.mov")


def test_the_original_is_never_removed(performed: World, inside: Inside) -> None:
    """Only what is ours goes."""
    came = pressed(inside, performed, "remove", take=0)
    assert ("A001.mov is none of our takes." in came.text, performed.snapshot()) == (True, came.world.snapshot())


def test_a_selection_that_fails_is_said(performed: World, inside: Inside) -> None:
    """What is seen stays as it was."""
    answers = ({"title": "Takes", "button": "select", "values": {"take": 0}}, {"title": "Takes", "button": "close"})
    came = inside.choose("takes", performed, *answers, faults={"select": "refused"})
    assert ("Resolve did not switch to A001.mov" in came.text, performed.snapshot()) == (True, came.world.snapshot())


def test_a_clip_without_takes_says_how_to_get_some(cut: Scene, inside_alone: Inside) -> None:
    """Nothing can be pressed but closing."""
    came = inside_alone.choose("takes", cut.world(), {"title": "Takes", "button": "close"})
    assert "V1 “A001.mov” has no takes. Mark it with “Mark Dialogue”" in came.text


def test_the_voice_of_a_file_is_heard_with_its_take(performed: World, inside: Inside) -> None:
    """Its sound lies on a track of ours and the clip's own is off; with the original it is the other way round."""
    performed.timeline["playhead"] = FIRST + 50
    original = pressed(inside, performed, "compare").world
    own, ours = "Audio 1", [(40, f"{SPOKEN}.mov", True)]
    assert ((40, "B002.mov", False), ours) == (sounds(performed)[own][1], sounds(performed)["Reperform"])
    assert ((40, "B002.mov", True), [(40, f"{SPOKEN}.mov", False)]) == (
        sounds(original)[own][1],
        sounds(original)["Reperform"],
    )


def test_a_voice_that_is_in_the_cut_already_is_left_alone(performed: World) -> None:
    """The shot's own sound drove the first clip: it goes on playing."""
    assert (0, "A001.mov", True) == sounds(performed)["Audio 1"][0]


def test_the_takes_come_as_a_timeline_of_their_own(performed: World, inside: Inside) -> None:
    """Under a name that is free, in our bin; the person goes there, or stays."""
    stays = inside.choose(
        "import", performed, {"title": "Timeline with takes", "button": "import", "values": {"go": False}}
    )
    goes = inside.choose("import", stays.world, {"title": "Timeline with takes", "button": "import"})
    current = goes.world.project["timelines"][goes.world.project["timeline"]]
    names = [one["name"] for one in goes.world.project["timelines"].values()]
    assert (["Stringout", "Cut 7", "Cut 7 takes", "Cut 7 takes 2"], "Cut 7 takes 2") == (names, current["name"]), (
        goes.text
    )
    same = ("page", "project")
    assert [performed.data[key] for key in same] == [stays.world.data[key] for key in same]
    assert performed.timeline == stays.world.timeline
    assert performed.project["timeline"] == stays.world.project["timeline"]


@pytest.mark.parametrize(
    ("text", "faults", "word"),
    [("{}", {}, "is no OTIO timeline."), (None, {"import_timeline": "nothing"}, "Resolve did not import ")],
    ids=["no timeline", "refused by Resolve"],
)
def test_a_timeline_that_does_not_come_is_said(
    text: str | None, faults: dict[str, Any], word: str, performed: World, inside: Inside, tmp_path: Path
) -> None:
    """And nothing is changed."""
    path = tmp_path / "other.otio"
    path.write_text(text or (inside.store / "out.otio").read_text("utf-8"), "utf-8")
    answer = {"title": "Timeline with takes", "button": "import", "values": {"path": str(path)}}
    came = inside.choose("import", performed, answer, faults=faults)
    assert (word in came.text, performed.snapshot()) == (True, came.world.snapshot()), came.text
