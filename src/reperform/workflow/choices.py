"""Choosing a take, so that the next run keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.choosing import Selected

__all__ = ["select"]


def select(out: Path, clip: str, take: str, *, project: Path | None = None) -> tuple[Selected, bool]:
    """Choose a take of a clip, or its original, in a timeline that `run` wrote: what was chosen, and whether the project's
    ledger remembers it for the next run.

    Raises:
        TimelineError: not a timeline that we wrote, or no such shot or take in it.
        LedgerError: the ledger cannot be read or written.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.projects import find as find_project
    from reperform.timeline import choosing

    ledger = Ledger.existing(find_project(out, project))
    if ledger is None:
        return choosing.select(out, clip, take), False
    with ledger:
        selected = choosing.select(out, clip, take, last_written=ledger.outputs.digests_in(out.parent))
        return selected, _remember(selected, out, ledger)


def _remember(selected: Selected, out: Path, ledger: Ledger) -> bool:
    from reperform.timeline.choosing import ORIGINAL
    from reperform.timing import FrameRange

    ledger.outputs.note(out, selected.saved.sha256)
    take = None if selected.take == ORIGINAL else selected.take
    if selected.source_identity is None or (take and take not in {row.id for row in ledger.takes.all()}):
        return False
    visible = FrameRange(selected.in_frame, selected.frames)
    ledger.choices.choose(selected.source_identity, visible, take, shot=selected.shot)
    return True
