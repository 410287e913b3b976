"""Which Python a Resolve takes for its scripts. Without one that it likes, it lists none of them, and does not say so."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reperform.doctor import Finding
from reperform.resolve.folders import Folders

__all__ = ["Machine", "python_of"]

OWN_FROM = (21, 1)
"""Resolve brings its own from here on."""
_GET = "Get one from https://www.python.org/downloads/ (3.10 to 3.12 are a safe choice), and start Resolve again."
_UNLIKED = ("/Cellar/", "/homebrew/", "/.pyenv/", "/conda", "miniconda", "anaconda", "/uv/python/")


def _launchd(name: str) -> str:
    """What programs started from the Dock see; a shell's own environment never reaches them."""
    with suppress(OSError, subprocess.TimeoutExpired):
        asked = subprocess.run(["launchctl", "getenv", name], capture_output=True, text=True, timeout=10, check=False)
        return asked.stdout.strip()
    return ""


def _registered() -> list[tuple[str, str]]:
    """(version, folder) of each Python that Windows knows, as PEP 514 writes them down."""
    if sys.platform != "win32":
        return []
    import winreg

    found = []
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        with suppress(OSError), winreg.OpenKey(root, r"Software\Python\PythonCore") as core:
            for at in range(winreg.QueryInfoKey(core)[0]):
                version = winreg.EnumKey(core, at)
                with suppress(OSError):
                    found.append((version, winreg.QueryValue(core, version + r"\InstallPath")))
    return found


@dataclass(frozen=True)
class Machine:
    """What has to be asked of the system."""

    launchd: Callable[[str], str] = _launchd
    registered: Callable[[], list[tuple[str, str]]] = _registered
    root: Path = Path("/")


def python_of(folders: Folders, version: tuple[int, ...] | None, machine: Machine) -> Finding:
    """The Python that Resolve of this version takes here. None: not known, and then a Python of its own shows it."""
    own = folders.own_python
    if version is not None and version >= OWN_FROM:
        if own.exists():
            return _good(f"Resolve's own ({own})")
        return _wrong(f"Resolve’s own is not at {own}", "Install Resolve again, all of it.")
    if version is None and own.exists():
        return _good(f"Resolve's own ({own})")
    return {"macos": _on_macos, "windows": _on_windows, "linux": _on_linux}[folders.system](machine)


def _on_macos(machine: Machine) -> Finding:
    told = machine.launchd("PYTHON3HOME")
    if told:
        programs = sorted(Path(told).glob("bin/python3*"))
        if programs:
            return _judged(programs[0], f"PYTHON3HOME of launchctl: {told}")
        return _wrong(f"PYTHON3HOME of launchctl is {told}, where there is no Python", "launchctl unsetenv PYTHON3HOME")
    program = machine.root / "usr/local/bin/python3"
    if not program.exists():
        return _wrong("Resolve before 21.1 takes /usr/local/bin/python3, which is not there", _GET)
    return _judged(program, str(program))


def _on_windows(machine: Machine) -> Finding:
    known = [(version, folder) for version, folder in machine.registered() if version.startswith("3.")]
    liked = [one for one in known if not one[0].endswith("-32")]
    if not liked:
        return _wrong("Windows' registry names no 64-bit Python 3, and Resolve before 21.1 takes it from there", _GET)
    version, folder = max(liked, key=lambda one: tuple(map(int, re.findall(r"\d+", one[0]))))
    return _good(f"{version} ({folder})")


def _on_linux(machine: Machine) -> Finding:
    for place in ("usr/bin/python3", "usr/local/bin/python3"):
        if (machine.root / place).exists():
            return _judged(machine.root / place, str(machine.root / place))
    return _wrong("Resolve before 21.1 takes the system's python3, which is not there", "Install python3.")


def _judged(program: Path, named: str) -> Finding:
    real = program.resolve().as_posix()
    if any(part in real for part in _UNLIKED):
        return Finding(
            *("Python", "for scripts", f"{named} is {real}", "note"),
            "Resolve before 21.1 often lists no script with such a Python. If the menu is empty: " + _GET,
        )
    return _good(f"{named}" if real == str(program) else f"{named} ({real})")


def _good(value: str) -> Finding:
    return Finding("Python", "for scripts", value)


def _wrong(value: str, fix: str) -> Finding:
    return Finding("Python", "for scripts", value, "wrong", fix)
