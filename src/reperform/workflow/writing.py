"""The timeline with its takes, in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Shot, Take
from reperform.workflow.documents import Outcome, Planned
from reperform.workflow.saving import Target, save_cut

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.performing.performed import Performed
    from reperform.settings import Settings
    from reperform.timeline.cut import Cut

__all__ = ["editor", "with_its_media", "write"]


def write(
    planned: Planned,
    out: Path,
    settings: Settings,
    *,
    performed: Performed | None,
    ledger: Ledger | None,
    chosen: Mapping[str, str | None] | None = None,
) -> Outcome:
    """The cut with every take that there is, saved to `out`; what was written is noted in the ledger.

    `chosen` is what a person chose, by shot; None: as the ledger has it.
    """
    shots, found = _with_earlier(planned, performed.takes if performed else {}, ledger)
    if chosen is None:
        chosen = _choices(shots, found, ledger) if ledger else {}
    target = Target(out=out, for_=editor(planned, settings, out), settings=settings)
    written = save_cut(
        with_its_media(planned.cut, out, planned.project),
        target,
        shots=shots,
        takes=found,
        chosen=chosen,
        input_path=planned.cut.path,
        ledger=ledger,
    )
    problems = (*planned.plan.problems, *(performed.problems if performed else ()), *written.notes)
    return Outcome(
        planned=planned,
        performed=performed,
        saved=written.saved,
        chosen=written.chosen,
        problems=tuple(dict.fromkeys(problems)),
        see=target.see(written.saved.paths[0]) if any(found.values()) else "",
    )


def editor(planned: Planned, settings: Settings, out: Path) -> str:
    """Whom the timeline is written for: who is asked for; else who wrote it, or whose file `out` is."""
    from reperform.timeline.editors import editor_for

    return editor_for(planned.cut.dialect.name, out.suffix, settings.for_editor)


def with_its_media(cut: Cut, out: Path, project: Path) -> Cut:
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


def _with_earlier(
    planned: Planned, takes: Mapping[str, Sequence[Take]], ledger: Ledger | None
) -> tuple[tuple[Shot, ...], Mapping[str, Sequence[Take]]]:
    """The shots and takes that are written: also what was made of shots that cannot be performed now."""
    from reperform.workflow.earlier import earlier_shots, earlier_takes

    if ledger is None:
        return planned.plan.shots, takes
    shots = (*planned.plan.shots, *earlier_shots(planned, ledger))
    without = [shot for shot in shots if not takes.get(shot.id)]
    return shots, {**takes, **earlier_takes(without, ledger)}


def _choices(shots: Sequence[Shot], takes: Mapping[str, Sequence[Take]], ledger: Ledger) -> dict[str, str | None]:
    """What a person chose for each shot, as the ledger has it."""
    from reperform.ledger.choices import chosen_among

    chosen: dict[str, str | None] = {}
    ids = {shot.id for shot in shots}
    for shot in shots:
        identity = next((take.source_identity for take in takes.get(shot.id, ())), None)
        if identity is None:
            continue
        identity = chosen_among(identity, shot.clock)
        choice = ledger.choices.chosen(identity, shot.media.visible, shot=shot.id, others=ids)
        if choice is not None:
            chosen[shot.id] = choice.take_id or "original"
    return chosen
