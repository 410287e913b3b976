"""Media for the fake project, once a session."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from reperform_menu import child, exporting

from resolve.inside_kit import RECORDER, Inside
from resolve.running_kit import MARK, PERFORM, Menu, Ran, pythons
from resolve.scene_kit import Scene, World, make_scene
from sample_scene import alone, shared_by_workers

T = TypeVar("T")


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Its media, made once however many workers test."""
    return _kept(shared_by_workers(tmp_path_factory) / "resolve" / "cut", make_scene)


@pytest.fixture
def menu(tmp_path: Path) -> Menu:
    return Menu(tmp_path / "menu")


@dataclass(frozen=True)
class Recorded:
    """Two clips marked and performed by the preview, as an editor would: what the command said, and what came of it."""

    folder: Path
    marked: World
    ran: Ran
    menu: Menu


@pytest.fixture(scope="session")
def recorded(cut: Scene, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Marked and performed once, under the oldest Python at hand: the first clip angry, the second with a voice from a file."""
    return _kept(shared_by_workers(tmp_path_factory) / "resolve" / "recorded", lambda folder: _recorded(cut, folder))


@pytest.fixture
def inside(
    recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Inside:
    """The same command again, told from the recording, and the entries in this process."""
    monkeypatch.setattr(exporting, "PATIENCE", 0.05)
    monkeypatch.setattr(child, "GRACE", 2.0)
    return Inside(tmp_path, recorded.folder, monkeypatch, capfd)


@pytest.fixture
def inside_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Inside:
    """The entries in this process, for what never gets as far as the command."""
    (tmp_path / "nothing").mkdir()
    return Inside(tmp_path, tmp_path / "nothing", monkeypatch, capfd)


def _recorded(cut: Scene, folder: Path) -> Recorded:
    store = folder / "recording"
    store.mkdir(parents=True)
    command = (sys.executable, "-I", str(RECORDER), str(store))
    menu = Menu(folder / "menu", python=pythons()[0], command=command)
    world = cut.world()
    first, second, _ = world.shots
    file = {"voice": "from a file", "audio": str(cut.folder / "guide.wav"), "emotion": "sad"}
    for shot, values in ((first, {"emotion": "angry"}), (second, file)):
        world.timeline["selected"] = [shot["id"]]
        mark = {"title": "To mark", "button": "mark", "values": values}
        world = menu.choose(MARK, world, mark, {"title": "Marked V1", "button": "cancel"}).world
        world.timeline["selected"] = []
    return Recorded(store, world, menu.choose(PERFORM, world, seconds=600), menu)


def _kept(folder: Path, make: Callable[[Path], T]) -> T:
    """What the first worker to need it made, for all of them."""
    folder.parent.mkdir(exist_ok=True)
    kept = folder.with_suffix(".pickle")
    with alone(folder.with_suffix(".lock")):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder)))
    made: T = pickle.loads(kept.read_bytes())
    return made
