"""Reperform - Mark Dialogue: a direction on clips of the timeline, as markers that `reperform plan` reads."""

import uuid

from reperform_menu import directions, form, marks, places, session
from reperform_menu.calls import words
from reperform_menu.clips import locked
from reperform_menu.refusals import Refusal
from reperform_menu.selector import originals_shown
from reperform_menu.state import kept
from reperform_menu.targets import POINTS, Target, between_points, points_of, targets_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.protocols import Timeline
    from reperform_menu.session import Session

ENTRY = "Mark Dialogue"
COLOUR = "Red"
NEW = {"key": "mark", "label": "Mark"}
CHANGE = {"key": "change", "label": "Change the chosen mark"}
REMOVE = {"key": "remove", "label": "Remove the chosen mark", "checks": False}
CANCEL = {"key": "cancel", "label": "Close"}


def main(given: "dict[str, Any]") -> None:
    """The entry."""
    session.start(ENTRY, given, mark)


def mark(here: "Session") -> None:
    """Ask what to mark and with what, and do it; until the panel is closed."""
    desk = here.desk()
    fields, said = dict(directions.EMPTY), ""
    while True:
        timeline = desk.timeline
        targets, why = targets_of(here.host, timeline)
        there = [(target, old) for target in targets for old in target.marks()]
        if there and not said:
            fields = dict(fields, **there[0][1].data.get("fields", {}))
        shown = form.fields(fields, timeline, targets, [old for _, old in there], seen=form.playhead(timeline))
        pressed, values = here.ask(_text(said, targets, why), shown, _buttons(targets or points_of(timeline), there))
        if pressed not in ("mark", "change", "remove"):
            return None
        fields = form.read(values, fields)
        try:
            said = _done(here, desk, pressed, values, fields, targets, there)
        except Refusal as refusal:
            said = refusal.text
        if not here.panel.asks:
            return here.say(said)  # nobody would ever press “Close”


def _done(
    here: "Session",
    desk: "Desk",
    pressed: str,
    values: "dict[str, Any]",
    fields: "dict[str, Any]",
    targets: "list[Target]",
    there: "list[tuple[Target, marks.Mark]]",
) -> str:
    timeline = desk.timeline
    takes = places.place_of(desk.project_id, words(desk.project.GetName())).takes()
    if pressed == "mark" and values.get("range") == POINTS:
        targets = between_points(timeline)
    if not targets:
        raise Refusal("Nothing is selected, and no clip is under the playhead.", "Choose what is to be marked.")
    _unlocked(timeline, targets)
    with kept(desk, here.log.note), originals_shown(_own_clips(targets), takes):
        if pressed == "mark":
            return "\n".join(_marked(timeline, target, values, fields) for target in targets)
        chosen = values.get("marks")
        if chosen is None:
            raise Refusal("No mark is chosen.", "Choose one in the list.")
        target, old = there[chosen]
        if pressed == "remove":
            if not marks.remove(target.owner, old):
                raise Refusal("Resolve did not remove the mark.", "Unlock the track, and choose this again.")
            return "Removed the mark “{}” of {}.".format(old.note.replace("\n", ", "), target.where)
        text = directions.text_of(fields)
        custom = marks.data_text(marks.CUE, id=old.data.get("id"), fields=fields)
        marks.change(target.owner, old, name=directions.name_of(fields), note=text, custom=custom)
        return "Changed the mark of {}: {}.".format(target.where, text.replace("\n", ", "))


def _marked(timeline: "Timeline", target: Target, values: "dict[str, Any]", fields: "dict[str, Any]") -> str:
    text = directions.text_of(fields)
    first, duration = target.span(values.get("range"), form.playhead(timeline))
    last = max(first, target.last)
    frame = marks.free_frame(target.owner, first, min(last, first + max(0, duration - 1)) if duration > 1 else last)
    custom = marks.data_text(marks.CUE, id=uuid.uuid4().hex, fields=fields)
    length = max(1, duration - (frame - first)) if duration > 1 else 1
    name = directions.name_of(fields)
    marks.add(target.owner, frame, colour=COLOUR, name=name, note=text, duration=length, custom=custom)
    moved = (
        " (a frame with a marker was passed over: it begins {} later)".format(frame - first) if frame > first else ""
    )
    return "Marked {}: {}{}.".format(target.where, text.replace("\n", ", "), moved)


def _unlocked(timeline: "Timeline", targets: "list[Target]") -> None:
    shut = [target.where for target in targets if target.clip and locked(timeline, target.clip)]
    if shut:
        raise Refusal("The track is locked: {}.".format(", ".join(shut)), "Unlock it, and mark again.")


def _own_clips(targets: "list[Target]") -> "list[Any]":
    return [target.clip for target in targets if target.clip is not None]


def _text(said: str, targets: "list[Target]", why: str) -> str:
    """What happened last, what would be marked now, and why not more."""
    now = "To mark: {}.".format(", ".join(target.where for target in targets)) if targets else why
    more = why if targets else ""
    return "\n".join(filter(None, (said, now, more)))


def _buttons(targets: "Any", there: "list[Any]") -> "list[dict[str, Any]]":
    nothing = "" if targets else "nothing is selected, and no clip is under the playhead"
    none = "" if there else "no mark is there"
    return [
        dict(NEW, why_disabled=nothing),
        dict(CHANGE, why_disabled=none),
        dict(REMOVE, why_disabled=none),
        CANCEL,
    ]
