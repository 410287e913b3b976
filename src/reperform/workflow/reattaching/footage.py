"""What is paid of each original, by source frame: for takes whose clip was cut anew, and whose marks are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reperform.errors import ReperformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt, Result, TakeRow
from reperform.media import identities
from reperform.model import Cue, InputLut, Job, Shot, Source, Take, TakeCue
from reperform.performing import luts
from reperform.timing import FrameRange
from reperform.workflow.reattaching.lines import Line, Part
from reperform.workflow.reattaching.voicing import cut_cue

__all__ = ["Footage", "Made", "identity_of"]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A take that is there, and what it is made of."""

    row: TakeRow
    take: Take
    lines: tuple[Line, ...]


class Footage:
    """All that a project has paid for, by the identity of the original."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._results = {result.id: result for result in ledger.results.all()}
        self._attempts: dict[str, tuple[Attempt, Shot, Job]] = {}
        self.made: dict[str, list[Made]] = defaultdict(list)
        """By identity: the takes that passed their checks, oldest first."""
        self.failed: dict[str, list[TakeRow]] = defaultdict(list)
        """By identity: those that did not."""
        self.identities: dict[Path, str] = {}
        """Of originals, by where they lay when something was performed for them."""
        self.loose: dict[str, list[Line]] = defaultdict(list)
        """By identity: what is paid and stands in no take."""
        for row in ledger.takes.all():
            self._add(row)
        self._add_loose()

    def knows(self, identity: str) -> bool:
        """Whether anything is paid of this original."""
        return identity in self.made

    @cached_property
    def names(self) -> frozenset[str]:
        """The file names of the originals."""
        return frozenset(path.name for path in self.identities)

    def lines(self, identity: str) -> list[Line]:
        """All of an original's, each once."""
        of_takes = [line for made in self.made[identity] for line in made.lines]
        found = {(line.key, line.cue.in_frame, line.cue.frames): line for line in (*self.loose[identity], *of_takes)}
        return list(found.values())

    def _add(self, row: TakeRow) -> None:
        assert row.document is not None, "only finished takes are listed"
        take = Take.model_validate_json(row.document)
        identity = row.source_identity.partition("#")[0]
        lines = tuple(line for cue in take.cues for line in self._of_cue(row, cue))
        self.identities.update((line.shot.source.path, identity) for line in lines)
        if not take.passed or not self._ledger.takes.path(row).exists():
            self.failed[identity].append(row)
        if lines and take.passed:
            self.made[identity].append(Made(row=row, take=take, lines=lines))

    def _add_loose(self) -> None:
        used = {each.result_id for row in self._ledger.takes.all() for each in row.performed}
        for result in self._results.values():
            if result.id in used:
                continue
            _, shot, _ = self._attempt(result)
            identity = self.identities.get(shot.source.path) or identity_of(shot.source)
            if identity is not None:
                self.loose[identity].append(self._line(result.key, [result]))

    def _of_cue(self, row: TakeRow, cue: TakeCue) -> Iterable[Line]:
        results = [self._results[result] for result in cue.result_id.split("+") if result in self._results]
        if not results:
            return ()
        if row.clock == "media" and all(self._attempt(result)[1].clock == "media" for result in results):
            return (self._on_media(row, cue, results),)
        return self._as_performed(cue, results)

    def _on_media(self, row: TakeRow, cue: TakeCue, results: Sequence[Result]) -> Line:
        """As the take has it: its file may count otherwise than the one that was sent, if that was another copy."""
        by_id = {result.id: result for result in results}
        asked = FrameRange(cue.in_frame, cue.frames)
        parts = tuple(
            Part(result=by_id[each.result_id], frames=FrameRange(each.in_frame, each.frames), anchor=each.anchor)
            for each in row.performed
            if each.result_id in by_id and asked.overlaps(FrameRange(each.in_frame, each.frames))
        )
        _, shot, job = self._attempt(parts[0].result)
        moved = parts[0].anchor - job.in_frame
        before = self._asked(parts[0].result)
        placed = before.model_copy(update={"in_frame": before.in_frame + moved})
        seen = [
            self._attempt(part.result)[1].media.visible.shifted(part.anchor - self._attempt(part.result)[2].in_frame)
            for part in parts
        ]
        return Line(
            cue=cut_cue(placed, asked, rate=shot.media.rate).model_copy(
                update={"direction": cue.direction, "character": cue.character, "marker": cue.marker, "id": cue.id}
            ),
            key=cue.key,
            parts=parts,
            seen=_hull(seen),
            shot=shot,
        )

    def _as_performed(self, cue: TakeCue, results: Sequence[Result]) -> Iterable[Line]:
        """As the attempts had it, by the shots that they were made for."""
        together: dict[tuple[str, str], list[Result]] = defaultdict(list)
        for result in results:
            together[self._attempt(result)[1].model_dump_json(include={"media", "id"}), self._asked(result).id].append(
                result
            )
        return [self._line(cue.key, found) for found in together.values()]

    def _line(self, key: str, results: Sequence[Result]) -> Line:
        """What results of one cue of one shot perform."""
        _, shot, _ = self._attempt(results[0])
        parts = tuple(self._part(result) for result in results)
        performed = _hull([part.frames for part in parts])
        return Line(
            cue=cut_cue(self._asked(results[0]), performed, rate=shot.media.rate),
            key=key,
            parts=parts,
            seen=shot.media.visible,
            shot=shot,
        )

    def _part(self, result: Result) -> Part:
        _, _, job = self._attempt(result)
        frames = FrameRange(job.in_frame + result.first_frame, result.digests.frames)
        return Part(result=result, frames=frames, anchor=job.in_frame)

    def _asked(self, result: Result) -> Cue:
        """The cue that a result answers, as the attempt had it."""
        _, shot, job = self._attempt(result)
        at = job.in_frame + result.first_frame
        ids = {part.cue for part in job.parts if part.in_frame == at} or set(job.cues)
        return next((cue for cue in shot.cues if cue.id in ids and at in cue.range), shot.cues[0])

    def _attempt(self, result: Result) -> tuple[Attempt, Shot, Job]:
        if result.attempt_id not in self._attempts:
            attempt = self._ledger.claims.attempt(result.attempt_id)
            parsed = Shot.model_validate_json(attempt.shot), Job.model_validate_json(attempt.job)
            self._attempts[result.attempt_id] = (attempt, *parsed)
        return self._attempts[result.attempt_id]

    def lut_of(self, takes: Iterable[Made]) -> InputLut | None:
        """The LUT that the first of these takes that has one was made through, as the project keeps it."""
        return luts.first_kept((made.take.viewing for made in takes), self._ledger.project)

    def attempt(self, line: Line) -> Attempt:
        """The one that performed the first part of a line."""
        return self._attempt(line.parts[0].result)[0]


def identity_of(source: Source) -> str | None:
    """What a source holds; None where it is not here."""
    try:
        return identities.source_identity(source)
    except (ReperformError, OSError):
        return None


def _hull(ranges: Sequence[FrameRange]) -> FrameRange:
    return FrameRange.between(min(each.start for each in ranges), max(each.end for each in ranges))
