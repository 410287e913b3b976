"""A Resolve with its projects as plain data: dicts, lists, numbers and text that compare, copy and go through JSON.

world     version, studio, page, modal, project (the open one's name or None), projects, faults, probe, serial
project   id, name, settings, media {id: …}, bins {id: …}, root, bin (the current one), timelines {id: …}, timeline (current)
timeline  id, name, media, rate, drop, start, settings, playhead, in_out, markers, tracks {type: […]}, selected
item      id, type, name, media, start and duration (record frames), left (timeline frames from the media's first), speed,
          enabled, color, markers, properties, link, takes, grade, versions, comps
"""

import copy
from typing import Any, Dict, Optional

Data = Dict[str, Any]

TRACKS = ("video", "audio", "subtitle")
_NOT_OF_THE_PROJECT = ("faults", "probe", "serial")


def world(version: str, *, studio: bool = True, probe: "list[str] | None" = None) -> Data:
    """A Resolve with no project open. `probe` is the command that tells what a media file is."""
    return {
        "version": version, "studio": studio, "page": "edit", "modal": False, "project": None, "projects": {},
        "faults": {}, "probe": probe or [], "serial": 0,
    }  # fmt: skip


def snapshot(world: Data) -> Data:
    """All that a user could find changed."""
    return copy.deepcopy({key: value for key, value in world.items() if key not in _NOT_OF_THE_PROJECT})


def identity(world: Data, kind: str) -> str:
    """A new id."""
    world["serial"] += 1
    return "{}-{:04d}".format(kind, world["serial"])


def add_project(world: Data, name: str, *, rate: str = "24") -> Data:
    """A new, empty project; it becomes the open one."""
    root = add_bin(world, None, "Master")
    made = {
        "id": identity(world, "project"), "name": name, "media": {}, "bins": {root["id"]: root}, "root": root["id"],
        "bin": root["id"], "timelines": {}, "timeline": None, "selected_media": [], "render_queue": [],
        "settings": {"timelineFrameRate": rate, "colorScienceMode": "davinciYRGB", "timelineResolutionWidth": "1920"},
    }  # fmt: skip
    world["projects"][name], world["project"] = made, name
    return made


def add_bin(world: Data, project: "Data | None", name: str, parent: "str | None" = None) -> Data:
    """A bin; under the root where no parent is named."""
    made: Data = {"id": identity(world, "bin"), "name": name, "bins": [], "clips": []}
    if project is not None:
        project["bins"][made["id"]] = made
        project["bins"][parent or project["root"]]["bins"].append(made["id"])
    return made


def add_media(world: Data, project: Data, facts: Data, bin_id: "str | None" = None) -> Data:
    """A clip of the media pool, in the current bin unless told otherwise. `facts`: path, name, rate, frames, start, properties."""
    made: Data = dict(facts, id=identity(world, "media"), markers={}, metadata={}, third_party={})
    project["media"][made["id"]] = made
    project["bins"][bin_id or project["bin"]]["clips"].append(made["id"])
    return made


def add_timeline(
    world: Data, project: Data, name: str, *, rate: str = "24", start: int = 86400, drop: bool = False
) -> Data:
    """An empty timeline with one track of each kind; it becomes the current one."""
    facts = {"path": "", "name": name, "rate": rate, "frames": 0, "start": start}
    media = add_media(world, project, dict(facts, properties={"Type": "Timeline", "Clip Name": name}))
    made = {
        "id": identity(world, "timeline"), "name": name, "media": media["id"], "rate": rate, "drop": drop, "start": start,
        "settings": {"timelineFrameRate": rate, "useCustomSettings": "0"}, "playhead": start, "in_out": {}, "markers": {},
        "selected": [], "tracks": {kind: [] for kind in TRACKS},
    }  # fmt: skip
    for kind in TRACKS[:2]:
        add_track(made, kind)
    project["timelines"][made["id"]], project["timeline"] = made, made["id"]
    return made


def add_track(timeline: Data, kind: str) -> Data:
    """An empty track above the others."""
    tracks = timeline["tracks"][kind]
    made = {"name": "{} {}".format(kind.title(), len(tracks) + 1), "locked": False, "enabled": True, "items": []}
    tracks.append(made)
    return made


def add_item(
    world: Data, track: Data, *, media: "Data | None", start: int, duration: int, left: int = 0, **more: Any
) -> Data:
    """An item on a track; without media a generator, unless `type` says what else."""
    made: Data = {
        "id": identity(world, "item"), "type": "video" if media else "generator", "name": media["name"] if media else "Solid Color",
        "media": media["id"] if media else None, "start": start, "duration": duration, "left": left, "speed": "1",
        "enabled": True, "color": "", "markers": {}, "properties": {"Pan": 0.0, "ZoomX": 1.0}, "link": None, "takes": None,
        "grade": {}, "versions": ["Version 1"], "comps": 0,
    }  # fmt: skip
    made.update(more)
    track["items"].append(made)
    track["items"].sort(key=lambda one: one["start"])
    return made


def link(world: Data, *items: Data) -> None:
    """Make picture and sound one linked group."""
    world["serial"] += 1
    for item in items:
        item["link"] = world["serial"]


def items_of(timeline: Data, kind: "str | None" = None) -> "list[Data]":
    """Every item of a timeline, track by track."""
    kinds = (kind,) if kind else TRACKS
    return [item for each in kinds for track in timeline["tracks"][each] for item in track["items"]]


def open_project(world: Data) -> "Optional[Data]":
    """None while only the project manager is open."""
    found: "Data | None" = world["projects"].get(world["project"])
    return found
