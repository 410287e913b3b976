"""A project of Resolve's over real media: two angles with burned-in frame numbers, cut with a dissolve, a title and linked sound."""

from __future__ import annotations

import copy
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import burned
from resolve.fake_resolve import model
from resolve.fake_resolve.model import Data
from resolve.fake_resolve.playing import played
from resolve.probed_as_resolve import facts

PROBE = [sys.executable, "-I", str(Path(__file__).with_name("probed_as_resolve.py"))]
FIRST = 86400
"""The timeline's first record frame."""
FRAMES = 72
B_NUMBERS = 1000
"""The number that the first frame of the second angle carries."""
VERSIONS = ("18.5", "19.0", "19.1", "20.0", "21.0.4", "21.1")


@dataclass(frozen=True)
class Scene:
    """The media, once for all tests; `world` makes a Resolve of its own over them."""

    folder: Path
    media: dict[str, Data]

    def world(self, version: str = "21.0.4", *, studio: bool = True) -> World:
        """The cut, open on the colour page, with everything of a user's that could be lost."""
        return World(_world(self, version, studio=studio))


@dataclass
class World:
    """A fake's data, with names for what tests ask of it."""

    data: Data

    @property
    def project(self) -> Data:
        found = model.open_project(self.data)
        assert found is not None
        return found

    @property
    def timeline(self) -> Data:
        """The cut, whether it is the current timeline or not."""
        return next(one for one in self.project["timelines"].values() if one["name"] == "Cut 7")

    @property
    def shots(self) -> list[Data]:
        """The three clips of picture, as they stand: A, B and A again."""
        return [one for one in self.timeline["tracks"]["video"][0]["items"] if one["type"] == "video"]

    def snapshot(self) -> Data:
        """All that a user could find changed."""
        return model.snapshot(self.data)

    def shown(self, frame: int) -> tuple[str, int]:
        """File name and frame at a record frame of the cut, counted from its first; ("black", 0) where there is none."""
        found = played(self.project, self.timeline, FIRST + frame)
        return ("black", 0) if found is None else (Path(found[0]).name, found[1])

    def seen(self, first: int, frames: int) -> list[int | None]:
        """The burned-in numbers that a viewer of the cut would read, decoded."""
        decoded: dict[str, list[int | None]] = {}
        found = []
        for frame in range(first, first + frames):
            place = played(self.project, self.timeline, FIRST + frame)
            assert place is not None
            numbers = decoded.setdefault(place[0], burned.numbers(Path(place[0])) if place[0] not in decoded else [])
            found.append(numbers[place[1]])
        return found

    def media_named(self, name: str) -> Data:
        """A clip of the media pool."""
        return next(one for one in self.project["media"].values() if one["name"] == name)

    def bin_named(self, name: str) -> Data | None:
        """None where there is none."""
        return next((one for one in self.project["bins"].values() if one["name"] == name), None)


def make_scene(folder: Path) -> Scene:
    """Two movies and a guide track; about a second's work."""
    folder.mkdir(parents=True)
    rate = Fraction(24)
    paths = [
        burned.make_movie(
            folder / "A001.mov", rate=rate, frames=FRAMES, codec="mjpeg", timecode="01:02:03:04", reel="A001"
        ),
        burned.make_movie(
            folder / "B002.mov", rate=rate, frames=FRAMES, codec="mjpeg", timecode="02:00:00:00", first=B_NUMBERS
        ),
        burned.make_wave(folder / "guide.wav", samples=2 * 48000),
    ]
    return Scene(folder, {path.stem: facts(path) for path in paths})


def _world(scene: Scene, version: str, *, studio: bool) -> Data:
    world = model.world(version, studio=studio, probe=PROBE)
    project = model.add_project(world, "The Letter")
    footage = model.add_bin(world, project, "Footage")
    model.add_bin(world, project, "Dailies", footage["id"])
    media = {
        name: model.add_media(world, project, copy.deepcopy(each), footage["id"]) for name, each in scene.media.items()
    }
    media["A001"]["properties"].update(
        {"IDT": "ACEScct", "Input Color Space": "ARRI LogC4", "Input Gamma": "ARRI LogC4"}
    )
    _other_timeline(world, project, media)
    timeline = model.add_timeline(world, project, "Cut 7", start=FIRST)
    _cut(world, timeline, media)
    timeline.update(playhead=FIRST + 20, in_out={"video": {"in": 4, "out": 70}, "audio": {"in": 8, "out": 60}})
    timeline["markers"]["33"] = _user_marker("Red", "look")
    project["bin"], world["page"] = footage["id"], "color"
    project["render_queue"].append({"JobId": "the user's own"})
    return world


def _cut(world: Data, timeline: Data, media: dict[str, Data]) -> None:
    picture, sound = timeline["tracks"]["video"][0], timeline["tracks"]["audio"][0]
    for name, start, frames, left in (("A001", 0, 40, 12), ("B002", 40, 40, 10), ("A001", 80, 30, 30)):
        where: dict[str, Any] = {"media": media[name], "start": FIRST + start, "duration": frames, "left": left}
        model.link(world, model.add_item(world, picture, **where), model.add_item(world, sound, **where, type="audio"))
    model.add_item(world, picture, media=None, start=FIRST + 76, duration=8, type="transition", name="Cross Dissolve")
    title = model.add_track(timeline, "video")
    model.add_item(world, title, media=None, start=FIRST + 50, duration=10, name="Solid Color", enabled=False)
    first = picture["items"][0]
    first.update(grade={"1": "Film Looks/Kodak.cube"}, color="Teal", comps=1)
    first["markers"]["20"] = _user_marker("Blue", "nice smile")


def _other_timeline(world: Data, project: Data, media: dict[str, Data]) -> None:
    other = model.add_timeline(world, project, "Stringout", start=90000)
    model.add_item(world, other["tracks"]["video"][0], media=media["B002"], start=90000, duration=FRAMES)
    other.update(playhead=90010, in_out={"video": {"in": 1, "out": 2}})


def _user_marker(color: str, name: str) -> Data:
    return {"color": color, "duration": 1, "note": "", "name": name, "customData": ""}
