"""The markers of Final Cut Pro 7 XML: of a clip in frames of its media from zero, of a sequence in frames from its start."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio

from reperform.timeline.adapters.fcp7_elements import METADATA, color_of, kept, number
from reperform.timeline.adapters.making import marker
from reperform.timeline.adapters.xml_tree import Element, text_of
from reperform.timing import Rate

__all__ = ["markers_of"]


def markers_of(element: Element, rate: Rate, *, after: Fraction = Fraction(0)) -> Iterator[otio.schema.Marker]:
    """The markers of a clip or a sequence; `after` is the time, in seconds, that their zero stands for.

    The words stay where OTIO's own adapter keeps them: the comment in `fcp_xml`.
    """
    for found in element.findall("marker"):
        first, last = number(found, "in"), number(found, "out", -1)
        if first is None or first < 0:
            continue
        length = last - first if last is not None and last > first else 0
        yield marker(
            text_of(found, "name") or "",
            start=after + first / rate,
            duration=length / rate,
            rate=rate,
            color=color_of(found) or "RED",
            metadata={METADATA: kept(found, {"in", "out", "name"})},
        )
