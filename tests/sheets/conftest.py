"""What these tests share."""

from __future__ import annotations

from sample_scene import sample, scene, typed

__all__ = ["sample", "scene", "typed"]
