"""Reperform - Import Takes Timeline: the cut with its takes as a new timeline, beside the old one."""

import os

from reperform_menu import bins, exporting, places, session
from reperform_menu.calls import words
from reperform_menu.desk import free_timeline_name
from reperform_menu.refusals import Refusal
from reperform_menu.state import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.session import Session

ENTRY = "Import Takes Timeline"


def main(given: "dict[str, Any]") -> None:
    """The entry."""
    session.start(ENTRY, given, bring)


def bring(here: "Session") -> None:
    """Ask which file, under which name, and whether to go there; import it into our bin."""
    desk = here.desk()
    place = places.place_of(desk.project_id, words(desk.project.GetName()))
    current = desk.project.GetCurrentTimeline()
    name = words(current.GetName()) if current is not None else ""
    fields: "list[dict[str, Any]]" = [
        {"key": "path", "label": "Timeline with takes", "kind": "file", "value": _usual(place, name), "required": True},
        {"key": "name", "label": "Name of the new timeline", "kind": "text", "value": "{} takes".format(name).strip()},
        {"key": "go", "label": "Open it", "kind": "check", "value": True},
    ]
    text = "The takes come on tracks of their own above their clips; the one that is chosen is switched on. Your timeline stays as it is."
    pressed, values = here.ask(
        text, fields, [{"key": "import", "label": "Import"}, {"key": "cancel", "label": "Cancel"}]
    )
    if pressed == "import":
        here.say(_imported(here, values))


def _imported(here: "Session", values: "dict[str, Any]") -> str:
    desk, path = here.desk(), values["path"]
    if not exporting.is_timeline(path, 0.0):
        raise Refusal(
            "{} is no OTIO timeline.".format(path) if path else "No timeline with takes was chosen.",
            "Choose the .otio that `reperform run … -o` wrote, or perform first.",
        )
    wanted = words(values.get("name")).strip() or os.path.splitext(os.path.basename(path))[0]
    with kept(desk, here.log.note, moves=True) as seen:
        name = free_timeline_name(desk, wanted)
        desk.pool.SetCurrentFolder(bins.our_bin(desk.pool))
        made = desk.pool.ImportTimelineFromFile(path, {"timelineName": name, "importSourceClips": True})
        if made is None or free_timeline_name(desk, name) == name:
            raise Refusal(
                "Resolve did not import {}.".format(path),
                "File > Import > Timeline says why; its media must be where the timeline says.",
            )
        seen.keep_timeline = not values.get("go")
        if values.get("go"):
            desk.show(made)
    return "The timeline “{}” is in the bin “{}”.".format(name, bins.NAME)


def _usual(place: places.Place, name: str) -> str:
    """What the last run of this timeline wrote; empty where there is none."""
    path = place.out(name)
    return path if os.path.isfile(path) else ""
