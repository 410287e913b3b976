"""What a run of the online timeline would find paid: noted when it is written, so that a plan of it says so at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ReperformError

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.model import PlanSettings, Shot
    from reperform.performing.origins import Origins
    from reperform.performing.terms import Terms
    from reperform.settings import Settings
    from reperform.workflow.remaking import Remade

__all__ = ["note_paid"]


def note_paid(timeline: Path, origins: Origins, made: Sequence[Remade], ledger: Ledger, settings: Settings) -> None:
    """Note the marks of this timeline that are paid, under the terms that the results of its takes were performed under.

    A timeline that cannot be read again, or an engine that is no longer there, leaves that to the run: it looks closely
    before it pays.
    """
    from reperform.performing.standing_in import note_paid_on
    from reperform.performing.terms import Planner
    from reperform.workflow.employing import engine_named

    for terms in _terms(origins, made, timeline.absolute().parent):
        with suppress(ReperformError, OSError):
            engine = engine_named(terms.engine, settings, label=terms.settings.label)
            shots = _marked(timeline, terms.settings, settings)
            note_paid_on(shots, Planner(terms, engine), ledger)


def _terms(origins: Origins, made: Sequence[Remade], folder: Path) -> Iterator[Terms]:
    """The different terms of the results that these takes are made of, as for a timeline in this folder."""
    rows = [row for each in made for row in each.rows if row.id in each.takes]
    found = (origins.of(part.result_id).terms for row in rows for part in row.performed)
    here = (terms.model_copy(update={"folder": folder}) for terms in found)
    yield from {terms.model_dump_json(): terms for terms in here}.values()


def _marked(timeline: Path, plan_settings: PlanSettings, settings: Settings) -> list[Shot]:
    """The marked shots of the timeline, with the directions that a run would find."""
    from reperform.timeline.reading import read
    from reperform.workflow.finding import find_marked, with_directions

    cut = read(timeline, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    found, _ = find_marked(cut, plan_settings, settings)
    return with_directions(found.shots, settings)[0]
