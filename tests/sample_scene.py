"""The sample cut with its media, and what the documentation's commands made of it: each made once, however many workers test."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_timelines"
README, TUTORIAL = ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-job.md"
_COMMAND = re.compile(r"^ {4,}(?!#)(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """A command, and what came of it."""

    command: str
    status: int
    out: str
    err: str


def commands(page: Path) -> list[str]:
    """The lines of a page's indented code."""
    return [match[1] for match in _COMMAND.finditer(page.read_text(encoding="utf-8"))]


def reperform_commands() -> list[str]:
    """What the README and the tutorial tell to type, in their order, each once."""
    lines = (line for page in (README, TUTORIAL) for line in commands(page) if line.startswith("reperform "))
    return list(dict.fromkeys(lines))


@pytest.fixture(scope="session")
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample cut and its media, kept between sessions; not to be written to."""
    cache = getattr(request.config, "cache", None)
    folder = Path(cache.mkdir("sample")) if cache else shared_by_workers(tmp_path_factory) / "sample"
    folder.mkdir(exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        subprocess.run([sys.executable, SAMPLE / "make.py", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def scene(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample cut of the test's own, as the folder `demo`."""
    return _copy(sample, tmp_path / "demo")


@pytest.fixture(scope="session")
def typed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Ran]]:
    """Where every command of the README and the tutorial was really run, and what came of each."""
    folder = shared_by_workers(tmp_path_factory) / "typed"
    with alone(folder.with_suffix(".lock")):
        kept = folder / "ran.json"
        if not kept.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _copy(sample, folder / "demo")
            ran = [_type(line, folder) for line in reperform_commands()]
            kept.write_text(json.dumps([asdict(each) for each in ran]), encoding="utf-8")
    return folder, {each["command"]: Ran(**each) for each in json.loads(kept.read_text(encoding="utf-8"))}


def environment(home: Path) -> dict[str, str]:
    """Of a person who has never set anything."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REPERFORM_", "XDG_"))}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    return kept | folders | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


def _type(line: str, folder: Path) -> Ran:
    words = [sys.executable, "-m", *shlex.split(line)]
    done = subprocess.run(words, cwd=folder, env=environment(folder / "home"), capture_output=True, encoding="utf-8")
    return Ran(line, done.returncode, done.stdout, done.stderr)


def _copy(sample: Path, folder: Path) -> Path:
    """Media are links: they are only read."""
    shutil.copytree(sample / "media", folder / "media", copy_function=_link)
    shutil.copy(sample / "the_letter.otio", folder)
    return folder


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session's folder, the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One worker at a time. A lock of SQLite's ends with its process, however that ends."""
    connection = sqlite3.connect(lock, timeout=300, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()
