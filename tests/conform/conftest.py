"""One ProRes original, one H.264 original, and what came back for them, made once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import burned
import conforms
from reperform.model import Source
from reperform.timing import FrameRange

RATE = Fraction(24000, 1001)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conform")


@pytest.fixture(scope="session")
def sent() -> FrameRange:
    """What was sent of either original: a cue of 14 frames with six frames of context."""
    return FrameRange(20, 26)


@pytest.fixture(scope="session")
def cue() -> FrameRange:
    return FrameRange(26, 14)


@pytest.fixture(scope="session")
def prores(folder: Path) -> Source:
    path = burned.make_movie(
        folder / "prores.mov", rate=RATE, frames=60, codec="prores", timecode="14:22:10:05", reel="A007"
    )
    return conforms.source_at(path)


@pytest.fixture(scope="session")
def h264(folder: Path) -> Source:
    path = burned.make_movie(folder / "h264.mov", rate=RATE, frames=60, codec="h264", timecode="01:00:00:00")
    return conforms.source_at(path)


@pytest.fixture(scope="session")
def returned(folder: Path, sent: FrameRange) -> Path:
    return conforms.return_for(folder, sent, RATE)
