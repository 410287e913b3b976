"""The `reperform` command as a child process: a clean environment, a group of its own, its words in files."""

import os
import signal
import subprocess
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

GRACE = 20.0
"""Seconds in which a child that was asked to stop may do so by itself: it notes in its ledger where it is."""
_LEAKS = ("PYTHON", "DYLD_", "LD_LIBRARY_PATH", "LD_PRELOAD", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV")
_HIDDEN = 0x08000000
"""CREATE_NO_WINDOW."""
_OWN_GROUP = 0x00000200
"""CREATE_NEW_PROCESS_GROUP."""


def clean_environment(given: "Mapping[str, str] | None" = None) -> "dict[str, str]":
    """Without what Resolve sets for its own Python and libraries, which kills another one."""
    around = os.environ if given is None else given
    clean = {name: value for name, value in around.items() if not name.upper().startswith(_LEAKS)}
    return dict(clean, PYTHONIOENCODING="utf-8", PYTHONUTF8="1")


class Child:
    """A process, started by us or by an earlier start of the script."""

    def __init__(self, pid: int, identity: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.pid = pid
        self.identity = identity
        self.process = process

    @property
    def runs(self) -> bool:
        """Whether it still does. A number that another process has now is not it."""
        if self.process is not None:
            return self.process.poll() is None
        return bool(self.identity) and identity_of(self.pid) == self.identity

    def stop(self) -> None:
        """As Ctrl-C does: it ends cleanly, and can be gone on with."""
        if os.name == "nt":
            _quietly(lambda: os.kill(self.pid, getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)))
        else:
            _quietly(lambda: _to_group(self.pid, signal.SIGINT))

    def kill(self) -> None:
        """At once. What is paid stands in the ledger all the same."""
        if os.name == "nt":
            subprocess.call(
                ["taskkill", "/PID", str(self.pid), "/T", "/F"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=_HIDDEN,
            )
        else:
            _quietly(lambda: _to_group(self.pid, signal.SIGKILL))

    def wait(self, seconds: float) -> "int | None":
        """Its status once it has ended, within so many seconds; None where it has not, or is not ours to ask."""
        try:
            return self.process.wait(seconds) if self.process is not None else None
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait(5) if self.process is not None else None

    def end(self, grace: float = GRACE) -> None:
        """Stopped within the grace, else killed."""
        self.stop()
        until = time.monotonic() + grace
        while self.runs and time.monotonic() < until:
            time.sleep(0.05)
        if self.runs:
            self.kill()


def start(command: "list[str]", *, out: str, err: str, folder: str) -> Child:
    """Run `command`, whose program is an absolute path; standard output and error go to these files."""
    more: "dict[str, Any]" = {"creationflags": _HIDDEN | _OWN_GROUP} if os.name == "nt" else {"start_new_session": True}
    with open(out, "wb") as said, open(err, "wb") as complained:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            cwd=folder,
            env=clean_environment(),
            close_fds=True,
            **more,
        )
    return Child(process.pid, identity_of(process.pid), process)


def identity_of(pid: int) -> str:
    """What tells the process from a later one of the same number: when it was started. Empty where it is gone."""
    if os.name == "nt":
        words = ["tasklist", "/FI", "PID eq {}".format(pid), "/FO", "CSV", "/NH"]
        said = _said(words, creationflags=_HIDDEN)
        return said.split(",")[0] if '"{}"'.format(pid) in said else ""
    said = _said(["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]).strip()
    state, _, started = said.partition(" ")
    # A zombie has ended; nobody has asked for its status yet.
    return "" if state.startswith("Z") else " ".join(started.split())


def _said(command: "list[str]", **more: "Any") -> str:
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_plain(), **more
        )
        return str(process.communicate()[0], "utf-8", "replace")
    except OSError:
        return ""


def _plain() -> "dict[str, str]":
    """Times are compared as text: always in one language."""
    return dict(clean_environment(), LC_ALL="C", LANG="C", TZ="UTC")


def _to_group(pid: int, number: int) -> None:
    if sys.platform != "win32":
        os.killpg(pid, number)


def _quietly(act: "Any") -> None:
    """It may have ended meanwhile."""
    try:
        act()
    except OSError:
        return
