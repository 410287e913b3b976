"""Timelines with takes in formats other than OpenTimelineIO, one a module, and lists of the takes for a conform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.timeline.exporting.facts import Exported, Facts

__all__ = ["ENDINGS", "export"]

ENDINGS = (".fcpxml", ".xml", ".aaf")
"""What `export` writes; all else is OpenTimelineIO."""


def export(timeline: otio.schema.Timeline, place: Path, facts: Facts) -> Exported:
    """The timeline as a file of the format that the ending of `place` names.

    Raises:
        TimelineError: the format cannot hold it, or what writes the format is not installed.

    """
    ending = place.suffix.lower()
    if ending == ".fcpxml":
        from reperform.timeline.exporting.fcpxml import fcpxml

        return fcpxml(timeline, facts)
    if ending == ".xml":
        from reperform.timeline.exporting.fcp7 import fcp7

        return fcp7(timeline, facts)
    from reperform.timeline.exporting.aaf import aaf

    return aaf(timeline, facts)
