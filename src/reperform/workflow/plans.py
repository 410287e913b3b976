"""Plans: made of a timeline, or read again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reperform.errors import PlanError
from reperform.memory import in_tidy_memory, nothing_to_collect
from reperform.model import Cue, Plan, PlanSettings, Problem, Shot, TimelineInfo
from reperform.timing import format_timecode
from reperform.workflow.consenting import unconsented
from reperform.workflow.documents import Planned
from reperform.workflow.employing import engine_named
from reperform.workflow.finding import find_marked, kept_cues, selected, whole_cut, with_directions

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.storage import Storage
    from reperform.settings import Settings
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import Cut

__all__ = ["info_of", "is_plan", "load_plan", "make_plan", "plan_shots", "planned_again"]

_log = logging.getLogger(__name__)


@nothing_to_collect()
def make_plan(
    timeline: Path, settings: Settings, *, only: Sequence[str] = (), problems: Sequence[Problem] = ()
) -> Planned:
    """Read the timeline, find what is marked, and plan it. Sends nothing and writes nothing.

    `only` are the words of `--only`; `problems` were found with the settings.

    Raises:
        InputError: the timeline cannot be read, or a setting does not fit.
        LedgerError: the project's ledger cannot be read.

    """
    from reperform.ledger.projects import find as find_project
    from reperform.timeline.reading import read

    project = find_project(timeline, settings.project)
    cut = read(timeline, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    return in_tidy_memory(lambda: _planned(cut, settings, only, problems, project))


def _planned(cut: Cut, settings: Settings, only: Sequence[str], problems: Sequence[Problem], project: Path) -> Planned:
    from reperform.recalling import recalled

    cut = recalled(cut, project, settings.ledger)
    _log.info("read %s, as %s writes it; the project is %s", cut.path, cut.dialect.name, project)
    plan_settings = settings.for_plan()
    found, linker = find_marked(cut, plan_settings, settings)
    shots, more = with_directions(found.shots, settings)
    selection = selected(only, shots, found.cut)
    meant = _meant(shots, selection)
    plan = plan_shots(
        meant,
        cut=found.cut,
        settings=settings,
        plan_settings=plan_settings,
        found=found,
        problems=(*problems, *cut.notes, *found.problems, *linker.notes, *more, *unconsented(meant, settings)),
        project=project,
    )
    plan = plan.model_copy(update={"shots": whole_cut(plan.shots, shots)}) if selection is not None else plan
    return Planned(cut=found.cut, plan=plan, project=project, only=selection)


def _meant(shots: Sequence[Shot], selection: frozenset[str] | None) -> list[Shot]:
    if selection is None:
        return [shot for shot in shots if shot.cues]
    return [shot.model_copy(update={"cues": kept}) for shot in shots if (kept := kept_cues(shot, selection))]


_HEAD = 1 << 16


def is_plan(path: Path) -> bool:
    """Whether a file is meant as a plan: it ends in `.json`, and does not begin as OpenTimelineIO's own JSON."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with path.open("rb") as file:
            return b'"OTIO_SCHEMA"' not in file.read(_HEAD)
    except OSError:
        return True


def load_plan(
    path: Path,
    *,
    project: Path | None = None,
    only: Sequence[str] = (),
    changed: Mapping[str, Any] | None = None,
    storage: Storage | None = None,
) -> Planned:
    """A saved plan, with its timeline read again.

    `only` are the words of `--only`; `changed` are fields of its settings that are to be others when it is run; `storage`
    is as `Ledger.open` takes it.

    Raises:
        PlanError: it is no plan, or the timeline is not the one it was made of.
        InputError: a word of `only` fits no cue.

    """
    from reperform.ledger.projects import find as find_project
    from reperform.recalling import recalled

    try:
        plan = Plan.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise PlanError(f"there is no file “{path}”", fix="Check the path of the plan.") from error
    except (OSError, ValueError) as error:
        raise PlanError(
            f"“{path.name}” is not a plan of this version",
            cause=_first_fault(error),
            fix="Make it again: reperform plan TIMELINE --json.",
        ) from error
    if changed:
        plan = plan.model_copy(update={"settings": plan.settings.model_copy(update=dict(changed))})
    cut = _read_again(plan)
    if cut.sha256 != plan.timeline.sha256:
        raise PlanError(f"“{cut.path.name}” has changed since it was planned", fix="Plan it again.")
    selection = selected(only, plan.shots, cut)
    project = find_project(cut.path, project)
    return Planned(cut=recalled(cut, project, storage), plan=plan, project=project, only=selection)


def planned_again(
    document: str, project: Path, *, only: frozenset[str] | None, storage: Storage | None = None
) -> Planned:
    """A plan as the ledger keeps it, with its timeline read again. `storage` is as `Ledger.open` takes it.

    Raises:
        PlanError: the timeline is not the one that it was made of.
        TimelineError: it cannot be read.

    """
    from reperform.recalling import recalled

    plan = Plan.model_validate_json(document)
    cut = _read_again(plan)
    if cut.sha256 != plan.timeline.sha256:
        raise PlanError(f"“{cut.path.name}” has changed since it was planned", fix="Run it again.")
    return Planned(cut=recalled(cut, project, storage), plan=plan, project=project, only=only)


def _read_again(plan: Plan) -> Cut:
    """The plan's timeline as it was read for the plan."""
    from reperform.timeline.reading import read

    return read(
        plan.timeline.path,
        timeline_name=plan.settings.timeline_name,
        drop_frame=plan.timeline.drop_frame,
        rate=plan.settings.timeline_rate,
    )


def _first_fault(error: Exception) -> str:
    """What is wrong with a document first of all, and where in it."""
    if not isinstance(error, ValidationError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def plan_shots(
    shots: Sequence[Shot],
    *,
    cut: Cut,
    settings: Settings,
    plan_settings: PlanSettings,
    found: Found,
    problems: Sequence[Problem],
    project: Path,
) -> Plan:
    """The plan for shots that were found in a cut, and what of it is paid for already.

    Raises:
        SettingsError: the engine or its model does not exist, or the settings do not allow it.
        LedgerError: the project's ledger cannot be read.

    """
    from reperform import engines, planning
    from reperform.ledger.ledger import Ledger
    from reperform.media.loudness import quietest
    from reperform.performing.knowing import key_by

    engine = engine_named(settings.engine, settings, label=plan_settings.label)
    model = engines.model_of(engine, settings.model)
    with key_by(engine=engine, model=model, settings=plan_settings, folder=cut.path.absolute().parent) as key_of:
        keyed = [_keyed(shot, key_of) for shot in shots]
    ledger = Ledger.existing(project, settings.ledger)
    try:
        return planning.plan(
            keyed,
            info=info_of(cut),
            engine=engine,
            model=model,
            settings=plan_settings,
            ignored=found.ignored,
            problems=problems,
            paid=None if ledger is None else _paid(ledger),
            quietest=quietest,
        )
    finally:
        if ledger is not None:
            ledger.close()


def _keyed(shot: Shot, key_of: Callable[[Shot, Cue], str | None]) -> Shot:
    return shot.model_copy(
        update={"cues": tuple(cue.model_copy(update={"key": key_of(shot, cue)}) for cue in shot.cues)}
    )


def _paid(ledger: Ledger) -> Callable[[Shot, Cue], bool]:
    return lambda _, cue: cue.key is not None and ledger.results.paid_takes(cue.key) >= (cue.direction.takes or 1)


def info_of(cut: Cut) -> TimelineInfo:
    """What a plan says of the timeline that it is made of."""
    return TimelineInfo(
        path=cut.path.absolute(),
        sha256=cut.sha256,
        name=cut.name,
        rate=cut.rate,
        start=format_timecode(cut.start_frame, cut.rate, drop_frame=cut.drop_frame),
        drop_frame=cut.drop_frame,
        drop_frame_why=cut.drop_frame_why,
        dialect=cut.dialect.name,
    )
