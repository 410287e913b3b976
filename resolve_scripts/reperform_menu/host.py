"""Resolve itself: how it is reached, which edition and version it is, and what that means for us."""

import importlib
import sys

from reperform_menu.calls import asked, listed, whole, words
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.protocols import Resolve

OLDEST = (18, 5)
"""The first that exports OTIO."""

SINCE = {
    "in and out points of the timeline": ((19, 1), "put the playhead on the clip"),
    "clips that are linked": ((19, 0, 1), "switch the sound by hand"),
    "selected clips of the timeline": ((21, 0, 4), "put the playhead on the clip, or set in and out points"),
}
"""What needs which version, and what to do in an older one."""


class Host:
    """A running Resolve. `version` is a tuple of numbers, empty where it does not say."""

    def __init__(self, resolve: "Resolve", fusion: "Any" = None, bmd: "Any" = None) -> None:
        self.resolve = resolve
        self.fusion = fusion
        self.bmd = bmd
        self.version = version_of(resolve)
        self.is_studio = is_studio(resolve)

    @property
    def name(self) -> str:
        """Edition and version, as shown and logged."""
        number = ".".join(map(str, self.version)) or "of an unknown version"
        return "DaVinci Resolve {}{}".format("Studio " if self.is_studio else "", number)

    def lacks(self, what: str) -> str:
        """A sentence where this version is too old for `what`, a key of `SINCE`; empty where it is not."""
        since, instead = SINCE[what]
        if not self.version or self.version >= since:
            return ""
        mine, needed = (".".join(map(str, each)) for each in (self.version[:3], since))
        return "Your Resolve is {}: {} need {}; {} instead.".format(mine, what, needed, instead)


def open_host(given: "dict[str, Any]") -> Host:
    """Resolve as the script's globals have it, else as its own module finds it.

    Raises:
        Refusal: it cannot be reached, or is too old.

    """
    found = _given(given) or _from_module()
    if found is None:
        raise Refusal(
            "DaVinci Resolve does not answer.",
            "Start this from Workspace > Scripts in Resolve, with a project open.",
        )
    fusion = given.get("fusion") or given.get("fu") or asked(found, "Fusion")
    host = Host(found, fusion, given.get("bmd") or sys.modules.get("bmd"))
    if host.version and host.version < OLDEST:
        raise Refusal(
            "{} cannot export OTIO timelines, which is how reperform reads a cut.".format(host.name),
            "Use Resolve 18.5 or later (Studio 19.1 or later is recommended).",
        )
    return host


def version_of(resolve: "Any") -> "tuple[int, ...]":
    """Of `GetVersion`, the list of numbers, else of the text."""
    numbers = [whole(each, -1) for each in listed(asked(resolve, "GetVersion"))[:4]]
    if not numbers:
        numbers = [whole(each, -1) for each in words(asked(resolve, "GetVersionString")).split(".")]
    numbers = numbers[: numbers.index(-1)] if -1 in numbers else numbers
    return tuple(numbers)


def is_studio(resolve: "Any") -> bool:
    """Asked before anything else: a call of Studio's in the free edition opens a dialogue that spoils those after it."""
    said = asked(resolve, "IsStudio")
    return bool(said) if said is not None else "studio" in words(asked(resolve, "GetProductName")).lower()


def _given(given: "dict[str, Any]") -> "Any":
    for name in ("resolve", "app"):
        found = given.get(name)
        if found is not None:
            return asked(found, "GetResolve") or found
    return None


def _from_module() -> "Any":
    try:
        module = importlib.import_module("DaVinciResolveScript")
    except ImportError:
        return None
    return asked(module, "scriptapp", "Resolve")
