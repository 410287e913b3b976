"""A scene that was run once; every test goes on from a copy of its folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from whole.scene import Scene, make_scene


@pytest.fixture(scope="session")
def rushes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scene before its first run."""
    return make_scene(tmp_path_factory.mktemp("rushes") / "scene").folder


@pytest.fixture(scope="session")
def first_run(rushes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scene after its first run."""
    home = tmp_path_factory.mktemp("home of the first run")
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(home / name) for name in names})
    try:
        folder = tmp_path_factory.mktemp("scene") / "scene"
        shutil.copytree(rushes, folder)
        Scene(folder).run()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return folder


@pytest.fixture
def unrun(rushes: Path, tmp_path: Path) -> Scene:
    """The scene, never run, in a folder of its own."""
    shutil.copytree(rushes, tmp_path / "scene")
    return Scene(tmp_path / "scene")


@pytest.fixture
def scene(first_run: Path, tmp_path: Path) -> Scene:
    """The scene, run once, in a folder of its own."""
    shutil.copytree(first_run, tmp_path / "scene")
    return Scene(tmp_path / "scene")
