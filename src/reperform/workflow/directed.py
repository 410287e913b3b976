"""One cue asked for with another direction than its mark says: the plan for just that, everything else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reperform.errors import InputError, PlanError
from reperform.model import Cue, Shot
from reperform.workflow.documents import Planned

if TYPE_CHECKING:
    from reperform.direction import Direction
    from reperform.settings import Settings
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import PlacedMarker

__all__ = ["with_direction"]


def with_direction(planned: Planned, cue_id: str, direction: Direction, settings: Settings) -> Planned:
    """The plan of the run that performs this cue so, by the engine and model of the settings. Sends nothing, and writes nothing.

    Raises:
        InputError: the cue cannot be performed so.
        PlanError: there is no such cue, or its mark is not in the timeline any more.
        SettingsError: the engine or its model does not exist, or the settings do not allow it.

    """
    from reperform.workflow.finding import whole_cut
    from reperform.workflow.plans import plan_shots

    shot, cue = _named(planned, cue_id)
    found = _found(planned, cue_id, direction, settings)
    made = next((each for each in found.shots if each.address == shot.address), None)
    if made is None or len(made.cues) != len(shot.cues):
        problem = next((each for each in found.problems if each.severity == "error"), None)
        raise InputError(
            problem.message if problem else "the cue cannot be performed so", fix=problem.fix if problem else None
        )
    again = made.cues[shot.cues.index(cue)].model_copy(update={"id": cue.id})
    plan = plan_shots(
        [shot.model_copy(update={"cues": (again,), "jobs": ()})],
        cut=planned.cut,
        settings=settings,
        plan_settings=planned.plan.settings,
        found=found,
        problems=found.problems,
        project=planned.project,
    )
    everywhere = [_with_cue(each, again) if each.id == shot.id else each for each in planned.plan.shots]
    plan = plan.model_copy(
        update={"shots": whole_cut(plan.shots, everywhere), "ignored_markers": planned.plan.ignored_markers}
    )
    return Planned(cut=planned.cut, plan=plan, project=planned.project, only=frozenset({cue.id}))


def _named(planned: Planned, cue_id: str) -> tuple[Shot, Cue]:
    for shot in planned.plan.shots:
        for cue in shot.cues:
            if cue.id == cue_id:
                return shot, cue
    raise PlanError(f"there is no cue “{cue_id}”", fix="Read the page anew.")


def _found(planned: Planned, cue_id: str, direction: Direction, settings: Settings) -> Found:
    """The cue's clip, with its mark saying this."""
    from reperform.linking.linker import Linker
    from reperform.timeline import cues
    from reperform.timeline.index import build
    from reperform.timeline.markup.existing import asked_in
    from reperform.workflow.finding import prober

    plan, index = planned.plan, build(planned.cut)
    asked = asked_in(index, plan.shots, plan.settings)
    mark: PlacedMarker | None = next((each.mark.placed for each in asked if each.id == cue_id), None)
    if mark is None:
        raise PlanError(f"the mark of “{cue_id}” is not in {planned.cut.path.name}", fix="Run the timeline again.")
    roots, hosts = plan.settings.media_roots, settings.allowed_hosts
    linker = Linker(planned.cut, prober(), media_roots=roots, allowed_hosts=hosts)
    return cues.find(index, linker, plan.settings, instead={mark: direction})


def _with_cue(shot: Shot, cue: Cue) -> Shot:
    return shot.model_copy(update={"cues": tuple(cue if each.id == cue.id else each for each in shot.cues), "jobs": ()})
