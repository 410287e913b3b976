"""Every test has its own empty home for settings and state, and no credentials."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    for name in _FOLDERS:
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in list(os.environ):
        if name.startswith("REPERFORM_") or name.endswith("_API_KEY") or name.startswith("FAL_KEY"):
            monkeypatch.delenv(name)
    return home
