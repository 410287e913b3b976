"""Why Resolve's Scripts menu shows nothing of ours, or does nothing: the usual reasons, each looked at."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from reperform import __version__
from reperform.doctor import Finding, State
from reperform.resolve.folders import Folders
from reperform.resolve.installing import MANIFEST, NOTE, changed_entries, entry_names, others_entries
from reperform.resolve.pythons import Machine, python_of
from reperform.resolve.versions import Started, last_started

__all__ = ["examine_menu"]

_INSTALL = "reperform resolve install"
_BY_FILES = "Work by files: docs/how-to/resolve-free.md."
_START_SECONDS = 60


def examine_menu(folders: Folders, machine: Machine | None = None) -> list[Finding]:
    """Everything, in groups. What is `missing` keeps the menu from working."""
    machine = machine or Machine()
    started = last_started(folders.logs)
    return [
        *_resolve(folders, started),
        *_menu(folders),
        python_of(folders, started.version if started else None, machine),
        *_command(folders),
        *_habits(folders, started),
    ]


def _resolve(folders: Folders, started: Started | None) -> Iterator[Finding]:
    yield from _program(folders)
    if started is None:
        yield Finding(
            *("Resolve", "edition", "not known: Resolve’s log does not tell", "note"),
            "The free edition from 21.1 on lists no Python scripts; DaVinci Resolve ▸ About says which one it is.",
        )
        return
    said = f"{started.name}, started {started.at:%Y-%m-%d %H:%M}"
    state, fix = _verdict(started)
    yield Finding("Resolve", "edition", said, state, fix)


def _verdict(started: Started) -> tuple[State, str | None]:
    if started.version < (18, 5):
        return "wrong", "Resolve exports OTIO from 18.5 on: update it."
    if not started.studio and started.version >= (21, 1):
        return "wrong", f"The free edition from 21.1 on lists no Python scripts at all. {_BY_FILES}"
    if not started.studio and started.version >= (19, 1):
        return "note", "The free edition from 19.1 on gives scripts no windows: the panels open in your browser."
    if started.version < (19, 1):
        return "note", "Built for 19.1 and later. Before that, marking by in and out points is not possible."
    return "good", None


def _program(folders: Folders) -> Iterator[Finding]:
    found = next((path for path in folders.programs if path.exists()), None)
    place, pattern = folders.sandboxes
    boxed = next(place.glob(pattern), None) if place.is_dir() else None
    if found is not None:
        yield Finding("Resolve", "program", str(found))
    elif boxed is None:
        yield Finding(
            *("Resolve", "program", f"not found where its installer puts it ({folders.programs[0]})", "note"),
            "Where it is installed elsewhere, all is well. Else install it: blackmagicdesign.com.",
        )
    if boxed is not None and folders.system == "macos":
        state: State = "wrong" if found is None else "note"
        yield Finding(
            *("Resolve", "App Store", f"a build of the Mac App Store ran here ({boxed.name})", state),
            "That build is confined and does not see these scripts: it is not supported. Use the one of blackmagicdesign.com.",
        )


def _menu(folders: Folders) -> Iterator[Finding]:
    there = [name for name in entry_names() if (folders.entries / name).is_file()]
    if len(there) < len(entry_names()):
        said = f"{len(entry_names()) - len(there)} of the {len(entry_names())} in {folders.entries}"
        yield Finding("menu", "entries", said, "missing", f"Run `{_INSTALL}`.")
    else:
        yield Finding("menu", "entries", f"{len(there)} in {folders.entries}")
    for path in changed_entries(folders):
        yield Finding(
            "menu", "changed", str(path), "note", f"Changed since it was installed. `{_INSTALL}` puts it right."
        )
    for path in others_entries(folders):
        yield Finding(
            "menu", "listed twice", str(path), "wrong", "Remove it: Resolve lists it beside the one installed."
        )


def _command(folders: Folders) -> Iterator[Finding]:
    try:
        note = json.loads((folders.entries / NOTE).read_text(encoding="utf-8"))
        words, library, installed = [str(word) for word in note["command"]], Path(note["library"]), note["installed"]
    except FileNotFoundError:
        return  # the entries are missing too, and that is said
    except (OSError, ValueError, KeyError, TypeError):
        yield Finding("menu", NOTE, f"{folders.entries / NOTE} cannot be read", "wrong", f"Run `{_INSTALL}`.")
        return
    if not (library / "reperform_menu" / "__init__.py").is_file():
        yield Finding("menu", "library", f"in {library}", "missing", f"Run `{_INSTALL}`.")
    if installed != __version__:
        yield Finding(
            "menu", "version", f"of reperform {installed}; this is {__version__}", "note", f"Run `{_INSTALL}`."
        )
    yield _answer(words)


def _answer(words: list[str]) -> Finding:
    """Whether the command that the menu calls starts, as the menu starts it: with nothing set for another Python."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [*words, "--version"], capture_output=True, text=True, timeout=_START_SECONDS, check=False, env=clean
        )
        if done.returncode == 0:
            return Finding("menu", "command", f"{' '.join(words)} ({done.stdout.strip()})")
        why = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    except (OSError, subprocess.TimeoutExpired) as error:
        why = str(error)
    return Finding(
        "menu", "command", f"{' '.join(words)}: {why}", "wrong", f"Run `{_INSTALL}` with the reperform you use."
    )


def _habits(folders: Folders, started: Started | None) -> Iterator[Finding]:
    note = folders.library / MANIFEST
    if note.is_file() and started is not None:
        put = datetime.fromtimestamp(note.stat().st_mtime)
        if started.at < put:
            said = f"not since {put:%Y-%m-%d %H:%M}, when the entries were put there"
            yield Finding("then", "restarted", said, "note", "Restart Resolve: it looks for scripts when it starts.")
    elif note.is_file():
        yield Finding(
            "then", "restart", "Resolve looks for scripts when it starts", "note", "Restart it after installing."
        )
    yield Finding(
        *("then", "project", "the menu is empty while only the Project Manager is open", "note"),
        "Open a project, and on any page choose Workspace ▸ Scripts ▸ Reperform.",
    )
