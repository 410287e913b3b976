"""Our markers on a clip or a timeline. What they are stands in their custom data, by which alone they are found and removed."""

import json

from reperform_menu.calls import asked, whole, words
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.protocols import Marked

CUE = "cue"
STATUS = "status"


def status_name(takes: int) -> str:
    """Of the marker that says how many takes there are; the command must not take it for a mark of dialogue."""
    return "Takes by Reperform: {}".format(takes)


class Mark:
    """A marker of ours. `frame` counts as its owner counts, `duration` in frames."""

    def __init__(self, frame: int, marker: "dict[str, Any]", data: "dict[str, Any]") -> None:
        self.frame = frame
        self.duration = max(1, whole(marker.get("duration"), 1))
        self.colour = words(marker.get("color"))
        self.name = words(marker.get("name"))
        self.note = words(marker.get("note"))
        self.custom = words(marker.get("customData"))
        self.data = data

    @property
    def kind(self) -> str:
        """`CUE` or `STATUS`."""
        return words(self.data.get("kind"))


def markers_of(owner: "Marked") -> "dict[int, dict[str, Any]]":
    """Everybody's, by frame: the keys come as floats."""
    return {whole(frame): dict(marker) for frame, marker in (owner.GetMarkers() or {}).items()}


def ours(owner: "Marked", kind: str = CUE) -> "list[Mark]":
    """Ours, in their order."""
    found = [Mark(frame, marker, data_in(marker)) for frame, marker in sorted(markers_of(owner).items())]
    return [mark for mark in found if mark.kind == kind]


def data_in(marker: "dict[str, Any]") -> "dict[str, Any]":
    """What we put into a marker; empty for everybody else's."""
    try:
        data = json.loads(marker.get("customData") or "")
    except ValueError:
        return {}
    return data if isinstance(data, dict) and data.get("reperform") == 1 else {}


def data_text(kind: str, **more: "Any") -> str:
    """Custom data of a marker of ours."""
    return json.dumps(dict({"reperform": 1, "kind": kind}, **more), sort_keys=True)


def free_frame(owner: "Marked", first: int, last: int) -> int:
    """The first frame of these without a marker, `last` included: there is room for one marker a frame.

    Raises:
        Refusal: there is none.

    """
    taken = markers_of(owner)
    found = next((frame for frame in range(first, last + 1) if frame not in taken), None)
    if found is None:
        raise Refusal(
            "Every frame there has a marker already, and Resolve keeps one a frame.",
            "Remove a marker, or mark elsewhere.",
        )
    return found


def add(owner: "Marked", frame: int, *, colour: str, name: str, note: str, duration: int, custom: str) -> None:
    """Set a marker, and read it back.

    Raises:
        Refusal: it is not there afterwards.

    """
    said = owner.AddMarker(frame, colour, name, note, duration, custom)
    landed = markers_of(owner).get(frame)
    if landed is None or landed.get("customData") != custom:
        detail = "" if said else " It may be that the track is locked."
        raise Refusal("Resolve did not set the marker.{}".format(detail), "Unlock the track, and choose this again.")


def remove(owner: "Marked", mark: Mark) -> bool:
    """By its custom data, never by its colour or its place; whether it is gone."""
    asked(owner, "DeleteMarkerByCustomData", mark.custom)
    return not any(marker.get("customData") == mark.custom for marker in markers_of(owner).values())


def change(owner: "Marked", mark: Mark, *, name: str, note: str, custom: str) -> None:
    """The same marker with other words. Where that fails, the old one stands again.

    Raises:
        Refusal: it could not be changed.

    """
    if not remove(owner, mark):
        raise Refusal("Resolve did not take out the old marker.", "Unlock the track, and choose this again.")
    same = {"colour": mark.colour, "duration": mark.duration}
    try:
        add(owner, mark.frame, name=name, note=note, custom=custom, **same)  # type: ignore[arg-type]  # two types in one dict
    except Refusal:
        owner.AddMarker(mark.frame, mark.colour, mark.name, mark.note, mark.duration, mark.custom)
        raise
