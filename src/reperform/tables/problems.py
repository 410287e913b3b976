"""Problems, by severity; equal ones are said once, with all their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reperform.model import IgnoredMarker, Place, Problem
from reperform.tables.printing import clean, indented, plural, render, short, stacked, text

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["ignored_list", "ignored_text", "place_text", "problem_list", "problems_text"]

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold"}
_PLACES, _MARKERS = 4, 8
"""How many of a kind are shown before the rest is counted."""


def problems_text(problems: Sequence[Problem], *, width: int | None = None, styled: bool = False) -> str:
    """Errors, then warnings, then notes; empty where there is none of them."""
    return render(_with_gaps(problem_list(problems)), width=width, styled=styled)


def ignored_text(markers: Sequence[IgnoredMarker], *, width: int | None = None, styled: bool = False) -> str:
    """Why nothing is a mark: every marker with its reason, or that there is none."""
    if not markers:
        return render([text("There are no markers in this timeline.")], width=width, styled=styled)
    return render([text("No markers are marks."), ignored_list(markers)], width=width, styled=styled)


def place_text(place: Place) -> str:
    """Track, clip and record timecode, as far as they are known."""
    return clean("  ".join(part for part in (place.track, place.clip, place.timecode) if part))


def problem_list(problems: Sequence[Problem]) -> list[RenderableType]:
    """One block for each severity that there is."""
    blocks: list[RenderableType] = []
    for severity, style in _STYLES.items():
        found: dict[tuple[str, str | None], list[Place]] = {}
        for problem in problems:
            if problem.severity == severity:
                found.setdefault((problem.message, problem.fix), []).append(problem.where)
        if found:
            title = text(plural(sum(map(len, found.values())), severity), style)
            blocks.append(stacked(title, *(indented(_one(*said, places)) for said, places in found.items())))
    return blocks


def ignored_list(markers: Sequence[IgnoredMarker]) -> RenderableType:
    """Markers that are no marks, with the reasons."""
    lines: list[RenderableType] = []
    for marker in markers[:_MARKERS]:
        line = text("  ".join(part for part in (marker.record_in, marker.clip) if part), "dim")
        lines.append(indented(line.append(clean(f"  “{short(marker.text)}”: {marker.why}"), style="not dim")))
    if len(markers) > _MARKERS:
        lines.append(indented(text(f"and {len(markers) - _MARKERS} more (--json lists them all)", "dim")))
    return stacked(text(f"{plural(len(markers), 'marker')} left alone", "bold"), *lines)


def _one(message: str, fix: str | None, places: Sequence[Place]) -> RenderableType:
    named = list(dict.fromkeys(place_text(place) for place in places if place_text(place)))
    lines: list[RenderableType] = [text(place, "dim") for place in named[:_PLACES]]
    if len(named) > _PLACES:
        lines.append(text(f"and at {plural(len(named) - _PLACES, 'other place')}", "dim"))
    indent = 2 if named else 0
    lines.append(indented(text(message), indent))
    if fix:
        lines.append(indented(text(f"→ {fix}", "green"), indent))
    return stacked(*lines)


def _with_gaps(blocks: Sequence[RenderableType]) -> list[RenderableType]:
    return [part for block in blocks for part in (block, "")][:-1]
