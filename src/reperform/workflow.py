"""The main job as a list: read, find, plan; perform, conform, write. Every arrow of it is one module; this is what joins them."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from reperform.choosing_cues import select_cues
from reperform.direction import Direction
from reperform.errors import Interrupted, PlanError, SettingsError, TimelineError, exit_code
from reperform.memory import nothing_to_collect
from reperform.model import Cue, Place, Plan, PlanSettings, Problem, Shot, Source, Take, TimelineInfo
from reperform.timing import format_timecode

if TYPE_CHECKING:
    from reperform.asking import Ask, Bill
    from reperform.engines.base import Engine
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import RunRow
    from reperform.performing.listening import Listener
    from reperform.performing.performed import Performed
    from reperform.performing.roster import Connect
    from reperform.settings import Settings
    from reperform.sources import Linker
    from reperform.timeline.choosing import Selected
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import Cut
    from reperform.timeline.saving import Saved

__all__ = [
    "Outcome",
    "Planned",
    "agree_to_pay",
    "connector",
    "engine_named",
    "load_plan",
    "make_plan",
    "perform_in",
    "planned_again",
    "refuse_unfit",
    "run",
    "select",
]

_log = logging.getLogger(__name__)

WRITING = ("for_editor", "takes", "sound", "partial", "jobs")
"""Settings that a plan does not keep, and a resume needs."""


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
        if self.performed and (stopped := self.performed.refused or self.performed.ceiling):
            return exit_code(stopped)
        if self.saved is None:
            return 1 if self.performed and self.performed.sent else 2
        return 1 if any(problem.severity == "error" for problem in self.problems) else 0


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
    from reperform.recalling import recalled
    from reperform.timeline.reading import read

    project = find_project(timeline, settings.project)
    cut = read(timeline, timeline_name=settings.timeline, drop_frame=settings.drop_frame)
    cut = recalled(cut, project)
    _log.info("read %s, as %s writes it; the project is %s", cut.path, cut.dialect.name, project)
    plan_settings = settings.for_plan()
    found, linker = _find(cut, plan_settings, settings)
    shots, more = _directed(found.shots, settings)
    selection = _selection(only, shots, found.cut)
    meant = [shot.model_copy(update={"cues": kept}) for shot in shots if (kept := _kept(shot, selection))]
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


def load_plan(
    path: Path, *, project: Path | None = None, only: Sequence[str] = (), changed: Mapping[str, Any] | None = None
) -> Planned:
    """A saved plan, with its timeline read again.

    `only` are the words of `--only`; `changed` are fields of its settings that are to be others when it is run.

    Raises:
        PlanError: it is no plan, or the timeline is not the one it was made of.
        InputError: a word of `only` fits no cue.

    """
    from reperform.ledger.projects import find as find_project
    from reperform.recalling import recalled
    from reperform.timeline.reading import read

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
    cut = read(plan.timeline.path, timeline_name=plan.settings.timeline_name, drop_frame=plan.timeline.drop_frame)
    if cut.sha256 != plan.timeline.sha256:
        raise PlanError(f"“{cut.path.name}” has changed since it was planned", fix="Plan it again.")
    selection = _selection(only, plan.shots, cut)
    project = find_project(cut.path, project)
    return Planned(cut=recalled(cut, project), plan=plan, project=project, only=selection)


def _first_fault(error: Exception) -> str:
    """What is wrong with a document first of all, and where in it."""
    if not isinstance(error, ValidationError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def run(
    planned: Planned,
    out: Path,
    settings: Settings,
    *,
    listener: Listener,
    another: Collection[str] = (),
    agreed: bool = False,
    ledger: Ledger | None = None,
) -> Outcome:
    """Perform the plan, and write the timeline with its takes to `out`. What it costs was `agreed` to, or the settings do.

    `ledger` is the project's, where the caller has it open: a second session would take the first for another process.

    Raises:
        AccessRefused: an engine needs a key, and there is none.
        InputError: nothing can be done: `out` is the input, the engine does not perform, every shot has an error.
        Interrupted: stopped; the ledger goes on from here.

    """
    from reperform.ledger.ledger import Ledger

    refuse_unfit(planned, out, settings)
    planned = replace(planned, plan=_as_rehearsal(planned.plan, is_rehearsal=settings.for_plan().rehearsal))
    plan = planned.plan
    if plan.errors and not planned.plan.shots:
        return Outcome(planned=planned, performed=None, saved=None, chosen={}, problems=plan.problems, see="")
    if not plan.shots:
        return _write(planned, out, settings, performed=None, ledger=Ledger.existing(planned.project, settings.ledger))
    again = _cue_ids(another, plan)
    if not agreed:
        agree_to_pay(planned, settings, another=another, ask=None)
    with nullcontext(ledger) if ledger else Ledger.open(planned.project, settings.ledger) as ledger:
        begun = _begun(planned, out, settings, ledger, again)
        performed = _perform(planned, ledger, settings, listener=listener, another=again, run_id=begun.id)
        over = not (performed.resumable or performed.ceiling or performed.refused)
        if not any(performed.takes.values()) and (performed.problems or performed.failed):
            problems = (*plan.problems, *performed.problems)
            outcome = Outcome(planned=planned, performed=performed, saved=None, chosen={}, problems=problems, see="")
        else:
            outcome = _write(planned, out, settings, performed=performed, ledger=ledger)
        if over:
            ledger.runs.end(begun.id)
        return outcome


def _as_rehearsal(plan: Plan, *, is_rehearsal: bool) -> Plan:
    """The plan for the engines' own hosts, or for this machine in their part: a saved one may have been made for the other."""
    return plan.model_copy(update={"settings": plan.settings.model_copy(update={"rehearsal": is_rehearsal})})


def agree_to_pay(
    planned: Planned, settings: Settings, *, another: Collection[str] = (), ask: Ask | None
) -> Bill | None:
    """What the run would cost, agreed to before anything is begun. None where it costs nothing, and nothing is asked.

    Raises:
        AccessRefused: an engine needs a key, and there is none.
        SettingsError: it is not agreed to, or the base address is none.

    """
    from reperform.asking import agree, check_base_url
    from reperform.billing import bill_of, check_keys

    check_base_url(settings.base_url)
    bill = bill_of(
        planned.plan,
        engine_of=lambda name: engine_named(name, settings),
        base_url=settings.base_url,
        only=planned.only,
        another=_cue_ids(another, planned.plan),
    )
    if bill is not None:
        check_keys((item.engine for item in bill.items), engine_of=lambda name: engine_named(name, settings))
    agree(
        bill,
        yes=settings.yes,
        max_cost=settings.max_cost,
        allow_unknown_cost=settings.allow_unknown_cost,
        ask=ask,
    )
    return bill


def planned_again(document: str, project: Path, *, only: frozenset[str] | None) -> Planned:
    """A plan as the ledger keeps it, with its timeline read again.

    Raises:
        PlanError: the timeline is not the one that it was made of.
        TimelineError: it cannot be read.

    """
    from reperform.recalling import recalled
    from reperform.timeline.reading import read

    plan = Plan.model_validate_json(document)
    cut = read(plan.timeline.path, timeline_name=plan.settings.timeline_name, drop_frame=plan.timeline.drop_frame)
    if cut.sha256 != plan.timeline.sha256:
        raise PlanError(f"“{cut.path.name}” has changed since it was planned", fix="Run it again.")
    return Planned(cut=recalled(cut, project), plan=plan, project=project, only=only)


def _begun(planned: Planned, out: Path, settings: Settings, ledger: Ledger, another: frozenset[str]) -> RunRow:
    """The run in the ledger, with all that a resume needs to end it."""
    writing = settings.model_dump(mode="json", include=set(WRITING)) | {
        "only": None if planned.only is None else sorted(planned.only),
        "another": sorted(another),
    }
    return ledger.runs.begin(
        timeline=planned.plan.timeline.path,
        out=out,
        plan=planned.plan.model_dump_json(by_alias=True),
        writing=json.dumps(writing),
        base_url=settings.base_url,
        max_cost_usd=settings.max_cost,
        allow_unknown_cost=settings.allow_unknown_cost,
    )


def select(out: Path, clip: str, take: str, *, project: Path | None = None) -> tuple[Selected, bool]:
    """Choose a take of a clip, or its original, in a timeline that `run` wrote: what was chosen, and whether the project's
    ledger remembers it for the next run.

    Raises:
        TimelineError: not a timeline that we wrote, or no such shot or take in it.
        LedgerError: the ledger cannot be read or written.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.timeline import choosing

    ledger = Ledger.existing(find_project(out, project))
    if ledger is None:
        return choosing.select(out, clip, take), False
    with ledger:
        selected = choosing.select(out, clip, take, last_written=ledger.outputs.digests_in(out.parent))
        return selected, _remember(selected, out, ledger)


def _remember(selected: Selected, out: Path, ledger: Ledger) -> bool:
    from reperform.timeline.choosing import ORIGINAL
    from reperform.timing import FrameRange

    ledger.outputs.note(out, selected.saved.sha256)
    take = None if selected.take == ORIGINAL else selected.take
    if selected.source_identity is None or (take and take not in {row.id for row in ledger.takes.all()}):
        return False
    visible = FrameRange(selected.in_frame, selected.frames)
    ledger.choices.choose(selected.source_identity, visible, take, shot=selected.shot)
    return True


def _find(cut: Cut, plan_settings: PlanSettings, settings: Settings) -> tuple[Found, Linker]:
    from reperform.sources import Linker
    from reperform.timeline import cues
    from reperform.timeline.index import build

    linker = Linker(cut, _prober(), media_roots=settings.media_root, allowed_hosts=settings.allowed_hosts)
    return cues.find(build(cut), linker, plan_settings), linker


def _prober() -> Callable[..., Source]:
    """Probing, once a file and clock."""
    from reperform.media.probing import probe

    @lru_cache(maxsize=4096)
    def remembered(path: Path, rate: Fraction | None) -> Source:
        source = probe(path, rate=rate)
        _log.info("media %s: %s, %s frames at %s", path, source.codec, source.frames, source.rate)
        return source

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
            fix="; ".join(problem.fix for problem in parsed.problems),
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

    engine = engine_named(settings.engine, settings, label=plan_settings.label)
    model = engines.model_of(engine, settings.model)
    with key_by(engine=engine, model=model, settings=plan_settings, folder=cut.path.absolute().parent) as key_of:
        keyed = [_keyed(shot, key_of) for shot in shots]
    ledger = Ledger.existing(project, settings.ledger)
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


def _keyed(shot: Shot, key_of: Callable[[Shot, Cue], str | None]) -> Shot:
    return shot.model_copy(
        update={"cues": tuple(cue.model_copy(update={"key": key_of(shot, cue)}) for cue in shot.cues)}
    )


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


def engine_named(name: str, settings: Settings, *, label: bool = True) -> Engine:
    """The engine of that name. Raises SettingsError where there is none, or the settings do not allow it."""
    from reperform import engines

    if not _is_allowed(name, settings):
        raise SettingsError(
            f"your settings do not allow the engine “{name}”",
            fix=f"Allowed are: {', '.join(settings.allowed_engines)}.",
        )
    engine = engines.get(name)
    if name == "preview":
        from reperform.engines.preview import PreviewEngine

        return PreviewEngine(label=label)
    if name == "command":
        from reperform.engines.command import CommandEngine

        return cast("Engine", CommandEngine(command=settings.command, seconds=settings.command_seconds))
    return engine


def _cue_ids(words: Collection[str], plan: Plan) -> frozenset[str]:
    """The cues that `--another` names, by any of the words that `--only` takes."""
    info = plan.timeline
    if not words:
        return frozenset()
    from reperform.timing import parse_timecode

    start = parse_timecode(info.start, info.rate, drop_frame=info.drop_frame)
    meant = select_cues(
        tuple(words), plan.shots, rate=info.rate, start_frame=start, drop_frame=info.drop_frame, option="--another"
    )
    return frozenset(cue.id for shot in plan.shots for cue in shot.cues if meant(shot, cue))


def refuse_unfit(planned: Planned, out: Path, settings: Settings) -> None:
    """Everything that would make the end impossible, before anything is begun.

    Raises:
        InputError: `out` is the input or cannot be written, the engine does not perform, a setting does not fit.

    """
    from reperform.performing.naming import check_template
    from reperform.timeline.saving import refuse
    from reperform.timeline.takes import check_destination

    refuse(out, planned.cut.path)
    _refuse_folder(out.parent, f"“{out}” cannot be written", "-o", must_exist=True)
    kept = planned.plan.settings
    if kept.takes_dir is not None:
        _refuse_folder(kept.takes_dir, f"takes cannot be written to “{kept.takes_dir}”", "--takes-dir")
    check_destination(_editor(planned, settings), settings.takes or None)
    if kept.name_template:
        check_template(kept.name_template)
    engine_named(planned.plan.engine, settings, label=kept.label)


def _refuse_folder(folder: Path, said: str, option: str, *, must_exist: bool = False) -> None:
    """Whether files can be made in a folder that is there, or will be made."""
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)
    fix = f"Choose another place with {option}, or give yourself the right to write there."
    if must_exist and there != folder:
        raise TimelineError(
            f"{said}: there is no folder “{folder}”", fix=f"Make the folder, or choose another with {option}."
        )
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise TimelineError(f"{said}: {error.strerror or error}", fix=fix) from error


def _perform(
    planned: Planned,
    ledger: Ledger,
    settings: Settings,
    *,
    listener: Listener,
    another: frozenset[str],
    run_id: str,
) -> Performed:
    return perform_in(
        planned.plan,
        ledger,
        settings,
        run_id=run_id,
        listener=listener,
        another=another,
        only=planned.only,
        partial_takes=settings.partial,
    )


def perform_in(
    plan: Plan,
    ledger: Ledger,
    settings: Settings,
    *,
    listener: Listener,
    run_id: str | None = None,
    **more: Any,
) -> Performed:
    """Perform the plan with these settings, until it is done or Ctrl-C. `more` is handed on to `performing.run.perform`.

    Raises:
        Interrupted: stopped; the ledger goes on from here.

    """
    import anyio

    from reperform.performing.paying import Asked
    from reperform.performing.run import perform

    asked = Asked(
        run_id=run_id,
        base_url=settings.base_url,
        wait_seconds=settings.wait,
        retry_failed=settings.retry_failed,
        resubmit_unknown=settings.resubmit_unknown,
    )

    async def performing() -> Performed:
        return await perform(
            plan,
            ledger=ledger,
            engine_of=lambda name: engine_named(name, settings, label=plan.settings.label),
            connect=connector(settings),
            listener=listener,
            jobs_at_once=settings.jobs,
            asked=asked,
            **more,
        )

    try:
        return anyio.run(performing)
    except KeyboardInterrupt as error:
        fix = "`reperform resume`, or the same command, goes on from here; what was finished is kept."
        raise Interrupted("stopped", fix=fix) from error


def connector(settings: Settings) -> Connect:
    """How engines are reached with these settings: with the user's keys, and with options as they were given."""
    from reperform import credentials
    from reperform.engines.base import Connection
    from reperform.planning.targets import options_for

    def connect(name: str, base_url: str | None) -> Connection:
        return Connection(
            base_url=base_url,
            credentials=credentials.find(name),
            options=options_for(name, settings.for_plan()),
        )

    return connect


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
        _with_its_media(planned.cut, out, planned.project),
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
        see=takes.how_to_see(_editor(planned, settings), saved.paths[0]) if any(found.values()) else "",
    )


def _with_its_media(cut: Cut, out: Path, project: Path) -> Cut:
    """The cut, all of whose media are files that a timeline at `out` can refer to.

    Those of an archive are unpacked; for good, and not into a cache, where `out` does not carry its media itself.
    """
    from reperform.ledger.projects import Layout
    from reperform.timeline.archives import is_archive_at, unpack_all
    from reperform.timeline.bundling import BUNDLES

    cut = replace(cut, path=cut.path.absolute())
    if not is_archive_at(cut.path):
        return cut
    carried = out.suffix.lower() in BUNDLES
    folder = cut.media_folder if carried else Layout(project).unpacked / cut.sha256[:24]
    unpack_all(cut.path, folder)
    return replace(cut, media_folder=folder)


def _choices(shots: Sequence[Shot], takes: Mapping[str, Sequence[Take]], ledger: Ledger) -> dict[str, str | None]:
    """What a person chose for each shot, as the ledger has it."""
    chosen: dict[str, str | None] = {}
    ids = {shot.id for shot in shots}
    for shot in shots:
        identity = next((take.source_identity for take in takes.get(shot.id, ())), None)
        if identity is None:
            continue
        choice = ledger.choices.chosen(identity, shot.media.visible, shot=shot.id, others=ids)
        if choice is not None:
            chosen[shot.id] = choice.take_id or "original"
    return chosen
