"""Real timelines and footage that stand beside a developer's checkout; where they are absent, their tests skip."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def needs(path: str) -> pytest.MarkDecorator:
    """Skips a test where `shared/PATH` is absent."""
    return pytest.mark.skipif(not (SHARED / path).exists(), reason=f"needs shared/{path}, which is not here")
