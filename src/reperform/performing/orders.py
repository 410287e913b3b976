"""Orders: the jobs for what has no result yet, and for which there is still hope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from anyio import CapacityLimiter

from reperform.ledger.neighbours import Neighbours
from reperform.ledger.records import Piece
from reperform.ledger.results import Results
from reperform.model import Job, Shot
from reperform.performing.answers import Answers
from reperform.performing.errand import in_thread
from reperform.performing.errands import Errands
from reperform.performing.hindrances import as_error
from reperform.performing.terms import Planner
from reperform.performing.wanting import Wanted
from reperform.planning.targets import PREVIEW

__all__ = ["Order", "Orders"]


@dataclass(frozen=True, kw_only=True)
class Order:
    """A job, and what of it is not paid yet."""

    job: Job
    pieces: tuple[Piece, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Of the claims."""
        return frozenset(piece.key for piece in self.pieces)


@dataclass(kw_only=True)
class Orders:
    """What is to be ordered, by what is paid here and in the other projects of this machine."""

    planner: Planner
    results: Results
    answers: Answers
    errands: Errands
    neighbours: Neighbours
    threads: CapacityLimiter

    async def of(self, shot: Shot, wanted: Sequence[Wanted]) -> list[Order]:
        """The jobs that the shot lacks. What other projects of this machine have paid for is brought here first."""
        await self._ask_neighbours([each.whole(n) for each in wanted for n in range(1, each.takes + 1)])
        orders: list[Order] = []
        for numbers, group in self._missing(wanted).items():
            asking = [_asking(each, len(numbers)) for each in group]
            cues = [each.cue for each in asking]
            jobs, problems = await in_thread(self.threads, partial(self.planner.jobs, shot, cues))
            errors = [problem for problem in problems if problem.severity == "error"]
            if errors:
                self.errands.give_up([each.whole(n).key for each in group for n in numbers], as_error(errors[0]))
                continue
            by_id = {each.cue.id: each for each in group}
            await self._ask_neighbours(
                [by_id[part.cue].piece(part.range, n) for job in jobs for part in job.parts for n in numbers]
            )
            orders += self._of_jobs(jobs, numbers, by_id)
        return orders

    async def _ask_neighbours(self, pieces: Sequence[Piece]) -> None:
        missing = [each for each in pieces if each.engine != PREVIEW and not self.results.answering(each)]
        for piece in missing:
            await in_thread(self.threads, partial(self.neighbours.bring, piece))

    def _missing(self, wanted: Sequence[Wanted]) -> dict[tuple[int, ...], list[Wanted]]:
        """By the numbers of take that lack: the cues that lack just those."""
        missing: dict[tuple[int, ...], list[Wanted]] = {}
        for each in wanted:
            numbers = tuple(
                number
                for number in range(1, each.takes + 1)
                if not self.answers.take(each, number) and not self.errands.why_not(self.answers.keys(each, number))
            )
            if numbers:
                missing.setdefault(numbers, []).append(each)
        return missing

    def _of_jobs(self, jobs: Sequence[Job], numbers: tuple[int, ...], wanted: Mapping[str, Wanted]) -> list[Order]:
        for job in jobs:
            for part in job.parts:
                for number in numbers:
                    self.answers.split(wanted[part.cue], number, part.range)
        orders = [Order(job=job, pieces=self._unpaid(job, numbers, wanted)) for job in jobs]
        for order in orders:
            if error := self.errands.why_not(order.keys):
                self.errands.give_up(order.keys, error)
        return [order for order in orders if order.pieces and not self.errands.why_not(order.keys)]

    def _unpaid(self, job: Job, numbers: tuple[int, ...], wanted: Mapping[str, Wanted]) -> tuple[Piece, ...]:
        """The claims that a job needs, for the numbers of take that it brings."""
        first = job.first_take - 1
        pieces = [
            wanted[part.cue].piece(part.range, number, output=output, first_frame=part.in_frame - job.in_frame)
            for output, number in enumerate(numbers[first : first + job.results])
            for part in job.parts
        ]
        return tuple(piece for piece in pieces if not self.results.answering(piece))


def _asking(wanted: Wanted, takes: int) -> Wanted:
    """The same cue, asking for so many takes."""
    cue = wanted.cue.model_copy(update={"direction": wanted.cue.direction.model_copy(update={"takes": takes})})
    return replace(wanted, cue=cue)
