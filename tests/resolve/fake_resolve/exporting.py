"""What Resolve writes when it exports a timeline as OTIO: its own shape, down to the effects nobody asked for."""

import json
from fractions import Fraction
from typing import Any, Dict, List

from . import model, versions
from .clock import rate_of, written
from .handles import App
from .model import Data

OTIO, NONE = 3.0, 0.0
_EFFECTS = (
    ("Transform", 2), ("Cropping", 3), ("Dynamic Zoom", 59), ("Composite", 1), ("Lens Correction", 43),
    ("Retime and Scaling", 22), ("Video Faders", 36),
)  # fmt: skip


def export(app: App, project: Data, timeline: Data, path: str, kind: Any) -> bool:
    """Write the file, or only say so."""
    fault = app.faults.get("export")
    if kind != OTIO or app.version < versions.OTIO or isinstance(kind, str):
        app.misuse("Export as {!r}".format(kind))
        return False
    if fault == "false":
        return False
    if fault == "says True, writes nothing":
        return True
    text = json.dumps(document(project, timeline), indent=4)
    text = {"says True, writes an empty file": "", "says True, cuts the file short": text[: len(text) // 2]}.get(
        str(fault), text
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def end_of(timeline: Data) -> int:
    """The first record frame after everything."""
    ends: "List[int]" = [item["start"] + item["duration"] for item in model.items_of(timeline)]
    return max([int(timeline["start"]), *ends])


def document(project: Data, timeline: Data) -> Data:
    """The whole timeline as OTIO."""
    rate = rate_of(timeline["rate"])
    kinds = [(kind, track) for kind in ("video", "audio") for track in timeline["tracks"][kind]]
    children = [_track(project, timeline, kind, track) for kind, track in kinds]
    markers = [
        _marker(one, Fraction(timeline["start"]) + int(frame), rate) for frame, one in timeline["markers"].items()
    ]
    stack = _item("Stack.1", "", {}, markers=markers, source_range=None)
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "name": "",
        "global_start_time": _time(timeline["start"], rate),
        "tracks": dict(stack, children=children),
    }


def _track(project: Data, timeline: Data, kind: str, track: Data) -> Data:
    about: Data = {"Locked": track["locked"]}
    if kind == "audio":
        about.update({"Audio Type": "Stereo", "SoloOn": False})
    children = _children(project, timeline, kind, track)
    made = _item("Track.1", track["name"], {"Resolve_OTIO": about}, source_range=None)
    return dict(made, enabled=track["enabled"], children=children, kind=kind.title())


def _children(project: Data, timeline: Data, kind: str, track: Data) -> "List[Data]":
    rate, at, made = rate_of(timeline["rate"]), timeline["start"], []
    transitions = [one for one in track["items"] if one["type"] == "transition"]
    for item in (one for one in track["items"] if one["type"] != "transition"):
        if item["start"] > at:
            made.append(_gap(item["start"] - at, rate))
        made += [_transition(one, at, rate) for one in transitions if _crosses(one, item["start"])]
        made.append(_clip(project, kind, item, rate))
        at = item["start"] + item["duration"]
    if kind == "audio" and at < end_of(timeline):
        made.append(_gap(end_of(timeline) - at, rate))
    return made


def _crosses(transition: Data, cut: int) -> bool:
    return bool(transition["start"] < cut < transition["start"] + transition["duration"])


def _clip(project: Data, kind: str, item: Data, rate: Fraction) -> Data:
    media = project["media"].get(item["media"])
    speed = Fraction(item["speed"])
    first = (_first(media, rate) if media else Fraction(0)) + Fraction(item["left"]) * abs(speed)
    base = (_first(media, rate) if media else Fraction(0)) if speed == 1 else Fraction(0)
    made = _item(
        "Clip.2", item["name"], {"Resolve_OTIO": _about(kind, item)}, source_range=_range(first, item["duration"], rate)
    )
    made["markers"] = [_marker(one, base + int(frame), rate) for frame, one in item["markers"].items()]
    made["effects"] = _effects(kind, speed)
    made["enabled"] = item["enabled"]
    reference = _reference(media) if media else _generator(item)
    return dict(made, media_references={"DEFAULT_MEDIA": reference}, active_media_reference_key="DEFAULT_MEDIA")


def _about(kind: str, item: Data) -> Data:
    about: Data = {}
    if kind == "audio":
        about["Channels"] = [{"Source Channel ID": channel, "Source Track ID": 0} for channel in (0, 1)]
    if item["link"] is not None:
        about["Link Group ID"] = item["link"]
    return about


def _effects(kind: str, speed: Fraction) -> "List[Data]":
    made: "List[Data]" = []
    if speed != 1:
        warp = {"metadata": {}, "name": "", "effect_name": "", "time_scalar": float(speed)}
        made.append(dict(warp, OTIO_SCHEMA="LinearTimeWarp.1"))
    for name, number in _EFFECTS if kind == "video" else ():
        about = {"Effect Name": name, "Enabled": name != "Dynamic Zoom", "Name": name, "Parameters": [], "Type": number}
        effect = {"OTIO_SCHEMA": "Effect.1", "metadata": {"Resolve_OTIO": about}, "name": ""}
        made.append(dict(effect, effect_name="Resolve Effect"))
    return made


def _reference(media: Data) -> Data:
    """A bare native path; the range in the media's own rate, from its start timecode."""
    rate = rate_of(media["rate"])
    made: Data = {
        "OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "name": media["name"],
        "available_range": _range(Fraction(media["start"]), media["frames"], rate), "available_image_bounds": None,
    }  # fmt: skip
    return dict(made, target_url=media["path"])


def _generator(item: Data) -> Data:
    return {
        "OTIO_SCHEMA": "GeneratorReference.1", "metadata": {"Resolve_OTIO": {"Generator Type": item["name"]}},
        "name": item["name"], "available_range": None, "available_image_bounds": None, "generator_kind": item["name"],
        "parameters": {},
    }  # fmt: skip


def _transition(item: Data, cut: int, rate: Fraction) -> Data:
    return {
        "OTIO_SCHEMA": "Transition.1", "metadata": {"Resolve_OTIO": {"Transition Type": item["name"]}},
        "name": item["name"], "in_offset": _time(cut - item["start"], rate),
        "out_offset": _time(item["start"] + item["duration"] - cut, rate), "transition_type": "SMPTE_Dissolve",
    }  # fmt: skip


def _marker(marker: Data, start: Fraction, rate: Fraction) -> Data:
    """`customData` is not written."""
    return {
        "OTIO_SCHEMA": "Marker.2", "metadata": {"Resolve_OTIO": {"Keywords": [], "Note": marker["note"]}},
        "name": marker["name"], "color": marker["color"].upper(), "comment": "",
        "marked_range": _range(start, marker["duration"], rate),
    }  # fmt: skip


def _gap(frames: int, rate: Fraction) -> Data:
    return _item("Gap.1", "", {}, source_range=_range(Fraction(0), frames, rate))


def _item(schema: str, name: str, metadata: Data, **more: Any) -> Data:
    made: "Dict[str, Any]" = {"OTIO_SCHEMA": schema, "metadata": metadata, "name": name}
    return dict(made, **dict({"effects": [], "markers": [], "enabled": True}, **more))


def _first(media: Data, rate: Fraction) -> Fraction:
    """The media's start timecode through seconds into the timeline's rate: fractional where they differ."""
    return Fraction(media["start"]) / rate_of(media["rate"]) * rate


def _range(start: Fraction, frames: Any, rate: Fraction) -> Data:
    return {"OTIO_SCHEMA": "TimeRange.1", "duration": _time(frames, rate), "start_time": _time(start, rate)}


def _time(value: Any, rate: Fraction) -> Data:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": written(rate), "value": float(value)}
