"""Reperform - Takes: what there is for the clip under the playhead; choose one, compare, remove one."""

import os

from reperform_menu import bins, calling, folders, form, marks, places, session, sound
from reperform_menu.calls import same_file, words
from reperform_menu.clips import Clip, at, clips_of, locked
from reperform_menu.refusals import Refusal
from reperform_menu.selector import Entry, Selector
from reperform_menu.state import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.desk import Desk
    from reperform_menu.places import Place
    from reperform_menu.session import Session

ENTRY = "Takes"
PATIENCE = 60.0
"""Seconds for which a choice is waited for to be kept; nobody sees it."""
COLUMNS = ["", "Take", "Direction", "Engine", "Cost", "Checks"]


def main(given: "dict[str, Any]") -> None:
    """The entry."""
    session.start(ENTRY, given, choose)


def choose(here: "Session") -> None:
    """List the takes, do what is asked, and list them again; until the panel is closed."""
    desk = here.desk()
    place = places.place_of(desk.project_id, words(desk.project.GetName()))
    said = ""
    while True:
        clip = _clip(desk)
        selector = Selector(clip)
        entries = selector.entries()
        rows = [_row(entry, place.takes(), entry.index == selector.selected) for entry in entries]
        here.log.note("takes of {}: {!r}".format(clip.where, rows))
        chosen = max(0, selector.selected - 1) if entries else None
        field = {"key": "take", "label": clip.where, "kind": "rows", "columns": COLUMNS, "rows": rows, "chosen": chosen}
        pressed, values = here.ask(_text(said, clip, entries), [field], _buttons(entries, selector, place))
        if pressed not in ("select", "compare", "remove"):
            return _tell(here, here.afterwards) if here.afterwards else None
        try:
            said = _done(here, desk, place, clip, pressed, values.get("take"))
        except Refusal as refusal:
            said = refusal.text
        if not here.panel.asks:  # nobody would ever press “Close”
            here.say(said)
            return _tell(here, here.afterwards) if here.afterwards else None


def _clip(desk: "Desk") -> Clip:
    timeline = desk.timeline
    under = [clip for clip in clips_of(timeline) if clip.start <= form.playhead(timeline) < clip.end]
    with_takes = [clip for clip in under if Selector(clip).count]
    found = at(with_takes or under, form.playhead(timeline))
    if found is None:
        raise Refusal("No clip is under the playhead.", "Put the playhead on the clip, and choose this again.")
    return found


def _done(here: "Session", desk: "Desk", place: "Place", clip: Clip, pressed: str, chosen: "Any") -> str:
    timeline, selector = desk.timeline, Selector(clip)
    if locked(timeline, clip):
        raise Refusal("Track V{} is locked.".format(clip.track), "Unlock it, and choose again.")
    entry = _meant(selector, place, pressed, chosen)
    with kept(desk, here.log.note):
        if pressed == "remove":
            return _removed(here, desk, place, selector, entry)
        return _shown(here, desk, place, selector, entry)


def _meant(selector: Selector, place: "Place", pressed: str, chosen: "Any") -> Entry:
    """The take that is meant: the chosen row; to compare, the other of the original and what was seen before."""
    entries: "list[Entry]" = selector.entries()
    if pressed == "compare":
        original = selector.original(place.takes())
        if original is None:
            raise Refusal("None of the takes is the original.", "Choose one in the list.")
        if selector.selected != original.index:
            place.remember(compared=next(each.path for each in entries if each.index == selector.selected))
            return original
        last = place.settings().get("compared")
        others = [each for each in entries if each.index != original.index]
        if not others:
            raise Refusal("The clip has only its original.", "Perform it first.")
        seen = [each for each in others if same_file(each.path, last)]
        return seen[0] if seen else others[-1]
    if chosen is None or not 0 <= chosen < len(entries):
        raise Refusal("No take is chosen.", "Choose one in the list.")
    found: Entry = entries[chosen]
    return found


def _shown(here: "Session", desk: "Desk", place: "Place", selector: Selector, entry: Entry) -> str:
    if not selector.select(entry.index):
        raise Refusal(
            "Resolve did not switch to {} without changing the clip.".format(os.path.basename(entry.path)),
            "The clip was trimmed beyond that take, or its track is locked; it plays what it did.",
        )
    wrong = _sound(desk, place, selector, entry)
    _remember(here, place, selector, entry)
    return "{} now plays {}.{}".format(selector.clip.where, os.path.basename(entry.path), " " + wrong if wrong else "")


def _sound(desk: "Desk", place: "Place", selector: Selector, entry: Entry) -> str:
    """The sound goes with the picture where the take's shot says so."""
    known = place.takes()
    paths = {each.path: _about(known, each.path) for each in selector.entries()}
    takes = {path: about for path, about in paths.items() if about}
    if not any(about.get("sound") == "take" for about in takes.values()):
        return ""
    shown = (entry.media, entry.start, entry.end) if entry.path in takes else None
    return sound.follow(desk.timeline, desk.pool, selector.clip, takes=takes, shown=shown)


def _remember(here: "Session", place: "Place", selector: Selector, entry: Entry) -> None:
    """The next run keeps what was chosen: in our mark, and in the ledger, where the timeline with takes is there."""
    item = selector.clip.item
    for old in marks.ours(item, marks.STATUS):
        data = dict(old.data, selected=entry.path)
        text = "It plays {}. “Reperform - Takes” has them all.".format(os.path.basename(entry.path))
        marks.change(item, old, name=old.name, note=text, custom=marks.data_text(data.pop("kind"), **_rest(data)))
    about = next((each for each in (_about(place.takes(), one.path) for one in selector.entries()) if each), None)
    out = place.out(words(here.desk().timeline.GetName()))
    if about is None or not os.path.isfile(out):
        return
    take = _about(place.takes(), entry.path)
    wanted = os.path.basename(entry.path) if take else "original"
    here.afterwards = [out, about["shot"], wanted, "--project", place.ledger]


def _rest(data: "dict[str, Any]") -> "dict[str, Any]":
    return {key: value for key, value in data.items() if key != "reperform"}


def _tell(here: "Session", wanted: "list[str]") -> None:
    """`reperform select` for what was chosen last. That it failed is a line in the log, for Resolve has what was asked."""
    base = os.path.join(folders.made(os.path.join(folders.state(), "calls")), "select-{}".format(os.getpid()))
    where = {"out": base + ".txt", "err": base + ".log", "folder": os.path.dirname(base)}
    try:
        process = calling.begun([*here.command, "select", *wanted], **where)
        here.log.note("select {!r}: {}".format(wanted, process.wait(PATIENCE)))
    except Refusal as refusal:
        here.log.note(refusal.text)
    for path in (where["out"], where["err"]):
        if os.path.isfile(path):
            os.unlink(path)


def _removed(here: "Session", desk: "Desk", place: "Place", selector: Selector, entry: Entry) -> str:
    if not _about(place.takes(), entry.path):
        raise Refusal(
            "{} is none of our takes.".format(os.path.basename(entry.path)), "Remove it in Resolve, if it is to go."
        )
    if entry.index == selector.selected:
        original = selector.original(place.takes())
        if original is None or not selector.select(original.index):
            raise Refusal("It is what the clip plays.", "Select another take first.")
        _sound(desk, place, selector, original)
        _remember(here, place, selector, original)
    again = selector.of(entry.path)
    if again is None or not selector.remove(again.index):
        raise Refusal("Resolve did not remove the take.", "Remove it in Resolve's own take selector.")
    _forget(place, selector)
    return "Removed {}. Its file is kept, and it is still in the bin “{}”.".format(
        os.path.basename(entry.path), bins.NAME
    )


def _forget(place: "Place", selector: Selector) -> None:
    """The status marker goes with the last take of ours."""
    item, known = selector.clip.item, place.takes()
    left = [each["id"] for each in (_about(known, one.path) for one in selector.entries()) if each]
    for old in marks.ours(item, marks.STATUS):
        data = _rest(dict(old.data, takes=left))
        if not left:
            marks.remove(item, old)
        else:
            custom = marks.data_text(data.pop("kind"), **data)
            marks.change(item, old, name=marks.status_name(len(left)), note=old.note, custom=custom)


def _about(takes: "dict[str, Any]", path: str) -> "dict[str, Any]":
    """What is known of a take; empty for what is none of ours."""
    return next((dict(about) for one, about in takes.items() if same_file(one, path)), {})


def _row(entry: Entry, takes: "dict[str, Any]", is_selected: bool) -> "list[str]":
    about, name = _about(takes, entry.path), os.path.basename(entry.path)
    seen = "▶" if is_selected else ""
    if not about:
        return [seen, name, "the original", "", "", ""]
    amount = about["cost"]["amount"]
    cost = "unknown" if amount is None else "{:.2f} {}".format(amount, about["cost"]["currency"]) if amount else "free"
    failed = [check["name"] for check in about["checks"] if not check["passed"]]
    checks = "failed: {}".format(", ".join(failed)) if failed else "passed {}".format(len(about["checks"]))
    engine = about["engine"] if about["model"] == about["engine"] else "{} {}".format(about["engine"], about["model"])
    return [seen, name, "; ".join(each.replace("\n", ", ") for each in about["directions"]), engine, cost, checks]


def _text(said: str, clip: Clip, entries: "list[Entry]") -> str:
    none = (
        ""
        if entries
        else "{} has no takes. Mark it with “Mark Dialogue”, and choose “Perform Marked”.".format(clip.where)
    )
    return "\n".join(filter(None, (said, none)))


def _buttons(entries: "list[Entry]", selector: Selector, place: "Place") -> "list[dict[str, Any]]":
    none = "" if entries else "the clip has no takes"
    original = selector.original(place.takes()) if entries else None
    back = entries and original is not None and selector.selected == original.index
    return [
        {"key": "select", "label": "Select", "why_disabled": none},
        {"key": "compare", "label": "Back to the take" if back else "Compare with the original", "why_disabled": none},
        {"key": "remove", "label": "Remove this take", "why_disabled": none},
        {"key": "close", "label": "Close"},
    ]
