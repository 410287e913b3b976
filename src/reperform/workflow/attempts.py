"""Which attempts of a project belong to one of its timelines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ReperformError

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["attempts_of"]


def attempts_of(place: Path, ledger: Ledger) -> frozenset[str] | None:
    """Ids of the attempts that were made for a timeline, and of those whose results its takes are made of, whoever paid.

    `place` is the timeline, or one that a run of it wrote. None where it is a folder or a project: all of them are meant.
    """
    if place.is_dir() and place.suffix.lower() != ".otiod":
        return None
    runs = ledger.runs.at(place)
    # What was performed for the cut is there, whichever of the two files is named.
    around = [run for path in {run.timeline for run in runs} for run in ledger.runs.at(Path(path))] + list(runs)
    made = {each.id for each in ledger.claims.attempts() if each.run_id in {run.id for run in around}}
    files = {place, *(Path(run.out) for run in around)}
    return frozenset(made | {attempt for path in files for attempt in _standing_in(path, ledger)})


def _standing_in(timeline: Path, ledger: Ledger) -> Iterator[str]:
    """The attempts whose results are seen in the takes of a timeline; none where it cannot be read."""
    from reperform.timeline import records
    from reperform.timeline.reading import read

    with suppress(ReperformError, OSError):
        rows = {row.id: row for row in ledger.takes.all()} if timeline.exists() else {}
        attempts = {result.id: result.attempt_id for result in ledger.results.all()} if rows else {}
        for clip in read(timeline).timeline.find_clips() if rows else ():
            for reference in clip.media_references().values():
                take = records.read(reference, records.TakeRecord)
                performed = rows[take.take].performed if take and take.take in rows else ()
                yield from (attempts[each.result_id] for each in performed if each.result_id in attempts)
