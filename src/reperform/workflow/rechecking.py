"""The takes of a cut that `run` wrote, looked at and listened to again. Nothing is sent, nothing is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ConformError, ReperformError, SettingsError, TimelineError
from reperform.model import Place, PlanSettings, Problem, Shot, Take

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.media.conformed import Conformed
    from reperform.performing.making import Making
    from reperform.settings import Settings
    from reperform.timeline.cut import Index, PlacedClip
    from reperform.timeline.records import ClipRecord

__all__ = ["CheckedTake", "Rechecked", "recheck"]

Say = Callable[[str], None]
"""Told the name of each take's file before it is looked at."""

_LONGEST_SEAM = 60


@dataclass(frozen=True, kw_only=True)
class CheckedTake:
    """A take with its checks as they are now."""

    take: Take
    shot: Shot
    conformed: Conformed
    stands: bool
    """Whether it stands in the cut."""


@dataclass(frozen=True, kw_only=True)
class Rechecked:
    """What a look at all takes came to."""

    name: str
    takes: tuple[CheckedTake, ...]
    problems: tuple[Problem, ...]
    """Takes that could not be looked at."""

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command: 1 where a take failed, or could not be looked at."""
        if not self.takes:
            return 2
        failed = not all(each.take.passed for each in self.takes)
        return int(failed or any(problem.severity == "error" for problem in self.problems))


def recheck(
    out: Path, settings: Settings, *, vmaf: bool = False, keep: bool = False, say: Say = lambda _: None
) -> Rechecked:
    """Every take of the shots of `out`, also those that are kept out of it, by the thresholds of `settings`.

    With `keep` the ledger has the new verdicts, and the next `run` writes by them.

    Raises:
        TimelineError: it cannot be read, or holds no takes.
        SettingsError: there is no project that made them.
        LedgerError: the project's ledger cannot be read or written.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.recalling import recalled
    from reperform.timeline.index import build
    from reperform.timeline.reading import read

    project = find_project(out, settings.project)
    cut = read(out, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    cut = recalled(cut, project, settings.ledger)
    ledger = Ledger.existing(project, settings.ledger)
    if ledger is None:
        fix = "Name the project that made the takes: --project."
        raise SettingsError(f"nothing has been run in {project} yet, so there are no takes to check", fix=fix)
    with ledger:
        return _Rechecking(build(cut), settings, ledger, vmaf=vmaf, keep=keep, say=say).done(out)


class _Rechecking:
    """One look at all of them."""

    def __init__(self, index: Index, settings: Settings, ledger: Ledger, *, vmaf: bool, keep: bool, say: Say) -> None:
        from reperform.performing.origins import Origins

        self._index, self._settings, self._ledger = index, settings, ledger
        self._vmaf, self._keep, self._say = vmaf, keep, say
        self._origins = Origins(ledger)

    def done(self, out: Path) -> Rechecked:
        takes: list[CheckedTake] = []
        problems: list[Problem] = []
        for placed, record, row in self._wanted(out):
            where = Place(track=placed.track.label, clip=placed.name, timecode=record.record_in)
            self._say(Path(row.file).name)
            try:
                takes.append(self._checked(placed, record, row))
            except ReperformError as error:
                message = f"{row.id} cannot be checked: {error.message}"
                problems.append(Problem(severity="error", where=where, message=message, fix=error.fix))
        name = self._index.cut.name or out.stem
        return Rechecked(name=name, takes=tuple(takes), problems=tuple(problems))

    def _wanted(self, out: Path) -> list[tuple[PlacedClip, ClipRecord, TakeRow]]:
        """The takes of each clip, in the order of the cut."""
        from reperform.timeline import records
        from reperform.workflow.taken import taken_clips

        rows = {row.id: row for row in self._ledger.takes.all()}
        made_for: dict[str, list[str]] = {}
        for row in rows.values():
            assert row.document is not None, "only finished takes are listed"
            made_for.setdefault(Take.model_validate_json(row.document).shot_id, []).append(row.id)
        in_cut = {clip.placed.address: clip.takes for clip in taken_clips(self._index)}
        found = []
        for placed in sorted(self._index.clips, key=lambda placed: placed.record_start):
            record = records.read(placed.clip, records.ClipRecord)
            if record is None:
                continue
            ids = dict.fromkeys((*in_cut.get(placed.address, ()), *made_for.get(record.shot, ())))
            found += [(placed, record, rows[each]) for each in ids if each in rows]
        if not found:
            fix = "Give the timeline that `reperform run` has written (-o); --project names where its takes are known."
            raise TimelineError(f"“{out.name}” holds no takes that the project knows", fix=fix)
        return found

    def _checked(self, placed: PlacedClip, record: ClipRecord, row: TakeRow) -> CheckedTake:
        from reperform.performing.judging import judged_again
        from reperform.performing.taking import read
        from reperform.provenance.verifying import check_credentials

        if not self._ledger.takes.path(row).exists():
            fix = "Put it back, or run the timeline again: it is made of the results that are kept, at no cost."
            raise ConformError(f"its file {self._ledger.takes.path(row)} is not there", fix=fix)
        making = self._making(placed, record, row)
        checks, conformed = judged_again(making, row, self._ledger, vmaf=self._vmaf)
        take = read(row, self._ledger, shot_id=record.shot)
        if take.credentials is not None:
            checks = (*checks, check_credentials(take.path, take.credentials))
        take = take.model_copy(update={"checks": checks})
        if self._keep:
            kept = Take.model_validate_json(row.document or "").model_copy(update={"checks": checks})
            self._ledger.takes.finish(row, kept.model_dump_json())
        stands = record.chosen == take.id
        return CheckedTake(take=take, shot=making.shot, conformed=conformed, stands=stands)

    def _making(self, placed: PlacedClip, record: ClipRecord, row: TakeRow) -> Making:
        """How the take was made."""
        from reperform.performing.rebuilding import making_on
        from reperform.workflow.made_for import shot_made_for

        origin = self._origins.of(row.performed[0].result_id)
        shot = shot_made_for(row, placed, record, origin=origin.shot, cut=self._index.cut)
        now = self._settings.for_plan().model_copy(update={"input_lut": None})
        making, _ = making_on(shot, row, self._origins, later=0, settings=now, keeps_seam=False)
        for settings in _variants((making.settings, origin.settings)):
            judged_by = settings.model_copy(update={"checks": self._settings.checks})
            as_it_was = replace(making, settings=judged_by)
            if as_it_was.conforming == row.settings:
                return as_it_was
        raise ConformError(
            "it was made with settings that nobody knows any more", fix="Run the timeline again to make it anew."
        )


def _variants(known: Sequence[PlanSettings]) -> Iterator[PlanSettings]:
    """Settings as they are known, then with every other value of what shapes a take's file: its digest says which."""
    yield from known
    choices = {
        "composite": ("changed", "whole"),
        "reel": ("own", "same"),
        "mezzanine": ("prores", "dnxhr"),
        "match_sound": (False, True),
        "seam_frames": range(_LONGEST_SEAM + 1),
    }
    for values in product(*choices.values()):
        yield known[0].model_copy(update=dict(zip(choices, values, strict=True)))
