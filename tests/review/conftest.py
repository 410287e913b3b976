"""A scene that was run once; what writes into it works on a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reperform.review.serving import Review
from review import browser as eyes
from review.review_kit import Visitor, reviewed
from whole.scene import Scene, make_scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_HOMES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a scene that was run once."""
    with eyes.performed_scene(tmp_path_factory) as scene:
        yield scene.folder


@pytest.fixture(scope="module")
def browser(performed: Path) -> Iterator[Browser]:
    with eyes.opened() as made:
        yield made


@pytest.fixture(scope="session")
def performed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scene after its run."""
    home = tmp_path_factory.mktemp("home of the scene under review")
    before = {name: os.environ.get(name) for name in _HOMES}
    os.environ.update({name: str(home / name) for name in _HOMES})
    try:
        scene = make_scene(tmp_path_factory.mktemp("under review") / "scene")
        scene.run()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    return scene.folder


@pytest.fixture
def copy(performed_once: Path, tmp_path: Path) -> Scene:
    """The scene in a folder of the test's own. The project does not know there who wrote the timeline."""
    shutil.copytree(performed_once, tmp_path / "scene")
    return Scene(tmp_path / "scene")


@pytest.fixture(scope="module")
def review(performed_once: Path) -> Iterator[Review]:
    """A review that nothing is decided in."""
    with reviewed(Scene(performed_once)) as found:
        yield found


@pytest.fixture(scope="module")
def visitor(review: Review) -> Iterator[Visitor]:
    """A browser that was let in."""
    found = Visitor(review)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _close_browsers() -> Iterator[None]:
    before = list(Visitor.open)
    yield
    for each in [visitor for visitor in Visitor.open if visitor not in before]:
        each.close()
