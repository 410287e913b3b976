"""One film and one voice, as for performing."""

from __future__ import annotations

from pathlib import Path

import pytest

from performing.conftest import film
from performing.performing_kit import cue, plan_of, shot
from reperform.model import Plan

__all__ = ["film", "one_cue", "project"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "cut.reperform"


@pytest.fixture
def one_cue(tmp_path: Path, film) -> Plan:  # type: ignore[no-untyped-def]
    return plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, emotion="angry")))
