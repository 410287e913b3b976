"""start.py: who is refused, with what words, and that its lock holds all that is needed."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from sample_scene import README, ROOT, commands

START, LOCK = ROOT / "start.py", ROOT / "requirements.lock"
_PINNED = re.compile(r"^(?P<name>[\w.\-]+)==(?P<version>\S+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)


@pytest.fixture
def start() -> ModuleType:
    """The script as a module: nothing is set up by reading it."""
    spec = importlib.util.spec_from_file_location("start", START)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def on(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], machine: str = "linux x86_64"
) -> None:
    """As if it ran there."""
    platform, processor = machine.split()
    fake = SimpleNamespace(version_info=(*version, 1), platform=platform, argv=["start.py", "demo"], stderr=sys.stderr)
    monkeypatch.setattr(start, "sys", fake)
    facts = SimpleNamespace(machine=lambda: processor, python_version=lambda: f"{version[0]}.{version[1]}.1")
    monkeypatch.setattr(start, "platform", facts)


@pytest.mark.parametrize(
    "version", [(2, 7), (3, 8), (3, 10), (3, 14), (4, 0)], ids=lambda version: f"{version[0]}.{version[1]}"
)
def test_another_python_is_told_which_one_is_needed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: tuple[int, int]
) -> None:
    """One sentence, exit 2, and nothing is set up."""
    on(start, monkeypatch, version)
    monkeypatch.setattr(start, "set_up", lambda: pytest.fail("it began"))
    assert 2 == start.main()
    said = capsys.readouterr().err
    assert f"this is {version[0]}.{version[1]}.1: install one of them and run `python3.13 start.py demo`." in said
    assert 1 == said.count("\n")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)], ids=lambda version: f"{version[0]}.{version[1]}")
@pytest.mark.parametrize("machine", ["linux x86_64", "linux aarch64", "darwin arm64", "win32 AMD64"])
def test_the_supported_are_not_refused(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], machine: str
) -> None:
    """Three versions of Python on three systems."""
    on(start, monkeypatch, version, machine)
    assert start.refusal() is None


def test_an_intel_mac_is_told_what_to_do(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no OpenTimelineIO for it."""
    on(start, monkeypatch, (3, 12), "darwin x86_64")
    assert "run reperform on an Apple-silicon Mac, or in Linux" in start.refusal()


def test_old_pythons_can_read_it_far_enough_to_be_refused() -> None:
    """No syntax that Python 3.4 would stumble over before a word is said."""
    source = START.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 4))
    assert not re.search(r"\b[fF][\"']|:=|\bmatch\b.*:$", source)


def _needed() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [re.split(r"[\s<>=!~;\[]", one, maxsplit=1)[0].lower() for one in wanted]


def _locked() -> dict[str, str]:
    return {match["name"].lower(): match["rest"] for match in _PINNED.finditer(LOCK.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", sorted(set(_needed())))
def test_the_lock_holds_what_is_needed(name: str) -> None:
    """Every dependency of the project, of its tests and of its build, pinned and with its hashes: `python lock.py` renews it."""
    assert "--hash=sha256:" in _locked().get(name, "")


def test_everything_in_the_lock_has_hashes() -> None:
    """`--require-hashes` refuses the whole of it otherwise."""
    assert [] == [name for name, rest in _locked().items() if "--hash=sha256:" not in rest]


def test_ci_calls_the_readmes_own_command() -> None:
    """What CI looks for stands in the README, once."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "start\\.py test" in script
    assert 1 == len([line for line in commands(README) if line.startswith("python3 start.py test")])


def test_it_is_set_up_again_only_when_something_changed(
    start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp in the environment holds the lock's and the project's digest."""
    monkeypatch.setattr(start, "STAMP", str(tmp_path / "stamp"))
    (tmp_path / "stamp").write_text(start._digest())
    monkeypatch.setattr(start.subprocess, "check_call", lambda _: pytest.fail("it set up again"))
    start.set_up()


def test_a_broken_environment_is_made_anew(start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One without pip, or without a Python at all, is not taken for whole."""
    monkeypatch.setattr(start, "PYTHON", str(tmp_path / "python"))
    assert not start._is_whole()
    monkeypatch.setattr(start, "PYTHON", sys.executable)
    monkeypatch.setattr(start.subprocess, "call", lambda *_, **__: 1)
    assert not start._is_whole()


def test_a_folder_that_cannot_be_written_is_said(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit 2."""

    def refused() -> None:
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(start, "set_up", refused)
    assert 2 == start.main()
    assert "Setting up failed: [Errno 13] Permission denied: '.venv'" in capsys.readouterr().err
