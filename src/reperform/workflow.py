"""The main job as a list: read, find, plan; perform, conform, write. Every arrow of it is one module; this is what joins them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from reperform.choosing_cues import select_cues
from reperform.direction import Direction
from reperform.errors import Interrupted, PlanError, SettingsError, exit_code
from reperform.model import Cue, Place, Plan, PlanSettings, Problem, Shot, Source, Take, TimelineInfo
from reperform.timing import format_timecode

if TYPE_CHECKING:
    from reperform.engines.base import Engine
    from reperform.ledger.ledger import Ledger
    from reperform.performing.listening import Listener
    from reperform.performing.performed import Performed
    from reperform.settings import Settings
    from reperform.sources import Linker
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import Cut
    from reperform.timeline.saving import Saved

__all__ = ["Outcome", "Planned", "load_plan", "make_plan", "remember_choice", "run"]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, the cut it is for, and the project it belongs to."""

    cut: Cut
    plan: Plan
    project: Path
    only: frozenset[str] | None = None
    """Ids of the cues that are meant; None means all."""

    @property
    def status(self) -> int:
        """What `plan` exits with: 0 all can be done, 1 some shots cannot, 2 none can."""
        if not self.plan.errors:
            return 0
        return 1 if any(shot.jobs or any(cue.paid for cue in shot.cues) for shot in self.plan.shots) else 2


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run came to."""

    planned: Planned
    performed: Performed | None
    """None where there was nothing to perform."""
    saved: Saved | None
    """None where nothing could be done, and nothing was written."""
    chosen: Mapping[str, str | None]
    """By shot: the take that stands in the cut, `original`, or None."""
    problems: tuple[Problem, ...]
    see: str
    """How to see the takes in the editor."""

    @property
    def takes(self) -> tuple[Take, ...]:
        """Every take that there is of the plan's shots."""
        found = self.performed.takes.values() if self.performed else ()
        return tuple(take for takes in found for take in takes)

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command."""
        if self.performed and self.performed.refused:
            return exit_code(self.performed.refused)
        if self.saved is None:
            return 2
        return 1 if any(problem.severity == "error" for problem in self.problems) else 0


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

    cut = read(timeline, timeline_name=settings.timeline, drop_frame=settings.drop_frame)
    plan_settings = settings.for_plan()
    found, linker = _find(cut, plan_settings, settings)
    shots, more = _directed(found.shots, settings)
    selection = _selection(only, shots, found.cut)
    meant = [shot.model_copy(update={"cues": kept}) for shot in shots if (kept := _kept(shot, selection))]
    project = find_project(timeline, settings.project)
    plan = _plan(
        meant,
        cut=found.cut,
        settings=settings,
        plan_settings=plan_settings,
        found=found,
        problems=(*problems, *found.problems, *linker.notes, *more),
        project=project,
    )
    plan = plan.model_copy(update={"shots": _whole(plan.shots, shots)}) if selection is not None else plan
    return Planned(cut=found.cut, plan=plan, project=project, only=selection)


def load_plan(path: Path, *, project: Path | None = None) -> Planned:
    """A saved plan, with its timeline read again.

    Raises:
        PlanError: it is no plan, or the timeline is not the one it was made of.

    """
    from reperform.ledger.projects import find as find_project
    from reperform.timeline.reading import read

    try:
        plan = Plan.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise PlanError(f"there is no file “{path}”", fix="Check the path of the plan.") from error
    except (OSError, ValidationError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise PlanError(
            f"“{path.name}” is not a plan of this version",
            cause=said,
            fix="Make it again: reperform plan TIMELINE --json.",
        ) from error
    cut = read(
        plan.timeline.path, timeline_name=plan.settings.timeline_name, drop_frame=plan.timeline.drop_frame or None
    )
    if cut.sha256 != plan.timeline.sha256:
        raise PlanError(f"“{cut.path.name}” has changed since it was planned", fix="Plan it again.")
    return Planned(cut=cut, plan=plan, project=find_project(cut.path, project))


def run(
    planned: Planned,
    out: Path,
    settings: Settings,
    *,
    listener: Listener,
    another: Collection[str] = (),
) -> Outcome:
    """Perform the plan, and write the timeline with its takes to `out`.

    Raises:
        InputError: nothing can be done: `out` is the input, the engine does not perform, every shot has an error.
        Interrupted: stopped; the ledger goes on from here.

    """
    from reperform.ledger.ledger import Ledger

    _refuse_unfit(planned, out, settings)
    plan = planned.plan
    if plan.errors and not planned.plan.shots:
        return Outcome(planned=planned, performed=None, saved=None, chosen={}, problems=plan.problems, see="")
    if not plan.shots:
        return _write(planned, out, settings, performed=None, ledger=Ledger.existing(planned.project))
    with Ledger.open(planned.project) as ledger:
        performed = _perform(planned, ledger, settings, listener=listener, another=_cue_ids(another, plan))
        if not any(performed.takes.values()) and performed.problems:
            problems = (*plan.problems, *performed.problems)
            return Outcome(planned=planned, performed=performed, saved=None, chosen={}, problems=problems, see="")
        return _write(planned, out, settings, performed=performed, ledger=ledger)


def remember_choice(
    out: Path, *, source_identity: str, in_frame: int, frames: int, take: str, project: Path | None
) -> None:
    """Keep in the project's ledger what a person chose in `out`, so that the next run keeps it. `take` is an id, or `original`."""
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.timeline.saving import digest_of
    from reperform.timing import FrameRange

    ledger = Ledger.existing(find_project(out, project))
    if ledger is None:
        return
    with ledger:
        known = {row.id for row in ledger.takes.all()}
        if take == "original" or take in known:
            visible = FrameRange(in_frame, frames)
            ledger.choices.choose(source_identity, visible, None if take == "original" else take)
        ledger.outputs.note(out, digest_of(out))


def _find(cut: Cut, plan_settings: PlanSettings, settings: Settings) -> tuple[Found, Linker]:
    from reperform.sources import Linker
    from reperform.timeline import cues
    from reperform.timeline.index import build

    linker = Linker(cut, _prober(), media_roots=settings.media_root, allowed_hosts=settings.allowed_hosts)
    return cues.find(build(cut), linker, plan_settings), linker


def _prober() -> Callable[..., Source]:
    """Probing, once a file and clock."""
    from reperform.media.probing import probe

    remembered = lru_cache(maxsize=4096)(lambda path, rate: probe(path, rate=rate))

    def prober(path: Path, *, rate: Fraction | None = None) -> Source:
        return remembered(path, rate)

    return prober


def _directed(shots: Sequence[Shot], settings: Settings) -> tuple[list[Shot], list[Problem]]:
    """The shots with the default direction filled in, and what speaks against the engines that marks name."""
    default = _default_direction(settings)
    problems: list[Problem] = []
    directed = []
    for shot in shots:
        cues = tuple(cue.model_copy(update={"direction": _filled(cue.direction, default)}) for cue in shot.cues)
        directed.append(shot.model_copy(update={"cues": cues}))
        for cue in cues:
            named = cue.direction.engine
            if named and not _is_allowed(named, settings):
                place = Place(track=shot.track, clip=shot.clip, timecode=cue.record_in)
                message = f"the mark names the engine “{named}”, which your settings do not allow"
                problems.append(
                    Problem(
                        severity="error",
                        where=place,
                        message=message,
                        fix=f"Allowed are: {', '.join(settings.allowed_engines)}.",
                    )
                )
    return directed, problems


def _default_direction(settings: Settings) -> Direction:
    from reperform.grammar import parse_mark

    if not settings.direction:
        return Direction()
    parsed = parse_mark(settings.direction)
    if parsed.direction is None:
        said = "; ".join(problem.message for problem in parsed.problems)
        raise SettingsError(
            f"the default direction “{settings.direction}” is not understood: {said}",
            fix="See docs/reference/marks.md.",
        )
    if parsed.direction.engine or parsed.direction.model or parsed.direction.audio or parsed.direction.line:
        raise SettingsError(
            "a default direction cannot name an engine, a model, an audio or a line",
            fix="Use --engine and --model, or write it into the marks.",
        )
    return parsed.direction


def _filled(direction: Direction, default: Direction) -> Direction:
    missing = {name: value for name, value in default if value is not None and getattr(direction, name) is None}
    return direction.model_copy(update=missing) if missing else direction


def _selection(only: Sequence[str], shots: Sequence[Shot], cut: Cut) -> frozenset[str] | None:
    if not only:
        return None
    meant = select_cues(only, shots, rate=cut.rate, start_frame=cut.start_frame, drop_frame=cut.drop_frame)
    return frozenset(cue.id for shot in shots for cue in shot.cues if meant(shot, cue))


def _kept(shot: Shot, selection: frozenset[str] | None) -> tuple[Cue, ...]:
    return shot.cues if selection is None else tuple(cue for cue in shot.cues if cue.id in selection)


def _whole(planned: Sequence[Shot], shots: Sequence[Shot]) -> tuple[Shot, ...]:
    """Every shot of the cut, those that are meant with their jobs: what the others have already stays in the timeline."""
    by_id = {shot.id: shot for shot in planned}
    whole = []
    for shot in shots:
        done = by_id.get(shot.id)
        cues = {cue.id: cue for cue in done.cues} if done else {}
        whole.append(
            shot.model_copy(
                update={"cues": tuple(cues.get(cue.id, cue) for cue in shot.cues), "jobs": done.jobs if done else ()}
            )
        )
    return tuple(whole)


def _plan(
    shots: Sequence[Shot],
    *,
    cut: Cut,
    settings: Settings,
    plan_settings: PlanSettings,
    found: Found,
    problems: Sequence[Problem],
    project: Path,
) -> Plan:
    from reperform import engines, planning
    from reperform.ledger.ledger import Ledger
    from reperform.media.loudness import quietest
    from reperform.performing.knowing import key_by

    engine = _engine(settings.engine, settings)
    model = engines.model_of(engine, settings.model)
    key_of = key_by(engine=engine, model=model, settings=plan_settings, folder=cut.path.absolute().parent)
    keyed = [
        shot.model_copy(update={"cues": tuple(cue.model_copy(update={"key": key_of(shot, cue)}) for cue in shot.cues)})
        for shot in shots
    ]
    ledger = Ledger.existing(project)
    try:
        return planning.plan(
            keyed,
            info=_info(cut),
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


def _paid(ledger: Ledger) -> Callable[[Shot, Cue], bool]:
    return lambda _, cue: cue.key is not None and ledger.results.paid_takes(cue.key) >= (cue.direction.takes or 1)


def _info(cut: Cut) -> TimelineInfo:
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


def _is_allowed(engine: str, settings: Settings) -> bool:
    return not settings.allowed_engines or engine in settings.allowed_engines


def _engine(name: str, settings: Settings) -> Engine:
    from reperform import engines

    if not _is_allowed(name, settings):
        raise SettingsError(
            f"your settings do not allow the engine “{name}”",
            fix=f"Allowed are: {', '.join(settings.allowed_engines)}.",
        )
    engine = engines.get(name)
    if name == "preview":
        from reperform.engines.preview import PreviewEngine

        return PreviewEngine(label=settings.label)
    return engine


def _cue_ids(words: Collection[str], plan: Plan) -> frozenset[str]:
    """The cues that `--another` names, by any of the words that `--only` takes."""
    info = plan.timeline
    if not words:
        return frozenset()
    from reperform.timing import parse_timecode

    start = parse_timecode(info.start, info.rate, drop_frame=info.drop_frame)
    meant = select_cues(tuple(words), plan.shots, rate=info.rate, start_frame=start, drop_frame=info.drop_frame)
    return frozenset(cue.id for shot in plan.shots for cue in shot.cues if meant(shot, cue))


def _refuse_unfit(planned: Planned, out: Path, settings: Settings) -> None:
    """Everything that would make the end impossible, before anything is begun."""
    from reperform.performing.naming import check_template
    from reperform.performing.paying import performing_engine
    from reperform.timeline.saving import refuse
    from reperform.timeline.takes import check_destination

    refuse(out, planned.cut.path)
    check_destination(_editor(planned, settings), settings.takes or None)
    if planned.plan.settings.name_template:
        check_template(planned.plan.settings.name_template)
    performing_engine(lambda name: _engine(name, settings), planned.plan.engine)


def _perform(
    planned: Planned, ledger: Ledger, settings: Settings, *, listener: Listener, another: frozenset[str]
) -> Performed:
    import anyio

    from reperform.performing.run import perform

    async def performing() -> Performed:
        return await perform(
            planned.plan,
            ledger=ledger,
            engine_of=lambda name: _engine(name, settings),
            listener=listener,
            another=another,
            only=planned.only,
            partial_takes=settings.partial,
            jobs_at_once=settings.jobs,
        )

    try:
        return anyio.run(performing)
    except KeyboardInterrupt as error:
        raise Interrupted("stopped", fix="The same command goes on from here; what was finished is kept.") from error


def _editor(planned: Planned, settings: Settings) -> str:
    return settings.for_editor or planned.cut.dialect.name


def _write(
    planned: Planned, out: Path, settings: Settings, *, performed: Performed | None, ledger: Ledger | None
) -> Outcome:
    from reperform.timeline import saving, takes

    shots = planned.plan.shots
    found = performed.takes if performed else {}
    chosen = _choices(shots, found, ledger) if ledger else {}
    written = takes.write(
        replace(planned.cut, path=planned.cut.path.absolute()),
        shots=shots,
        takes=found,
        chosen=chosen,
        for_=_editor(planned, settings),
        styles=settings.takes or None,
        sound=settings.sound,
        out=out.absolute(),
    )
    saved = saving.save(
        written.timelines,
        out,
        input_path=planned.cut.path,
        last_written=ledger.outputs.digests_in(out.parent) if ledger else None,
    )
    if ledger:
        for path in saved.paths:
            ledger.outputs.note(path, saved.digests[path.name])
    problems = (*planned.plan.problems, *(performed.problems if performed else ()), *written.notes)
    return Outcome(
        planned=planned,
        performed=performed,
        saved=saved,
        chosen=written.chosen,
        problems=tuple(dict.fromkeys(problems)),
        see=takes.how_to_see(_editor(planned, settings), out) if any(found.values()) else "",
    )


def _choices(shots: Sequence[Shot], takes: Mapping[str, Sequence[Take]], ledger: Ledger) -> dict[str, str | None]:
    """What a person chose for each shot, as the ledger has it."""
    chosen: dict[str, str | None] = {}
    for shot in shots:
        identity = next((take.source_identity for take in takes.get(shot.id, ())), None)
        choice = ledger.choices.chosen(identity, shot.media.visible) if identity else None
        if choice is not None:
            chosen[shot.id] = choice.take_id or "original"
    return chosen
