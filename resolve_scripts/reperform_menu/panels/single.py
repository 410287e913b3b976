"""One panel of a name at a time: a lock that the system lets go when its process ends, and where to find the panel."""

import json
import os
import sys
from contextlib import suppress

from reperform_menu import folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO


class AlreadyOpen(SystemExit):
    """A panel of this name is open, and was brought to the front. Ends the script without being an error."""


class Single:
    """Held for as long as a panel is open. `place` says where the open one is: {"window": ID} or {"url": address}."""

    def __init__(self, name: str = "panel", folder: "str | None" = None) -> None:
        folder = folder or folders.made(os.path.join(folders.state(), "panels"))
        self._lock_path = os.path.join(folder, "{}.lock".format(name))
        self._place_path = os.path.join(folder, "{}.json".format(name))
        self._file = None  # type: BinaryIO | None

    def take(self) -> bool:
        """Whether nobody else has it. A file system without locks is no reason to show nothing: then it is ours."""
        try:
            handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError:
            return True
        self._file = os.fdopen(handle, "r+b")
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            self._file = None
            return False
        return True

    def place(self) -> "dict[str, Any]":
        """Where the open panel is; {} where it did not say."""
        try:
            with open(self._place_path, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def say_place(self, place: "dict[str, Any]") -> None:
        """For the next who finds the lock taken."""
        if self._file is not None:
            with suppress(OSError), open(self._place_path, "w", encoding="utf-8") as file:
                json.dump(place, file)

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with suppress(OSError):
                os.remove(self._place_path)


def _lock(file: "BinaryIO") -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
