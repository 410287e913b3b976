"""Media that are sent, and the services that they are sent to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from burned import make_movie, make_wave
from engines_http.emulated_kit import FRAMES, QUICKLY, RATE, fresh
from engines_http.sync_kit import ATTEMPT
from reperform.emulator import Emulator
from reperform.engines.base import Prepared


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of picture, v.mp4, and of sound, a.wav."""
    folder = tmp_path_factory.mktemp("sent")
    make_movie(folder / "v.mp4", rate=RATE, frames=FRAMES, channels=0)
    make_wave(folder / "a.wav", samples=48000)
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator(conduct=QUICKLY) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator, request: pytest.FixtureRequest) -> Emulator:
    """The service of the module's `ENGINE`, as if nothing had happened yet."""
    return fresh(running, request.module.ENGINE)


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """Files of a few kilobytes: what counts is that they arrive."""
    video, audio = tmp_path / f"{ATTEMPT}.mp4", tmp_path / f"{ATTEMPT}.wav"
    video.write_bytes(b"video" * 1000)
    audio.write_bytes(b"audio" * 1000)
    return Prepared(attempt_id=ATTEMPT, folder=tmp_path, video=video, audio=audio)
