"""`reperform resolve doctor`: why the menu stays empty."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from reperform.cli import command
from reperform.doctor import Finding
from reperform.resolve.doctor import examine_menu
from reperform.resolve.folders import Folders, System, folders_of
from reperform.resolve.installing import NOTE, install
from reperform.resolve.pythons import Machine
from reperform.resolve.versions import Started, last_started

LOG = (
    "0x7f2d858cd600 | Undefined            | INFO  | {at},900 | ------------------------------\n"
    "0x7f2d858cd600 | Main                 | INFO  | {at},961 | Running DaVinci Resolve{edition} v{version} (Linux/Clang x86_64)\n"
    "0x7f2d858cd600 | Main                 | INFO  | {at},961 | BMD_BUILD_UUID 6f7f8faa\n"
)
ANSWERS = (sys.executable, "-c", "print('reperform, version 0')")


def user(tmp_path: Path, system: System = "linux") -> Folders:
    environment = {
        "HOME": str(tmp_path / "home"),
        "APPDATA": str(tmp_path / "roaming"),
        "LOCALAPPDATA": str(tmp_path / "local"),
        "PROGRAMDATA": str(tmp_path / "data"),
        "PROGRAMFILES": str(tmp_path / "programs"),
    }
    return folders_of(system, environment=environment, root=None if system == "windows" else tmp_path)


def started(folders: Folders, version: str, *, studio: bool = True, at: str = "2031-02-28 23:53:02") -> None:
    folders.logs[0].parent.mkdir(parents=True, exist_ok=True)
    with folders.logs[0].open("a", encoding="utf-8") as log:
        log.write(LOG.format(at=at, edition=" Studio" if studio else "", version=version))


def programs(folders: Folders, *, own: bool = False, root: Path | None = None) -> None:
    wanted = [
        folders.programs[0],
        *([folders.own_python] if own else []),
        *([root / "usr/bin/python3"] if root else []),
    ]
    for path in wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def machine(tmp_path: Path, **more: object) -> Machine:
    given = {"launchd": lambda name: "", "registered": list, "root": tmp_path, **more}
    return Machine(**given)  # type: ignore[arg-type]  # what a test gives


def examined(folders: Folders, tmp_path: Path, **more: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine_menu(folders, machine(tmp_path, **more))}


def test_where_all_is_well_nothing_is_wrong(tmp_path: Path) -> None:
    """Studio of this year, installed before it was last started."""
    folders = user(tmp_path)
    install(folders, command=ANSWERS)
    started(folders, "21.1.0.0012")
    programs(folders, own=True)
    found = examined(folders, tmp_path)
    assert {name: one.state for name, one in found.items()} == {
        "edition": "good", "program": "good", "entries": "good", "for scripts": "good", "command": "good", "project": "note",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "studio", "state", "fix"),
    [
        ("21.1.0.0012", False, "wrong", "lists no Python scripts at all"),
        ("20.3.0.0010", False, "note", "the panels open in your browser"),
        ("19.1.4.0011", False, "note", "the panels open in your browser"),
        ("18.6.6.0007", False, "note", "Built for 19.1 and later"),
        ("18.1.4.0009", True, "wrong", "exports OTIO from 18.5 on"),
        ("19.0.3.0004", True, "note", "Built for 19.1 and later"),
        ("20.3.1.0006", True, "good", ""),
    ],
    ids=["free 21.1", "free 20.3", "free 19.1", "free 18.6", "Studio 18.1", "Studio 19.0", "Studio 20.3"],
)
def test_edition_and_version_are_judged(tmp_path: Path, version: str, studio: bool, state: str, fix: str) -> None:
    """What the log of Resolve's last start says decides what the menu can do."""
    folders = user(tmp_path)
    started(folders, version, studio=studio)
    found = examined(folders, tmp_path)["edition"]
    assert (found.state, fix in (found.fix or "")) == (state, True)


def test_the_last_start_counts(tmp_path: Path) -> None:
    """Somebody updated; an unreadable line is passed over."""
    folders = user(tmp_path)
    started(folders, "18.1.4.0009", studio=False, at="2023-03-16 15:31:50")
    with folders.logs[0].open("ab") as log:
        log.write(b"\xff\xfe Running DaVinci Resolve v99\n")
    started(folders, "20.3.1.0006", at="2026-01-02 03:04:05")
    started(folders, "19.0.0.0001", at="2025-01-02 03:04:05")
    assert last_started(folders.logs) == Started(True, (20, 3, 1), datetime(2026, 1, 2, 3, 4, 5))


def test_without_a_log_both_editions_are_told(tmp_path: Path) -> None:
    """It cannot know, and says so."""
    assert "not known" in examined(user(tmp_path), tmp_path)["edition"].value


@pytest.mark.parametrize(
    ("system", "version", "own", "given", "state", "said"),
    [
        ("linux", "21.1.0.1", True, {}, "good", "Resolve's own"),
        ("macos", "21.1.0.1", False, {}, "wrong", "Resolve’s own is not at"),
        ("windows", "20.3.0.1", False, {"registered": lambda: [("3.9", "C:\\P39"), ("3.12", "C:\\P312")]}, "good", "3.12 (C:\\P312)"),
        ("windows", "20.3.0.1", False, {"registered": lambda: [("3.11-32", "C:\\P32"), ("2.7", "C:\\P27")]}, "wrong", "no 64-bit Python 3"),
        ("macos", "20.3.0.1", False, {}, "wrong", "/usr/local/bin/python3, which is not there"),
        ("macos", "20.3.0.1", False, {"launchd": lambda name: "/nowhere"}, "wrong", "PYTHON3HOME of launchctl is /nowhere"),
        ("linux", "20.3.0.1", False, {}, "wrong", "system's python3, which is not there"),
        ("linux", "20.3.0.1", True, {}, "wrong", "system's python3, which is not there"),
    ],
    ids=[
        "its own", "its own is gone", "Windows, the newest", "Windows, 32 bits", "no Python on the Mac", "PYTHON3HOME to nowhere",
        "no Python on Linux", "its own counts only from 21.1",
    ],
)  # fmt: skip
def test_the_interpreter_is_named(
    tmp_path: Path, system: System, version: str, own: bool, given: dict[str, object], state: str, said: str
) -> None:
    """By far the commonest reason for an empty menu, and Resolve does not say it."""
    folders = user(tmp_path, system)
    started(folders, version)
    programs(folders, own=own)
    found = examined(folders, tmp_path, **given)["for scripts"]
    assert (found.state, said in found.value) == (state, True)


def test_a_python_that_resolve_does_not_like_is_named(tmp_path: Path) -> None:
    """Homebrew's, behind the link that Resolve takes."""
    folders = user(tmp_path, "macos")
    started(folders, "20.3.0.1")
    real = tmp_path / "opt/homebrew/Cellar/python@3.12/bin/python3"
    link = tmp_path / "usr/local/bin/python3"
    for path in (real, link):
        path.parent.mkdir(parents=True)
    real.touch()
    link.symlink_to(real)
    found = examined(folders, tmp_path)["for scripts"]
    assert (found.state, "homebrew" in found.value, "python.org" in (found.fix or "")) == ("note", True, True)


def test_the_app_store_s_build_is_named_as_unsupported(tmp_path: Path) -> None:
    """It is confined to a folder of its own, and sees nothing of ours."""
    folders = user(tmp_path, "macos")
    (tmp_path / "home/Library/Containers/com.blackmagic-design.DaVinciResolveLite").mkdir(parents=True)
    found = examined(folders, tmp_path)["App Store"]
    assert (found.state, "not supported" in (found.fix or "")) == ("wrong", True)


def test_missing_changed_and_doubled_entries_are_told(tmp_path: Path) -> None:
    """Each with its path."""
    folders = user(tmp_path)
    install(folders, command=ANSWERS)
    (folders.entries / "Reperform - Takes.py").unlink()
    changed = folders.entries / "Reperform - Self-Test.py"
    changed.write_text("mine", encoding="utf-8")
    double = folders.scripts / "Edit" / "Reperform - Takes.py"
    double.parent.mkdir()
    double.touch()
    found = examined(folders, tmp_path)
    assert found["entries"].value == f"1 of the 5 in {folders.entries}"
    assert (found["changed"].value, found["listed twice"].value) == (str(changed), str(double))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/nowhere/reperform"], "No such file"),
        ([sys.executable, "-c", "raise SystemExit('No module named reperform')"], "No module named reperform"),
    ],
    ids=["the program is gone", "its environment is"],
)
def test_a_command_that_no_longer_starts_is_told(tmp_path: Path, words: list[str], said: str) -> None:
    """An environment that was removed leaves the menu without what it calls."""
    folders = user(tmp_path)
    install(folders, command=tuple(words))
    found = examined(folders, tmp_path)["command"]
    assert (found.state, said in found.value) == ("wrong", True)


@pytest.mark.parametrize("text", ["{", "[]", '{"command": 1}'], ids=["cut off", "a list", "without its parts"])
def test_a_note_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    """And not a traceback."""
    folders = user(tmp_path)
    install(folders, command=ANSWERS)
    (folders.entries / NOTE).write_text(text, encoding="utf-8")
    assert examined(folders, tmp_path)[NOTE].state == "wrong"


def test_a_resolve_that_was_not_restarted_is_told(tmp_path: Path) -> None:
    """It looks for scripts when it starts."""
    folders = user(tmp_path)
    install(folders, command=ANSWERS)
    hour = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time.time() - 3600))
    started(folders, "20.3.1.0006", at=hour)
    assert examined(folders, tmp_path)["restarted"].fix == "Restart Resolve: it looks for scripts when it starts."


def test_the_command_s_status_says_whether_anything_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 where something is missing or wrong, and a document with `--json`."""
    for name in ("APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    monkeypatch.setenv("USERPROFILE", os.fspath(tmp_path))
    assert command.main(["resolve", "doctor", "--json"], standalone_mode=False, obj={}) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert {"group": "menu", "name": "entries", "state": "missing"}.items() <= document["findings"][2].items()
