"""Our bin in the media pool, and what goes into it."""

from reperform_menu.calls import asked, listed, same_file, words
from reperform_menu.clips import media_path
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.protocols import Folder, MediaPool, MediaPoolItem

NAME = "Reperform"
COLOURS = ("IDT", "Input Color Space", "Input Gamma", "Input LUT", "Data Level")
"""What colour management was told of the original, which no new file knows."""


def our_bin(pool: "MediaPool") -> "Folder":
    """The bin, made where it is missing. Making one makes it the current one.

    Raises:
        Refusal: it cannot be made.

    """
    root = pool.GetRootFolder()
    found = next((each for each in listed(asked(root, "GetSubFolderList")) if each.GetName() == NAME), None)
    found = found or (pool.AddSubFolder(root, NAME) if root is not None else None)
    if found is None:
        raise Refusal("The bin “{}” could not be made.".format(NAME), "Make it by hand, and choose this again.")
    return found


def brought(pool: "MediaPool", path: str) -> "MediaPoolItem":
    """The file in our bin, imported where it is not there yet. The current bin is another one afterwards.

    Raises:
        Refusal: Resolve does not take the file.

    """
    folder = our_bin(pool)
    there = in_bin(folder, path)
    if there is not None:
        return there
    pool.SetCurrentFolder(folder)
    answered = listed(pool.ImportMedia([path]))
    there = in_bin(folder, path) or next((each for each in answered if same_file(media_path(each), path)), None)
    if there is None:
        raise Refusal(
            "Resolve did not import {}.".format(path),
            "Check that the file is there and that Resolve can read that folder.",
        )
    return there


def in_bin(folder: "Folder", path: str) -> "MediaPoolItem | None":
    """The clip of this file in the bin."""
    return next((each for each in listed(folder.GetClipList()) if same_file(media_path(each), path)), None)


def copy_colours(original: "Any", take: "Any") -> "list[str]":
    """The take is read in the colours of the original. Names of the properties that did not take."""
    failed = []
    for name in COLOURS:
        wanted = asked(original, "GetClipProperty", name)
        if not wanted or asked(take, "GetClipProperty", name) == wanted:
            continue
        asked(take, "SetClipProperty", name, wanted)
        if words(asked(take, "GetClipProperty", name)) != words(wanted):
            failed.append(name)
    return failed
