"""The room, run once; every test goes on from a copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reattaching.recut_kit import Room, copy_of, make_room


@pytest.fixture(scope="session")
def first_room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """As it was after its first run; not to be written to."""
    home = tmp_path_factory.mktemp("home of the first run")
    before = {
        name: os.environ.get(name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    }
    os.environ.update({name: str(home / name) for name in before})
    try:
        return make_room(tmp_path_factory.mktemp("room") / "cut")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture
def room(first_room: Room, tmp_path: Path) -> Room:
    return copy_of(first_room, tmp_path / "cut")
