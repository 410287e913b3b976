"""The fake behaves as Resolve was seen to: what the entries are tested against must lie where Resolve lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from resolve.fake_resolve.exporting import OTIO, document
from resolve.fake_resolve.fusion import Fusion
from resolve.fake_resolve.playing import played
from resolve.fake_resolve.resolve import connect
from resolve.scene_kit import B_NUMBERS, FIRST, Scene, World
from shared import SHARED, needs

REAL = SHARED / "timelines" / "resolve"


class Opened:
    """A script's view of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app, self.resolve = connect(world.data)

    @property
    def project(self) -> Any:
        return self.resolve.GetProjectManager().GetCurrentProject()

    @property
    def pool(self) -> Any:
        return self.project.GetMediaPool()

    @cached_property
    def timeline(self) -> Any:
        """The cut, also when another one is current by now."""
        return self.project.GetCurrentTimeline()

    def item(self, index: int = 0, kind: str = "video", track: int = 1) -> Any:
        return self.timeline.GetItemListInTrack(kind, track)[index]

    def media(self, name: str) -> Any:
        folder = self.pool.GetRootFolder().GetSubFolderList()[0]
        return next(one for one in folder.GetClipList() if one.GetName() == name)


Lie = Callable[[Opened, Path], object]
LIES: dict[str, tuple[dict[str, Any], Lie, object]] = {
    "an attribute that nobody knows is None": ({}, lambda at, _: at.resolve.GetEverything, None),
    "a call that this version lacks is None": ({"version": "18.5"}, lambda at, _: at.timeline.GetMarkInOut, None),
    "selection comes with 21.0.4": ({"version": "20.0"}, lambda at, _: at.timeline.GetSelectedClips, None),
    "a wrong call is a quiet None": ({}, lambda at, _: at.item().GetTakeByIndex(), None),
    "keywords are a quiet None": ({}, lambda at, _: at.item().GetTakeByIndex(idx=1), None),
    "marker keys are floats": (
        {},
        lambda at, _: [(type(key), type(one["duration"])) for key, one in at.timeline.GetMarkers().items()],
        [(float, float)],
    ),
    "one marker a frame": ({}, lambda at, _: at.item().AddMarker(20, "Green", "", "", 1, ""), False),
    "an absolute marker is accepted": ({}, lambda at, _: at.timeline.AddMarker(FIRST + 3, "Red", "", "", 1), True),
    "takes are zero off the current timeline": ({}, lambda at, _: _takes_elsewhere(at), (2, 0, None)),
    "an empty item has no takes": ({}, lambda at, _: (at.item().GetTakesCount(), at.item().GetSelectedTakeIndex()), (0, 0)),
    "the same take again is refused with effect": ({}, lambda at, _: _same_take(at), (False, 1)),
    "a planted refusal leaves a selector behind": ({"take": "refused with effect"}, lambda at, _: _new_take(at), (False, 1)),
    "a planted acceptance does nothing": ({"take": "accepted without"}, lambda at, _: _new_take(at), (True, 0)),
    "a good take is the second": ({}, lambda at, _: _new_take(at), (True, 2)),
    "a locked track takes none": ({}, lambda at, _: _locked_take(at), (False, 0)),
    "an export says True and writes nothing": (
        {"export": "says True, writes nothing"},
        lambda at, folder: (at.timeline.Export(str(folder / "x.otio"), OTIO, 0.0), (folder / "x.otio").exists()),
        (True, False),
    ),
    "text for a constant is refused": ({}, lambda at, folder: at.timeline.Export(str(folder / "x"), "OTIO", 0.0), False),
    "18.5 knows OTIO": ({"version": "18.5"}, lambda at, _: at.resolve.EXPORT_OTIO, OTIO),
    "before that there is none": ({"version": "18.1"}, lambda at, _: at.resolve.EXPORT_OTIO, None),
    "transitions stand among the items": ({}, lambda at, _: len(at.timeline.GetItemListInTrack("video", 1)), 4),
    "before 21.0.4 they did not": (
        {"version": "19.1"}, lambda at, _: len(at.timeline.GetItemListInTrack("video", 1)), 3,
    ),
    "a transition has no media": ({}, lambda at, _: at.item(2).GetMediaPoolItem(), None),
    "a source's first frame slips": ({}, lambda at, _: (at.item().GetLeftOffset(), at.item().GetSourceStartFrame()), (12, 11)),
    "a WAV has 24 frames a second": ({}, lambda at, _: at.media("guide.wav").GetClipProperty("FPS"), 24.0),
    "a new bin is the current one": ({}, lambda at, _: _new_bin(at), ("Footage", "New")),
    "a copy is the current timeline": ({}, lambda at, _: _copied(at), ("Cut 7", "Copy")),
    "a taken name is None": ({}, lambda at, _: at.timeline.DuplicateTimeline("Stringout"), None),
    "another timeline loses the playhead": ({}, lambda at, _: _back_again(at), ("01:00:00:20", "01:00:00:00")),
    "no playhead on the media page": ({}, lambda at, _: (at.resolve.OpenPage("media"), at.timeline.GetCurrentTimecode()), (True, "")),
    "in and out count from the timeline's start": ({}, lambda at, _: at.timeline.GetMarkInOut()["video"], {"in": 4, "out": 70}),
    "a dialogue spoils it": ({"modal": True}, lambda at, _: (at.timeline.GetName(), at.resolve.GetVersionString()), (None, "21.0.4.7")),
    "no project is None": ({"project": None}, lambda at, _: at.resolve.GetProjectManager().GetCurrentProject(), None),
    "an item that was deleted answers None": ({}, lambda at, _: _deleted(at), None),
    "something else is opened behind a script's back": ({}, lambda at, folder: _meddled(at, folder), "Stringout"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_the_fake_lies_where_resolve_does(lie: str, cut: Scene, tmp_path: Path) -> None:
    """Each thing that was documented or measured about Resolve's scripting is so in the fake."""
    planted, told, expected = LIES[lie]
    opened = _opened(cut, planted)
    assert expected == told(opened, tmp_path)


def test_asking_the_free_edition_for_windows_poisons_it(cut: Scene) -> None:
    """From 19.1 the mere question for a UIManager opens a dialogue, and all later calls are None."""
    opened = Opened(cut.world("19.1", studio=False))
    before, windows = opened.timeline.GetName(), Fusion(opened.app).UIManager
    assert ("Cut 7", None, None) == (before, windows, opened.timeline.GetName())


def test_what_plays_is_what_was_burned_in(cut: Scene) -> None:
    """Each frame of the cut shows its source's frame; a disabled title above shows nothing."""
    numbers = [*range(12, 52), *range(B_NUMBERS + 10, B_NUMBERS + 50), *range(30, 60)]
    assert numbers == cut.world().seen(0, 110)


def test_a_take_of_another_length_moves_the_end(cut: Scene) -> None:
    """The length of an item follows its take as far as the next item lets it."""
    opened = _opened(cut, {})
    opened.item().AddTake(opened.media("B002.mov"), 0, 30)
    first = opened.world.shots[0]
    end = played(opened.world.project, opened.world.timeline, FIRST + 35)
    assert (30, "B002.mov", None) == (first["duration"], played_file(opened), end)


def test_an_export_comes_back_as_it_went(cut: Scene, tmp_path: Path) -> None:
    """Export and import keep tracks, ranges and markers' text, and lose grades, colours and customData."""
    opened = _opened(cut, {})
    opened.item().AddMarker(25, "Green", "RP", "angry", 5, "our own")
    assert opened.timeline.Export(str(tmp_path / "x.otio"), opened.resolve.EXPORT_OTIO, opened.resolve.EXPORT_NONE)
    made = opened.pool.ImportTimelineFromFile(str(tmp_path / "x.otio"), {"timelineName": "Again"})
    before, after = (document(opened.world.project, one) for one in _both(opened.world))
    lost = [one["customData"] for one in made.GetItemListInTrack("video", 1)[0].GetMarkers().values()]
    assert (before, ["", ""]) == (after, lost)


@needs("timelines/resolve")
def test_an_export_has_the_shape_of_real_ones(cut: Scene) -> None:
    """Each kind of object in the fake's export carries the keys that Resolve's own carry."""
    world = cut.world()
    real: dict[str, set[str]] = {}
    for path in REAL.glob("*.otio"):
        _collect(json.loads(path.read_text("utf-8")), real)
    ours: dict[str, set[str]] = {}
    _collect(document(world.project, world.timeline), ours)
    assert {schema: real[schema] for schema in ours if schema in real} == {
        schema: keys for schema, keys in ours.items() if schema in real
    }


def test_a_failed_import_of_media_is_an_empty_list(cut: Scene, tmp_path: Path) -> None:
    """What is no media, or is not there, is left out without a word."""
    (tmp_path / "no.mov").write_text("no movie")
    opened = _opened(cut, {})
    found = opened.pool.ImportMedia(
        [str(tmp_path / "no.mov"), str(tmp_path / "nowhere.mov"), str(cut.folder / "A001.mov")]
    )
    assert ["A001.mov"] == [one.GetName() for one in found]


def _opened(cut: Scene, planted: dict[str, Any]) -> Opened:
    world = cut.world(planted.get("version", "21.0.4"))
    world.data["faults"] = {key: value for key, value in planted.items() if key not in ("version", "modal", "project")}
    opened = Opened(world)
    assert opened.timeline is not None
    world.data.update({key: planted[key] for key in ("modal", "project") if key in planted})
    return opened


def _new_take(at: Opened) -> tuple[object, object]:
    return at.item().AddTake(at.media("B002.mov"), 10, 50), at.item().GetTakesCount()


def _same_take(at: Opened) -> tuple[object, object]:
    return at.item().AddTake(at.media("A001.mov"), 12, 52), at.item().GetTakesCount()


def _locked_take(at: Opened) -> tuple[object, object]:
    at.timeline.SetTrackLock("video", 1, True)
    return _new_take(at)


def _takes_elsewhere(at: Opened) -> tuple[object, object, object]:
    item = at.item()
    item.AddTake(at.media("B002.mov"), 10, 50)
    here = item.GetTakesCount()
    at.project.SetCurrentTimeline(at.project.GetTimelineByIndex(1))
    return here, item.GetTakesCount(), item.GetTakeByIndex(1)


def _new_bin(at: Opened) -> tuple[object, object]:
    before = at.pool.GetCurrentFolder().GetName()
    at.pool.AddSubFolder(at.pool.GetRootFolder(), "New")
    return before, at.pool.GetCurrentFolder().GetName()


def _copied(at: Opened) -> tuple[object, object]:
    at.timeline.DuplicateTimeline("Copy")
    return at.timeline.GetName(), at.project.GetCurrentTimeline().GetName()


def _back_again(at: Opened) -> tuple[object, object]:
    before = at.timeline.GetCurrentTimecode()
    at.project.SetCurrentTimeline(at.project.GetTimelineByIndex(1))
    at.project.SetCurrentTimeline(at.timeline)
    return before, at.timeline.GetCurrentTimecode()


def _deleted(at: Opened) -> object:
    item = at.item()
    at.timeline.DeleteClips([item])
    return item.GetName()


def _meddled(at: Opened, folder: Path) -> object:
    other = next(iter(at.world.project["timelines"]))
    at.world.data["faults"]["after"] = {"Timeline.Export": {"timeline": other}}
    at.timeline.Export(str(folder / "x.otio"), OTIO, 0.0)
    return at.project.GetCurrentTimeline().GetName()


def _both(world: World) -> list[dict[str, Any]]:
    return [one for one in world.project["timelines"].values() if one["name"] in ("Cut 7", "Again")]


def _collect(node: object, into: dict[str, set[str]]) -> None:
    if isinstance(node, list):
        for each in node:
            _collect(each, into)
    if isinstance(node, dict):
        if "OTIO_SCHEMA" in node:
            into.setdefault(node["OTIO_SCHEMA"], set()).update(node)
        for each in node.values():
            _collect(each, into)


def played_file(at: Opened) -> str:
    found = played(at.world.project, at.world.timeline, FIRST)
    assert found is not None
    return Path(found[0]).name
