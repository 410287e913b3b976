"""`reperform resolve install` and `uninstall`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reperform import __version__
from reperform.cli import command
from reperform.errors import InputError, ReperformError
from reperform.resolve.folders import Folders, System, folders_of
from reperform.resolve.installing import MANIFEST, NOTE, command_words, install, manifest, uninstall

ENTRIES = [
    "Reperform - Import Takes Timeline.py",
    "Reperform - Mark Dialogue.py",
    "Reperform - Perform Marked.py",
    "Reperform - Self-Test.py",
    "Reperform - Takes.py",
]
SYSTEMS: tuple[System, ...] = ("macos", "windows", "linux")


def user(tmp_path: Path, system: System = "linux") -> Folders:
    """A new user of that system, whose name is not ASCII."""
    home = tmp_path / "Jörg Müller"
    environment = {
        "HOME": str(home),
        "APPDATA": str(home / "AppData/Roaming"),
        "LOCALAPPDATA": str(home / "AppData/Local"),
        "PROGRAMDATA": str(tmp_path / "ProgramData"),
        "PROGRAMFILES": str(tmp_path / "Program Files"),
    }
    return folders_of(system, environment=environment, root=tmp_path if system != "windows" else None)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("system", "scripts", "everybody", "library"),
    [
        (
            "macos",
            "/home/mara/Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts",
            "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts",
            "/home/mara/Library/Application Support/reperform/resolve",
        ),
        (
            "windows",
            "/roam/Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts",
            "/data/Blackmagic Design/DaVinci Resolve/Fusion/Scripts",
            "/local/reperform/resolve",
        ),
        (
            "linux",
            "/home/mara/.local/share/DaVinciResolve/Fusion/Scripts",
            "/opt/resolve/Fusion/Scripts",
            "/xdg/reperform/resolve",
        ),
    ],
    ids=SYSTEMS,
)
def test_each_system_has_its_folders(system: System, scripts: str, everybody: str, library: str) -> None:
    """As Blackmagic's README has them: Windows' user folder with `Support` and without a second `Roaming`."""
    environment = {
        "HOME": "/home/mara", "APPDATA": "/roam", "LOCALAPPDATA": "/local", "PROGRAMDATA": "/data", "XDG_DATA_HOME": "/xdg",
    }  # fmt: skip
    found = folders_of(system, environment=environment)
    assert (found.scripts, found.everybody[0], found.library) == (Path(scripts), Path(everybody), Path(library))
    assert found.entries == Path(scripts) / "Utility" / "Reperform"


@pytest.mark.parametrize("environment", [{}, {"HOME": "not/absolute"}], ids=["none", "relative"])
def test_a_home_that_is_not_known_is_said(environment: dict[str, str]) -> None:
    """Nothing is written beside the working folder."""
    with pytest.raises(InputError, match="does not say where your home folder is"):
        folders_of("linux", environment=environment)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_menu_lists_the_entries_and_nothing_else(tmp_path: Path, system: System) -> None:
    """Below Scripts there are the entries and their note: a module there would be listed too."""
    folders = user(tmp_path, system)
    done = install(folders, command=("/opt/reperform",))
    assert sorted(tree(folders.scripts)) == [f"Utility/Reperform/{name}" for name in sorted([*ENTRIES, NOTE])]
    assert [path.name for path in done.entries] == ENTRIES
    assert (folders.library / "reperform_menu" / "panels" / "page.html").is_file()


def test_the_note_says_how_to_call_the_command(tmp_path: Path) -> None:
    """Absolute: programs started from a dock have a short PATH."""
    folders = user(tmp_path)
    install(folders)
    assert json.loads((folders.entries / NOTE).read_text(encoding="utf-8")) == {
        "version": 1,
        "command": [sys.executable, "-m", "reperform"],
        "library": str(folders.library),
        "installed": __version__,
    }
    done = subprocess.run([*command_words(), "--version"], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == f"reperform, version {__version__}\n"


def test_the_library_can_be_imported_from_where_it_was_put(tmp_path: Path) -> None:
    """All of it is there, data files too."""
    folders = user(tmp_path)
    install(folders)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from reperform_menu.panels.page import PagePanel; "
        "panel = PagePanel(lambda link: True); panel.close(); "
        "from reperform_menu.panels import handling; handling._part('page.css'), handling._part('page.js')"
    )
    child = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, folders.library], capture_output=True, text=True
    )
    assert (child.returncode, child.stderr) == (0, "")


def test_twice_is_once(tmp_path: Path) -> None:
    """The second time writes nothing."""
    folders = user(tmp_path)
    install(folders)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert install(folders).changed == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_out_again_leaves_what_was_there(tmp_path: Path) -> None:
    """Exactly what was put there goes, with what Python compiled of it; another's script beside it stays."""
    folders = user(tmp_path)
    folders.scripts.joinpath("Utility").mkdir(parents=True)
    folders.scripts.joinpath("Utility", "Other.py").write_text("theirs", encoding="utf-8")
    before = tree(tmp_path)
    install(folders)
    compiled = folders.library / "reperform_menu" / "__pycache__"
    compiled.mkdir()
    (compiled / "marks.cpython-36.pyc").touch()
    done = uninstall(folders)
    assert (tree(tmp_path), done.kept, len(done.removed) > len(ENTRIES)) == (before, (), True)
    assert (folders.entries.exists(), folders.library.exists()) == (False, False)


def test_out_twice_is_no_error(tmp_path: Path) -> None:
    """There is nothing left to do."""
    folders = user(tmp_path)
    install(folders)
    uninstall(folders)
    assert uninstall(folders).removed == ()


def test_an_entry_that_its_user_changed_stays_and_is_named(tmp_path: Path) -> None:
    """It is theirs now."""
    folders = user(tmp_path)
    install(folders)
    changed = folders.entries / ENTRIES[0]
    changed.write_text("mine", encoding="utf-8")
    assert uninstall(folders).kept == (changed,)
    assert tree(folders.scripts) == {f"Utility/Reperform/{ENTRIES[0]}": b"mine"}


def test_what_stands_in_the_way_is_kept_where_resolve_does_not_list_it(tmp_path: Path) -> None:
    """A changed entry is replaced, and lies beside under an ending that is no script's."""
    folders = user(tmp_path)
    install(folders)
    (folders.entries / ENTRIES[1]).write_text("mine", encoding="utf-8")
    done = install(folders)
    kept = folders.entries / f"{ENTRIES[1]}.kept1"
    assert (done.kept, done.changed, kept.read_text(encoding="utf-8")) == ((kept,), 1, "mine")


def test_a_newer_version_takes_the_place_of_an_older(tmp_path: Path) -> None:
    """What the older had and the newer has not goes."""
    folders = user(tmp_path)
    source = tmp_path / "older"
    (source / "Reperform").mkdir(parents=True)
    (source / "reperform_menu").mkdir()
    (source / "Reperform" / "Reperform - Old.py").write_text("old", encoding="utf-8")
    (source / "Reperform" / ENTRIES[0]).write_text("old", encoding="utf-8")
    (source / "reperform_menu" / "__init__.py").write_text("", encoding="utf-8")
    install(folders, source=source)
    done = install(folders)
    assert ([path.name for path in done.entries], done.kept) == (ENTRIES, ())
    assert not (folders.entries / "Reperform - Old.py").exists()


@pytest.mark.parametrize("system", SYSTEMS)
def test_nothing_is_ever_listed_twice(tmp_path: Path, system: System) -> None:
    """Where the folder for all users has them, the user's is refused, with its place and the way out."""
    folders = user(tmp_path, system)
    shared = folders.everybody[0] / "Utility"
    shared.mkdir(parents=True)
    (shared / ENTRIES[0]).touch()
    with pytest.raises(InputError) as refused:
        install(folders)
    assert refused.value.message == f"Resolve's scripts for all users hold reperform's entries already: {shared}"
    assert not folders.scripts.exists()


@pytest.mark.parametrize(
    "told",
    ["not JSON", '{"files": 3}', '{"files": [{"path": "/etc/hosts"}]}'],
    ids=["not JSON", "another form", "half of it"],
)
def test_a_manifest_that_cannot_be_read_removes_nothing(tmp_path: Path, told: str) -> None:
    """What is ours is not known then."""
    folders = user(tmp_path)
    install(folders)
    (folders.library / MANIFEST).write_text(told, encoding="utf-8")
    assert (manifest(folders), uninstall(folders).removed) == ({}, ())


def test_a_manifest_names_no_file_elsewhere(tmp_path: Path) -> None:
    """Whoever wrote into it: only what lies in our two folders is ever removed."""
    folders = user(tmp_path)
    install(folders)
    told = json.loads((folders.library / MANIFEST).read_text(encoding="utf-8"))
    victim = tmp_path / "film.mov"
    victim.touch()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    beside = folders.library / ".." / ".." / "film.mov"
    told["files"] += [{"path": str(victim), "sha256": empty}, {"path": str(beside), "sha256": empty}]
    (folders.library / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    uninstall(folders)
    assert victim.exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """In a sentence, with what to look at."""
    folders = user(tmp_path)
    folders.support.parent.mkdir(parents=True)
    folders.support.write_text("a file", encoding="utf-8")
    with pytest.raises(ReperformError, match="DaVinciResolve") as refused:
        install(folders)
    assert "no administrator" in str(refused.value.fix)


def test_the_command_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the entries are, and what to do now."""
    for name in ("XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    said = []
    for words in (["install"], ["install"], ["uninstall", "--json"], ["uninstall"]):
        assert not command.main(["resolve", *words], standalone_mode=False, obj={})
        said.append(capsys.readouterr())
    entries = folders_of().entries
    assert said[0].out == f"5 entries are in {entries}\n"
    assert "Restart Resolve, open a project, and choose Workspace ▸ Scripts ▸ Reperform." in said[0].err
    assert said[1].out == f"5 entries were already in {entries}\n"
    assert sorted(json.loads(said[2].out)) == ["kept", "removed", "version"]
    assert said[3].out == "Nothing of reperform was installed there.\n"
