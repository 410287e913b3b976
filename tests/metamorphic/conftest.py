"""The media of the metamorphic tests, made once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from metamorphic.scenes import Asked, asked, empty_home, make_rushes, scene
from whole import cut_kit as cut


@pytest.fixture(scope="session")
def rolls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the rushes and the cut as it was first, `cut.otio`."""
    folder = make_rushes(tmp_path_factory.mktemp("rolls"))
    cut.save(scene(folder), folder / "cut.otio")
    return folder


@pytest.fixture(scope="session")
def first_asked(rolls: Path, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Asked]:
    """What the cut asks for as it was first."""
    with empty_home(tmp_path_factory.mktemp("home")):
        return asked(rolls / "cut.otio")
