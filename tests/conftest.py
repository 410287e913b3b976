"""Every test has its own empty home for settings and state, and no credentials."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, on whatever busy machine; a test that looks further says so itself.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    for name in _FOLDERS:
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in list(os.environ):
        if name.startswith(("REPERFORM_", "FAL_KEY")) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    return home


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What `-v` does to the log ends with the test."""
    logger = logging.getLogger("reperform")
    before = logger.level, logger.propagate, list(logger.handlers)
    yield
    logger.setLevel(before[0])
    logger.propagate, logger.handlers = before[1], before[2]
