from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

import burned
from emulated import HOSTED, Client
from reperform.emulator import Conduct, Emulator


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second, 25 frames that carry their numbers."""
    path = tmp_path_factory.mktemp("sent") / "video.mp4"
    return burned.make_movie(path, rate=Fraction(25), frames=25, channels=0, size=(160, 90))


@pytest.fixture(scope="session")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second."""
    return burned.make_wave(tmp_path_factory.mktemp("sent") / "audio.wav", samples=48000)


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator(conduct=Conduct(queue_seconds=0.02, run_seconds=0.02)) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    """One for all tests: nothing goes wrong in it but what the test asks for."""
    yield running
    running.clear_faults()


@pytest.fixture(scope="session")
def shared_client(running: Emulator) -> Iterator[Client]:
    client = Client(running)
    yield client
    client.http.close()


@pytest.fixture
def client(emulator: Emulator, shared_client: Client) -> Client:
    return shared_client


@pytest.fixture(scope="session")
def uploaded(shared_client: Client, video: Path, audio: Path) -> dict[str, tuple[str, str]]:
    """Addresses of the video and the sound, by engine."""
    return {engine: (shared_client.upload(engine, video), shared_client.upload(engine, audio)) for engine in HOSTED}


@pytest.fixture
def started(video: Path, audio: Path) -> Iterator[Callable[..., Client]]:
    """Starts an emulator of the test's own, with the conduct that it asks for."""
    made: list[Client] = []

    def start(**conduct: object) -> Client:
        usual = {"queue_seconds": 0.02, "run_seconds": 0.02}
        made.append(Client(Emulator(conduct=Conduct(**(usual | conduct))).start()))  # type: ignore[arg-type]  # passed on
        return made[-1]

    yield start
    for client in made:
        client.http.close()
        client.emulator.stop()
