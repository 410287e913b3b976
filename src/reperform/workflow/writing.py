"""The timeline with its takes, in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Shot, Take
from reperform.workflow.documents import Outcome, Planned

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.performing.performed import Performed
    from reperform.settings import Settings
    from reperform.timeline.cut import Cut

__all__ = ["editor", "write"]


def write(
    planned: Planned, out: Path, settings: Settings, *, performed: Performed | None, ledger: Ledger | None
) -> Outcome:
    """The cut with every take that there is, saved to `out`; what was written is noted in the ledger."""
    from reperform.timeline import saving, takes

    shots = planned.plan.shots
    found = performed.takes if performed else {}
    chosen = _choices(shots, found, ledger) if ledger else {}
    written = takes.write(
        _with_its_media(planned.cut, out, planned.project),
        shots=shots,
        takes=found,
        chosen=chosen,
        for_=editor(planned, settings),
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
        see=takes.how_to_see(editor(planned, settings), saved.paths[0]) if any(found.values()) else "",
    )


def editor(planned: Planned, settings: Settings) -> str:
    """Whom the timeline is written for: who is asked for, else who wrote it."""
    return settings.for_editor or planned.cut.dialect.name


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
