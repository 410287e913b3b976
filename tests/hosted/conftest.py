"""One emulator for a module, as if new for every test; all pauses short."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hosted.hosted_kit import ENGINES, PROMPT, Hosting, hurry, make_hosting
from reperform.emulator import Emulator


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator(conduct=PROMPT) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch.setattr)


@pytest.fixture
def emulator(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    running.clear_faults()
    until = time.monotonic() + 5
    while time.monotonic() < until and any(running.world.active(name) for name in ENGINES):
        time.sleep(0.01)
    world = running.world
    world.works.clear()
    for kept in (world.billed, world.leaks, world.seen, world.hooks, world.strangers):
        kept.clear()
    for name, key in running.environment.items():
        monkeypatch.setenv(name, key)
    return running


@pytest.fixture(scope="session")
def media(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hosting(tmp_path_factory.mktemp("media") / "cut", running).folder


@pytest.fixture
def hosting(media: Path, emulator: Emulator, tmp_path: Path) -> Hosting:
    """The cut, in a folder of its own."""
    shutil.copytree(media, tmp_path / "cut")
    return Hosting(tmp_path / "cut", emulator)
