"""Who is alive: a run holds a lock on a file of its own, which the system lets go of however the run ends."""

from __future__ import annotations

import os
import socket
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

__all__ = ["Session", "any_live", "is_live"]

_FOLDER = "sessions"
_OLD_SECONDS = 3600


class Session:
    """One run of the program on a project, from `begin` to `end` or to the death of the process."""

    def __init__(self, work: Path) -> None:
        self.id = str(uuid.uuid4())
        self.host = socket.gethostname()
        self.pid = os.getpid()
        self._path = _lock_path(work, self.id)
        self._descriptor: int | None = None

    def begin(self) -> None:
        """Take the lock; until then the session counts as dead."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(self._path.parent)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(descriptor, shared=False):
            os.close(descriptor)
            raise OSError(f"{self._path} is locked by another")
        self._descriptor = descriptor

    def end(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            # Removed while held: whoever looks in between finds either the lock or no file.
            if sys.platform != "win32":
                self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def any_live(work: Path) -> bool:
    """Whether any run on the project holds its lock."""
    folder = work / _FOLDER
    return folder.is_dir() and any(is_live(work, path.stem) for path in folder.iterdir())


def is_live(work: Path, session_id: str) -> bool:
    """Whether the run that called itself `session_id` still holds its lock."""
    path = _lock_path(work, session_id)
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left. Not what is young: it may be about to be locked."""
    for path in folder.glob("*.lock"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD_SECONDS and not is_live(folder.parent, path.stem):
                path.unlink()


def _lock_path(work: Path, session_id: str) -> Path:
    return work / _FOLDER / f"{session_id}.lock"


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool) -> bool:  # noqa: ARG001 - Windows knows one kind
        """Whether the lock was free, and is now ours until the descriptor is closed."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> bool:
        """Whether the lock was free, and is now ours until the descriptor is closed. Those who only look share it."""
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
