"""Cues that nobody has consented to, where consent is required."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reperform.model import Cue, Place, Problem, Shot

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.workflow.documents import Planned

__all__ = ["unconsented", "with_consent_required"]


def unconsented(shots: Sequence[Shot], settings: Settings) -> list[Problem]:
    """An error for each cue without consent; none where it is not required."""
    if not settings.require_consent:
        return []
    return [
        Problem(
            severity="error",
            where=_place(shot, cue),
            message=f"nobody has consented to the cue{f' of {cue.character}' if cue.character else ''}",
            fix="Write it into the mark, as consent: SAG-2031; or for all marks with --direction 'consent: SAG-2031'.",
        )
        for shot in shots
        for cue in shot.cues
        if not (cue.direction.consent or "").strip()
    ]


def _place(shot: Shot, cue: Cue) -> Place:
    return Place(track=shot.track, clip=shot.clip, timecode=cue.record_in)


def with_consent_required(planned: Planned, settings: Settings) -> Planned:
    """A plan that was made before, with an error for each of its meant cues without consent."""
    plan = planned.plan
    meant = [shot.model_copy(update={"cues": _meant(shot, planned.only)}) for shot in plan.shots]
    found = [problem for problem in unconsented(meant, settings) if problem not in plan.problems]
    if not found:
        return planned
    stopped = {problem.where for problem in found}
    shots = tuple(
        shot.model_copy(update={"jobs": ()}) if stopped & {_place(shot, cue) for cue in shot.cues} else shot
        for shot in plan.shots
    )
    problems = (*plan.problems, *found)
    return replace(planned, plan=plan.model_copy(update={"shots": shots, "problems": problems}))


def _meant(shot: Shot, only: frozenset[str] | None) -> tuple[Cue, ...]:
    return shot.cues if only is None else tuple(cue for cue in shot.cues if cue.id in only)
