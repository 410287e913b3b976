"""One film and one voice for all tests of performing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from performing.performing_kit import Service, cue, make_film, make_voice, plan_of, probed, shot
from reperform.model import Plan, Source


@dataclass(frozen=True)
class Film:
    """A film and the voice for it."""

    source: Source
    voice: Path
    other_voice: Path


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("film")
    return Film(
        source=probed(make_film(folder)),
        voice=make_voice(folder),
        other_voice=make_voice(folder, "other.wav", start=500_000),
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "cut.reperform"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "service")


@pytest.fixture
def one_cue(tmp_path: Path, film: Film) -> Plan:
    return plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, emotion="angry")))
