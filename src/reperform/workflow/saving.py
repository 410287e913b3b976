"""A cut with its takes on the disk, with the lists beside it; the ledger knows what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Problem, Shot, Take

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.settings import Settings
    from reperform.timeline.cut import Cut
    from reperform.timeline.saving import Saved

__all__ = ["SavedCut", "Target", "save_cut"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the timeline goes, and how it is written."""

    out: Path
    for_: str
    settings: Settings

    def see(self, path: Path) -> str:
        """How to see the takes in that editor."""
        from reperform.timeline.takes import how_to_see

        return how_to_see(self.for_, path)


@dataclass(frozen=True, kw_only=True)
class SavedCut:
    """What stands on the disk, the choices in it, and what is to be said."""

    saved: Saved
    chosen: Mapping[str, str | None]
    notes: tuple[Problem, ...]


def save_cut(
    cut: Cut,
    target: Target,
    *,
    shots: Sequence[Shot],
    takes: Mapping[str, Sequence[Take]],
    chosen: Mapping[str, str | None],
    input_path: Path,
    ledger: Ledger | None,
) -> SavedCut:
    """Writes the takes into the cut and saves it. `takes` and `chosen` are by shot; `input_path` is never written to.

    Raises:
        InputError: it cannot be written there.

    """
    from reperform.timeline import saving
    from reperform.timeline.exporting.lists import made_lists
    from reperform.timeline.takes import write

    out, settings = target.out, target.settings
    written = write(
        cut,
        shots=shots,
        takes=takes,
        chosen=chosen,
        for_=target.for_,
        styles=settings.takes or None,
        sound=settings.sound,
        out=out.absolute(),
    )
    listed = made_lists(written, out, settings.lists)
    saved = saving.save(
        written.timelines,
        out,
        input_path=input_path,
        last_written=ledger.outputs.digests_in(out.parent) if ledger else None,
        facts=written.facts,
        beside=listed.texts,
    )
    if ledger:
        for path in saved.paths:
            ledger.outputs.note(path, saved.digests[path.name])
    return SavedCut(saved=saved, chosen=written.chosen, notes=(*written.notes, *saved.notes, *listed.notes))
