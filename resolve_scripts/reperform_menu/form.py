"""The form of a direction in a panel."""

import re

from reperform_menu import directions
from reperform_menu.calls import asked, whole, words
from reperform_menu.timecodes import clock_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.marks import Mark
    from reperform_menu.protocols import Timeline
    from reperform_menu.targets import Target

_GUIDE = re.compile(r"\b(ADR|guide|performance)\b", re.IGNORECASE)


def fields(
    values: "dict[str, Any]", timeline: "Timeline", targets: "list[Target]", there: "list[Mark]", *, seen: int
) -> "list[dict[str, Any]]":
    """The panel's fields with these values. `seen` is the playhead's record frame."""
    shown: "list[dict[str, Any]]" = []
    if there:
        rows = [[mark.name, mark.note.replace("\n", ", "), str(mark.duration)] for mark in there]
        columns = ["Mark", "Direction", "Frames"]
        shown.append(
            {"key": "marks", "label": "Marks there", "kind": "rows", "columns": columns, "rows": rows, "chosen": 0}
        )
    shown += [
        _choice("range", "What is marked", "whole", ranges(timeline, targets, seen)),
        _choice(
            "emotion", "Emotion", values["emotion"], _named("none: the model follows the picture", directions.EMOTIONS)
        ),
        _choice("region", "Region", values["region"], _named("as the engine does it", directions.REGIONS)),
        _text("temperature", "Temperature", values, "0 (calm) to 1 (strong); empty: as the engine does it"),
        _choice("voice", "Voice", values["voice"], voices(timeline)),
        dict(_text("audio", "Audio file", values, ""), kind="file", only_with=("voice", ["file"])),
        dict(_text("line", "Line", values, ""), only_with=("voice", ["line"])),
        dict(_text("speaks", "Speaking voice", values, "the engine's name of it"), only_with=("voice", ["line"])),
        _choice("sync", "If the voice is longer or shorter", values["sync"], _named("as usual", directions.SYNC_MODES)),
        {"key": "takes", "label": "Takes", "kind": "number", "value": int(values["takes"]), "minimum": 1, "maximum": 4},
        _text("character", "Character", values, ""),
        _text("note", "Note", values, "for people"),
    ]
    return shown


def read(values: "dict[str, Any]", before: "dict[str, Any]") -> "dict[str, Any]":
    """The direction's fields of what the panel gave."""
    return {key: values.get(key, before.get(key, plain)) for key, plain in directions.EMPTY.items()}


def voices(timeline: "Timeline") -> "list[tuple[str, str, str]]":
    """Where the voice may come from."""
    found = [("auto", "the guide track if there is one, else the clip's own sound", "")]
    for number in range(1, whole(timeline.GetTrackCount("audio")) + 1):
        name = words(asked(timeline, "GetTrackName", "audio", number))
        kind = "guide track" if _GUIDE.search(name) else "sound of track"
        found.append(("A{}".format(number), "{} A{} {}".format(kind, number, name), ""))
    return [*found, ("file", "from a file", ""), ("line", "a line that is spoken", "")]


def ranges(timeline: "Timeline", targets: "list[Target]", seen: int) -> "list[tuple[str, str, str]]":
    """How much of each clip may be marked."""
    from reperform_menu.targets import points_of

    inside = any(target.start <= seen < target.end for target in targets)
    points = "" if points_of(timeline) is not None else "the timeline has no in and out points"
    none = "" if targets else "nothing is selected, and no clip is under the playhead"
    named = ", ".join(target.where for target in targets) or "the clip as it is seen"
    return [
        ("whole", named, none),
        (
            "dialogue",
            "the guide's dialogue under the playhead, else the whole clip",
            "" if inside else "the playhead is elsewhere",
        ),
        ("points", "all that is seen between the in and out points", points),
    ]


def playhead(timeline: "Timeline") -> int:
    """The record frame under it, from 00:00:00:00; -1 where no playhead is told, as on the pages Media and Fusion."""
    frame = clock_of(timeline).frame(words(asked(timeline, "GetCurrentTimecode")))
    return -1 if frame is None else frame


def _choice(key: str, label: str, value: "Any", choices: "list[tuple[str, str, str]]") -> "dict[str, Any]":
    return {"key": key, "label": label, "kind": "choice", "value": value, "choices": choices}


def _text(key: str, label: str, values: "dict[str, Any]", about: str) -> "dict[str, Any]":
    return {"key": key, "label": label, "kind": "text", "value": values[key], "help": about}


def _named(nothing: str, values: "tuple[str, ...]") -> "list[tuple[str, str, str]]":
    return [("", nothing, "")] + [(each, each.replace("_", " "), "") for each in values]
