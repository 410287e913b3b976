"""Marks from the shell: what a timeline has, and the timeline with others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import IgnoredMarker, Place, PlanSettings, Problem

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.timeline.cut import Index
    from reperform.timeline.markup.edits import Edit
    from reperform.timeline.markup.existing import Asked
    from reperform.timeline.saving import Saved

__all__ = ["Marked", "Rewritten", "look_at_marks", "write_marks"]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A timeline with its marks."""

    index: Index
    asked: tuple[Asked, ...]
    """What its marks ask for, in record order."""
    ignored: tuple[IgnoredMarker, ...]
    problems: tuple[Problem, ...]
    project: Path
    settings: PlanSettings


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """A timeline whose marks were changed."""

    edits: tuple[Edit, ...]
    """As they were made."""
    problems: tuple[Problem, ...]
    saved: Saved | None
    """None where nothing was to be written."""


def look_at_marks(timeline: Path, settings: Settings) -> Marked:
    """A timeline, read for its marks. Only the media of marked clips is looked for; without it, cues have no ids.

    Raises:
        InputError: it cannot be read, or a setting does not fit.
        LedgerError: the project's ledger cannot be read.

    """
    from dataclasses import replace

    from reperform.ledger.projects import find as find_project
    from reperform.recalling import recalled
    from reperform.timeline.index import build
    from reperform.timeline.markup.existing import asked_in
    from reperform.timeline.markup.saving import as_otio
    from reperform.timeline.reading import read
    from reperform.workflow.finding import find_marked

    project = find_project(timeline, settings.project)
    cut = read(timeline, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    cut = as_otio(recalled(cut, project, settings.ledger))
    plan_settings = settings.for_plan()
    found, linker = find_marked(cut, plan_settings, settings)
    index = build(found.cut)
    index = replace(index, cut=replace(found.cut, dialect=index.cut.dialect))
    return Marked(
        index=index,
        asked=asked_in(index, found.shots, plan_settings),
        ignored=found.ignored,
        problems=(*cut.notes, *found.problems, *linker.notes),
        project=project,
        settings=plan_settings,
    )


def write_marks(marked: Marked, edits: Sequence[Edit], out: Path | None, settings: Settings) -> Rewritten:
    """Makes the edits, and saves the timeline to `out`; with None they are only tried, and nothing is written.

    Raises:
        InputError: `out` is the input, cannot be written, or a mark would not be read where it is meant to stand.
        LedgerError: the project's ledger cannot be read or written.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.markup.applying import apply
    from reperform.timeline.markup.saving import refuse_format, save_marked
    from reperform.timeline.saving import refuse

    cut = marked.index.cut
    if out is not None:
        refuse(out, cut.path)
        refuse_format(cut, out)
    applied = apply(marked.index, edits, marked.settings)
    problems = (*applied.problems, *_overlaps(marked, applied.done))
    if out is None or not applied.done:
        return Rewritten(edits=applied.done, problems=problems, saved=None)
    ledger = Ledger.existing(marked.project, settings.ledger)
    try:
        known = ledger.outputs.digests_in(out.parent) if ledger else None
        saved = save_marked(cut, out, last_written=known)
        if ledger:
            ledger.outputs.note(out, saved.sha256)
    finally:
        if ledger is not None:
            ledger.close()
    return Rewritten(edits=applied.done, problems=problems, saved=saved)


def _overlaps(marked: Marked, edits: Sequence[Edit]) -> Iterator[Problem]:
    """New marks that lie over others on the same clip: a plan refuses both."""
    from reperform.timeline.markup.edits import Add

    changed = {id(placed) for edit in edits if not isinstance(edit, Add) for placed in edit.markers}
    cues = [each for each in marked.asked if each.cue and each.clip and id(each.mark.placed) not in changed]
    for edit in edits:
        if not isinstance(edit, Add) or edit.clip is None:
            continue
        on_it = [each for each in cues if each.clip and each.clip.address == edit.clip.address]
        over = next((each for each in on_it if each.frames and each.frames.overlaps(edit.frames)), None)
        if over is not None:
            where = Place(
                track=edit.clip.track.label, clip=edit.clip.name, timecode=marked.index.cut.timecode(edit.frames.start)
            )
            yield Problem(
                severity="warning",
                where=where,
                message=f"the new mark overlaps that of {over.id}: `plan` will refuse both",
                fix="Give each its own part of the clip, or take one of them out.",
            )
