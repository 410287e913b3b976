"""Starts the menu entries the way Resolve does, and keeps what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reperform.resolve.folders import folders_of
from reperform.resolve.installing import install
from resolve.scene_kit import World

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "resolve_scripts"
ENTRIES = tuple(sorted(path.stem for path in (SCRIPTS / "Reperform").glob("*.py")))
MARK, PERFORM, TAKES = "Reperform - Mark Dialogue", "Reperform - Perform Marked", "Reperform - Takes"
IMPORT, SELF_TEST = "Reperform - Import Takes Timeline", "Reperform - Self-Test"
_POISON = ("sitecustomize", "click", "pydantic", "reperform", "numbers", "opentimelineio")


@dataclass(frozen=True)
class Ran:
    """One start of an entry. `pages` is what the person at the browser was shown, in order."""

    world: World
    calls: list[str]
    misused: list[str]
    outcome: str
    pages: list[dict[str, Any]]
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that anybody could read on the screen."""
        return "\n".join([*(json.dumps(page, ensure_ascii=False) for page in self.pages), self.out, self.err])


@dataclass
class Menu:
    """A Scripts folder with the entries in it, in a home of its own, and a person at a browser."""

    folder: Path
    python: str = sys.executable
    browser: bool = True
    environ: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = (sys.executable, "-m", "reperform")

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        places = folders_of("linux", environment={"HOME": str(self.home)}, root=self.folder)
        self.scripts = places.entries
        if not self.scripts.exists():
            install(places, command=self.command, source=SCRIPTS)
            poison = self.folder / "poison"
            poison.mkdir()
            for name in _POISON:
                (poison / f"{name}.py").write_text(
                    f"raise SystemExit('{name} of Resolve was loaded')", encoding="utf-8"
                )

    def choose(
        self, entry: str, world: World, *answers: dict[str, Any], compiled_as: str | None = None, seconds: float = 120
    ) -> Ran:
        """Workspace > Scripts > entry, with somebody who answers so. The world of the answer is a new one."""
        after, seen = self.folder / "after.json", self.folder / "seen.json"
        after.unlink(missing_ok=True)
        seen.unlink(missing_ok=True)
        path = self.scripts / f"{entry}.py"
        job = {
            "entry": str(path),
            "world": world.data,
            "after": str(after),
            "kit": str(HERE),
            "environ": self._spoilt(),
        }
        job["compiled_as"] = compiled_as or str(path)
        (self.folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (self.folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        self._browser()
        command = [self.python, "-I", "-S", str(HERE / "fake_resolve/starting.py"), str(self.folder / "job.json")]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=seconds, stdin=subprocess.DEVNULL, cwd="/"
        )
        assert after.exists(), f"the harness itself failed:\n{done.stderr}"
        told = json.loads(after.read_text(encoding="utf-8"))
        pages = json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else []
        return Ran(
            World(told["world"]), told["calls"], told["misused"], told["outcome"], pages, done.stdout, done.stderr
        )

    def logs(self) -> str:
        """All that was logged under this home."""
        found = [path for path in self.home.rglob("*.log") if path.is_file()]
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(found))

    def _spoilt(self) -> dict[str, str]:
        """What a program started from Resolve would inherit."""
        poison = str(self.folder / "poison")
        spoilt = {
            "PYTHONHOME": poison, "PYTHONPATH": poison, "PYTHON3HOME": poison, "LD_LIBRARY_PATH": poison,
            "DYLD_LIBRARY_PATH": poison, "__PYVENV_LAUNCHER__": poison, "PYTHONSTARTUP": f"{poison}/click.py",
            "PATH": "/usr/bin:/bin", "HOME": str(self.home),
        }  # fmt: skip
        if self.browser:
            spoilt["BROWSER"] = f"{self.folder / 'browser.sh'} %s &"
        return spoilt | self.environ

    def _browser(self) -> None:
        """A browser inherits what the script has: it must not stumble over that."""
        words = [sys.executable, "-I", HERE / "a_person.py", self.folder / "answers.json", self.folder / "seen.json"]
        line = " ".join(f"'{word}'" for word in words)
        script = self.folder / "browser.sh"
        script.write_text(f'#!/bin/sh\nexec env -i {line} "$1"\n', encoding="utf-8")
        script.chmod(0o755)


def pythons() -> list[str]:
    """Every Python at hand from 3.6 on, oldest first: on the PATH, and where pyenv keeps them."""
    names = [f"python3.{minor}" for minor in range(6, 15)]
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    kept = sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin"))
    found: dict[int, str] = {sys.version_info.minor: sys.executable}
    for path in (folder / name for folder in [*kept, *folders] for name in names):
        minor = int(path.name.partition(".")[2])
        if minor not in found and os.access(path, os.X_OK) and _answers(path):
            found[minor] = str(path)
    return [found[minor] for minor in sorted(found)]


def _answers(path: Path) -> bool:
    """A shim of pyenv's stands there for versions that are not installed."""
    return subprocess.run([path, "-I", "-c", ""], capture_output=True).returncode == 0
