"""Our entries into this user's Scripts menu, and out of it again: what was put there is written down with its digest."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reperform import __version__
from reperform.errors import InputError, ReperformError
from reperform.files import write_atomically
from reperform.resolve.folders import CATEGORIES, ENTRIES, Folders

__all__ = [
    "MANIFEST",
    "NOTE",
    "Installed",
    "Removed",
    "changed_entries",
    "command_words",
    "entry_names",
    "install",
    "manifest",
    "others_entries",
    "uninstall",
]

NOTE = "reperform.json"
"""Beside the entries: how to call the command, and where the library is."""
MANIFEST = "installed.json"
"""In the library's folder."""
_LIBRARY = "reperform_menu"
_LEFT_OUT = (".pyc", ".pyi")


@dataclass(frozen=True)
class Installed:
    """What `install` did."""

    entries: tuple[Path, ...]
    library: Path
    command: tuple[str, ...]
    changed: int
    """Files written; 0 where all of it was there already."""
    kept: tuple[Path, ...]
    """Files that were in the way and not as we last wrote them: put beside under these names."""


@dataclass(frozen=True)
class Removed:
    """What `uninstall` did."""

    removed: tuple[Path, ...]
    kept: tuple[Path, ...]
    """Ours once, changed since: left where they are."""


def install(folders: Folders, *, command: tuple[str, ...] | None = None, source: Path | None = None) -> Installed:
    """Put the entries and their library in place; a second time changes nothing.

    Raises:
        InputError: the folder for all users holds our entries too: Resolve would list each of them twice.
        ReperformError: a folder cannot be written to.

    """
    _refuse_twice(folders)
    command = command or command_words()
    wanted = dict(_wanted(folders, source or _source(), command))
    known = manifest(folders)
    try:
        kept = tuple(_moved_aside(path) for path, data in wanted.items() if _is_foreign(path, data, known))
        changed = [path for path, data in wanted.items() if _is_new(path, data)]
        for path in changed:
            _put(path, wanted[path])
        _forget(known, wanted)
        _write_manifest(folders, wanted)
    except OSError as error:
        raise _unwritable(error) from error
    entries = tuple(sorted(path for path in wanted if path.parent == folders.entries and path.suffix == ".py"))
    return Installed(entries, folders.library, command, len(changed), kept)


def uninstall(folders: Folders) -> Removed:
    """Remove exactly what `install` put there, and the folders that are empty then. A file that was changed since stays.

    Raises:
        ReperformError: a file cannot be removed.

    """
    known = manifest(folders)
    removed, kept = [], []
    try:
        for path, digest in known.items():
            if not path.is_file():
                continue
            if _digest(path.read_bytes()) != digest:
                kept.append(path)
                continue
            path.unlink()
            removed.append(path)
        (folders.library / MANIFEST).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(error) from error
    _tidy(known, folders)
    return Removed(tuple(removed), tuple(kept))


def manifest(folders: Folders) -> Mapping[Path, str]:
    """Path and SHA-256 of each file that is ours; empty where nothing is installed."""
    try:
        told = json.loads((folders.library / MANIFEST).read_text(encoding="utf-8"))
        listed = {Path(one["path"]): str(one["sha256"]) for one in told["files"]}
        own = {folders.entries, folders.library}
        return {path: digest for path, digest in listed.items() if own & set(path.parents) and ".." not in path.parts}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        # Of what it cannot say, nothing is removed and everything in the way is kept.
        return {}


def entry_names() -> list[str]:
    """The files that Resolve lists."""
    return [path.name for path in _source_entries()]


def changed_entries(folders: Folders) -> list[Path]:
    """What is no longer as `install` wrote it."""
    known = manifest(folders).items()
    return [path for path, digest in known if path.is_file() and _digest(path.read_bytes()) != digest]


def command_words() -> tuple[str, ...]:
    """How the menu calls this very installation: absolute, for Resolve's PATH is short."""
    return (sys.executable, "-m", "reperform")


def others_entries(folders: Folders) -> list[Path]:
    """Entries of ours that Resolve lists beside those that `install` put there: for all users, or copied by hand."""
    own = {folders.entries / name for name in entry_names()}
    found = [path for scripts in (folders.scripts, *folders.everybody) for path in _ours_below(scripts)]
    return [path for path in found if path not in own]


def _refuse_twice(folders: Folders) -> None:
    shared = [path for path in others_entries(folders) if folders.scripts not in path.parents]
    if shared:
        raise InputError(
            f"Resolve's scripts for all users hold reperform's entries already: {shared[0].parent}",
            fix="Resolve would list each twice. Remove that folder (it takes an administrator), then run this again.",
        )


def _ours_below(scripts: Path) -> Iterator[Path]:
    names = set(entry_names())
    for category in CATEGORIES:
        for folder in (scripts / category, scripts / category / ENTRIES):
            with suppress(OSError):
                yield from sorted(path for path in folder.iterdir() if path.name in names)


def _wanted(folders: Folders, source: Path, command: tuple[str, ...]) -> Iterator[tuple[Path, bytes]]:
    """Every file with its content: the library first, then the note, then the entries that need both."""
    for path in sorted((source / _LIBRARY).rglob("*")):
        if path.is_file() and path.suffix not in _LEFT_OUT and "__pycache__" not in path.parts:
            yield folders.library / PurePosixPath(path.relative_to(source).as_posix()), path.read_bytes()
    note = {"version": 1, "command": list(command), "library": str(folders.library), "installed": __version__}
    yield folders.entries / NOTE, (json.dumps(note, indent=2, ensure_ascii=False) + "\n").encode()
    for path in sorted((source / ENTRIES).glob("*.py")):
        yield folders.entries / path.name, path.read_bytes()


def _put(path: Path, data: bytes) -> None:
    """Complete or not at all: Resolve may look in between. Not flushed: what is lost is put there again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(data)
    temporary.replace(path)


def _is_new(path: Path, data: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != data


def _is_foreign(path: Path, data: bytes, known: Mapping[Path, str]) -> bool:
    """Whether something stands there that is neither this nor what we wrote before. The note is ours whatever it says."""
    return (
        path.name != NOTE and path.is_file() and _is_new(path, data) and known.get(path) != _digest(path.read_bytes())
    )


def _moved_aside(path: Path) -> Path:
    """Under an ending that Resolve does not list."""
    number = 1
    while (aside := path.with_name(f"{path.name}.kept{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def _forget(known: Mapping[Path, str], wanted: Mapping[Path, bytes]) -> None:
    """What an earlier version put there and this one does not have."""
    for path, digest in known.items():
        if path not in wanted and path.is_file() and _digest(path.read_bytes()) == digest:
            path.unlink()


def _write_manifest(folders: Folders, wanted: Mapping[Path, bytes]) -> None:
    files = [{"path": str(path), "sha256": _digest(data)} for path, data in wanted.items()]
    told = {"version": 1, "installed": __version__, "files": files}
    data = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    if _is_new(folders.library / MANIFEST, data):
        write_atomically(folders.library / MANIFEST, data)


def _tidy(known: Mapping[Path, str], folders: Folders) -> None:
    """Folders of ours that hold nothing now but what Python compiled. Those that are Resolve's stay."""
    own = {folders.entries, folders.library}
    mine = {parent for path in known for parent in path.parents if parent in own or own & set(parent.parents)}
    for folder in sorted(mine, key=lambda path: len(path.parts), reverse=True):
        for compiled in folder.glob("__pycache__/*.pyc"):
            compiled.unlink(missing_ok=True)
        for empty in (folder / "__pycache__", folder):
            with suppress(OSError):
                empty.rmdir()
    with suppress(OSError):
        folders.library.parent.rmdir()


def _unwritable(error: OSError) -> ReperformError:
    return ReperformError(
        f"{error.filename}: {error.strerror}",
        fix="These are folders of your own account, and need no administrator: check who owns them, and the free space.",
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _source() -> Path:
    """`resolve_scripts`: inside the installed package, or beside its source."""
    here = Path(__file__).resolve()
    for place in (here.parents[1] / "resolve_scripts", here.parents[3] / "resolve_scripts"):
        if (place / ENTRIES).is_dir():
            return place
    raise InputError(
        "the scripts for Resolve are not here", fix="Install reperform again, or run it from a copy of its repository."
    )


def _source_entries() -> list[Path]:
    return sorted((_source() / ENTRIES).glob("*.py"))
