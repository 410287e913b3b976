"""A log for each start, in the user's own folder: what happened, for who looks into it."""

import os
import time
import traceback

from reperform_menu import folders

KEPT = 30
"""Logs that stay."""


class Log:
    """One start's."""

    def __init__(self, path: str) -> None:
        self.path = path
        # Not by the system's own coding: user names may be anything.
        self.file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  `close` does

    def note(self, text: str) -> None:
        """A line, there at once."""
        self.file.write("{} {}\n".format(time.strftime("%H:%M:%S"), text))
        self.file.flush()

    def crash(self) -> None:
        """The error that is being handled, with where it happened."""
        self.note(traceback.format_exc())

    def close(self) -> None:
        """Nothing more comes."""
        self.file.close()


def open_log(entry: str) -> Log:
    """A new one; the oldest go."""
    folder = folders.made(os.path.join(folders.state(), "logs"))
    for old in sorted(name for name in os.listdir(folder) if name.endswith(".log"))[:-KEPT]:
        try:
            os.unlink(os.path.join(folder, old))
        except OSError:
            continue
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return Log(
        os.path.join(folder, "{}-{}-{}.log".format(stamp, os.getpid(), folders.file_name(entry).replace(" ", "_")))
    )
