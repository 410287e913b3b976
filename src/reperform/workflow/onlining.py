"""From offline to online: a cut and its takes on the online media, of the paid results that are kept. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ReperformError, SettingsError, TimelineError
from reperform.model import Problem, Shot, Take
from reperform.workflow.relinked import problem_at
from reperform.workflow.saving import Target

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.settings import Settings
    from reperform.timeline.cut import Cut
    from reperform.timeline.saving import Saved
    from reperform.workflow.relinked import Relinked
    from reperform.workflow.remaking import Remade
    from reperform.workflow.taken import TakenClip

__all__ = ["Onlined", "conform"]

Say = Callable[[str], None]
"""Told the name of each take's file when it is made."""


@dataclass(frozen=True, kw_only=True)
class Onlined:
    """What a conform came to."""

    saved: Saved | None
    """None where no take could be made again, and nothing was written."""
    shots: tuple[Shot, ...]
    """Those that were matched, on the online media."""
    takes: Mapping[str, tuple[Take, ...]]
    """By shot."""
    made: tuple[str, ...]
    """Ids of the takes that were made just now; the others were there."""
    chosen: Mapping[str, str | None]
    """By shot: the take that stands in the cut, `original`, or None."""
    relinked: tuple[Relinked, ...]
    """Every clip that was given online media, sound as well."""
    problems: tuple[Problem, ...]
    see: str
    """How to see the takes in the editor."""

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command."""
        if self.saved is None:
            return 2
        return 1 if any(problem.severity == "error" for problem in self.problems) else 0


def conform(
    out: Path,
    new: Path,
    settings: Settings,
    *,
    only_chosen: bool = False,
    keeps_seams: bool = True,
    say: Say = lambda _: None,
) -> Onlined:
    """Write the cut `out` with its takes to `new`, on the media under `settings.media_root`.

    Every take that passed its checks is made again, those that stand in the cut first; with `only_chosen` no others. With
    `keeps_seams` their seams are as long as they were, whatever the settings say.

    Raises:
        InputError: `out` is none of ours, `new` cannot be written, or a setting does not fit.
        LedgerError: the project's ledger cannot be read or written.
        Interrupted: stopped; the same call goes on from there.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project

    project = find_project(out, settings.project)
    cut = _read(out, project, settings)
    for_ = _refuse_unfit(cut, new, settings)
    ledger = Ledger.existing(project, settings.ledger)
    if ledger is None:
        fix = "Name the project that made the takes: --project."
        raise SettingsError(f"nothing has been run in {project} yet, so there are no results", fix=fix)
    with ledger:
        job = _Conform(cut, settings, ledger=ledger, target=Target(out=new, for_=for_, settings=settings))
        return job.done(only_chosen=only_chosen, keeps_seams=keeps_seams, say=say)


def _read(out: Path, project: Path, settings: Settings) -> Cut:
    from reperform.recalling import recalled
    from reperform.timeline import records
    from reperform.timeline.reading import read

    cut = read(out, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    cut = recalled(cut, project, settings.ledger)
    written = records.read(cut.timeline, records.TimelineRecord)
    if written is not None and settings.drop_frame is None:
        cut = replace(cut, drop_frame=written.drop_frame)
    return cut


def _refuse_unfit(cut: Cut, new: Path, settings: Settings) -> str:
    """Whom `new` is for. Raises InputError for what would make the end impossible."""
    from reperform.performing.naming import check_template
    from reperform.timeline import records
    from reperform.timeline.editors import editor_for
    from reperform.timeline.saving import refuse
    from reperform.timeline.takes import check_destination
    from reperform.workflow.refusing import refuse_folder

    if not settings.media_root:
        raise SettingsError("where is the online media?", fix="Name its folder: --media-root ONLINE/.")
    refuse(new, cut.path)
    refuse_folder(new.parent, f"“{new}” cannot be written", "-o", must_exist=True)
    if settings.takes_dir is not None:
        refuse_folder(settings.takes_dir, f"takes cannot be written to “{settings.takes_dir}”", "--takes-dir")
    if settings.name:
        check_template(settings.name)
    written = records.read(cut.timeline, records.TimelineRecord)
    same = settings.for_editor is None and new.suffix.lower() == cut.path.suffix.lower()
    for_ = written.written_for if written and same else editor_for(cut.dialect.name, new.suffix, settings.for_editor)
    check_destination(for_, settings.takes or None, new)
    return for_


class _Conform:
    """One conform, step by step."""

    def __init__(self, cut: Cut, settings: Settings, *, ledger: Ledger, target: Target) -> None:
        from reperform.performing.origins import Origins
        from reperform.timeline.index import build
        from reperform.workflow.writing import with_its_media

        self._index = build(with_its_media(cut, target.out, ledger.project))
        self._cut, self._settings, self._ledger, self._target = self._index.cut, settings, ledger, target
        self._origins = Origins(ledger)
        self._problems: list[Problem] = list(cut.notes)

    def done(self, *, only_chosen: bool, keeps_seams: bool, say: Say) -> Onlined:
        from reperform.performing import luts
        from reperform.workflow.online_paid import note_paid
        from reperform.workflow.online_writing import write_online
        from reperform.workflow.remaking import Remaking

        clips = self._clips()
        matched = self._matched(clips)
        shots = self._shots(clips, matched, only_chosen=only_chosen)
        on = {each.clip.placed.address for each in shots} | matched.keys() - {each.placed.address for each in clips}
        relinked = tuple(each for address, each in matched.items() if address in on)
        settings = luts.keep(self._settings.for_plan(), self._ledger.project)
        work = Remaking(self._ledger, self._origins, settings, keeps_seam=keeps_seams, say=say)
        work.all(shots)
        self._problems += work.problems
        if any(each.takes for each in shots):
            written = write_online(self._cut, shots, relinked, self._ledger, self._target)
            saved, chosen, notes = written.saved, written.chosen, written.notes
            note_paid(saved.paths[0], self._origins, shots, self._ledger, self._settings)
        else:
            saved, chosen, notes = None, {}, (_nothing_made(only_chosen=only_chosen),)
        return Onlined(
            saved=saved,
            shots=tuple(each.shot for each in shots),
            takes={each.shot.id: each.new_takes for each in shots},
            made=tuple(work.made),
            chosen=chosen,
            relinked=relinked,
            problems=tuple(dict.fromkeys([*self._problems, *notes])),
            see=self._target.see(saved.paths[0]) if saved else "",
        )

    def _clips(self) -> tuple[TakenClip, ...]:
        from reperform.workflow.taken import stray_takes, taken_clips

        clips = taken_clips(self._index)
        if not clips:
            fix = "Give the .otio that `reperform run` wrote; to one that an editor exported, `reattach` brings the takes."
            raise TimelineError(f"“{self._cut.path.name}” holds no takes", fix=fix)
        for stray in stray_takes(self._index, clips):
            message = "the clip that this take belongs to is not in the cut: it stays as it is"
            self._problems.append(problem_at(self._cut, stray, "warning", message))
        return clips

    def _matched(self, clips: Sequence[TakenClip]) -> dict[tuple[int, ...], Relinked]:
        """The clips that have online media, by address."""
        from reperform.linking.offline import Offlines
        from reperform.linking.online import OnlineMedia
        from reperform.workflow.finding import prober
        from reperform.workflow.relinked import find_online

        probe = prober()
        offlines = Offlines(self._cut, probe, self._origins.sources(), allowed_hosts=self._settings.allowed_hosts)
        media = OnlineMedia(self._settings.media_root, probe)
        found = find_online(self._index, offlines, media, {each.placed.address for each in clips})
        self._problems += found.problems
        return {each.placed.address: each for each in found.relinked}

    def _shots(
        self, clips: Sequence[TakenClip], matched: Mapping[tuple[int, ...], Relinked], *, only_chosen: bool
    ) -> list[Remade]:
        """The clips with takes as shots on their online media."""
        from reperform.workflow.remaking import Remade, shot_on

        rows = {row.id: row for row in self._ledger.takes.all()}
        shots: list[Remade] = []
        for clip in clips:
            if (online := matched.get(clip.placed.address)) is None:
                continue
            wanted = clip.chosen_only if only_chosen else clip.chosen_first
            try:
                _refuse_unknown([take for take in wanted if take not in rows])
                shot = shot_on(clip, online, self._index, handles=self._settings.handles)
            except ReperformError as error:
                message = f"{error.message}; it keeps its offline media and takes"
                self._problems.append(problem_at(self._cut, clip.placed, "error", message, error.fix))
                continue
            shots.append(Remade(clip=clip, shot=shot, online=online, rows=tuple(rows[take] for take in wanted)))
        return shots


def _refuse_unknown(takes: Sequence[str]) -> None:
    if takes:
        raise TimelineError(
            f"the project does not know its take {', '.join(takes)}", fix="Name the project that made it: --project."
        )


def _nothing_made(*, only_chosen: bool) -> Problem:
    chosen = " that stands in the cut" if only_chosen else ""
    return Problem(severity="error", message=f"no take{chosen} could be made again: nothing was written")
