"""Where DaVinci Resolve looks for scripts, where it is installed, and where ours lie: macOS, Windows and Linux.

From Blackmagic's README (20.3 and 21.1). Nothing here looks at the disk: each function can be asked for any of the three systems.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reperform.errors import InputError

__all__ = ["CATEGORIES", "ENTRIES", "Folders", "System", "folders_of", "this_system"]

System = Literal["macos", "windows", "linux"]

ENTRIES = "Reperform"
"""The folder of our entries below Utility: a submenu of that name."""
CATEGORIES = ("Utility", "Comp", "Tool", "Edit", "Color", "Deliver", "Views")
"""Folders of Scripts that Resolve lists; Utility on every page."""

_MAKER = Path("Blackmagic Design", "DaVinci Resolve")
_SCRIPTS = Path("Fusion", "Scripts")


@dataclass(frozen=True)
class Folders:
    """Every place that matters, for one user of one system."""

    system: System
    support: Path
    """What Resolve keeps for this user; made when it is first started."""
    scripts: Path
    """Scripts of this user."""
    everybody: tuple[Path, ...]
    """Scripts of all users."""
    library: Path
    """Where `reperform_menu` goes. Not below Scripts: Resolve would list its modules."""
    logs: tuple[Path, ...]
    """Resolve's own logs, which name its version and edition; the first that is there counts."""
    programs: tuple[Path, ...]
    """Resolve itself; the first that is there counts."""
    own_python: Path
    """The Python that Resolve brings along from 21.1 on."""
    sandboxes: tuple[Path, str]
    """A folder, and a pattern in it, of what the Mac App Store's build is confined to. It does not see our scripts."""

    @property
    def entries(self) -> Path:
        """Our entries, for this user."""
        return self.scripts / "Utility" / ENTRIES


def this_system() -> System:
    """The one that this runs on.

    Raises:
        InputError: Resolve does not exist for it.

    """
    known: dict[str, System] = {"Darwin": "macos", "Windows": "windows", "Linux": "linux"}
    name = platform.system()
    if name not in known:
        raise InputError(f"DaVinci Resolve does not run on {name}", fix="Install this where Resolve is.")
    return known[name]


def folders_of(
    system: System | None = None, *, environment: Mapping[str, str] | None = None, root: Path | None = None
) -> Folders:
    """The places for the user of this environment. `root` stands before what is not below the user's home: for tests.

    Raises:
        InputError: the environment does not say where the user's home is.

    """
    environment = os.environ if environment is None else environment
    system = system or this_system()
    return {"macos": _macos, "windows": _windows, "linux": _linux}[system](environment, root)


def _macos(environment: Mapping[str, str], root: Path | None) -> Folders:
    home = _home(environment)
    below = Path("Library", "Application Support")
    support = home / below / _MAKER
    application = Path("Applications", "DaVinci Resolve", "DaVinci Resolve.app")
    return Folders(
        system="macos",
        support=support,
        scripts=support / _SCRIPTS,
        everybody=(_absolute(root, below / _MAKER / _SCRIPTS),),
        library=home / below / "reperform" / "resolve",
        logs=(support / "logs" / "davinci_resolve.log", support / "logs" / "ResolveDebug.txt"),
        programs=(_absolute(root, application), home / application),
        own_python=_absolute(root, application / "Contents" / "Applications" / "ResolvePython"),
        sandboxes=(home / "Library" / "Containers", "com.blackmagic-design.*"),
    )


def _windows(environment: Mapping[str, str], root: Path | None) -> Folders:
    roaming = _said(environment, "APPDATA") or _home(environment) / "AppData" / "Roaming"
    local = _said(environment, "LOCALAPPDATA") or _home(environment) / "AppData" / "Local"
    shared = _said(environment, "PROGRAMDATA") or Path("C:/ProgramData")
    programs = _said(environment, "PROGRAMFILES") or Path("C:/Program Files")
    support = roaming / _MAKER / "Support"
    return Folders(
        system="windows",
        support=support,
        scripts=support / _SCRIPTS,
        everybody=(_below(root, shared) / _MAKER / _SCRIPTS,),
        library=local / "reperform" / "resolve",
        logs=(support / "logs" / "davinci_resolve.log", support / "logs" / "ResolveDebug.txt"),
        programs=(_below(root, programs) / _MAKER / "Resolve.exe",),
        own_python=_below(root, programs) / _MAKER / "ResolvePython" / "ResolvePython.exe",
        sandboxes=(local / "Packages", "*Blackmagic*Resolve*"),
    )


def _linux(environment: Mapping[str, str], root: Path | None) -> Folders:
    home = _home(environment)
    # Resolve does not ask XDG_DATA_HOME; what is ours does.
    support = home / ".local" / "share" / "DaVinciResolve"
    data = _said(environment, "XDG_DATA_HOME") or home / ".local" / "share"
    return Folders(
        system="linux",
        support=support,
        scripts=support / _SCRIPTS,
        everybody=(_absolute(root, Path("opt/resolve") / _SCRIPTS), _absolute(root, Path("home/resolve") / _SCRIPTS)),
        library=data / "reperform" / "resolve",
        logs=(support / "logs" / "davinci_resolve.log", support / "logs" / "ResolveDebug.txt"),
        programs=(_absolute(root, Path("opt/resolve/bin/resolve")), _absolute(root, Path("home/resolve/bin/resolve"))),
        own_python=_absolute(root, Path("opt/resolve/bin/ResolvePython")),
        sandboxes=(home / ".var" / "app", "com.blackmagic*"),
    )


def _home(environment: Mapping[str, str]) -> Path:
    found = _said(environment, "HOME") or _said(environment, "USERPROFILE")
    if found is None:
        raise InputError(
            "the environment does not say where your home folder is",
            fix="Set HOME (on Windows USERPROFILE and APPDATA) to an absolute path.",
        )
    return found


def _said(environment: Mapping[str, str], name: str) -> Path | None:
    """The absolute path in that variable; a relative one is as good as none."""
    path = Path(environment.get(name) or "")
    return path if path.is_absolute() else None


def _absolute(root: Path | None, path: Path) -> Path:
    return (root or Path("/")) / path


def _below(root: Path | None, path: Path) -> Path:
    return path if root is None else root / path.relative_to(path.anchor)
