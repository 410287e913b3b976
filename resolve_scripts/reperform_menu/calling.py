"""Short calls of the command that answer with one JSON document."""

import json
import os
import shutil
import tempfile

from reperform_menu import child, folders
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.session import Session

STOP = [{"key": "cancel", "label": "Cancel"}]


def called(session: "Session", *words: str, about: str) -> "dict[str, Any]":
    """What the command prints; the panel says `about` meanwhile.

    Raises:
        Refusal: it could not start, was stopped by the person, failed, or printed no JSON.

    """
    folder = tempfile.mkdtemp(dir=folders.made(os.path.join(folders.state(), "calls")))
    try:
        return _called(session, [*session.command, *words], folder, about)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finished(session: "Session", *words: str, about: str) -> None:
    """A call that is done when it has ended well.

    Raises:
        Refusal: as `called`.

    """
    folder = tempfile.mkdtemp(dir=folders.made(os.path.join(folders.state(), "calls")))
    try:
        process, err = _watched(session, [*session.command, *words], folder, about)
        if process.process is not None and process.process.returncode:
            read(os.devnull, err)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _called(session: "Session", command: "list[str]", folder: str, about: str) -> "dict[str, Any]":
    _, err = _watched(session, command, folder, about)
    return read(os.path.join(folder, "out.json"), err)


def _watched(session: "Session", command: "list[str]", folder: str, about: str) -> "tuple[child.Child, str]":
    """The command run to its end, and where it complained."""
    out, err = os.path.join(folder, "out.json"), os.path.join(folder, "err.txt")
    session.log.note("call: {!r}".format(command))
    process = begun(command, out=out, err=err, folder=folder)

    def tick(pressed: "str | None") -> "dict[str, Any]":
        return {"lines": [about], "fraction": None, "done": pressed is not None or not process.runs}

    pressed = session.panel.watch(session.title, tick, STOP, seconds=0.2)
    if process.runs:
        session.log.note("stopped by {}".format(pressed))
        process.end(2.0)
        raise Refusal("Stopped. Nothing was sent.")
    return process, err


def begun(command: "list[str]", **where: str) -> child.Child:
    """The command, running.

    Raises:
        Refusal: it is not where it was installed.

    """
    try:
        return child.start(command, **where)
    except OSError as error:
        raise Refusal(
            "reperform did not start: {}: {}.".format(command[0], error.strerror),
            "It was moved or removed: run `reperform resolve install` again.",
        ) from error


def read(out: str, err: str) -> "dict[str, Any]":
    """The document in the file; what failed is one, too.

    Raises:
        Refusal: it failed, or there is none.

    """
    try:
        with open(out, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        with open(err, encoding="utf-8", errors="replace") as file:
            said = "\n".join(file.read().strip().splitlines()[-8:])
        raise Refusal("reperform ended without a word." if not said else "reperform failed:\n{}".format(said)) from None
    if document.get("error"):
        cause = "\n{}".format(document["cause"]) if document.get("cause") else ""
        raise Refusal("{}{}".format(document["message"], cause), document.get("fix") or "")
    return dict(document)
