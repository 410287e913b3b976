"""What these tests share."""

from __future__ import annotations

from sample_scene import sample

__all__ = ["sample"]
