"""The editors whose files are known, one module each; which of them wrote a timeline is told by what it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.timeline.dialects import flame, hiero, kdenlive, premiere, resolve
from reperform.timeline.dialects.base import Dialect
from reperform.timeline.dialects.fingerprints import taken
from reperform.timeline.dialects.flame import FlameDialect
from reperform.timeline.dialects.hiero import HieroDialect
from reperform.timeline.dialects.kdenlive import KdenliveDialect
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.dialects.premiere import PremiereDialect
from reperform.timeline.dialects.resolve import ResolveDialect

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = [
    "Dialect",
    "FlameDialect",
    "HieroDialect",
    "KdenliveDialect",
    "OtioDialect",
    "PremiereDialect",
    "ResolveDialect",
    "detect",
]


def detect(timeline: otio.schema.Timeline) -> Dialect:
    """The dialect that a timeline is written in; `otio` where nothing in it names an editor."""
    seen = taken(timeline)
    if resolve.wrote(seen):
        return ResolveDialect()
    if premiere.wrote(seen):
        return PremiereDialect()
    if flame.wrote(seen):
        return FlameDialect()
    if hiero.wrote(seen):
        return HieroDialect()
    if kdenlive.wrote(timeline, seen):
        return KdenliveDialect()
    return OtioDialect()
