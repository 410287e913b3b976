"""Where a project of Resolve keeps its takes and its ledger: chosen once, then remembered."""

import os

from reperform_menu import documents, folders
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Place:
    """A folder for one project of Resolve."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def out(self, timeline: str) -> str:
        """The timeline with takes that `run` writes for a timeline of this name."""
        return os.path.join(self.folder, "{} - takes.otio".format(folders.file_name(timeline) or "Timeline"))

    @property
    def ledger(self) -> str:
        """The project folder of the command."""
        return os.path.join(self.folder, "Takes.reperform")

    def settings(self) -> "dict[str, Any]":
        """What was chosen here last."""
        return documents.read(os.path.join(self.folder, "settings.json"))

    def remember(self, **more: "Any") -> None:
        """For the next time."""
        documents.write(os.path.join(self.folder, "settings.json"), dict(self.settings(), **more))

    def takes(self) -> "dict[str, Any]":
        """What is known of the takes in it, by path."""
        return documents.read(os.path.join(self.folder, "takes.json"))

    def note_takes(self, takes: "dict[str, Any]") -> None:
        """More of them."""
        documents.write(os.path.join(self.folder, "takes.json"), dict(self.takes(), **takes))


def place_of(project: str, name: str) -> Place:
    """Where this project's takes go: as it was remembered, else the usual folder."""
    return Place(_remembered().get(project) or folders.for_project(name))


def is_remembered(project: str) -> bool:
    """Whether somebody was asked before."""
    return project in _remembered()


def remember(project: str, folder: str) -> Place:
    """Take this folder from now on; it is made.

    Raises:
        Refusal: nothing can be written there.

    """
    path = os.path.abspath(os.path.expanduser(folder.strip()))
    try:
        place = Place(folders.made(path))
        place.remember()
    except OSError as error:
        raise Refusal(
            "Nothing can be written to {}: {}.".format(path, error.strerror), "Choose another folder."
        ) from error
    documents.write(_file(), dict(_remembered(), **{project: path}))
    return place


def _remembered() -> "dict[str, Any]":
    return documents.read(_file())


def _file() -> str:
    return os.path.join(folders.state(), "places.json")
