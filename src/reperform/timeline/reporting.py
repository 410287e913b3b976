"""Problems with their place: track, clip and record timecode."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from reperform.model import Place, Problem
from reperform.timeline.cut import Cut, PlacedClip

__all__ = ["Reporter"]

_NEAR = 50
"""Among so many one is not said again."""


class Reporter:
    """Collects the problems of one cut."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self.problems: list[Problem] = []
        self._last: dict[Problem, int] = {}
        """Where each stands last among them."""

    def error(self, clip: PlacedClip | None, at: Fraction | None, message: str, fix: str | None = None) -> None:
        """A problem that stops its shot. `at` is record seconds; None for the clip's own start."""
        self._add("error", clip, at, message, fix)

    def warning(self, clip: PlacedClip | None, at: Fraction | None, message: str, fix: str | None = None) -> None:
        """A problem that stops nothing, and may not be meant."""
        self._add("warning", clip, at, message, fix)

    def note(self, clip: PlacedClip | None, at: Fraction | None, message: str, fix: str | None = None) -> None:
        """Something to know."""
        self._add("note", clip, at, message, fix)

    def place(self, clip: PlacedClip | None, at: Fraction | None) -> Place:
        """A place in the cut; `at` is record seconds."""
        at = clip.record_start if at is None and clip else at
        timecode = None if at is None else self._cut.timecode(self._cut.record_frame(at))
        if clip is None:
            return Place(timecode=timecode)
        return Place(track=clip.track.label, clip=clip.name, timecode=timecode)

    def _add(
        self,
        severity: Literal["error", "warning", "note"],
        clip: PlacedClip | None,
        at: Fraction | None,
        message: str,
        fix: str | None,
    ) -> None:
        problem = Problem(severity=severity, where=self.place(clip, at), message=message, fix=_sentence(fix))
        last, number = self._last.get(problem), len(self.problems)
        if last is None or last < number - _NEAR:
            self._last[problem] = number
            self.problems.append(problem)


def _sentence(text: str | None) -> str | None:
    if not text:
        return None
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
