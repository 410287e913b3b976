"""Reperform - Self-Test: a throw-away project in which every call that we rely on is tried, and a receipt to send."""

import json
import os
import shutil
import sys
import time
import uuid

from reperform_menu import calling, documents, folders, session, trials
from reperform_menu.calls import asked, listed, words
from reperform_menu.desk import Desk, open_desk
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.session import Session

ENTRY = "Self-Test"


def main(given: "dict[str, Any]") -> None:
    """The entry."""
    session.start(ENTRY, given, test)


def test(here: "Session") -> None:
    """Ask, try, clean up, go back to the project that was open, and say where the receipt is."""
    manager = asked(here.host.resolve, "GetProjectManager")
    mine = words(asked(asked(manager, "GetCurrentProject"), "GetName"))
    text = (
        "Your project “{}” is saved and closed, a project “Reperform Self-Test” is made, tried on and deleted, and yours is opened again. "
        "It takes about a minute. Nothing is sent anywhere; the receipt names no file of yours."
    )
    buttons = [{"key": "go", "label": "Save my project and test"}, {"key": "cancel", "label": "Cancel"}]
    pressed, _ = here.ask(text.format(mine), [], buttons)
    if pressed != "go":
        return
    files = _files(here)
    receipt = _tested(here, manager, mine, files)
    path = os.path.join(
        folders.made(os.path.join(folders.state(), "receipts")),
        "self-test-{}.json".format(time.strftime("%Y%m%d-%H%M%S")),
    )
    documents.write(path, _without_names(receipt))
    failed = [name for name, trial in receipt["trials"].items() if "error" in trial]
    said = "{} of {} trials went through.{}".format(
        len(trials.ALL) - len(failed), len(trials.ALL), " Not: {}.".format(", ".join(failed)) if failed else ""
    )
    left = "".join("\n{}".format(each) for each in receipt["left_behind"])
    here.say(
        "{}{}\n\nThe receipt is\n{}\nSend it to us: it answers what no documentation says.".format(said, left, path)
    )


def _tested(here: "Session", manager: "Any", mine: str, files: "dict[str, str]") -> "dict[str, Any]":
    """The receipt. Whatever happens, the throw-away project goes and the person's own comes back."""
    name = "Reperform Self-Test {}".format(uuid.uuid4().hex[:6])
    page = asked(here.host.resolve, "GetCurrentPage")
    seen = asked(asked(asked(manager, "GetCurrentProject"), "GetCurrentTimeline"), "GetCurrentTimecode")
    if not asked(manager, "SaveProject"):
        raise Refusal("Your project could not be saved.", "Save it yourself, and choose this again.")
    folder = folders.made(os.path.join(folders.state(), "calls", uuid.uuid4().hex))
    receipt = _about(here)
    try:
        if asked(manager, "CreateProject", name) is None:
            raise Refusal(
                "Resolve did not make a project.", "See whether the Project Manager can make one in its current folder."
            )
        receipt["trials"] = _tries(here, open_desk(here.host), folder, files)
    finally:
        receipt["left_behind"] = _cleaned(here, manager, name, mine, page, seen)
        shutil.rmtree(folder, ignore_errors=True)
    return receipt


def _tries(here: "Session", desk: Desk, folder: str, files: "dict[str, str]") -> "dict[str, Any]":
    bench = trials.Bench(desk, folder, files)
    found = {}
    for trial in trials.ALL:
        try:
            found[trial.__name__] = {"asks": (trial.__doc__ or "").strip(), "answer": trial(bench)}
        except Exception as error:  # the others are tried all the same
            here.log.crash()
            found[trial.__name__] = {
                "asks": (trial.__doc__ or "").strip(),
                "error": "{}: {}".format(type(error).__name__, error),
            }
    return found


def _cleaned(here: "Session", manager: "Any", name: str, mine: str, page: "Any", seen: "Any") -> "list[str]":
    """What could not be put back, in words."""
    left = []
    current = asked(manager, "GetCurrentProject")
    if words(asked(current, "GetName")) == name:
        asked(manager, "SaveProject")
        asked(manager, "CloseProject", current)
    if mine and words(asked(asked(manager, "GetCurrentProject"), "GetName")) != mine:
        asked(manager, "LoadProject", mine)
    opened = asked(manager, "GetCurrentProject")
    if mine and words(asked(opened, "GetName")) != mine:
        left.append(
            "Your project “{}” could not be opened again: it is saved; open it in the Project Manager.".format(mine)
        )
    elif mine:
        asked(here.host.resolve, "OpenPage", page)
        asked(asked(opened, "GetCurrentTimeline"), "SetCurrentTimecode", seen)
    asked(manager, "DeleteProject", name)
    if name in listed(asked(manager, "GetProjectListInCurrentFolder")):
        left.append("The project “{}” could not be deleted: delete it in the Project Manager.".format(name))
    for each in left:
        here.log.note(each)
    return left


def _without_names(receipt: "dict[str, Any]") -> "dict[str, Any]":
    """Without the person's name, as paths have it."""
    home = json.dumps(os.path.expanduser("~"))[1:-1]
    return dict(json.loads(json.dumps(receipt, default=str).replace(home, "~")))


def _about(here: "Session") -> "dict[str, Any]":
    host = here.host
    return {
        "version": 1,
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "resolve": {
            "version": list(host.version),
            "studio": host.is_studio,
            "product": asked(host.resolve, "GetProductName"),
        },
        "python": sys.version,
        "executable": os.path.basename(sys.executable or ""),
        "platform": sys.platform,
        "has_file": bool(here.given.get("__file__")),
        "interpreter_variables": sorted(
            name for name in os.environ if name.upper().startswith(("PYTHON", "DYLD", "LD_"))
        ),
        "reperform": here.installed.get("installed"),
        "trials": {},
        "left_behind": [],
    }


def _files(here: "Session") -> "dict[str, str]":
    """The sample cut's media and one of its takes, made once by `reperform demo`."""
    folder = os.path.join(folders.state(), "self-test")
    if not os.path.isfile(os.path.join(folder, "the_letter_RP.otio")):
        shutil.rmtree(folder, ignore_errors=True)
        calling.finished(here, "demo", folder, about="Making the test's own media, once; this takes a minute …")
    media = os.path.join(folder, "media")
    takes = os.path.join(folder, "demo.reperform", "takes")
    names = sorted(each for each in os.listdir(takes) if each.startswith("A001C003") and each.endswith(".mov"))
    found = {
        "original": os.path.join(media, "A001C003.mov"),
        "take": os.path.join(takes, names[0]),
        "other": os.path.join(media, "B002C007.mov"),
        "foreign": os.path.join(media, "other_rate.mov"),
    }
    return {name: path for name, path in found.items() if os.path.isfile(path)}
