"""Where the markers of a cut stand, whoever wrote them, for formats that count them in their own way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from reperform.timeline.cut import Cut
from reperform.timeline.dialects.base import MarkerText
from reperform.timeline.index import build

__all__ = ["Mark", "Marks", "marks_of"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A marker. Times are exact seconds, from the beginning of what is seen of its clip; of the cut, where it stands on none."""

    start: Fraction
    length: Fraction
    text: MarkerText
    color: str | None


@dataclass(kw_only=True)
class Marks:
    """All markers that stand where something is seen."""

    of_clips: dict[tuple[int, ...], list[Mark]] = field(default_factory=lambda: defaultdict(list))
    """By the address of the clip."""
    of_cut: list[Mark] = field(default_factory=list)
    """On no clip, in record time."""
    unplaced: int = 0
    """How many were trimmed away, or stand where nothing tells."""


def marks_of(cut: Cut) -> Marks:
    """The markers of a cut, as its dialect places them."""
    found = Marks()
    index = build(cut)
    for marker in index.markers:
        start, end = marker.record_start, marker.record_end
        if start is None or end is None or marker.trimmed_away:
            found.unplaced += 1
            continue
        mark = Mark(
            start=start - marker.clip.record_start if marker.clip is not None else start,
            length=max(end - start, 1 / cut.rate),
            text=index.cut.dialect.marker_text(marker.marker),
            color=marker.marker.color,
        )
        if marker.clip is not None:
            found.of_clips[marker.clip.address].append(mark)
        else:
            found.of_cut.append(mark)
    return found
