"""What the self-test tries in its throw-away project. Each trial answers a question, and may fail without the others."""

import json
import os

from reperform_menu import bins, exporting, marks, selector
from reperform_menu.calls import asked, has, listed, whole, words
from reperform_menu.clips import Clip, clips_of, is_retimed, is_transition, media_path
from reperform_menu.state import in_out, set_in_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.protocols import MediaPoolItem, Timeline

FRAMES = 24
"""Length of the clips that are tried on."""
FIRST = 12
"""The frame of its media that a clip shows first."""
CALLS = {
    "resolve": ("IsStudio", "GetProductName", "GetVersion", "GetCurrentPage", "OpenPage"),
    "timeline": ("GetSelectedClips", "GetMarkInOut", "SetMarkInOut", "GetCurrentTimecode", "Export", "GetIsTrackLocked"),
    "item": (
        "AddTake", "GetTakesCount", "GetTakeByIndex", "SelectTakeByIndex", "DeleteTakeByIndex", "AddMarker", "GetType", "GetSpeed",
        "DeleteMarkerByCustomData", "GetLinkedItems", "GetTrackTypeAndIndex", "GetLeftOffset", "GetSourceStartFrame", "GetUniqueId",
    ),
}  # fmt: skip


class Bench:
    """The throw-away project, with media in it. `files`: `original`, `take` of the same clock, `other` media, maybe `foreign`."""

    def __init__(self, desk: "Desk", folder: str, files: "dict[str, str]") -> None:
        self.desk = desk
        self.folder = folder
        self.files = files
        self.media = {name: bins.brought(desk.pool, path) for name, path in files.items()}
        self.made = 0

    def fresh(self, frames: int = FRAMES, first: int = FIRST) -> "tuple[Timeline, Clip]":
        """A new timeline with one clip of the original."""
        self.made += 1
        timeline = self.desk.pool.CreateEmptyTimeline("Reperform Self-Test {}".format(self.made))
        assert timeline is not None, "no timeline was made"
        wish = {"mediaPoolItem": self.media["original"], "startFrame": first, "endFrame": first + frames}
        self.desk.pool.AppendToTimeline([wish])
        clips = clips_of(timeline)
        assert clips, "no clip landed on the timeline"
        return timeline, clips[0]

    def exported(self, timeline: "Timeline", name: str) -> "dict[str, Any]":
        """The timeline as Resolve writes it."""
        path = exporting.export(self.desk.host, timeline, os.path.join(self.folder, name + ".otio"))
        with open(path, encoding="utf-8") as file:
            return dict(json.load(file))


def calls(bench: Bench) -> "dict[str, Any]":
    """Which calls this Resolve has."""
    timeline, clip = bench.fresh()
    owners: "dict[str, Any]" = {"resolve": bench.desk.host.resolve, "timeline": timeline, "item": clip.item}
    return {owner: {name: has(owners[owner], name) for name in names} for owner, names in CALLS.items()}


def ranges(bench: Bench) -> "dict[str, Any]":
    """What the getters say of a clip whose frames are known."""
    timeline, clip = bench.fresh()
    item = clip.item
    names = ("GetStart", "GetEnd", "GetDuration", "GetLeftOffset", "GetSourceStartFrame", "GetSourceEndFrame")
    said = {name: asked(item, name) for name in names}
    expected = {"frames": FRAMES, "left": FIRST, "timeline_start": asked(timeline, "GetStartFrame")}
    exact = (clip.frames, clip.left) == (FRAMES, FIRST)
    return {"said": said, "expected": expected, "exact": exact, "retimed": is_retimed(clip, timeline)}


def markers(bench: Bench) -> "dict[str, Any]":
    """From where an item's marker counts: it is set at its first visible frame by our rule, and looked for in the export."""
    timeline, clip = bench.fresh()
    custom = marks.data_text(marks.CUE, id="self-test")
    marks.add(clip.item, clip.left + 3, colour="Red", name="RP", note="angry", duration=2, custom=custom)
    second = clip.item.AddMarker(clip.left + 3, "Blue", "second", "", 1, "")
    document = bench.exported(timeline, "markers")
    found = _first_clip(document)
    marker = (found.get("markers") or [{}])[0]
    shown = marker.get("marked_range", {}).get("start_time", {}).get("value")
    first = found.get("source_range", {}).get("start_time", {}).get("value")
    old = marks.ours(clip.item)[0]
    return {
        "marker": marker,
        "offset_in_clip": None if shown is None or first is None else shown - first,
        "expected_offset": 3,
        "keys": [repr(key) for key in clip.item.GetMarkers() or {}],
        "second_on_the_frame": second,
        "removed_by_custom_data": marks.remove(clip.item, old),
    }


def retimed(bench: Bench) -> "dict[str, Any]":
    """From where an item's marker counts at another speed, where a script can set one."""
    timeline, clip = bench.fresh()
    if not has(clip.item, "SetSpeed"):
        return {"can": False}
    said = asked(clip.item, "SetSpeed", 50.0)
    left = whole(asked(clip.item, "GetLeftOffset"))
    clip.item.AddMarker(left, "Red", "RP", "angry", 1, "self-test")
    speed = str(asked(clip.item, "GetSpeed"))
    about = {"can": True, "said": said, "speed": speed, "left": left, "seen_as_retimed": is_retimed(clip, timeline)}
    return dict(about, otio_clip=_first_clip(bench.exported(timeline, "retimed")))


def takes(bench: Bench) -> "dict[str, Any]":
    """A take of the same clock: what is selected straight after it is added, and whether the clip stays as it was."""
    timeline, clip = bench.fresh()
    said = clip.item.AddTake(bench.media["take"], FIRST, FIRST + FRAMES)
    straight = _standing(clip)
    first, second = clip.item.SelectTakeByIndex(1), clip.item.SelectTakeByIndex(2)
    after = _standing(clip)
    document = bench.exported(timeline, "takes")
    return {
        "said": said,
        "straight_after": straight,
        "select": [first, second],
        "after_selecting": after,
        "moved": (after["start"], after["end"]) != (clip.start, clip.end),
        "otio_clip": _first_clip(document),
        "delete_selected": clip.item.DeleteTakeByIndex(2),
        "after_deleting": _standing(clip),
    }


def other_takes(bench: Bench) -> "dict[str, Any]":
    """Takes of another length, of other media, of another rate."""
    found = {}
    tried = [("shorter", "take", FRAMES // 2), ("longer", "take", FRAMES * 2)]
    tried += [(name, name, FRAMES) for name in ("other", "foreign") if name in bench.media]
    for name, media, frames in tried:
        _, clip = bench.fresh()
        said = clip.item.AddTake(bench.media[media], 0, frames)
        clip.item.SelectTakeByIndex(whole(clip.item.GetTakesCount()))
        about = {"said": said, "was": [clip.start, clip.end], "rate": _property(bench.media[media], "FPS")}
        found[name] = dict(about, **_standing(clip))
    return found


def refused_take(bench: Bench) -> "dict[str, Any]":
    """What a refused take leaves behind: frames that are not there, and what the clip plays already."""
    found = {}
    for name, media, first, end in (("beyond", "take", 10**6, 10**6 + 9), ("same", "original", FIRST, FIRST + FRAMES)):
        _, clip = bench.fresh()
        found[name] = dict(
            _standing(clip), said=clip.item.AddTake(bench.media[media], first, end), after=_standing(clip)
        )
    return found


def takes_elsewhere(bench: Bench) -> "dict[str, Any]":
    """What the getters say while another timeline is the current one."""
    timeline, clip = bench.fresh()
    clip.item.AddTake(bench.media["take"], FIRST, FIRST + FRAMES)
    here = _standing(clip)
    bench.fresh()
    elsewhere = _standing(clip)
    bench.desk.show(timeline)
    return {"current": here, "not_current": elsewhere, "current_again": _standing(clip)}


def grades(bench: Bench) -> "dict[str, Any]":
    """Whether grade, composition and markers stay when the take changes."""
    _, clip = bench.fresh()
    asked(clip.item, "AddFusionComp")
    clip.item.AddMarker(clip.left, "Blue", "stays", "", 1, "self-test")
    before = _dressed(clip)
    clip.item.AddTake(bench.media["take"], FIRST, FIRST + FRAMES)
    clip.item.SelectTakeByIndex(2)
    return {"before": before, "with_take": _dressed(clip), "left_offset": asked(clip.item, "GetLeftOffset")}


def colours(bench: Bench) -> "dict[str, Any]":
    """Which colour properties media have, and whether they can be copied."""
    names = list(bins.COLOURS)
    before = {name: _property(bench.media["original"], name) for name in names}
    missed = bins.copy_colours(bench.media["original"], bench.media["take"])
    return {
        "original": before,
        "take": {name: _property(bench.media["take"], name) for name in names},
        "missed": missed,
    }


def points(bench: Bench) -> "dict[str, Any]":
    """In and out points, set and read."""
    timeline, _ = bench.fresh()
    raw = asked(timeline, "GetMarkInOut")
    set_in_out(timeline, {"video": (2, 9), "audio": (2, 9)})
    return {"unset": raw, "read": in_out(timeline), "expected": {"video": (2, 9), "audio": (2, 9)}}


def imports(bench: Bench) -> "dict[str, Any]":
    """An exported timeline comes back, and under a taken name it does not."""
    timeline, _ = bench.fresh()
    bench.exported(timeline, "back")
    path = os.path.join(bench.folder, "back.otio")
    first = bench.desk.pool.ImportTimelineFromFile(path, {"timelineName": "Reperform Self-Test back"})
    again = bench.desk.pool.ImportTimelineFromFile(path, {"timelineName": "Reperform Self-Test back"})
    return {
        "imported": first is not None,
        "under_a_taken_name": again is not None,
        "clips": len(clips_of(first)) if first else 0,
    }


def audio_takes(bench: Bench) -> "dict[str, Any]":
    """Whether linked sound has a take selector of its own, and whether it follows the picture's."""
    _, clip = bench.fresh()
    linked = [item for item in listed(asked(clip.item, "GetLinkedItems")) if not is_transition(item)]
    clip.item.AddTake(bench.media["take"], FIRST, FIRST + FRAMES)
    clip.item.SelectTakeByIndex(2)
    followed = [media_path(item.GetMediaPoolItem()) for item in linked]
    said = [item.AddTake(bench.media["take"], FIRST, FIRST + FRAMES) for item in linked]
    return {"linked": len(linked), "plays_after_the_picture_changed": followed, "own_take": said}


ALL = (
    calls,
    ranges,
    markers,
    retimed,
    takes,
    other_takes,
    refused_take,
    takes_elsewhere,
    grades,
    colours,
    points,
    imports,
    audio_takes,
)


def _standing(clip: Clip) -> "dict[str, Any]":
    here = selector.Selector(clip)
    return {
        "count": here.count,
        "selected": here.selected,
        "plays": os.path.basename(media_path(clip.item.GetMediaPoolItem())),
        "start": whole(clip.item.GetStart()),
        "end": whole(clip.item.GetEnd()),
        "takes": [[entry.start, entry.end, os.path.basename(entry.path)] for entry in here.entries()],
    }


def _dressed(clip: Clip) -> "dict[str, Any]":
    graph = asked(clip.item, "GetNodeGraph")
    return {
        "nodes": asked(graph, "GetNumNodes"),
        "comps": asked(clip.item, "GetFusionCompCount"),
        "markers": sorted(marks.markers_of(clip.item)),
    }


def _property(media: "MediaPoolItem", name: str) -> str:
    return words(asked(media, "GetClipProperty", name))


def _first_clip(document: "dict[str, Any]") -> "dict[str, Any]":
    tracks = document.get("tracks", {}).get("children", ())
    clips = [
        child for track in tracks for child in track.get("children", ()) if child["OTIO_SCHEMA"].startswith("Clip.")
    ]
    found = dict(clips[0]) if clips else {}
    return {key: value for key, value in found.items() if key != "effects"}
