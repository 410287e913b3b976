"""One film for all tests of its takes."""

from __future__ import annotations

import pytest

from checks.performed import Film


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Of a face before a moving camera, 36 frames."""
    return Film(tmp_path_factory.mktemp("film"))
