"""Where a project lies, and how it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reperform.errors import SettingsError

__all__ = ["SUFFIX", "Layout", "find"]

SUFFIX = ".reperform"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a project. Made by `ensure`, and only when something is about to be written."""

    project: Path
    private: Path | None = None
    """Where the ledger and the work lie when the project is shared with other machines. None: in the project."""

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return (self.private or self.project) / "ledger.sqlite"

    @property
    def claims(self) -> Path:
        """What machines that share the project have claimed: a file a cue. Not there where the project is not shared."""
        return self.project / "claims"

    @property
    def results(self) -> Path:
        """What engines returned: a folder an attempt, never deleted."""
        return self.project / "results"

    @property
    def takes(self) -> Path:
        """Conformed media, unless a setting puts it elsewhere."""
        return self.project / "takes"

    @property
    def unpacked(self) -> Path:
        """Media out of archives, to which timelines that were written as plain files refer."""
        return self.project / "unpacked"

    @property
    def work(self) -> Path:
        """What can be made again."""
        return (self.private or self.project) / "work"

    def ensure(self) -> None:
        """Make the project's folder, open to its owner alone."""
        self.project.mkdir(mode=0o700 if self.private is None else 0o770, parents=True, exist_ok=True)
        if self.private is not None:
            self.private.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.claims.mkdir(mode=0o770, exist_ok=True)


def find(timeline_path: Path, project: Path | None = None) -> Path:
    """The project of a timeline: `project` where given, else the nearest `*.reperform/` in its folder or above it.

    Where there is none, the path of the one that will be made: `FOLDERNAME.reperform/` beside the timeline. Nothing is written.

    Raises:
        SettingsError: `project` is a file, or several projects lie in the nearest folder and none is named after it.

    """
    if project is not None:
        if project.exists() and not project.is_dir():
            raise SettingsError(f"{project} is not a project folder.", fix="Give a folder to --project, or a new name.")
        return project.absolute()
    folder = timeline_path.absolute().parent
    for above in (folder, *folder.parents):
        if found := _in(above):
            return found
    return folder / f"{folder.name or 'project'}{SUFFIX}"


def _in(folder: Path) -> Path | None:
    """The project in this folder: the one named after it, else the only one. None when there is none, or we may not look."""
    own = folder / f"{folder.name}{SUFFIX}"
    if own.is_dir():
        return own
    try:
        found = sorted(entry for entry in folder.glob(f"?*{SUFFIX}") if entry.is_dir())
    except OSError:
        return None
    if len(found) > 1:
        names = ", ".join(entry.name for entry in found)
        raise SettingsError(f"{folder} holds several projects: {names}.", fix="Say which one with --project.")
    return found[0] if found else None
