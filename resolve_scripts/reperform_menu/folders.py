"""Folders of ours: where state and logs go, and where a project's takes are kept unless somebody says otherwise."""

import os
import re
import sys


def state() -> str:
    """Ours, in this user's home; made where it is missing."""
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        base = os.path.join(home, "Library", "Application Support")
    elif os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    else:
        base = os.environ.get("XDG_STATE_HOME") or os.path.join(home, ".local", "state")
    return made(os.path.join(base, "reperform", "resolve"))


def films() -> str:
    """Where this user's system keeps films."""
    name = "Movies" if sys.platform == "darwin" else "Videos"
    return os.path.join(os.path.expanduser("~"), name)


def for_project(name: str) -> str:
    """Where a project's takes go if nobody says otherwise."""
    return os.path.join(films(), "Reperform", file_name(name) or "Project")


def file_name(text: str) -> str:
    """As a name of a file on every system."""
    plain = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", text)
    return " ".join(plain.split()).strip(". ")[:80]


def made(path: str) -> str:
    """The folder, there."""
    os.makedirs(path, exist_ok=True)
    return path
