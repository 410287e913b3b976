"""Where a ledger may lie: beside its project on a disk of this machine; in the user's state folder where the project is shared.

SQLite's log and file locks hold between the processes of one machine only.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Literal

import platformdirs

from reperform.ledger.projects import Layout

__all__ = ["Storage", "layout_of", "state_folder"]

Storage = Literal["local", "shared"]

_NETWORK = frozenset(
    {
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "smb2",
            "afs",
            "afpfs",
            "ceph",
            "glusterfs",
            "lustre",
            "gpfs",
            "beegfs",
        ),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "davfs", "webdav", "ncpfs", "9p"),
    }
)
_MOUNTS = Path("/proc/mounts")
_REMOTE_DRIVE = 4


def state_folder() -> Path:
    """What this user's programs on this machine remember."""
    return platformdirs.user_state_path("reperform", appauthor=False)


def layout_of(project: Path, storage: Storage | None = None) -> Layout:
    """How a project is laid out. `storage` None: as it was begun, else by the file system that it lies on."""
    project = project.absolute()
    if (storage or _as_begun(project) or _by_file_system(project)) == "local":
        return Layout(project)
    name = hashlib.sha256(os.fsencode(project)).hexdigest()[:24]
    return Layout(project, private=state_folder() / "ledgers" / name)


def _as_begun(project: Path) -> Storage | None:
    layout = Layout(project)
    if layout.claims.is_dir():
        return "shared"
    return "local" if layout.ledger.exists() else None


def _by_file_system(path: Path) -> Storage:
    existing = next(folder for folder in (path, *path.parents) if folder.exists() or folder == folder.parent)
    try:
        remote = _is_remote(existing.resolve())
    except OSError:
        remote = False
    return "shared" if remote else "local"


def _is_remote(path: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        return str(path).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _REMOTE_DRIVE
    return _kind(path) in _NETWORK


def _kind(path: Path) -> str:
    """The type of the file system; empty where the system does not say."""
    mounts = [(Path(where), kind) for where, kind in _mounts() if path.is_relative_to(where)]
    return max(mounts, key=lambda mount: len(mount[0].parts), default=(path, ""))[1]


def _mounts() -> list[tuple[str, str]]:
    if _MOUNTS.exists():
        rows = [line.split() for line in _MOUNTS.read_text(errors="replace").splitlines()]
        return [(row[1].replace("\\040", " "), row[2]) for row in rows if len(row) > 2]
    return _mounts_of_macos()


def _mounts_of_macos() -> list[tuple[str, str]]:
    """`//host/share on /Volumes/share (smbfs, nodev)`."""
    import subprocess

    listing = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    found = []
    for line in listing.splitlines():
        place, _, facts = line.rpartition(" (")
        found.append((place.partition(" on ")[2], facts.partition(",")[0].rstrip(")")))
    return found
