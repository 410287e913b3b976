"""New timelines: from an OTIO file of the shape that Resolve wants, or as a copy."""

import copy
import json
import os
from fractions import Fraction
from typing import Any, Optional

from . import finding, media, model
from .clock import rate_of
from .handles import App
from .model import Data


def timeline_from(app: App, project: Data, path: str, options: Data) -> "Optional[Data]":
    """The new timeline, made the current one; None where the name is taken or the file has not the shape."""
    try:
        with open(path, encoding="utf-8") as file:
            read = json.load(file)
    except (OSError, ValueError):
        return None
    name = options.get("timelineName") or read.get("name") or os.path.splitext(os.path.basename(path))[0]
    if finding.timeline_named(project, name) or not _has_the_shape(read):
        return None
    if app.faults.get("import_timeline") == "nothing":
        return None
    start = read["global_start_time"]
    made = model.add_timeline(
        app.world, project, name, rate=str(rate_of(_snapped(start["rate"]))), start=round(start["value"])
    )
    made["tracks"] = {kind: [] for kind in model.TRACKS}
    for track in read["tracks"]["children"]:
        _lay(app, project, made, track, options.get("importSourceClips", True))
    made["markers"] = {str(round(_value(one)) - made["start"]): _marker(one) for one in read["tracks"]["markers"]}
    return made


def duplicate(world: Data, project: Data, timeline: Data, name: str) -> "Optional[Data]":
    """A copy, made the current one; None where the name is taken."""
    name = name or "{} copy".format(timeline["name"])
    if finding.timeline_named(project, name):
        return None
    made = model.add_timeline(world, project, name)
    kept = {key: made[key] for key in ("id", "name", "media")}
    made.update(copy.deepcopy(timeline), **kept)
    for item in model.items_of(made):
        item["id"] = model.identity(world, "item")
    return made


def _has_the_shape(read: Any) -> bool:
    """A start timecode, and for every clip a bare path and its range."""
    clips = [one for track in _tracks(read) for one in track["children"] if one["OTIO_SCHEMA"] == "Clip.2"]
    return bool(read.get("global_start_time")) and all(_usable(_active(clip)) for clip in clips)


def _tracks(read: Any) -> "list[Data]":
    tracks: "list[Data]" = read["tracks"]["children"]
    return tracks


def _active(clip: Data) -> Data:
    reference: "Data" = clip["media_references"][clip["active_media_reference_key"]]
    return reference


def _usable(reference: Data) -> bool:
    if reference["OTIO_SCHEMA"] != "ExternalReference.1":
        return True
    return bool(reference.get("available_range")) and "://" not in reference["target_url"]


def _lay(app: App, project: Data, timeline: Data, track: Data, with_media: bool) -> None:
    kind = track["kind"].lower()
    made = model.add_track(timeline, kind)
    made.update(name=track["name"], enabled=track.get("enabled", True))
    at = timeline["start"]
    for child in track["children"]:
        if child["OTIO_SCHEMA"] == "Transition.1":
            before = round(child["in_offset"]["value"])
            length = before + round(child["out_offset"]["value"])
            model.add_item(
                app.world, made, media=None, start=at - before, duration=length, type="transition", name=child["name"]
            )
            continue
        if child["OTIO_SCHEMA"] == "Clip.2":
            _place(app, project, timeline, made, child, kind, at, with_media)
        at += round(child["source_range"]["duration"]["value"])


def _place(
    app: App, project: Data, timeline: Data, track: Data, clip: Data, kind: str, at: int, with_media: bool
) -> None:
    reference = _active(clip)
    path = reference.get("target_url", "")
    found = finding.media_at(project, path)
    if found is None and path and with_media:
        found = media.import_file(app, project, path)
    rate, speed = rate_of(timeline["rate"]), _speed(clip)
    first = Fraction(found["start"]) / rate_of(found["rate"]) * rate if found else Fraction(0)
    left = round((Fraction(clip["source_range"]["start_time"]["value"]) - first) / abs(speed))
    base = first if speed == 1 else Fraction(0)
    item = model.add_item(
        app.world, track, media=found, start=at, duration=round(clip["source_range"]["duration"]["value"]), left=left,
        type="generator" if not path else kind, speed=str(speed), enabled=clip.get("enabled", True),
        markers={str(round(Fraction(_value(one)) - base)): _marker(one) for one in clip["markers"]},
    )  # fmt: skip
    item.update(name=clip["name"], link=clip["metadata"].get("Resolve_OTIO", {}).get("Link Group ID"))


def _speed(clip: Data) -> Fraction:
    scalars = [one["time_scalar"] for one in clip["effects"] if one["OTIO_SCHEMA"] == "LinearTimeWarp.1"]
    return Fraction(scalars[0]).limit_denominator(1000) if scalars else Fraction(1)


def _marker(marker: Data) -> Data:
    """Text only from Resolve's own key; no `customData`."""
    note = marker["metadata"].get("Resolve_OTIO", {}).get("Note", "")
    length = max(1, round(marker["marked_range"]["duration"]["value"]))
    color = str(marker.get("color") or "BLUE").title()
    return {"color": color, "duration": length, "note": note, "name": marker["name"], "customData": ""}


def _value(marker: Data) -> Any:
    return marker["marked_range"]["start_time"]["value"]


def _snapped(rate: float) -> Any:
    return round(rate) if abs(rate - round(rate)) < 1e-4 else "{:.3f}".format(rate)
